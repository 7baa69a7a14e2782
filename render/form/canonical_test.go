package form

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// tiny is a type that only this test knows, so that its golden text stays.
func tiny() *Type {
	return &Type{Code: "9999", Fields: []Field{
		{ID: "name", Kind: Name, Required: true}, {ID: "amount", Kind: Amount}, {ID: "note", Kind: Plain},
	}, Amount: "amount"}
}

func header() Header {
	return Header{
		Number: "010010326031800129", Time: time.Date(2026, 3, 18, 6, 5, 32, 7, time.UTC), Business: "2026-03-18",
		Branch: "01001", Workstation: "03", Teller: "010023", Supervisor: "010087", Trial: true,
	}
}

func TestCanonicalGolden(t *testing.T) {
	f, problems := tiny().Fill(map[string]string{"name": "刘志强", "amount": "1,280.5"}, day("2026-03-18"))
	if problems != nil {
		t.Fatal(problems)
	}
	want := strings.ReplaceAll(`moqian-form 1
type 9999
type.sha256 -
number 010010326031800129
time 2026-03-18T14:05:32+08:00
business 2026-03-18
branch 01001
workstation 03
teller 010023
supervisor 010087
trial 1
field.name 刘志强
field.amount 1280.50
field.note `, " ", "\t") + "\n"
	if got := string(f.Canonical(header())); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Each change of anything must change the text.
func TestCanonicalTellsApart(t *testing.T) {
	seen := map[string]int{}
	add := func(in map[string]string, h Header) {
		f, problems := tiny().Fill(in, day("2026-03-18"))
		if problems != nil {
			t.Fatal(problems)
		}
		seen[string(f.Canonical(h))]++
	}
	base := map[string]string{"name": "刘强", "amount": "1", "note": "a"}
	add(base, header())
	for k, v := range map[string]string{"name": "刘强强", "amount": "1.01", "note": `a\n`} {
		in := map[string]string{"name": "刘强", "amount": "1", "note": "a", k: v}
		add(in, header())
	}
	for _, change := range []func(*Header){
		func(h *Header) { h.Number = "1" }, func(h *Header) { h.Time = h.Time.Add(time.Second) },
		func(h *Header) { h.Business = "x" }, func(h *Header) { h.Branch = "x" }, func(h *Header) { h.Workstation = "x" },
		func(h *Header) { h.Teller = "x" }, func(h *Header) { h.Teller = "x\ty" }, func(h *Header) { h.Teller = `x\ty` },
		func(h *Header) { h.Teller = "010023\nsupervisor\t" }, func(h *Header) { h.Teller = "\xff" },
		func(h *Header) { h.Teller = `\xff` }, func(h *Header) { h.Teller = "\ufffd" }, func(h *Header) { h.Teller = "x\r" },
		func(h *Header) { h.Supervisor = "" }, func(h *Header) { h.Trial = false },
	} {
		h := header()
		change(&h)
		add(base, h)
	}
	if len(seen) != 19 {
		t.Errorf("19 forms have %d texts", len(seen))
	}
	for text := range seen {
		if strings.Count(text, "\n") != 14 || strings.Count(text, "\t") != 14 {
			t.Errorf("not 14 lines of key and value:\n%s", text)
		}
	}
}

// The same content in another Unicode form is the same text, and a type binds
// every byte of its file.
func TestCanonicalBinds(t *testing.T) {
	text := func(name string) []byte {
		f, _ := tiny().Fill(map[string]string{"name": name}, day("2026-03-18"))
		return f.Canonical(header())
	}
	if !bytes.Equal(text("S\u00e9"), text("Se\u0301")) {
		t.Error("NFC and NFD differ")
	}
	data := shippedJSON(t, "1101")
	changed := bytes.Replace(data, []byte("三十日公告"), []byte("十三日公告"), 1)
	a, errA := Parse(data)
	b, errB := Parse(changed)
	if errA != nil || errB != nil || bytes.Equal(data, changed) {
		t.Fatal(errA, errB)
	}
	if bytes.Equal(mustFill(t, a, nil).Canonical(header()), mustFill(t, b, nil).Canonical(header())) {
		t.Error("another agreement, the same text")
	}
}
