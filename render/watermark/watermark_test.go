package watermark

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"moqian/render/ink"
)

// marked is an ink with a mark, and a source for what is done to it.
type marked struct {
	r   *rand.Rand
	key Key
	p   Payload
	in  []ink.Outline
	out []ink.Outline
	m   Margin
}

func newMarked(t testing.TB, seed uint64, curves ...int) marked {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 99))
	g := marked{r: r, key: random32(r), p: payload(r)}
	if g.in = anyDrawing(r); len(curves) > 0 {
		g.in = drawing(r, curves...)
	}
	var err error
	if g.out, g.m, err = Embed(g.in, g.key, g.p); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g marked) read(in []ink.Outline) Reading { return Read(in, g.key, &g.p.Context) }

func want(t *testing.T, r Reading, s State, altered ...int) {
	t.Helper()
	if r.State != s || !slices.Equal(r.Altered, altered) {
		t.Fatalf("%s %v (missing %v, added %v), want %s %v", r.State, r.Altered, r.Missing, r.Added, s, altered)
	}
}

func TestIntactAndTranslated(t *testing.T) {
	for seed := range uint64(300) {
		g := newMarked(t, seed)
		for range 3 {
			r := g.read(g.out)
			want(t, r, Match)
			if !bytes.Equal(r.Handle, g.p.Handle) || r.Strokes != len(g.in) {
				t.Fatalf("handle %x of %d strokes, want %x of %d", r.Handle, r.Strokes, g.p.Handle, len(g.in))
			}
			want(t, Read(g.out, g.key, nil), Unchecked)
			dx, dy := int32(g.r.IntN(200001)-100000), int32(g.r.IntN(200001)-100000)
			for _, o := range g.out {
				translate(o, dx, dy)
			}
		}
	}
}

func TestEmbedMovesOneUnitAtMost(t *testing.T) {
	for seed := range uint64(100) {
		g := newMarked(t, seed)
		r := rand.New(rand.NewPCG(seed, 99))
		_, _ = random32(r), payload(r)
		if !reflect.DeepEqual(g.in, anyDrawing(r)) {
			t.Fatal("Embed changed its input")
		}
		moved, all := 0, 0
		for i := range g.in {
			a, b := points(g.in[i]), points(g.out[i])
			if *a[0] != *b[0] {
				t.Fatal("the anchor moved")
			}
			for j := range a {
				for _, d := range []int32{a[j].X - b[j].X, a[j].Y - b[j].Y} {
					if d < -1 || d > 1 {
						t.Fatalf("stroke %d: a coordinate moved by %d", i, d)
					}
					moved, all = moved+int(d*d), all+1
				}
			}
			for _, c := range g.out[i].Contours {
				if !closed(c) {
					t.Fatal("a contour was torn open")
				}
			}
		}
		if share := float64(moved) / float64(all); share < 0.35 || share > 0.65 {
			t.Errorf("seed %d: %.2f of the coordinates moved, want about half", seed, share)
		}
	}
}

// TestEveryCoordinate edits each coordinate of an ink with a dot, a small and a
// large stroke: every edit is found and put down to its stroke.
func TestEveryCoordinate(t *testing.T) {
	for seed := range uint64(3) {
		g := newMarked(t, seed, 12, 8, 40, 10)
		for _, ctx := range []*[32]byte{&g.p.Context, nil} {
			elsewhere, missed, total := 0, 0, 0
			for i := range g.out {
				for j := range points(g.out[i]) {
					for _, d := range []ink.Point{{X: 1}, {X: -1}, {Y: 1}, {Y: -1}, {X: 2}, {Y: -2}, {X: 3}, {Y: 7}, {X: -50}, {Y: 1000}} {
						e := copyOf(g.out)
						p := points(e[i])[j]
						p.X, p.Y = p.X+d.X, p.Y+d.Y
						closeAgain(e[i])
						r := Read(e, g.key, ctx)
						total++
						one := d.X*d.X+d.Y*d.Y == 1
						switch {
						case r.State == Unchecked && ctx == nil && one:
							missed++ // a context bit: nobody can check it
						case r.State != Altered:
							t.Fatalf("stroke %d point %d by %v: %s", i, j, d, r.State)
						case !slices.Equal(r.Altered, []int{i}):
							elsewhere++
							if !slices.Contains(r.Altered, i) {
								t.Errorf("stroke %d point %d by %v: named %v", i, j, d, r.Altered)
							}
						}
					}
				}
			}
			t.Logf("seed %d, context %v: %d edits, %d name more than their stroke, %d in context bits", seed, ctx != nil, total, elsewhere, missed)
			if elsewhere*200 > total {
				t.Errorf("%d of %d edits name more than their stroke", elsewhere, total)
			}
			if missed*8 > total {
				t.Errorf("%d of %d edits missed without a context", missed, total)
			}
		}
	}
}

func TestOpenedContour(t *testing.T) {
	g := newMarked(t, 4, 60, 30, 60)
	last := &g.out[1].Contours[0].Curves
	(*last)[len(*last)-1].P.X++
	want(t, g.read(g.out), Altered, 1)
}

func TestCurveRemovedOrAdded(t *testing.T) {
	for seed := range uint64(50) {
		g := newMarked(t, seed, 60, 50, 60, 5)
		i := g.r.IntN(4)
		e := copyOf(g.out)
		c := &e[i].Contours[0].Curves
		j := g.r.IntN(len(*c) - 1)
		if seed%2 == 0 {
			*c = slices.Delete(*c, j, j+1)
		} else {
			*c = slices.Insert(*c, j, (*c)[j])
		}
		want(t, g.read(e), Altered, i)
	}
}

func TestStrokesDeletedAddedMoved(t *testing.T) {
	alone := 0 // moved strokes named without a neighbour: dots have few place bits
	defer func() {
		if alone < 182 {
			t.Errorf("only %d of 200 moved strokes were named alone", alone)
		}
	}()
	for seed := range uint64(200) {
		g := newMarked(t, seed, 60, 5, 45, 80, 6, 50, 30)
		n := len(g.out)
		i := g.r.IntN(n)

		e := slices.Delete(copyOf(g.out), i, i+1)
		r := g.read(e)
		want(t, r, Altered, i)
		if !slices.Equal(r.Missing, []int{i}) {
			t.Fatalf("missing %v, want [%d]", r.Missing, i)
		}

		e = slices.Insert(copyOf(g.out), i, outline(g.r, 4+g.r.IntN(60), 500, 500))
		r = g.read(e)
		want(t, r, Altered, i)
		if !slices.Equal(r.Added, []int{i}) || r.Missing != nil {
			t.Fatalf("added %v, missing %v, want [%d]", r.Added, r.Missing, i)
		}

		e = copyOf(g.out)
		translate(e[i], int32(1+g.r.IntN(40)), -int32(g.r.IntN(40)))
		if r = g.read(e); r.State != Altered || !slices.Contains(r.Altered, i) {
			t.Fatalf("stroke %d moved: %s %v", i, r.State, r.Altered)
		}
		if len(r.Altered) == 1 {
			alone++
		}

		e = copyOf(g.out)
		j := (i + 1 + g.r.IntN(n-1)) % n
		e[i], e[j] = e[j], e[i]
		want(t, g.read(e), Altered, min(i, j), max(i, j))

		e = append(copyOf(g.out), clone(g.out[i])) // a stroke twice
		r = g.read(e)
		want(t, r, Altered, n)

		e = copyOf(g.out)
		e[i] = outline(g.r, 40, 500, 500) // one drawn anew in its place
		want(t, g.read(e), Altered, i)
	}
}

func TestReorderedBackwards(t *testing.T) {
	g := newMarked(t, 5, 60, 5, 45, 80)
	slices.Reverse(g.out)
	want(t, g.read(g.out), Altered, 0, 1, 2, 3)
}

func TestForeign(t *testing.T) {
	for seed := range uint64(200) {
		g := newMarked(t, seed)
		other := g.p.Context
		other[seed%32] ^= 1
		r := Read(g.out, g.key, &other)
		want(t, r, Foreign)
		if !bytes.Equal(r.Handle, g.p.Handle) {
			t.Fatal("foreign ink does not say where it belongs")
		}
	}
}

// TestGraft lays a stroke of another voucher, marked under the same key, into
// the ink.
func TestGraft(t *testing.T) {
	for seed := range uint64(100) {
		g := newMarked(t, seed, 60, 5, 45, 80, 6)
		p := g.p
		p.Context[0] ^= 1
		if seed%2 == 0 {
			p.Handle = append(slices.Clone(p.Handle[1:]), 0x55)
		}
		donor, _, err := Embed(drawing(g.r, 60, 5, 45, 80, 6), g.key, p)
		if err != nil {
			t.Fatal(err)
		}
		i := int(seed) % 5
		g.out[i] = donor[i]
		if r := g.read(g.out); r.State != Altered || !slices.Contains(r.Altered, i) || len(r.Altered) > 3 {
			t.Fatalf("stroke %d of %d: %s %v", i, len(g.out), r.State, r.Altered)
		}
	}
}

func TestAbsent(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 5))
		in := anyDrawing(r)
		ctx := random32(r)
		want(t, Read(in, random32(r), &ctx), Absent)
	}
	for seed := range uint64(50) {
		g := newMarked(t, seed)
		key := g.key
		key[seed%32] ^= 1
		want(t, Read(g.out, key, &g.p.Context), Absent)
		want(t, Check(g.out, key, g.p.Handle, &g.p.Context), Absent)
		for _, o := range g.out { // rescaled
			for _, p := range points(o) {
				p.X, p.Y = p.X*11/10, p.Y*11/10
			}
			closeAgain(o)
		}
		want(t, g.read(g.out), Absent)
	}
	want(t, Read(nil, Key{}, nil), Absent)
}

// TestOnlySmallStrokes: where no stroke holds a header, the pieces do.
func TestOnlySmallStrokes(t *testing.T) {
	small := slices.Repeat([]int{8, 10, 6, 12}, 6)
	for seed := range uint64(40) {
		g := newMarked(t, seed, small...)
		if g.m.Copies == 0 {
			t.Fatal("the pieces make no header")
		}
		r := g.read(g.out)
		want(t, r, Match)
		if !bytes.Equal(r.Handle, g.p.Handle) {
			t.Fatalf("handle %x, want %x", r.Handle, g.p.Handle)
		}
	}
	hits := 0
	for seed := range uint64(40) {
		g := newMarked(t, seed, small...)
		i := g.r.IntN(len(g.out))
		r := g.read(slices.Delete(copyOf(g.out), i, i+1))
		if r.State == Altered && slices.Equal(r.Altered, []int{i}) {
			hits++
		}
	}
	if hits < 30 {
		t.Errorf("a missing dot was found in %d of 40 inks of dots", hits)
	}
}

// TestCheckTinyInk: one dot cannot name its voucher, but can be checked.
func TestCheckTinyInk(t *testing.T) {
	for seed := range uint64(100) {
		g := newMarked(t, seed, 8)
		if g.m.Copies != 0 {
			t.Fatalf("%d copies in a dot", g.m.Copies)
		}
		want(t, g.read(g.out), Absent)
		want(t, Check(g.out, g.key, g.p.Handle, &g.p.Context), Unchecked)
		g = newMarked(t, seed, 12)
		want(t, Check(g.out, g.key, g.p.Handle, &g.p.Context), Match)
		other := slices.Clone(g.p.Handle)
		other[0]++
		want(t, Check(g.out, g.key, other, &g.p.Context), Absent)
		want(t, Check(g.in, g.key, g.p.Handle, &g.p.Context), Absent)
	}
	g := newMarked(t, 1)
	want(t, Check(g.out, g.key, g.p.Handle, &g.p.Context), Match)
	want(t, Check(g.out, g.key, []byte("another"), &g.p.Context), Foreign)
}

// TestSingleStroke: a header with one copy survives a wrong bit and an edited
// anchor.
func TestSingleStroke(t *testing.T) {
	for seed := range uint64(10) {
		g := newMarked(t, seed, 36)
		want(t, g.read(g.out), Match)
		for j := range points(g.out[0]) {
			e := copyOf(g.out)
			points(e[0])[j].X++
			closeAgain(e[0])
			want(t, g.read(e), Altered, 0)
		}
	}
}

func TestRefusals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	good := drawing(r, 30)
	open := copyOf(good)
	open[0].Contours[0].Start.X++
	far := copyOf(good)
	far[0].Contours[0].Curves[2].A.Y = -maxCoord - 1
	for name, c := range map[string]struct {
		in     []ink.Outline
		handle int
	}{
		"no ink": {nil, 4}, "no contour": {make([]ink.Outline, 1), 4}, "open": {open, 4}, "far": {far, 4},
		"short handle": {good, 2}, "long handle": {good, 12}, "too many": {slices.Repeat(good, maxStrokes+1), 4},
	} {
		if _, _, err := Embed(c.in, Key{}, Payload{Handle: make([]byte, c.handle)}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, _, err := Embed(good, Key{}, Payload{Handle: make([]byte, 4)}); err != nil {
		t.Error(err)
	}
}

func TestMarginCounts(t *testing.T) {
	g := newMarked(t, 1, 4, 100)
	if g.m.Strokes != 2 || g.m.Weakest != 2*(3*4-1) || g.m.Bits < g.m.Weakest+2*(3*100-1) || g.m.Copies < 1 {
		t.Errorf("margin %+v", g.m)
	}
	if b, _ := json.Marshal(g.m); !bytes.Contains(b, []byte(`"weakest":22`)) {
		t.Errorf("json %s", b)
	}
}

func FuzzRead(f *testing.F) {
	g := newMarked(f, 1, 40, 5)
	f.Add([]byte{}, uint8(0))
	f.Add([]byte{0, 1, 2, 3, 200, 100, 50}, uint8(3))
	f.Add(bytes.Repeat([]byte{255, 127}, 40), uint8(9))
	f.Fuzz(func(t *testing.T, edits []byte, cut uint8) {
		e := copyOf(g.out)
		for i := 0; i+4 < len(edits); i += 5 {
			o := e[int(edits[i])%len(e)]
			p := points(o)[int(edits[i+1])%len(points(o))]
			p.X += int32(int8(edits[i+2])) << (edits[i+4] % 32)
			p.Y += int32(int8(edits[i+3])) << (edits[i+4] % 32)
		}
		if cut%4 == 1 {
			e[0].Contours[0].Curves = e[0].Contours[0].Curves[:int(cut)%len(e[0].Contours[0].Curves)]
		}
		if cut%4 == 2 {
			e = append(e, ink.Outline{}, e[int(cut)%len(e)])
		}
		r := g.read(e)
		if r.State == Match && !reflect.DeepEqual(e, g.out) && !shifted(e, g.out) {
			t.Fatalf("another ink matches: %v", edits)
		}
		if r.State == Foreign {
			t.Fatal("edits make ink foreign")
		}
	})
}

// shifted says whether two inks differ by a translation.
func shifted(a, b []ink.Outline) bool {
	if len(a) != len(b) {
		return false
	}
	p, q := a[0].Contours[0].Start, b[0].Contours[0].Start
	c := copyOf(b)
	for _, o := range c {
		translate(o, p.X-q.X, p.Y-q.Y)
	}
	return reflect.DeepEqual(a, c)
}

func signature(b *testing.B) marked { return newMarked(b, 1, 90, 5, 150, 70, 200, 180, 40, 100) }

func BenchmarkEmbed(b *testing.B) {
	g := signature(b)
	b.ReportMetric(float64(g.m.Bits), "bits")
	for b.Loop() {
		if _, _, err := Embed(g.in, g.key, g.p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	g := signature(b)
	for b.Loop() {
		if g.read(g.out).State != Match {
			b.Fatal("no match")
		}
	}
}

func BenchmarkReadAbsent(b *testing.B) {
	g := signature(b)
	for b.Loop() {
		if g.read(g.in).State != Absent {
			b.Fatal("found")
		}
	}
}

func ExampleRead() {
	voucher := Payload{Handle: []byte{0xca, 0xfe, 0x01}, Context: [32]byte{1}}
	drawn := drawing(rand.New(rand.NewPCG(1, 2)), 40, 6, 60)
	signed, _, err := Embed(drawn, Key{7}, voucher)
	if err != nil {
		panic(err)
	}
	r := Read(signed, Key{7}, &voucher.Context)
	fmt.Printf("%s %x\n", r.State, r.Handle)
	elsewhere := [32]byte{2}
	fmt.Println(Read(signed, Key{7}, &elsewhere).State)
	// Output:
	// match cafe01
	// foreign
}
