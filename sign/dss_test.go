package sign_test

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
	"moqian/sign/signtest"
)

// withStore gives a B-T file a store of validation data, not covered by anything.
func withStore(t *testing.T, h hall, fill func(w *pdf.Writer, d pdf.Dict)) []byte {
	t.Helper()
	f, w := opened(t, h.augment(t, signed(t, h.bench), sign.LevelT))
	root := f.Trailer()["Root"].(pdf.Ref)
	catalog, store := dictOf(t, f, root), pdf.Dict{"Type": pdf.Name("DSS")}
	fill(w, store)
	catalog["DSS"] = w.Alloc()
	w.Put(catalog["DSS"].(pdf.Ref), store)
	w.Put(root, catalog)
	out, err := w.FinishSealed(f.Trailer())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// oldList is a revocation list of version 1, as some authorities still issue: Go
// does not read it.
func oldList(t *testing.T, a *signtest.Authority) []byte {
	t.Helper()
	der, err := a.CRL(now, now.AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	var l struct {
		Content   asn1.RawValue
		Algorithm asn1.RawValue
		Value     asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &l); err != nil {
		t.Fatal(err)
	}
	l.Content.Bytes, l.Content.FullBytes = l.Content.Bytes[3:], nil // without the version
	if der, err = asn1.Marshal(l); err != nil {
		t.Fatal(err)
	}
	return der
}

func answerOf(t *testing.T, a *signtest.Authority, k *signtest.Key) []byte {
	t.Helper()
	raw, err := a.Answer(k.Chain()[0], now.Add(-time.Minute), now.AddDate(0, 1, 0), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// turned has another bit near its end, which is a signature's.
func turned(der []byte) []byte {
	out := bytes.Clone(der)
	out[len(out)-3] ^= 1
	return out
}

// TestStore: what may lie in the validation data of a file.
func TestStore(t *testing.T) {
	h := newHall(t)
	stranger := newBench(t)
	list := func(key pdf.Name, raw ...[]byte) func(*pdf.Writer, pdf.Dict) {
		return func(w *pdf.Writer, d pdf.Dict) {
			var refs pdf.Array
			for _, b := range raw {
				r := w.Alloc()
				w.Put(r, &pdf.Stream{Dict: pdf.Dict{}, Raw: b})
				refs = append(refs, r)
			}
			d[key] = refs
		}
	}
	related := func(key pdf.Name, entry pdf.Dict) func(*pdf.Writer, pdf.Dict) {
		return func(_ *pdf.Writer, d pdf.Dict) { d["VRI"] = pdf.Dict{key: entry} }
	}
	const vri = "0123456789ABCDEF0123456789ABCDEF01234567"
	tests := []struct {
		name, code string
		want       sign.Verdict
		fill       func(*pdf.Writer, pdf.Dict)
	}{
		{"nothing", "", sign.Valid, func(*pdf.Writer, pdf.Dict) {}},
		{"the root", "", sign.Valid, list("Certs", h.ca.Root.Raw)},
		{"the root twice", "", sign.Valid, list("Certs", h.ca.Root.Raw, h.ca.Root.Raw)},
		{"current lists", "", sign.Valid, list("CRLs", h.crls[0].Raw, h.crls[1].Raw)},
		{"related data", "", sign.Valid, related(vri, pdf.Dict{"Type": pdf.Name("VRI"), "TU": pdf.String("D:2026"), "Cert": pdf.Array{}})},
		{"related by lower case", "", sign.Valid, related(pdf.Name(strings.ToLower(vri)), pdf.Dict{"CRL": pdf.Array{}})},
		{"related by SHA-256", "", sign.Valid, related(vri+"0123456789ABCDEF01234567", pdf.Dict{})},
		{"related by SHA-256, lower case", "", sign.Valid, related(pdf.Name(strings.ToLower(vri+"0123456789ABCDEF01234567")), pdf.Dict{})},
		{"a stranger's certificate", "dss-stray", sign.Untrusted, list("Certs", stranger.key.Chain()[0].Raw)},
		{"a stranger's list", "dss-stray", sign.Untrusted, list("CRLs", h.crl(t, stranger.ca, nil).Raw)},
		{"an answer", "", sign.Valid, list("OCSPs", answerOf(t, h.ca, h.key))},
		{"a stranger's answer", "dss-stray", sign.Untrusted, list("OCSPs", answerOf(t, stranger.ca, stranger.key))},
		{"an answer with a bit turned", "dss-stray", sign.Untrusted, list("OCSPs", turned(answerOf(t, h.ca, h.key)))},
		{"a list with a bit turned", "dss-stray", sign.Untrusted, list("CRLs", turned(h.crls[0].Raw))},
		{"an old list", "dss-stray", sign.Untrusted, list("CRLs", oldList(t, h.ca))},
		{"no certificate", "later-changes", sign.Invalid, list("Certs", []byte("BT /F 20 Tf (999999.99) Tj ET"))},
		{"no list", "later-changes", sign.Invalid, list("CRLs", []byte{0x30, 0})},
		{"no answer", "later-changes", sign.Invalid, list("OCSPs", []byte{0x30, 0})},
		{"unknown key", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["Pages"] = pdf.Ref{Num: 2} }},
		{"another type", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["Type"] = pdf.Name("Pages") }},
		{"direct certificate", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["Certs"] = pdf.Array{pdf.String(h.ca.Root.Raw)} }},
		{"no list of certificates", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["Certs"] = pdf.Name("All") }},
		{"page as a certificate", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["Certs"] = pdf.Array{pdf.Ref{Num: 3}} }},
		{"related to nothing", "later-changes", sign.Invalid, related("Other", pdf.Dict{})},
		{"related by 41 digits", "later-changes", sign.Invalid, related(vri+"0", pdf.Dict{})},
		{"related by both cases", "later-changes", sign.Invalid, related(pdf.Name("a"+vri[:38]+"A"), pdf.Dict{})},
		{"related to an array", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["VRI"] = pdf.Dict{vri: pdf.Array{}} }},
		{"related to a page", "later-changes", sign.Invalid, related(vri, pdf.Dict{"Cert": pdf.Array{pdf.Ref{Num: 3}}})},
		{"related by another key", "later-changes", sign.Invalid, related(vri, pdf.Dict{"Contents": pdf.Ref{Num: 4}})},
		{"too many", "later-changes", sign.Invalid, func(_ *pdf.Writer, d pdf.Dict) { d["Certs"] = make(pdf.Array, 300) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := withStore(t, h, tt.fill)
			r := sign.Verify(file, h.options())
			if tt.code == "" {
				if r.Verdict != tt.want || len(r.Problems) > 0 {
					t.Errorf("%s %v", r.Verdict, r.Problems)
				}
				return
			}
			expect(t, r, tt.want, tt.code)
			if tt.want == sign.Untrusted { // a time stamp covers it then
				out, _, err := sign.Augment(t.Context(), file, h.how(sign.LevelLTA))
				if err != nil {
					t.Fatal(err)
				}
				if r := sign.Verify(out, h.options()); r.Verdict != sign.Valid {
					t.Errorf("covered: %s %v", r.Verdict, r.Problems)
				}
			}
		})
	}
}

// TestManyItems: the store is bounded as a whole.
func TestManyItems(t *testing.T) {
	h := newHall(t)
	r := sign.Verify(withStore(t, h, func(w *pdf.Writer, d pdf.Dict) {
		entries := pdf.Dict{}
		for i := range 200 {
			var refs pdf.Array
			for range 8 {
				r := w.Alloc()
				w.Put(r, &pdf.Stream{Dict: pdf.Dict{}, Raw: h.ca.Root.Raw})
				refs = append(refs, r)
			}
			entries[pdf.Name(fmt.Sprintf("%040X", i))] = pdf.Dict{"Cert": refs}
		}
		d["VRI"] = entries
	}), h.options())
	expect(t, r, sign.Invalid, "later-changes")
}
