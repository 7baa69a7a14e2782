package sign_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// TestUncoveredUpdate turns every bit of the validation data of a B-LT file,
// which no signature covers, of every seventh byte, of all with
// MOQIAN_TORTURE=1: none of them stays unnoticed.
func TestUncoveredUpdate(t *testing.T) {
	h := newHall(t)
	good := h.augment(t, signed(t, h.bench), sign.LevelLT)
	f, err := pdf.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	r := f.Revisions()[2]
	step := 7
	if os.Getenv("MOQIAN_TORTURE") != "" {
		step = 1
	}
	for i := r.Start; i < r.End; i += step {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			if r := sign.Verify(bad, h.options()); r.Verdict == sign.Valid {
				t.Errorf("byte %d (%q) with bit %d turned is valid", i, good[i], bit)
			}
		}
	}
}

// TestUpdateOfAnotherProgram: what another program adds behind our signature is
// not forbidden, and not trusted before a time stamp covers it.
func TestUpdateOfAnotherProgram(t *testing.T) {
	h := newHall(t)
	f, w := opened(t, h.augment(t, signed(t, h.bench), sign.LevelT))
	catalog := dictOf(t, f, f.Trailer()["Root"])
	dss := w.Alloc()
	w.Put(dss, pdf.Dict{"Type": pdf.Name("DSS")})
	catalog["DSS"] = dss
	w.Put(f.Trailer()["Root"].(pdf.Ref), catalog)
	out := closed(t, w, f.Trailer())
	r := sign.Verify(out, h.options())
	expect(t, r, sign.Untrusted, "unsealed-update")
	if r.Signatures[0].LaterChanges != "allowed" {
		t.Errorf("%+v", r.Signatures[0])
	}
	if r := sign.Verify(h.augment(t, out, sign.LevelLTA), h.options()); r.Verdict != sign.Valid || len(r.Problems) > 0 {
		t.Errorf("covered: %s %v", r.Verdict, r.Problems)
	}
}

// TestSealedStream: the same for files with cross-reference streams, and for
// files without an identifier.
func TestSealedStream(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("SKIPPED: qpdf is not installed, updates with cross-reference streams are not checked")
	}
	h := newHall(t)
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(from, page(t, "x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.Command("qpdf", "--object-streams=generate", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	streams, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	anonymous := bytes.Replace(page(t, "x"), []byte("/ID ["), []byte("/XX ["), 1)
	for name, in := range map[string][]byte{"streams": streams, "no identifier": anonymous} {
		file, err := sign.Sign(context.Background(), in, field(), h.key, 0)
		if err != nil {
			t.Fatal(err)
		}
		out := h.augment(t, file, sign.LevelLT)
		if r := sign.Verify(out, h.options()); r.Verdict != sign.Valid || len(r.Problems) > 0 {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Problems)
		}
		at := bytes.LastIndex(out, []byte("/DSS "))
		bad := bytes.Clone(out)
		bad[at+4] = '\n'
		expect(t, sign.Verify(bad, h.options()), sign.Untrusted, "unsealed-update")
	}
}
