package watermark

import (
	"slices"
	"testing"
)

// TestMixOfTwoSignatures lays a stroke of one signature into another of the
// same voucher, in the very same place: only the neighbours' context bits know.
func TestMixOfTwoSignatures(t *testing.T) {
	for seed := range uint64(50) {
		g := newMarked(t, seed, 40, 60, 50, 30)
		again := copyOf(g.in)
		for _, p := range points(again[1])[1:] {
			p.X += 40
		}
		closeAgain(again[1])
		other, _, err := Embed(again, g.key, g.p)
		if err != nil {
			t.Fatal(err)
		}
		g.out[1] = other[1]
		if r := g.read(g.out); r.State != Altered {
			t.Fatalf("seed %d: %s %v", seed, r.State, r.Altered)
		}
	}
}

// TestSmallestDot edits a dot of 22 bits where no context helps: own and place
// bits, 11 to 13 of them, let about one edit in 2^11 pass.
func TestSmallestDot(t *testing.T) {
	missed := 0
	for seed := range uint64(2000) {
		g := newMarked(t, seed, 40, 4)
		p := points(g.out[1])[1+g.r.IntN(10)]
		p.X += 50
		closeAgain(g.out[1])
		if Read(g.out, g.key, nil).State != Altered {
			missed++
		}
	}
	t.Logf("%d of 2000 edits of a dot passed", missed)
	if missed > 6 {
		t.Errorf("%d of 2000 edits of a dot passed", missed)
	}
}

// TestTiniestDot: a dot of 10 bits, which chance makes right once in a while, is
// named all the same, by its neighbours' context and by its whole bits.
func TestTiniestDot(t *testing.T) {
	elsewhere := 0
	for seed := range uint64(300) {
		g := newMarked(t, seed, 2, 90, 60, 70)
		e := copyOf(g.out)
		p := points(e[0])[1+g.r.IntN(4)]
		p.Y -= 2
		closeAgain(e[0])
		switch r := g.read(e); {
		case r.State != Altered:
			t.Fatalf("seed %d: %s %v", seed, r.State, r.Altered)
		case !slices.Contains(r.Altered, 0):
			elsewhere++
		}
		slices.Reverse(g.out)
		if r := g.read(g.out); r.State != Altered || !slices.Equal(r.Altered, []int{0, 1, 2, 3}) {
			t.Errorf("seed %d reversed: %s %v", seed, r.State, r.Altered)
		}
	}
	if elsewhere > 0 {
		t.Errorf("%d of 300 edits of a dot were put down to another stroke", elsewhere)
	}
}
