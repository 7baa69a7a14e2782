package sign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// TestUncoveredOfOthers: validation data behind another program's signature have
// no seal and, at B-LT, no time stamp over them. A turned bit is accepted there
// only where nothing depends on it: a name nobody looks up, white space, an
// identifier. The signed revision is untouched then, the pages are the same
// objects, and a certificate or list that counts cannot be the changed one, for
// its own signature would not fit.
func TestUncoveredOfOthers(t *testing.T) {
	h := newHall(t)
	file, err := sign.Sign(context.Background(), page(t, "128000.50"), field(), h.key, 4300)
	if err != nil {
		t.Fatal(err)
	}
	cms, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	file = bytes.Replace(file, []byte("/Prop_Build"), []byte("/Prop_Other"), 1)
	from, to := holeOf(t, file)
	sum := sha256.Sum256(append(bytes.Clone(file[:from]), file[to:]...))
	if cms, err = sign.ReSign(cms, h.key, without(oidDigest, attribute(t, oidDigest, sum[:]))); err != nil {
		t.Fatal(err)
	}
	if file, err = sign.PutCMS(file, cms); err != nil {
		t.Fatal(err)
	}
	good := h.augment(t, file, sign.LevelLT)
	if r := sign.Verify(good, h.options()); r.Verdict != sign.Valid || r.Signatures[0].Level != "B-LT" {
		t.Fatalf("%+v", r)
	}
	f, err := pdf.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	last := f.Revisions()[len(f.Revisions())-1]
	shown, accepted := pagesOf(t, f), 0
	for i := range good {
		if i < last.Start && i%7 != 0 {
			continue
		}
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		r := sign.Verify(bad, h.options())
		if r.Verdict != sign.Valid {
			continue
		}
		accepted++
		g, err := pdf.ParseForeign(bad)
		if err != nil || i < last.Start || pagesOf(t, g) != shown || r.Signatures[0].LaterChanges != "allowed" {
			t.Errorf("byte %d (%q) turned: valid, %v", i, good[max(0, i-20):min(len(good), i+20)], err)
		}
	}
	t.Logf("%d of %d bytes of the uncovered revision may differ", accepted, last.End-last.Start)
	if accepted > (last.End-last.Start)/8 {
		t.Errorf("%d bytes may differ", accepted)
	}
}

// pagesOf is all that the pages of a file are made of.
func pagesOf(t *testing.T, f *pdf.File) string {
	t.Helper()
	refs, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, r := range refs {
		d := dictOf(t, f, r)
		content, err := f.Resolve(d["Contents"])
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, pdf.Format(d)...), pdf.Format(content)...)
	}
	return string(out)
}
