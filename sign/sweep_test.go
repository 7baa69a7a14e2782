package sign_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// mutations of the byte at i.
func mutations() []func(b []byte, i int) []byte {
	set := func(change func(byte) byte) func([]byte, int) []byte {
		return func(b []byte, i int) []byte {
			out := bytes.Clone(b)
			out[i] = change(b[i])
			return out
		}
	}
	out := []func([]byte, int) []byte{
		func(b []byte, i int) []byte { return append(bytes.Clone(b[:i]), b[i+1:]...) },
		func(b []byte, i int) []byte { return append(append(bytes.Clone(b[:i]), b[i]), b[i:]...) },
	}
	for bit := range 8 {
		out = append(out, set(func(c byte) byte { return c ^ 1<<bit }))
	}
	for _, to := range []byte("\x00 \r\n0>%") {
		out = append(out, set(func(byte) byte { return to }))
	}
	return out
}

// formOf says that a byte belongs to the form of a file rather than to what
// it holds: brackets, slashes, line ends, and all of tables and trailers.
func formOf(f *pdf.File) []bool {
	file := f.Bytes()
	out := make([]bool, len(file))
	for i, c := range file {
		out[i] = bytes.IndexByte([]byte("<>[]()/%\r\n"), c) >= 0
	}
	for _, r := range f.Revisions() {
		table := bytes.LastIndex(file[r.Start:r.End], []byte("\nxref\n"))
		for i := r.Start + max(table, 0); i < r.End; i++ {
			out[i] = true
		}
	}
	return out
}

// TestSweep changes, takes away or doubles the bytes of a file at each level,
// one at a time: every seventh and all of the form in one way each, all bytes in
// all ways with MOQIAN_TORTURE=1. Nothing that differs is valid: each byte is
// covered by a signature or a document time stamp, or lies in a hole, which is
// hexadecimal of one case with zeros behind, or in validation data that only the
// seal of this program's update keeps (B-LT: accidents are found; who recomputes
// the seal may add or drop validation data and no more, see TestStore).
func TestSweep(t *testing.T) {
	h := newHall(t)
	plain, err := sign.Sign(context.Background(), page(t, "128000.50"), field(), h.key, 4300)
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []sign.Level{sign.LevelB, sign.LevelT, sign.LevelLT, sign.LevelLTA} {
		t.Run(string(level), func(t *testing.T) {
			good := plain
			if level != sign.LevelB {
				good = h.augment(t, plain, level)
			}
			if r := sign.Verify(good, h.options()); r.Verdict != sign.Valid || len(r.Problems) > 0 {
				t.Fatalf("%+v", r)
			}
			sweep(t, good, h.options())
		})
	}
}

func sweep(t *testing.T, good []byte, o sign.Options) {
	t.Helper()
	f, err := pdf.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	form, all := formOf(f), os.Getenv("MOQIAN_TORTURE") != ""
	ways, n := mutations(), 0
	for i := range good {
		if !all && i%7 != 0 && !form[i] {
			continue
		}
		for k, way := range ways {
			if !all && k != (i/7)%len(ways) {
				continue
			}
			bad := way(good, i)
			if bytes.Equal(bad, good) {
				continue
			}
			n++
			if r := sign.Verify(bad, o); r.Verdict == sign.Valid {
				t.Errorf("byte %d (%q), change %d: valid", i, good[max(0, i-20):min(len(good), i+20)], k)
			}
		}
	}
	t.Logf("%d changes of %d bytes", n, len(good))
}

// TestCutFile: a file cut anywhere is not valid, but where a revision ends: that
// was the file once, and nothing in it can tell that there was more. Archives
// keep the digest of the whole.
func TestCutFile(t *testing.T) {
	h := newHall(t)
	good := h.augment(t, signed(t, h.bench), sign.LevelLTA)
	f, err := pdf.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	ends := map[int]bool{}
	for _, r := range f.Revisions() {
		ends[r.End] = true
	}
	for i := range good {
		if i%11 != 0 && good[i] != '\n' && !ends[i+1] {
			continue
		}
		r := sign.Verify(good[:i], h.options())
		if r.Verdict == sign.Valid && !ends[i] {
			t.Errorf("%d of %d bytes are valid", i, len(good))
		}
	}
}
