package proof_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"testing"

	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/watermark"
	"moqian/sign"
)

// TestRotation: a voucher of last year verifies after the change of the year,
// with whatever holds its key: the ring of the workstation, or the master.
func TestRotation(t *testing.T) {
	b, master := newBench(t), [32]byte{1, 31: 2}
	key := func(branch string, year int) watermark.Key { return watermark.Derive(master, branch, year) }
	last, this, other := key("01001", 2025), key("01001", 2026), key("01002", 2026)
	for _, c := range []struct {
		name   string
		marked watermark.Key
		keys   []watermark.Key
		master bool
		state  watermark.State
		codes  string
	}{
		{"ring of both years", last, []watermark.Key{this, last}, false, watermark.Match, ""},
		{"this year", this, []watermark.Key{this, last}, false, watermark.Match, ""},
		{"only the new key", last, []watermark.Key{this}, false, watermark.Absent, "mark-key mark-absent"},
		{"another branch's key", this, []watermark.Key{other}, false, watermark.Absent, "mark-key mark-absent"},
		{"master", this, nil, true, watermark.Match, ""},
		{"master, the new key came late", last, nil, true, watermark.Match, ""},
		{"master and a wrong key", this, []watermark.Key{other}, true, watermark.Match, ""},
		{"master, key of another bank", watermark.Key{7}, nil, true, watermark.Absent, "mark-key mark-absent"},
	} {
		b.mark = c.marked
		o := b.options()
		o.MarkKey, o.MarkKeys = nil, c.keys
		if c.master {
			o.MarkMaster = &master
		}
		f := proof.Examine(context.Background(), b.signed(t, voucher{code: "2101", serial: 1}), o)
		if f.Verdict != sign.Valid || f.Mark.Binding.State != c.state || codes(f) != c.codes {
			t.Errorf("%s: %s, mark %s, %q", c.name, f.Verdict, f.Mark.Binding.State, codes(f))
		}
	}
}

// TestPublicPart: what a court sees that holds no secret of the bank.
func TestPublicPart(t *testing.T) {
	seed := [32]byte{5}
	mine := ed25519.NewKeyFromSeed(seed[:])
	seed[0]++
	stranger := ed25519.NewKeyFromSeed(seed[:])
	pub := func(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }
	for _, c := range []struct {
		name       string
		signer     ed25519.PrivateKey
		register   []ed25519.PublicKey
		change     func(b *bench, inks []render.Ink, d *manifest.Data)
		state      watermark.State
		registered bool
		verdict    sign.Verdict
		codes      string
	}{
		{name: "registered", signer: mine, register: []ed25519.PublicKey{pub(stranger), pub(mine)}, state: watermark.Match, registered: true, verdict: sign.Valid},
		{name: "named by the voucher only", signer: mine, state: watermark.Match, verdict: sign.Valid},
		{name: "nobody signed", register: []ed25519.PublicKey{pub(mine)}, state: watermark.Absent, verdict: sign.Valid},
		{name: "point moved", signer: mine, state: watermark.Altered, verdict: sign.Invalid, codes: "ink-altered",
			change: func(_ *bench, inks []render.Ink, _ *manifest.Data) {
				inks[0].Outlines[3].Contours[0].Curves[7].A.X += 2
			}},
		{name: "text changed", signer: mine, state: watermark.Foreign, verdict: sign.Invalid, codes: "ink-foreign",
			change: func(_ *bench, _ []render.Ink, d *manifest.Data) { d.Text[0]++ }},
		{name: "unsigned ink in its place", signer: mine, state: watermark.Absent, verdict: sign.Invalid, codes: "ink-altered",
			change: func(_ *bench, inks []render.Ink, _ *manifest.Data) { inks[0].Outlines = scrawl(9, 9) }},
		{name: "another key named", signer: mine, state: watermark.Absent, verdict: sign.Invalid, codes: "ink-altered",
			change: func(_ *bench, _ []render.Ink, d *manifest.Data) {
				d.MarkPublic = hex.EncodeToString(pub(stranger))
			}},
	} {
		b := newBench(t)
		b.signer = c.signer
		v := voucher{code: "2101", serial: 1}
		if c.change != nil {
			v.change = func(inks []render.Ink, d *manifest.Data) { c.change(b, inks, d) }
		}
		o := b.options()
		o.MarkKey, o.MarkPublic = nil, c.register
		f := proof.Examine(context.Background(), b.signed(t, v), o)
		p := f.Mark.Public
		if f.Verdict != c.verdict || p.State != c.state || p.Registered != c.registered || codes(f) != c.codes {
			t.Errorf("%s: %s, %+v, %q", c.name, f.Verdict, p, codes(f))
		}
		id := watermark.PublicKeyID(pub(mine))
		if c.state != watermark.Absent && (p.Key != hex.EncodeToString(id[:]) || manifest.NumberOf(unhex(t, p.Handle)) != f.Voucher.Number) {
			t.Errorf("%s: names %+v", c.name, p)
		}
		if (p.Marked == watermark.Signed) != (c.signer != nil) || p.Room < watermark.Need(8) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}
