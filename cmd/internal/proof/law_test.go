package proof_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"moqian/cmd/internal/proof"
	"moqian/sign"
	"moqian/sign/pdf"
)

// TestSentences: the reasons say what is so: of a trusted certificate in a file
// that does not stand nobody says that no root vouches for it, and how far
// revocation was checked is said.
func TestSentences(t *testing.T) {
	b := newBench(t)
	good := b.signed(t, voucher{code: "2101", serial: 5})
	der, err := b.ca.CRL(now.Add(-time.Minute), now.AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := sign.ParseCRL(der)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		file   []byte
		change func(*proof.Options)
		want   sign.Verdict
		has    []string // in the sentence on exclusive data
		not    []string
	}{
		{"no list", good, func(*proof.Options) {}, sign.Valid, []string{"吊销未查明", "revoked is unknown"}, nil},
		{"good", good, func(o *proof.Options) { o.CRLs = []*x509.RevocationList{list} }, sign.Valid, []string{"未被吊销", "Checked: "}, []string{"unknown"}},
		{"no root", good, func(o *proof.Options) { o.Roots = nil }, sign.Untrusted, []string{"未获信任", "not trusted"}, nil},
		{"content added", rewritten(t, good, func(string) string { return "<a" }), func(*proof.Options) {}, sign.Invalid,
			[]string{"核验不通过", "does not stand"}, []string{"root", "根", "not trusted"}},
		{"content changed", bytes.Replace(good, []byte("/MediaBox"), []byte("/MediaBax"), 1), func(*proof.Options) {}, sign.Invalid,
			[]string{"没有完整的数字签名"}, []string{"root"}},
	} {
		o := b.options()
		tt.change(&o)
		f := proof.Examine(context.Background(), tt.file, o)
		if f.Verdict != tt.want {
			t.Errorf("%s: %s %v", tt.name, f.Verdict, f.Problems)
		}
		text := f.Findings[0].ZH + f.Findings[0].EN
		for _, s := range tt.has {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in %s", tt.name, s, text)
			}
		}
		for _, s := range tt.not {
			if strings.Contains(text, s) {
				t.Errorf("%s: %q in %s", tt.name, s, text)
			}
		}
		for _, x := range f.Findings {
			if strings.Contains(x.EN, "1 inks") || strings.Contains(x.EN, "All 1 ") {
				t.Errorf("%s: %s", tt.name, x.EN)
			}
		}
	}
}

// TestUnreadableData: a file that names the voucher's data and holds them so that
// nobody can read them is refused although its signature fits; another program's
// metadata that are no XML are nobody's voucher.
func TestUnreadableData(t *testing.T) {
	b := newBench(t)
	for name, tt := range map[string]struct {
		xmp  string
		want sign.Verdict
		code string
	}{
		"a voucher's":         {`<x xmlns:mq="https://moqian.example.com/ns/voucher/1/"><mq:Data`, sign.Invalid, "voucher-data"},
		"another program's":   {"<a", sign.Valid, ""},
		"not in this charset": {`<?xml version="1.0" encoding="GB2312"?><a/>`, sign.Valid, ""},
	} {
		w := pdf.NewWriter("1.4")
		root, pages, page, meta, content := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
		w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages, "Metadata": meta})
		w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": int64(1)})
		w.Put(page, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": pdf.Array{int64(0), int64(0), int64(9), int64(9)}, "Contents": content})
		w.Put(meta, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: []byte(tt.xmp)})
		w.Put(content, &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT ET")})
		file, err := w.Finish(pdf.Dict{"Root": root})
		if err != nil {
			t.Fatal(err)
		}
		if file, err = sign.Sign(context.Background(), file, sign.Field{Name: "Teller", Time: now}, b.teller, 0); err != nil {
			t.Fatal(err)
		}
		f := proof.Examine(context.Background(), file, b.options())
		if f.Verdict != tt.want || strings.Contains(codes(f), "voucher-data") != (tt.code != "") {
			t.Errorf("%s: %s %v", name, f.Verdict, f.Problems)
		}
	}
}
