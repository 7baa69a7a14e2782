package markcmd

import (
	"bytes"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moqian/cmd/internal/keyfile"
	"moqian/render/watermark"
)

func newKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.json")
	if err := Keygen(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeygen(t *testing.T) {
	path := newKey(t)
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", st.Mode(), err)
	}
	a, err := keyfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := keyfile.Read(newKey(t))
	if err != nil || a == b || a == (watermark.Key{}) {
		t.Fatalf("two fresh keys are alike: %v", err)
	}
	if err := Keygen(path); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("a key file was overwritten: %v", err)
	}
}

func TestHandles(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte("0a0b0c\n0d0e0f,111213\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		arg, want string // empty: an error
	}{
		{"0a0b0c", "0a0b0c"},
		{"0a0b0c,0102030405060708090a0b", "0a0b0c 0102030405060708090a0b"},
		{"@" + list, "0a0b0c 0d0e0f 111213"},
		{"", ""}, {"0a0b", ""}, {"0102030405060708090a0b0c", ""}, {"xyzxyz", ""}, {"@" + list + "x", ""},
	} {
		got, err := Handles(c.arg)
		var words []string
		for _, h := range got {
			words = append(words, hex.EncodeToString(h))
		}
		if strings.Join(words, " ") != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q: %v %v, want %q", c.arg, words, err, c.want)
		}
	}
}

func encode(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGrayOverWhite(t *testing.T) {
	r := image.Rect(0, 0, 2, 1)
	rgba := image.NewNRGBA(r)
	rgba.Set(0, 0, color.NRGBA{0, 0, 0, 255})
	rgba.Set(1, 0, color.NRGBA{0, 0, 0, 0}) // see-through: paper
	g16 := image.NewGray16(r)
	g16.Set(1, 0, color.Gray16{0xffff})
	pal := image.NewPaletted(r, color.Palette{color.Black, color.White})
	pal.Pix[1] = 1
	for name, m := range map[string]image.Image{"NRGBA": rgba, "Gray16": g16, "Paletted": pal} {
		g, err := gray(encode(t, m))
		if err != nil || g.W != 2 || g.H != 1 || g.Pix[0] != 0 || g.Pix[1] != 255 {
			t.Errorf("%s: %v %v", name, g, err)
		}
	}
}

// withPHYs puts a pHYs chunk after the header; its check sum is not read.
func withPHYs(b []byte, x, y uint32, unit byte) []byte {
	const head = 33
	be := func(v uint32) []byte { return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)} }
	c := append(be(9), "pHYs"...)
	c = append(append(append(append(c, be(x)...), be(y)...), unit), 0, 0, 0, 0)
	return append(append(append([]byte(nil), b[:head]...), c...), b[head:]...)
}

func TestResolution(t *testing.T) {
	b := encode(t, image.NewGray(image.Rect(0, 0, 3, 3)))
	for _, c := range []struct {
		name string
		b    []byte
		want float64
	}{
		{"none", b, 300},
		{"200 dpi", withPHYs(b, 7874, 7874, 1), 199.9996},
		{"600 dpi", withPHYs(b, 23622, 23622, 1), 599.9988},
		{"not square", withPHYs(b, 7874, 3937, 1), 300},
		{"no unit", withPHYs(b, 7874, 7874, 0), 300},
		{"absurd", withPHYs(b, 1, 1, 1), 300},
		{"cut", withPHYs(b, 7874, 7874, 1)[:40], 300},
		{"empty", nil, 300},
	} {
		if got := resolution(c.b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	key := newKey(t)
	put := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	huge := encode(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	copy(huge[16:], []byte{0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20}) // 20,000 by 20,000, as a bomb is made
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "huge": huge, "pdf": []byte("%PDF-1.4\nnothing")} {
		if _, err := Read(t.Context(), put(name, b), ReadOptions{Key: key}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Read(t.Context(), filepath.Join(dir, "not there"), ReadOptions{Key: key}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	blank := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range blank.Pix {
		blank.Pix[i] = 255
	}
	for name, m := range map[string]image.Image{"blank": blank, "one pixel": image.NewGray(image.Rect(0, 0, 1, 1))} {
		r, err := Read(t.Context(), put(name, encode(t, m)), ReadOptions{Key: key})
		if err != nil || r.Robust.Found || r.Binding.State != watermark.Absent || r.Yes() {
			t.Errorf("%s: %+v %v", name, r, err)
		}
		c, err := Check(t.Context(), put(name, encode(t, m)), key, [][]byte{{1, 2, 3}}, "")
		if err != nil || len(c) != 1 || c[0].Accept || Any(c) {
			t.Errorf("%s: %v %v", name, c, err)
		}
	}
}

func FuzzPicture(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(withPHYs(b.Bytes(), 7874, 7874, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		if g, err := gray(b); err == nil && (len(g.Pix) != g.W*g.H || g.DPI < 72) {
			t.Fatalf("%d pixels of %d by %d at %v dpi", len(g.Pix), g.W, g.H, g.DPI)
		}
	})
}
