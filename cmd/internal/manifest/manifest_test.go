package manifest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/watermark"
)

func sample() Data {
	at := time.Date(2026, 3, 18, 14, 5, 32, 0, time.FixedZone("", 8*3600))
	s := Signer{
		Role: "customer", Time: at, Page: 0, Box: BoxOf(render.Area{X: 15, Y: 107.2, W: 60, H: 25}),
		Pad:  pad.Evidence{Model: "acme/one", VID: 1, PID: 2, Serial: "S1", Samples: 400, Reports: "abcd"},
		Mark: watermark.Margin{Strokes: 7, Bits: 4000, Weakest: 60, Copies: 9},
	}
	other := s
	other.Role, other.Box = "guardian", BoxOf(render.Area{X: 81, Y: 107.2, W: 60, H: 25})
	return Data{
		Number: "010010326031800018", Type: "2101", Business: "2026-03-18", Time: at, Branch: "01001", Workstation: "03",
		Teller: "010023", Trial: true, Text: Digest{1, 2}, Certificate: Digest{3}, MarkKey: "0011aabb", Signers: []Signer{s, other},
	}
}

func properties(t *testing.T, d Data) map[string]string {
	t.Helper()
	list, err := d.Properties()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, p := range list {
		m[p.Name] = p.Value
	}
	return m
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	got, err := Read(properties(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Time.Equal(want.Time) || !got.Signers[1].Time.Equal(want.Signers[1].Time) {
		t.Errorf("times %v, %v", got.Time, got.Signers[1].Time)
	}
	if got.Context(1) != want.Context(1) {
		t.Error("the context differs after reading")
	}
	got.Time = want.Time
	for i := range got.Signers {
		got.Signers[i].Time = want.Signers[i].Time
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v\nwant %+v", got, want)
	}
}

// TestContext: each part that the ink is bound to changes it, margins do not.
func TestContext(t *testing.T) {
	base := sample().Context(0)
	if base == sample().Context(1) {
		t.Error("both signers share a context")
	}
	changes := map[string]func(*Data){
		"number": func(d *Data) { d.Number = "010010326031800026" }, "branch": func(d *Data) { d.Branch = "01002" },
		"text": func(d *Data) { d.Text[9]++ }, "certificate": func(d *Data) { d.Certificate[0]++ },
		"model": func(d *Data) { d.Signers[0].Pad.Model += "x" }, "vid": func(d *Data) { d.Signers[0].Pad.VID++ },
		"pid": func(d *Data) { d.Signers[0].Pad.PID++ }, "serial": func(d *Data) { d.Signers[0].Pad.Serial = "" },
		"reports": func(d *Data) { d.Signers[0].Pad.Reports = "" }, "time": func(d *Data) { d.Signers[0].Time = d.Time.Add(time.Second) },
		"page": func(d *Data) { d.Signers[0].Page++ }, "box": func(d *Data) { d.Signers[0].Box[1]++ },
	}
	for name, change := range changes {
		d := sample()
		if change(&d); d.Context(0) == base {
			t.Errorf("%s is not bound", name)
		}
	}
	d := sample()
	d.Signers[0].Mark.Bits, d.Supervisor = 1, "x"
	if d.Context(0) != base {
		t.Error("the margin or the supervisor is bound")
	}
}

func TestHandle(t *testing.T) {
	d := sample()
	h, err := d.Handle()
	if err != nil || NumberOf(h) != d.Number {
		t.Errorf("%x, %v", h, err)
	}
	if d.Number = "1"; NumberOf([]byte{1}) != "" {
		t.Error("a handle of one byte has a number")
	}
	if _, err := d.Payload(0); err == nil {
		t.Error("a short number has a payload")
	}
	if a, b := KeyID(watermark.Key{1}), KeyID(watermark.Key{2}); a == b || len(a) != 8 {
		t.Errorf("key names %s, %s", a, b)
	}
}

func TestRefuses(t *testing.T) {
	if _, err := Read(nil); !errors.Is(err, ErrNone) {
		t.Errorf("no data: %v", err)
	}
	for name, change := range map[string]func(map[string]string){
		"Version": nil, "Number": nil, "Type": nil, "Business": nil, "Time": nil, "Trial": nil, "TextSHA256": nil, "CertificateSHA256": nil,
		"Branch": nil, "MarkKey": nil,
		"two versions": func(p map[string]string) { p["Version"] = "2" },
		"no signer":    func(p map[string]string) { delete(p, "Signer1") },
		"unknown part": func(p map[string]string) { p["Signer1"] = `{"samples":[1,2,3]}` },
		"supervisor":   func(p map[string]string) { p["Supervisor"] = "张 三" },
	} {
		p := properties(t, sample())
		if change == nil {
			p[name] = "?"
		} else {
			change(p)
		}
		if _, err := Read(p); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	d := sample()
	d.Teller = "张三"
	if _, err := d.Properties(); err == nil || !strings.Contains(err.Error(), "teller") {
		t.Errorf("a name as teller: %v", err)
	}
}
