package proof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/watermark"
	"moqian/sign"
)

func codes(f proof.File) string {
	var out []string
	for _, p := range f.Problems {
		out = append(out, p.Code)
	}
	return strings.Join(out, " ")
}

func TestExamine(t *testing.T) {
	b := newBench(t)
	for _, code := range []string{"2101", "1101"} {
		f := proof.Examine(context.Background(), b.signed(t, voucher{code: code, serial: 1}), b.options())
		if f.Verdict != sign.Valid || f.Mark.Binding.State != watermark.Match || len(f.Problems) > 0 {
			t.Fatalf("%s: %s, mark %s, problems %v", code, f.Verdict, f.Mark.Binding.State, f.Problems)
		}
		if f.Voucher == nil || f.Voucher.Type != code || len(f.Pad.Signers) != f.Voucher.Signers || f.Pad.Source != "signed" {
			t.Errorf("voucher %+v, pad %+v", f.Voucher, f.Pad)
		}
		if n := manifest.NumberOf(unhex(t, f.Mark.Binding.Handle)); n != f.Voucher.Number {
			t.Errorf("the mark names %s", n)
		}
		if f.Law != (sign.Law{Exclusive: sign.Claimed, Control: sign.Claimed, SignatureIntact: sign.Proven, ContentIntact: sign.Proven}) {
			t.Errorf("law %+v", f.Law)
		}
	}
}

// TestJSON: the fields of the contract are there, and lists are never null.
func TestJSON(t *testing.T) {
	b := newBench(t)
	for name, file := range map[string][]byte{"voucher": b.signed(t, voucher{code: "2101", serial: 1}), "empty": nil} {
		raw, err := json.Marshal(proof.Examine(context.Background(), file, b.options()))
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"file", "verdict", "signatures", "law", "mark", "pad", "problems"} {
			if m[key] == nil {
				t.Errorf("%s: %s is missing or null in %s", name, key, raw)
			}
		}
		if _, ok := m["voucher"]; !ok {
			t.Errorf("%s: voucher is missing", name)
		}
	}
}

// TestSpoilt: a teller who signs what is not so is found out by the mark.
func TestSpoilt(t *testing.T) {
	b := newBench(t)
	other := voucher{code: "2101", serial: 2}
	tests := []struct {
		name    string
		change  func(inks []render.Ink, d *manifest.Data)
		verdict sign.Verdict
		codes   string
	}{
		{"ink of another voucher", func(inks []render.Ink, d *manifest.Data) {
			e := *d
			e.Number = "010010326031800018"
			p, _ := e.Payload(0)
			inks[0].Outlines, _, _ = watermark.Embed(scrawl(5, 9), b.mark, p)
		}, sign.Invalid, "mark-foreign"},
		{"text changed after signing", func(_ []render.Ink, d *manifest.Data) { d.Text[0]++ }, sign.Invalid, "mark-foreign"},
		{"point moved", func(inks []render.Ink, _ *manifest.Data) { inks[0].Outlines[3].Contours[0].Curves[7].A.X += 2 }, sign.Invalid, "mark-altered"},
		{"unmarked", func(inks []render.Ink, _ *manifest.Data) { inks[0].Outlines = scrawl(9, 5) }, sign.Valid, "mark-absent"},
		{"ink moved", func(inks []render.Ink, _ *manifest.Data) { inks[0].X += 0.1 }, sign.Invalid, "ink-moved"},
		{"signer left out", func(_ []render.Ink, d *manifest.Data) { d.Signers = append(d.Signers, d.Signers[0]) }, sign.Invalid, "ink-count"},
		{"virtual pad in a real voucher", func(_ []render.Ink, d *manifest.Data) { d.Trial = false }, sign.Invalid, "virtual-pad"},
		{"certificate of another", func(_ []render.Ink, d *manifest.Data) { d.Certificate[0]++ }, sign.Invalid, "certificate mark-foreign"},
		{"reports lost", func(_ []render.Ink, d *manifest.Data) { d.Signers[0].Pad.Lost = 3 }, sign.Valid, "pad-gaps"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := other
			v.change = tt.change
			f := proof.Examine(context.Background(), b.signed(t, v), b.options())
			if f.Verdict != tt.verdict || codes(f) != tt.codes {
				t.Errorf("%s with %q, want %s with %q", f.Verdict, codes(f), tt.verdict, tt.codes)
			}
		})
	}
}

func TestOtherFiles(t *testing.T) {
	b := newBench(t)
	o := b.options()
	o.MarkKey = nil
	f := proof.Examine(context.Background(), b.signed(t, voucher{code: "2101", serial: 1}), o)
	if f.Verdict != sign.Valid || f.Mark.Binding.State != watermark.Unchecked {
		t.Errorf("without a key: %s, %s", f.Verdict, f.Mark.Binding.State)
	}
	wrong := watermark.Key{9}
	o.MarkKey = &wrong
	f = proof.Examine(context.Background(), b.signed(t, voucher{code: "2101", serial: 1}), o)
	if f.Verdict != sign.Valid || codes(f) != "mark-key mark-absent" {
		t.Errorf("with another key: %s, %s", f.Verdict, codes(f))
	}
	unsigned, _ := b.made(t, voucher{code: "2101", serial: 1})
	f = proof.Examine(context.Background(), unsigned, b.options())
	if f.Verdict != sign.Unsigned || f.Mark.Binding.State != watermark.Match || f.Pad.Source != "unsigned" {
		t.Errorf("unsigned: %s, %s, %s", f.Verdict, f.Mark.Binding.State, f.Pad.Source)
	}
	if f = proof.Examine(context.Background(), []byte("no PDF"), b.options()); f.Verdict != sign.Error || f.Voucher != nil {
		t.Errorf("no PDF: %+v", f)
	}
}

// TestLooseVoucher: bytes that belong to no object, signed or not, make a file
// no voucher.
func TestLooseVoucher(t *testing.T) {
	b := newBench(t)
	file, _ := b.made(t, voucher{code: "2101", serial: 1})
	at := bytes.LastIndex(file, []byte("xref\n0 "))
	tail := bytes.LastIndex(file, []byte("startxref"))
	const extra = "% note\n9999 0 obj\n(hidden)\nendobj\n"
	loose := append(append(bytes.Clone(file[:at]), extra...), file[at:tail]...)
	loose = fmt.Appendf(loose, "startxref\n%d\n%%%%EOF\n", at+len(extra))
	out, err := sign.Sign(context.Background(), loose, sign.Field{Name: "Teller", Time: now, Certify: 1}, b.teller, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := proof.Examine(context.Background(), out, b.options())
	if f.Verdict != sign.Invalid || codes(f) != "loose-bytes voucher-structure" {
		t.Errorf("%s %s", f.Verdict, codes(f))
	}
}

// TestWords: the law speaks both languages, and of handwriting it never claims a
// key.
func TestWords(t *testing.T) {
	b := newBench(t)
	f := proof.Examine(context.Background(), b.signed(t, voucher{code: "2101", serial: 1}), b.options())
	if len(f.Findings) != 4 {
		t.Fatalf("%d findings", len(f.Findings))
	}
	for _, g := range f.Findings {
		if g.ZH == "" || g.EN == "" || g.State == "" {
			t.Errorf("%+v", g)
		}
	}
	if !strings.Contains(f.Findings[0].ZH, "手写笔迹本身不含任何专属密钥") {
		t.Error(f.Findings[0].ZH)
	}
}
