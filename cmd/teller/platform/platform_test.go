package platform

import (
	"errors"
	"image"
	"image/color"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadMonitors(t *testing.T) {
	two := "Monitors: 2\n 0: +*DUMMY0 1366/361x768/203+0+0  DUMMY0\n 1: +DUMMY1 1280/338x800/211+1366+0  DUMMY1\n"
	all := readMonitors(two)
	if len(all) != 2 || all[0] != (Screen{0, 0, 1366, 768, true}) || all[1] != (Screen{1366, 0, 1280, 800, false}) {
		t.Fatalf("%+v", all)
	}
	if s, ok := Second(all); !ok || s.X != 1366 {
		t.Errorf("second screen %+v, %v", s, ok)
	}
	swapped := readMonitors(" 0: +A 1280/1x800/1+0+0  A\n 1: +*B 1366/1x768/1+1280+0  B\n")
	if s, ok := Second(swapped); !ok || s.W != 1280 {
		t.Errorf("the primary is the last: second %+v", s)
	}
	if s, ok := Second(readMonitors("Monitors: 1\n 0: +*screen 1366/361x768/203+0+0  screen\n")); ok {
		t.Errorf("one screen, second %+v", s)
	}
	if got := readMonitors("nonsense\n"); got != nil {
		t.Errorf("nonsense: %+v", got)
	}
}

func TestScale(t *testing.T) {
	for h, want := range map[int]float64{600: 1, 768: 1, 899: 1, 900: 1.25, 1080: 1.25, 1440: 1.5, 2160: 2} {
		if got := Scale(Screen{H: h}); got != want {
			t.Errorf("height %d: scale %v, want %v", h, got, want)
		}
	}
}

func TestDisplay(t *testing.T) {
	env := func(d, w string) func(string) string {
		return func(k string) string { return map[string]string{"DISPLAY": d, "WAYLAND_DISPLAY": w}[k] }
	}
	for _, d := range []string{"", "nonsense", ":x", ":61234"} {
		if err := Display(env(d, "")); !errors.Is(err, ErrNoDisplay) {
			t.Errorf("DISPLAY=%q: %v", d, err)
		}
	}
	if err := Display(env("", "wayland-0")); err != nil {
		t.Errorf("wayland: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:6099")
	if err != nil {
		t.Skipf("NOT TESTED: a display over TCP: %v", err)
	}
	defer l.Close()
	if err := Display(env("127.0.0.1:99.0", "")); err != nil {
		t.Errorf("a display that answers: %v", err)
	}
}

func TestReadPPM(t *testing.T) {
	one := "P6\n2 1\n255\n\x01\x02\x03\xff\xfe\xfd"
	imgs, err := readPPM([]byte(one + one))
	if err != nil || len(imgs) != 2 {
		t.Fatalf("%d pictures, %v", len(imgs), err)
	}
	if c := imgs[1].At(1, 0); c != (color.RGBA{255, 254, 253, 255}) || imgs[0].Bounds() != image.Rect(0, 0, 2, 1) {
		t.Errorf("pixel %v of %v", c, imgs[0].Bounds())
	}
	for _, bad := range []string{"P5\n1 1\n255\n\x00", "P6\n2 2\n255\n\x00", "P6\n-1 2\n255\n", "P6\n99999 2\n255\n", "P6 2 1 65535\n", "junk"} {
		if _, err := readPPM([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzReadPPM(f *testing.F) {
	f.Add([]byte("P6\n1 1\n255\n\x01\x02\x03"))
	f.Add([]byte("P6 1 1 255"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<12 || strings.Contains(string(b), "000") {
			return // pictures larger than their bytes only cost memory
		}
		_, _ = readPPM(b)
	})
}

func TestPreviewOfNothing(t *testing.T) {
	if !CanPreview() {
		t.Skip("NOT TESTED: pdftoppm (poppler-utils) is not installed")
	}
	if _, err := Preview(t.Context(), []byte("not a document"), 72); err == nil {
		t.Error("a picture of no document")
	}
}

func TestFree(t *testing.T) {
	if n, err := Free(t.TempDir()); err == nil && n <= 0 {
		t.Errorf("free %d", n)
	}
	if _, err := Free(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there has room")
	}
}
