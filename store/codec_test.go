package store

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// A row is taken only if each field is one that this program could have written.
func TestDecodeRow(t *testing.T) {
	good := func() row {
		it := item(1)
		it.ID, it.State, it.Bytes, it.SHA256 = "01KB000000000000000000000X", Ready, 4, digest([]byte("%PDF"))
		it.Filed = newClock().t
		return row{Item: it, Seq: 3}
	}
	for _, c := range []struct {
		name   string
		change func(*row)
		ok     bool
	}{
		{"a good one", func(*row) {}, true},
		{"the largest numbers", func(r *row) { r.Tries, r.Seq, r.Bytes = 1<<31, 1<<62, 1<<40 }, true},
		{"an id that is none", func(r *row) { r.ID = "01KB00000000000000000000UX" }, false},
		{"a short id", func(r *row) { r.ID = r.ID[1:] }, false},
		{"no id", func(r *row) { r.ID = "" }, false},
		{"a state that is none", func(r *row) { r.State = "LOST" }, false},
		{"no state", func(r *row) { r.State = "" }, false},
		{"a fault that is none", func(r *row) { r.Fault = "odd" }, false},
		{"half a digest", func(r *row) { r.SHA256 = r.SHA256[:32] }, false},
		{"a digest of other letters", func(r *row) { r.SHA256 = strings.Repeat("xy", 32) }, false},
		{"no bytes", func(r *row) { r.Bytes = 0 }, false},
		{"fewer tries than none", func(r *row) { r.Tries = -1 }, false},
		{"a place before the log", func(r *row) { r.Seq = -1 }, false},
		{"17 digits", func(r *row) { r.Voucher = r.Voucher[1:] }, false},
		{"a letter among digits", func(r *row) { r.Voucher = "a" + r.Voucher[1:] }, false},
		{"digits of another script", func(r *row) { r.Voucher = "１" + r.Voucher[3:] }, false},
		{"the 30th of February", func(r *row) { r.Business = "2026-02-30" }, false},
		{"a branch that climbs", func(r *row) { r.Branch = ".." }, false},
		{"accounts when they should be in their index", func(r *row) { r.Accounts = [][]byte{{1}} }, false},
		{"accounts of a queued one", func(r *row) { r.State, r.Accounts = Queued, [][]byte{{1}} }, true},
		{"no branch", func(r *row) { r.Branch = "" }, false},
		{"a branch of 33 letters", func(r *row) { r.Branch = strings.Repeat("b", 33) }, false},
	} {
		r := good()
		c.change(&r)
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeRow(raw)
		if c.ok {
			if err != nil || got.ID != r.ID || got.Seq != r.Seq || !same(got.Item, r.Item) {
				t.Errorf("%s: %+v, %v", c.name, got, err)
			}
			continue
		}
		wantErr(t, c.name, err, ErrDamaged)
	}
	raw, err := json.Marshal(good())
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "half of it": string(raw[:len(raw)/2]), "two of them": string(raw) + string(raw),
		"something after it": string(raw) + "x", "a field of tomorrow": `{"tomorrow":1,` + string(raw[1:]),
		"a number as a string": strings.Replace(string(raw), `"bytes":4`, `"bytes":"4"`, 1),
	} {
		_, err := decodeRow([]byte(bad))
		wantErr(t, name, err, ErrDamaged)
	}
}

func TestDecodeEntry(t *testing.T) {
	good := Entry{Time: newClock().t, Actor: "t0001", Action: "file", Outcome: "ok", Detail: map[string]string{"k": "值"}}
	raw, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := decodeEntry(raw); err != nil || e.Action != "file" || e.Detail["k"] != "值" || !e.Time.Equal(good.Time) {
		t.Errorf("%+v, %v", e, err)
	}
	for _, bad := range []string{"", "{}", `{"actor":"x"}`, string(raw) + " 1", `{"name":"somebody",` + string(raw[1:]), `{"time":"yesterday","action":"x"}`} {
		_, err := decodeEntry([]byte(bad))
		wantErr(t, bad, err, ErrDamaged)
	}
}

// What the caller leaves empty is filled in, what he says stays, and what the store
// knows he cannot say otherwise.
func TestEntryWith(t *testing.T) {
	it := item(1)
	own := map[string]string{"state": "forged", "mine": "1"}
	e := Entry{Actor: "t0009", Outcome: "refused", Detail: own}.with("move", "ok", it, map[string]string{"state": "SENT"})
	if e.Action != "move" || e.Outcome != "refused" || e.Actor != "t0009" || e.Voucher != it.Voucher || e.Type != it.Type ||
		e.Detail["state"] != "SENT" || e.Detail["mine"] != "1" {
		t.Errorf("%+v", e)
	}
	if own["state"] != "forged" {
		t.Error("the caller's map was changed")
	}
	if e := (Entry{}).with("x", "ok", Item{}, nil); e.Actor != "system" || e.Detail != nil {
		t.Errorf("%+v", e)
	}
}

func TestSplitRecord(t *testing.T) {
	for _, c := range []struct {
		key    []byte
		size   int
		hashes int // -1: refused
	}{
		{number(0), 32 + 5, 1}, {number(1), 64 + 5, 2}, {number(2), 32, 1}, {number(3), 96 + 1, 3}, {number(7), 128, 4},
		{number(1), 63, -1}, {number(0), 31, -1}, {number(0), 0, -1}, {[]byte("short"), 100, -1}, {append(number(0), 0), 100, -1}, {nil, 100, -1},
	} {
		r, err := splitRecord(c.key, make([]byte, c.size))
		if c.hashes < 0 {
			wantErr(t, string(c.key), err, ErrDamaged)
		} else if err != nil || len(r.hashes) != c.hashes || len(r.text) != c.size-32*c.hashes {
			t.Errorf("%x of %d bytes: %d hashes, %d bytes, %v", c.key, c.size, len(r.hashes), len(r.text), err)
		}
	}
}

func TestQueryMatches(t *testing.T) {
	it := item(1)
	for _, c := range []struct {
		q  Query
		ok bool
	}{
		{Query{}, true}, {Query{Voucher: it.Voucher}, true}, {Query{Voucher: voucher(2)}, false}, {Query{Date: day}, true},
		{Query{Date: "2026-11-25"}, false}, {Query{Teller: "t0001"}, true}, {Query{Teller: "t000"}, false},
		{Query{Date: day, Teller: "t0002"}, false}, {Query{Account: "anything"}, true},
	} {
		if c.q.Matches(it) != c.ok || c.q.Empty() != (c.q == Query{}) {
			t.Errorf("%+v: %v", c.q, !c.ok)
		}
	}
}

// A later time may be a whole year away; one before 1970 or far ahead is no id.
func TestIDsNeedATime(t *testing.T) {
	clock := newClock()
	s := open(t, t.TempDir(), clock.now)
	file(t, s, document(1, 50))
	clock.t = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	if it, err := s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{}); err == nil {
		t.Errorf("filed as %+v", it)
	}
	clock.t = newClock().t.AddDate(1, 0, 0)
	if _, err := s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{}); err != nil {
		t.Errorf("with a time that can be: %v", err)
	}
}

// The sequence alone is what decoding the whole row gives, whatever the strings of
// the row say.
func TestSeqOf(t *testing.T) {
	for _, text := range []string{"", `"seq":7`, `\"seq\":7,`, "\u2028\"seq\":", strings.Repeat(`"seq":1}`, 5)} {
		for _, seq := range []int64{0, 1, 63, 1 << 40} {
			r := row{Item: item(1), Seq: seq}
			r.ID, r.State, r.Bytes, r.SHA256 = "01KB000000000000000000000X", Queued, 4, digest([]byte("%PDF"))
			r.Error, r.Place, r.Teller, r.Accounts = text, text, text, [][]byte{[]byte(text)}
			raw, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := seqOf(raw); err != nil || got != seq {
				t.Errorf("%s: %d, %v", raw, got, err)
			}
		}
	}
	for _, bad := range []string{"", "{}", `{"seq":`, `{"seq":}`, `{"seq":x}`, `{"seq":-1}`, `{"seq":1`, `{"seq":99999999999999999999}`} {
		_, err := seqOf([]byte(bad))
		wantErr(t, bad, err, ErrDamaged)
	}
}
