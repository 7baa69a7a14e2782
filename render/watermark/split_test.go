package watermark

import (
	"math/rand/v2"
	"testing"

	"moqian/render/ink"
)

// joined is ink whose strokes have several contours, as a nib that turns makes
// them, marked; small strokes have one or two.
func joined(t *testing.T, contours ...int) ([]ink.Outline, Key, Payload) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, uint64(len(contours))))
	var in []ink.Outline
	for i, n := range contours {
		var o ink.Outline
		for j := range n {
			o.Contours = append(o.Contours, ring(r, 7+30*(j%2), float64(3000*i+40*j), float64(900*j), 700))
		}
		in = append(in, o)
	}
	key, p := Key(random32(r)), payload(r)
	out, _, err := Embed(in, key, p)
	if err != nil {
		t.Fatal(err)
	}
	return out, key, p
}

// Contours that lost their strokes come back into them, small strokes between
// large ones too.
func TestSplit(t *testing.T) {
	for name, contours := range map[string][]int{
		"one": {12}, "several": {12, 4, 9, 6}, "a small one first": {1, 9, 12}, "small ones between": {9, 1, 1, 12}, "a small one of several contours": {9, 1, 8},
	} {
		in, key, p := joined(t, contours...)
		var all []ink.Contour
		for _, o := range in {
			all = append(all, o.Contours...)
		}
		out, ok := NewFinder(key).Split(all)
		if !ok || len(out) != len(in) {
			t.Errorf("%s: %d strokes of %d, %v", name, len(out), len(in), ok)
			continue
		}
		if r := Read(out, key, &p.Context); r.State != Match || len(r.Altered) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if !NewFinder(key).Names(in[len(in)-1]) {
			t.Errorf("%s: the last stroke names nobody", name)
		}
		other := NewFinder(Key{1})
		if out, ok := other.Split(all); ok || len(out) != len(all) || other.Names(in[len(in)-1]) {
			t.Errorf("%s: another key found a header", name)
		}
	}
	if out, ok := NewFinder(Key{}).Split(nil); ok || len(out) > 0 || NewFinder(Key{}).Names(ink.Outline{}) {
		t.Error("nothing names somebody")
	}
}
