package robust

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"moqian/render/ink"
)

func TestEmbedRefuses(t *testing.T) {
	in := scrawl(t)
	for _, c := range []struct {
		name   string
		handle int
		opt    Options
	}{
		{"no handle", 0, Options{}}, {"two bytes", 2, Options{}}, {"twelve bytes", 12, Options{}},
		{"cap below amplitude", 3, Options{Amplitude: 20, Cap: 10}}, {"too strong", 3, Options{Amplitude: 120}},
		{"below nothing", 3, Options{Amplitude: -1}}, {"not a number", 3, Options{Amplitude: math.NaN()}}, {"cap not a number", 3, Options{Amplitude: 12, Cap: math.NaN()}},
	} {
		if _, _, err := Embed(in, Secret{1}, make([]byte, c.handle), c.opt); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
}

// TestEmbedSmallInk: ink that can carry nothing comes back as it is, with a
// margin that says so.
func TestEmbedSmallInk(t *testing.T) {
	dot := ink.Outline{Contours: []ink.Contour{circle(3, 3, 0.3)}}
	for name, in := range map[string][]ink.Outline{
		"nothing": nil, "an empty stroke": {{}}, "a contour of no curves": {{Contours: []ink.Contour{{}}}}, "a dot": {dot},
		"a short bar": {outlineOf(bar(vec{1, 1}, vec{4, 1}, 0.5))}, "a speck far away": {{Contours: []ink.Contour{circle(9000, -9000, 0.3)}}},
		"two specks, a mile apart": {dot, {Contours: []ink.Contour{circle(900000, 0, 0.3)}}},
	} {
		out, m, err := Embed(in, Secret{1}, []byte{1, 2, 3}, Options{})
		if err != nil || m.Blind || m.T > Threshold || len(out) != len(in) {
			t.Errorf("%s: %+v %v", name, m, err)
		}
		if r := ReadOutlines(in, Secret{1}); r.Found {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestEmbedAndRead: ink is marked, reads back from vectors, a screen and a
// scan, and from nowhere else.
func TestEmbedAndRead(t *testing.T) {
	in := scrawl(t)
	before := fmt.Sprint(in)
	for _, handle := range [][]byte{{1, 2, 3}, {1, 2, 3, 4, 5, 6}} {
		s := Secret{7}
		out, m, err := Embed(in, s, handle, Options{})
		if err != nil || !m.Blind || m.T < 9 || m.Length < 90 || m.Bits != whole(handle).bits {
			t.Fatalf("%+v %v", m, err)
		}
		again, _, _ := Embed(in, s, handle, Options{})
		if fmt.Sprint(out) != fmt.Sprint(again) {
			t.Error("the same ink is marked in two ways")
		}
		if fmt.Sprint(in) != before {
			t.Fatal("the ink given was changed")
		}
		if r := ReadOutlines(out, s); !r.Found || !bytes.Equal(r.Handle, handle) || r.T < Threshold || r.Short {
			t.Errorf("outlines: %+v", r)
		}
		r := rand.New(rand.NewPCG(7, 7))
		for name, g := range map[string]*Gray{"screen": screen(out, 300), "scan": scan(printed(out), r, 300, 75)} {
			c, err := Check(g, s, [][]byte{handle, {9, 9, 9}})
			if err != nil || !c[0].Accept || c[1].Accept || !bytes.Equal(c[0].Handle, handle) {
				t.Errorf("%s: %+v %v", name, c, err)
			}
			o, err := CheckOriginal(g, s, [][]byte{handle, {9, 9, 9}}, out)
			if err != nil || !o[0].Accept || o[1].Accept {
				t.Errorf("%s with the original: %+v %v", name, o, err)
			}
			if rd, err := Read(g, s); err != nil || !rd.Found || !bytes.Equal(rd.Handle, handle) {
				t.Errorf("%s: %+v %v", name, rd, err)
			}
		}
	}
}

// TestMoved: marked ink reads wherever it stands.
func TestMoved(t *testing.T) {
	out, _, err := Embed(scrawl(t), Secret{7}, []byte{1, 2, 3}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []ink.Point{{X: 17, Y: -3}, {X: 10001, Y: 20003}} {
		if r := ReadOutlines(shifted(out, d), Secret{7}); !r.Found {
			t.Errorf("moved by %v: %+v", d, r)
		}
	}
}

func shifted(in []ink.Outline, d ink.Point) []ink.Outline {
	out := make([]ink.Outline, len(in))
	add := func(p ink.Point) ink.Point { return ink.Point{X: p.X + d.X, Y: p.Y + d.Y} }
	for i, o := range in {
		for _, c := range o.Contours {
			k := ink.Contour{Start: add(c.Start)}
			for _, u := range c.Curves {
				k.Curves = append(k.Curves, ink.Curve{A: add(u.A), B: add(u.B), P: add(u.P)})
			}
			out[i].Contours = append(out[i].Contours, k)
		}
	}
	return out
}

// TestShortInk: ink too short for a long handle carries its digest, and the
// claim of the handle passes all the same.
func TestShortInk(t *testing.T) {
	in := scrawl(t)[:3]
	handle := []byte("voucher 123")
	out, m, err := Embed(in, Secret{7}, handle, Options{})
	if err != nil || m.Bits != small {
		t.Fatalf("%+v %v", m, err)
	}
	c := CheckOutlines(out, Secret{7}, [][]byte{handle, []byte("voucher 124")})
	if !c[0].Accept || c[1].Accept {
		t.Errorf("%+v", c)
	}
	if r := ReadOutlines(out, Secret{7}); r.Found && (!r.Short || !bytes.Equal(r.Handle, brief(handle).handle)) {
		t.Errorf("%+v", r)
	}
}

// TestNoEdgeBeyondCap: no edge moves further than the cap, the fit and the
// integers.
func TestNoEdgeBeyondCap(t *testing.T) {
	in := scrawl(t)
	for _, opt := range []Options{{Amplitude: 12, Cap: 15}, {Amplitude: 35, Cap: 50}} {
		out, _, err := Embed(in, Secret{7}, []byte{1, 2, 3}, opt)
		if err != nil {
			t.Fatal(err)
		}
		var worst []float64
		for i := range in {
			for k, c := range in[i].Contours {
				worst = append(worst, 1000*far(flatten(curves(out[i].Contours[k])), c))
			}
		}
		if most := slices.Max(worst); most > opt.Cap+1000*tolerance+4 || most < opt.Amplitude {
			t.Errorf("%+v: an edge moved by %.1f µm", opt, most)
		}
	}
}

// TestTrackOfScrawl: the middle of the line stays, also under the binding layer.
func TestTrackOfScrawl(t *testing.T) {
	in := scrawl(t)
	out, _, err := Embed(in, Secret{7}, []byte{1, 2, 3}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rms, p99, most := spreadOf(shiftsOf(in, out))
	if rms > 1.2 || p99 > 3 || most > 4 {
		t.Errorf("RMS %.2f, p99 %.2f, max %.2f µm", rms, p99, most)
	}
	bindLike(out, 7)
	rms1, p991, most1 := spreadOf(shiftsOf(in, out))
	if rms1 > 1.8 || p991 > 4.5 || most1 > 6.5 {
		t.Errorf("with the binding layer RMS %.2f, p99 %.2f, max %.2f µm", rms1, p991, most1)
	}
	t.Logf("RMS %.2f, p99 %.2f, max %.2f; with the binding layer %.2f %.2f %.2f µm", rms, p99, most, rms1, p991, most1)
}
