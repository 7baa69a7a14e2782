package robust

import (
	"math"
	"testing"
)

// squiggle is ink like a signature's: a wave of w by h mm in pieces.
func squiggle(g *Gray, x, y, w, h float64, pieces int) {
	for p := range pieces {
		from := x + w*float64(p)/float64(pieces)
		to := from + w/float64(pieces)*0.9
		for u := from; u < to; u += 0.01 {
			v := y + h/2 + h/2*math.Sin((u-x)*4)
			g.fillBox(u, v, 0.4, 0.4)
		}
	}
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func(g *Gray)
		n    int     // groups
		w, h float64 // of the likeliest, mm; 0: not asked
	}{
		{"paper", func(*Gray) {}, 0, 0, 0},
		{"a signature", func(g *Gray) { squiggle(g, 20, 20, 40, 10, 1) }, 1, 36, 10},
		{"in pieces near each other", func(g *Gray) { squiggle(g, 20, 20, 40, 10, 6) }, 1, 40, 10},
		{"in a frame, text beside", func(g *Gray) {
			g.outlineBox(15, 15, 60, 25, 0.3)
			squiggle(g, 20, 20, 40, 10, 3)
			g.text(20, 60, 60, 4)
		}, 2, 40, 10},
		{"wide apart: also together", func(g *Gray) {
			squiggle(g, 5, 20, 12, 10, 1)
			squiggle(g, 31, 20, 12, 10, 1)
		}, 3, 38, 10},
		{"far apart: two", func(g *Gray) {
			squiggle(g, 5, 20, 12, 10, 1)
			squiggle(g, 60, 20, 20, 10, 1)
		}, 2, 20, 10},
		{"dirt", func(g *Gray) { g.fillBox(20, 20, 0.1, 0.1) }, 0, 0, 0},
		{"a bar", func(g *Gray) { g.fillBox(10, 20, 70, 5) }, 0, 0, 0},
		{"a rule", func(g *Gray) { g.fillBox(10, 20, 60, 0.3) }, 0, 0, 0},
		{"a frame alone", func(g *Gray) { g.outlineBox(15, 15, 60, 25, 0.3) }, 0, 0, 0},
		{"too small", func(g *Gray) { g.fillBox(15, 15, 2, 2) }, 0, 0, 0},
	} {
		g := white(90, 90)
		c.draw(g)
		all := g.groups()
		if len(all) != c.n {
			t.Errorf("%s: %d groups, want %d", c.name, len(all), c.n)
			continue
		}
		if c.w > 0 {
			const k = mmPerInch / 300
			b := &all[0].box
			if w, h := float64(b.w())*k, float64(b.h())*k; math.Abs(w-c.w) > 2 || math.Abs(h-c.h) > 1 {
				t.Errorf("%s: the likeliest has %.1f by %.1f mm, want %.0f by %.0f", c.name, w, h, c.w, c.h)
			}
		}
	}
}

// TestGroupsAreFew: a page of text has no more than the candidates that are
// looked at.
func TestGroupsAreFew(t *testing.T) {
	g := white(210, 297)
	for y := range 12 {
		for x := range 5 {
			squiggle(g, 5+40*float64(x), 5+24*float64(y), 10, 5, 1)
		}
	}
	if n := len(g.groups()); n == 0 || n > candidates {
		t.Errorf("%d groups", n)
	}
}

func TestFrames(t *testing.T) {
	for name, c := range map[string]struct {
		draw func(g *Gray)
		want bool
	}{
		"box":     {func(g *Gray) { g.outlineBox(2, 2, 60, 25, 0.3) }, true},
		"thick":   {func(g *Gray) { g.outlineBox(2, 2, 60, 25, 0.8) }, true},
		"divided": {func(g *Gray) { g.outlineBox(2, 2, 60, 25, 0.3); g.fillBox(30, 2, 0.3, 25) }, true},
		"cup":     {func(g *Gray) { g.fillBox(2, 2, 0.3, 25); g.fillBox(61, 2, 0.3, 25); g.fillBox(2, 26, 59.3, 0.3) }, false},
		"cross":   {func(g *Gray) { g.fillBox(30, 2, 0.3, 25); g.fillBox(2, 14, 60, 0.3) }, false},
		"full":    {func(g *Gray) { g.fillBox(2, 2, 60, 25) }, false},
		"corner":  {func(g *Gray) { g.fillBox(2, 2, 0.3, 25); g.fillBox(2, 2, 60, 0.3) }, false},
	} {
		g := white(65, 30)
		c.draw(g)
		b := g.blobs(128)
		if len(b) != 1 || b[0].frames(300/mmPerInch) != c.want {
			t.Errorf("%s: %d blobs, frame %v", name, len(b), b[0].frames(300/mmPerInch))
		}
	}
}

// TestShadeLeavesOthersOut: what belongs to another blob is paper.
func TestShadeLeavesOthersOut(t *testing.T) {
	g := white(60, 60)
	squiggle(g, 10, 10, 40, 10, 1)
	g.outlineBox(5, 5, 50, 30, 0.3)
	all := g.groups()
	if len(all) != 1 {
		t.Fatalf("%d groups", len(all))
	}
	s := g.shade(&all[0])
	const k = 300 / mmPerInch
	if w, h := float64(s.w)/k, float64(s.h)/k; w > 43 || h > 13 {
		t.Errorf("%.1f by %.1f mm", w, h)
	}
	ink := 0.0
	for _, v := range s.v {
		ink += float64(v)
	}
	want := 0.0
	for _, b := range all[0].blobs {
		want += float64(b.area)
	}
	if math.Abs(ink-want) > 1 {
		t.Errorf("%.0f pixels of ink, the blobs have %.0f", ink, want)
	}
	// The place of a pixel: the middle of the page is where it was.
	at := s.place(0, 0)
	if math.Abs(at.x-(10-6/k)) > 0.2 || math.Abs(at.y-(60-10+6/k)) > 0.2 {
		t.Errorf("first pixel at %v", at)
	}
}
