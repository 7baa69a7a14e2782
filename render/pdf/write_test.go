package pdf

import (
	"bytes"
	"fmt"
	"math"
	"sync"
	"testing"

	"moqian/render"
	"moqian/sign/pdf"
)

// The same voucher gives the same bytes from any writer, whatever it wrote
// before, and from several goroutines at once; run with -race.
func TestSameBytesFromAnyWriter(t *testing.T) {
	f := fonts(t)
	s, _ := sheet(t, f, "2101", nil)
	want, err := Write(s.Pages, nil, f, doc())
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(f)
	for _, code := range codes() {
		other, _ := sheet(t, f, code, nil)
		if _, err := w.Write(other.Pages, nil, doc()); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 3 {
				if got, err := w.Write(s.Pages, nil, doc()); err != nil || !bytes.Equal(got, want) {
					t.Errorf("other bytes, %v", err)
				}
			}
		})
	}
	wg.Wait()
}

// Streams kept packed are bounded, and a kept one is the packed one.
func TestKeptStreams(t *testing.T) {
	w := NewWriter(fonts(t))
	p := w.packer()
	for i := range 3 * maxKept {
		data := bytes.Repeat(fmt.Appendf(nil, "%d ", i), 200)
		a := w.packKept(p, pdf.Dict{}, data, i%2 == 1)
		b := w.packKept(p, pdf.Dict{}, data, i%2 == 1)
		if !bytes.Equal(a.Raw, b.Raw) || b.Dict["Filter"] != pdf.Name("FlateDecode") {
			t.Fatalf("stream %d differs", i)
		}
		if back, err := b.Decode(); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("stream %d comes back otherwise, %v", i, err)
		}
	}
	if len(w.kept) > maxKept {
		t.Errorf("%d streams are kept", len(w.kept))
	}
	if s := w.packKept(p, pdf.Dict{}, []byte{1, 2, 3}, true); s.Dict["Filter"] != nil || len(s.Raw) != 3 {
		t.Errorf("three bytes are packed: %v", s)
	}
}

// Each page gets its own ink; ink of a page that is not there goes nowhere.
func TestInkGoesToItsPage(t *testing.T) {
	f := fonts(t)
	s, _ := sheet(t, f, "1101", nil)
	var inks []render.Ink
	for _, page := range []int{2, 0, 2, 9} {
		inks = append(inks, render.Ink{Area: render.Area{Page: page, X: 20, Y: 100, W: 60, H: 25}, Outlines: scribble()})
	}
	file, err := Write(s.Pages, inks, f, doc())
	if err != nil {
		t.Fatal(err)
	}
	parsed := parsed(t, file)
	for page, want := range []int{1, 0, 2} {
		paths, err := pdf.Paths(parsed, page)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range paths {
			if p.Form != "" {
				n++
			}
		}
		if n != want {
			t.Errorf("page %d has %d inks, want %d", page+1, n, want)
		}
	}
}

// The file is of one revision and PDF 1.4, has its identifier, an indirect Info
// and nothing that PDF/A-1 forbids.
func TestFileIsPlain(t *testing.T) {
	b, _ := made(t, "2103", nil)
	f := parsed(t, b)
	if !bytes.HasPrefix(b, []byte("%PDF-1.4\n")) || bytes.Count(b, []byte("startxref")) != 1 {
		t.Error("not one revision of PDF 1.4")
	}
	if _, ok := f.Trailer()["Info"].(pdf.Ref); !ok {
		t.Error("Info is not indirect")
	}
	id, ok := f.Trailer()["ID"].(pdf.Array)
	if !ok || len(id) != 2 || string(id[0].(pdf.String)) != string(id[1].(pdf.String)) || len(id[0].(pdf.String)) != 16 {
		t.Errorf("identifier %v", id)
	}
	for _, word := range []string{"/ObjStm", "/XRef", "/ExtGState", "/SMask", "/Image", "/JavaScript", "/Encrypt", "/EmbeddedFile", "/LZWDecode"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("%s is in the file", word)
		}
	}
}

// The profile's curve is sRGB's to 1e-4 between its steps too, and its header
// says what it is.
func TestProfile(t *testing.T) {
	b := sRGB()
	if int(be.Uint32(b)) != len(b) || string(b[12:24]) != "mntrRGB XYZ " || string(b[36:40]) != "acsp" || b[8] != 2 {
		t.Fatalf("header %x", b[:40])
	}
	at := bytes.Index(b, []byte("curv"))
	n := int(be.Uint32(b[at+8:]))
	step := func(i int) float64 { return float64(be.Uint16(b[at+12+2*i:])) / 65535 }
	for i := range 1000 {
		v := float64(i) / 1000
		want := v / 12.92
		if v > 0.04045 {
			want = math.Pow((v+0.055)/1.055, 2.4)
		}
		x := v * float64(n-1)
		k := min(int(x), n-2)
		got := step(k) + (step(k+1)-step(k))*(x-float64(k))
		if math.Abs(got-want) > 1e-4 {
			t.Fatalf("at %.3f: %.6f, want %.6f", v, got, want)
		}
	}
	for i := range int(be.Uint32(b[128:])) {
		e := b[132+12*i:]
		if from, size := be.Uint32(e[4:]), be.Uint32(e[8:]); int(from+size) > len(b) || from%4 != 0 {
			t.Errorf("tag %s lies at %d, %d bytes", e[:4], from, size)
		}
	}
}
