//go:build virtualpad

package markcmd

import (
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moqian/cmd/internal/station"
	"moqian/render/ink"
	"moqian/render/watermark"
)

// record is synthetic handwriting: some loops in a row.
func record(t *testing.T, strokes int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"header":{"units_per_mm_x":100,"units_per_mm_y":100,"y_axis":"down","rate_hz":200,"pmax":1023,"pressure_in_data":true}}` + "\n" + `{"id":"a","s":[`)
	at := 0
	for k := range strokes {
		for i := range 160 {
			u := float64(i) / 159
			x := 1200*float64(k) + 900*u + 420*math.Sin(9*u+float64(k))
			y := 900 + 700*math.Cos(7*u+0.7*float64(k))*(1-0.3*u)
			if at > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "[%d,%d,%d,%d,1]", at*5, int(x), int(y), 400+int(200*math.Sin(5*u)))
			at++
		}
		fmt.Fprintf(&b, ",[%d,0,0,0,0]", at*5)
		at++
	}
	b.WriteString("]}\n")
	path := filepath.Join(t.TempDir(), "record.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEmbedReadCheck(t *testing.T) {
	fonts, err := station.Fonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, key, handle := t.TempDir(), newKey(t), []byte{0xca, 0xfe, 0x01}
	ctx, other := filepath.Join(dir, "ctx"), filepath.Join(dir, "other")
	for name, text := range map[string]string{ctx: "voucher 1", other: "voucher 2"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rec, out, off := record(t, 5), filepath.Join(dir, "out.pdf"), filepath.Join(dir, "off.pdf")
	o := Options{Key: key, Handle: handle, Context: ctx, Nib: ink.Nib{Min: 0.25, Max: 0.9}}
	m, err := Embed(rec, out, o, fonts)
	if err != nil || m.Reads != watermark.Match || !m.Robust.Blind {
		t.Fatalf("%+v %v", m, err)
	}
	o.Off = true
	if _, err := Embed(rec, off, o, fonts); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, context string
		state         watermark.State
		found         bool
	}{
		{out, ctx, watermark.Match, true}, {out, other, watermark.Foreign, true},
		{out, "", watermark.Unchecked, true}, {off, ctx, watermark.Absent, false},
	} {
		r, err := Read(t.Context(), c.file, ReadOptions{Key: key, Context: c.context})
		if err != nil || r.Binding.State != c.state || r.Robust.Found != c.found {
			t.Errorf("%s %s: %+v %v, want %s %v", filepath.Base(c.file), filepath.Base(c.context), r, err, c.state, c.found)
		}
		if c.found && (r.Robust.Handle != hex.EncodeToString(handle) || r.Binding.Handle != r.Robust.Handle || r.Robust.Bits != 64) {
			t.Errorf("%+v", r)
		}
	}
	if r, err := Read(t.Context(), out, ReadOptions{Key: newKey(t), Context: ctx}); err != nil || r.Binding.State != watermark.Absent || r.Robust.Found || r.Yes() {
		t.Errorf("another key: %+v %v", r, err)
	}
	t.Run("raster", func(t *testing.T) { checkRaster(t, out, off, key, handle) })
}

// checkRaster looks at whole pages as poppler draws them.
func checkRaster(t *testing.T, out, off, key string, handle []byte) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("SKIPPED: no pdftoppm (package poppler-utils): marks in page pictures were not tested")
	}
	picture := func(pdf string) string {
		name := strings.TrimSuffix(pdf, ".pdf")
		if b, err := exec.Command("pdftoppm", "-png", "-r", "300", "-gray", "-singlefile", pdf, name).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		return name + ".png"
	}
	img, plain := picture(out), picture(off)
	r, err := Read(t.Context(), img, ReadOptions{Key: key})
	if err != nil || !r.Robust.Found || r.Robust.Handle != hex.EncodeToString(handle) || !r.Yes() {
		t.Errorf("%+v %v", r, err)
	}
	claims := [][]byte{handle, {1, 2, 3}}
	for _, c := range []struct {
		img, original string
		yes           bool
	}{{img, "", true}, {img, out, true}, {plain, "", false}, {plain, out, false}} {
		got, err := Check(t.Context(), c.img, key, claims, c.original)
		if err != nil || got[0].Accept != c.yes || got[1].Accept {
			t.Errorf("%s with %q: %+v %v", filepath.Base(c.img), filepath.Base(c.original), got, err)
		}
	}
}

func TestEmbedRefuses(t *testing.T) {
	rec, out := record(t, 1), filepath.Join(t.TempDir(), "x.pdf")
	for name, o := range map[string]Options{
		"no key":    {Handle: []byte{1, 2, 3}, Context: rec},
		"handle":    {Key: newKey(t), Context: rec, Handle: []byte{1}},
		"box":       {W: 1, H: 1, Off: true},
		"amplitude": {Key: newKey(t), Context: rec, Handle: []byte{1, 2, 3}, Amplitude: 500},
		"record":    {Off: true, ID: "b"},
	} {
		if o.Nib = (ink.Nib{Min: 0.25, Max: 0.9}); true {
			if _, err := Embed(rec, out, o, nil); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
}
