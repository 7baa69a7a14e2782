package sign_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// counter is a voucher that a teller certified with P=2, with prepared fields of
// two supervisors and a text field on it.
func counter(t *testing.T, b bench) []byte {
	t.Helper()
	f := field()
	f.Certify = 2
	f.Prepare = []sign.Field{{Name: "Supervisor", Rect: [4]float64{70, 10, 120, 40}}, {Name: "主管二", Rect: [4]float64{130, 10, 180, 40}}}
	out, err := sign.Sign(context.Background(), shadowPage(t), f, b.key, sign.Room(b.key))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fieldNamed(t *testing.T, f *pdf.File, name string) (pdf.Ref, pdf.Dict) {
	t.Helper()
	for _, r := range f.Refs() {
		if d, _ := f.Dict(r); d != nil && d["FT"] != nil {
			if s, _ := d["T"].(pdf.String); string(s) == name {
				return r, dictOf(t, f, r)
			}
		}
	}
	t.Fatal("no field " + name)
	return pdf.Ref{}, nil
}

// TestLocks: each prepared field locks itself and those before it, its signature
// says so, and document time stamps may still follow.
func TestLocks(t *testing.T) {
	h := newHall(t)
	out := counter(t, h.bench)
	for _, name := range []string{"Supervisor", "主管二"} {
		var err error
		if out, err = sign.Sign(context.Background(), out, sign.Field{Name: name, Time: now}, h.key, 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, level := range []sign.Level{sign.LevelB, sign.LevelT, sign.LevelLT, sign.LevelLTA} {
		r := sign.Verify(h.augment(t, out, level), h.options())
		if r.Verdict != sign.Valid || len(r.Problems) > 0 {
			t.Errorf("%s: %s %v", level, r.Verdict, r.Problems)
		}
	}
	f, err := pdf.Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"Supervisor": 2, "\xfe\xff\x4e\x3b\x7b\xa1\x4e\x8c": 3} {
		_, d := fieldNamed(t, f, name)
		lock := dictOf(t, f, d["Lock"])
		sig := dictOf(t, f, d["V"])
		params := dictOf(t, f, dictOf(t, f, sig["Reference"].(pdf.Array)[0])["TransformParams"])
		if n := len(lock["Fields"].(pdf.Array)); n != want || !pdf.Equal(lock["Fields"], params["Fields"]) || params["Action"] != pdf.Name("Include") {
			t.Errorf("%q: lock %v, signature %v", name, lock, params)
		}
	}
	// Out of turn: the second supervisor locks the first one's field.
	first := counter(t, h.bench)
	if first, err = sign.Sign(context.Background(), first, sign.Field{Name: "主管二", Time: now}, h.key, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := sign.Sign(context.Background(), first, sign.Field{Name: "Supervisor", Time: now}, h.key, 0); !errors.Is(err, sign.ErrForbidden) {
		t.Errorf("a locked field was signed: %v", err)
	}
}

// TestDishonestCoSigner: what a second signatory may not do beside signing, and
// nobody may do after it.
func TestDishonestCoSigner(t *testing.T) {
	b := newBench(t)
	base := counter(t, b)
	honest, err := sign.CoSign(base, sign.Field{Name: "Supervisor", Time: now}, b.key, func(*pdf.File, *pdf.Writer, pdf.Dict, pdf.Dict) {})
	if r := sign.Verify(honest, b.options()); err != nil || r.Verdict != sign.Valid || len(r.Problems) > 0 {
		t.Fatalf("honest: %v, %s %v", err, r.Verdict, r.Problems)
	}
	for _, tt := range tricks(t) {
		t.Run(tt.name, func(t *testing.T) {
			out, err := sign.CoSign(base, sign.Field{Name: "Supervisor", Time: now}, b.key, tt.change)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, sign.Verify(out, b.options()), sign.Invalid, tt.code)
		})
	}
}

// trick is what a dishonest co-signer does, and the problem that tells.
type trick struct {
	name, code string
	change     func(doc *pdf.File, w *pdf.Writer, field, sig pdf.Dict)
}

func tricks(t *testing.T) []trick {
	lock := func(action string, names ...string) pdf.Dict {
		d := pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name(action)}
		if len(names) > 0 {
			var list pdf.Array
			for _, n := range names {
				list = append(list, pdf.String(n))
			}
			d["Fields"] = list
		}
		return d
	}
	says := func(sig pdf.Dict, params pdf.Dict) {
		sig["Reference"] = pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"), "TransformParams": params}}
	}
	return []trick{
		{"another field's value", "later-changes", func(doc *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			r, d := fieldNamed(t, doc, "amount")
			d["V"] = pdf.String("999999.99")
			w.Put(r, d)
		}},
		{"another field's appearance", "later-changes", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(pdf.Ref{Num: 12}, stream("BT ET"))
		}},
		{"the teller's field", "shared-signature", func(doc *pdf.File, w *pdf.Writer, field, _ pdf.Dict) {
			r, d := fieldNamed(t, doc, "Teller")
			d["V"] = field["V"]
			w.Put(r, d)
		}},
		{"the teller's field emptied", "perms", func(doc *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			r, d := fieldNamed(t, doc, "Teller")
			delete(d, "V")
			w.Put(r, d)
		}},
		{"lock removed", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, _ pdf.Dict) { delete(field, "Lock") }},
		{"lock loosened", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, sig pdf.Dict) {
			field["Lock"] = lock("Include", "Supervisor")
			says(sig, lock("Include", "Supervisor"))
		}},
		{"lock turned round", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, _ pdf.Dict) {
			field["Lock"] = lock("Exclude", "Teller", "Supervisor")
		}},
		{"signature locks less than the field", "lock", func(_ *pdf.File, _ *pdf.Writer, _, sig pdf.Dict) {
			says(sig, lock("Include", "Supervisor"))
		}},
		{"signature locks the opposite", "lock", func(_ *pdf.File, _ *pdf.Writer, _, sig pdf.Dict) {
			says(sig, lock("Exclude", "Teller", "Supervisor"))
		}},
		{"the other supervisor's lock", "later-changes", func(doc *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			r, d := fieldNamed(t, doc, "\xfe\xff\x4e\x3b\x7b\xa1\x4e\x8c")
			d["Lock"] = lock("Include")
			w.Put(r, d)
		}},
		{"field moved", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, _ pdf.Dict) { field["Rect"] = rect(0, 0, 300, 100) }},
		{"field renamed", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, _ pdf.Dict) { field["T"] = pdf.String("Amount") }},
		{"field on another page", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, _ pdf.Dict) { field["P"] = pdf.Ref{Num: 2} }},
		{"action on the field", "later-changes", func(_ *pdf.File, _ *pdf.Writer, field, _ pdf.Dict) {
			field["AA"] = pdf.Dict{"E": pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("1")}}
		}},
		{"page content", "later-changes", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(pdf.Ref{Num: 4}, stream("BT /F 20 Tf 10 50 Td (999999.99) Tj ET"))
		}},
		{"second certification", "later-changes", func(doc *pdf.File, w *pdf.Writer, field, _ pdf.Dict) {
			r := doc.Trailer()["Root"].(pdf.Ref)
			d := dictOf(t, doc, r)
			d["Perms"] = pdf.Dict{"DocMDP": field["V"]}
			w.Put(r, d)
		}},
	}
}

// TestSignatureWithoutLock: a signature that does not repeat its field's lock is
// taken, and the lock holds all the same.
func TestSignatureWithoutLock(t *testing.T) {
	b := newBench(t)
	out, err := sign.CoSign(counter(t, b), sign.Field{Name: "主管二", Time: now}, b.key, func(_ *pdf.File, _ *pdf.Writer, _, sig pdf.Dict) { delete(sig, "Reference") })
	if err != nil {
		t.Fatal(err)
	}
	if r := sign.Verify(out, b.options()); r.Verdict != sign.Valid {
		t.Fatalf("%s %v", r.Verdict, r.Problems)
	}
	out, err = sign.CoSign(out, sign.Field{Name: "Supervisor", Time: now}, b.key, func(*pdf.File, *pdf.Writer, pdf.Dict, pdf.Dict) {})
	if err != nil {
		t.Fatal(err)
	}
	r := sign.Verify(out, b.options())
	expect(t, r, sign.Invalid, "later-changes")
	if !strings.Contains(r.Problems[0].Text, "locked") {
		t.Error(r.Problems)
	}
}

// expect a verdict and a problem of a code.
func expect(t *testing.T, r sign.Report, want sign.Verdict, code string) {
	t.Helper()
	for _, p := range r.Problems {
		if p.Code == code && r.Verdict == want {
			return
		}
	}
	t.Errorf("%s, %v; want %s, %s", r.Verdict, r.Problems, want, code)
}
