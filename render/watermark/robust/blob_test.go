package robust

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// flood finds connected sets the plain way: every dark pixel with its eight
// neighbours.
func flood(g *Gray) (out []blob) {
	seen := make([]bool, len(g.Pix))
	for start, v := range g.Pix {
		if v >= 128 || seen[start] {
			continue
		}
		b := blob{x0: int32(g.W), y0: int32(g.H)}
		stack := []int{start}
		seen[start] = true
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := int32(i%g.W), int32(i/g.W)
			b.area++
			b.x0, b.x1, b.y0, b.y1 = min(b.x0, x), max(b.x1, x+1), min(b.y0, y), max(b.y1, y+1)
			for dy := int32(-1); dy <= 1; dy++ {
				for dx := int32(-1); dx <= 1; dx++ {
					u, w := x+dx, y+dy
					if u < 0 || w < 0 || int(u) >= g.W || int(w) >= g.H {
						continue
					}
					if k := int(w)*g.W + int(u); g.Pix[k] < 128 && !seen[k] {
						seen[k] = true
						stack = append(stack, k)
					}
				}
			}
		}
		out = append(out, b)
	}
	return out
}

func boxOrder(a, b blob) int {
	return slices.Compare([]int32{a.x0, a.y0, a.x1, a.y1, int32(a.area)}, []int32{b.x0, b.y0, b.x1, b.y1, int32(b.area)})
}

func TestBlobs(t *testing.T) {
	for name, c := range map[string]struct {
		picture string
		n       int
	}{
		"paper":             {"....\n....", 0},
		"one pixel":         {"....\n..#.", 1},
		"corners touch":     {"#...\n.#..\n..#.", 1},
		"two":               {"##..\n##..\n....\n..##", 2},
		"u joins late":      {"#..#\n#..#\n####", 1},
		"w joins late":      {"#.#.#\n#.#.#\n#####", 1},
		"snake":             {"#####\n....#\n#####\n#....\n#####", 1},
		"ring with a point": {"#####\n#...#\n#.#.#\n#...#\n#####", 2},
		"gap of a row":      {"###\n...\n###", 2},
	} {
		if b := grayOf(c.picture).blobs(128); len(b) != c.n {
			t.Errorf("%s: %d blobs, want %d", name, len(b), c.n)
		}
	}
}

// TestBlobsAgainstFlood: runs and union find the same as going from pixel to
// pixel, on noise of all densities.
func TestBlobsAgainstFlood(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for round := range 60 {
		g := &Gray{W: 3 + r.IntN(40), H: 3 + r.IntN(40)}
		for range g.W * g.H {
			g.Pix = append(g.Pix, uint8(255*count1(r.IntN(60) > round)))
		}
		got, want := g.blobs(128), flood(g)
		for _, b := range got {
			area := 0
			for _, u := range b.runs {
				area += int(u.x1 - u.x0)
			}
			if area != b.area {
				t.Fatalf("round %d: area %d, runs of %d", round, b.area, area)
			}
		}
		slices.SortFunc(got, boxOrder)
		slices.SortFunc(want, boxOrder)
		if !slices.EqualFunc(got, want, func(a, b blob) bool { return boxOrder(a, b) == 0 }) {
			t.Fatalf("round %d: %d blobs, want %d", round, len(got), len(want))
		}
	}
}

// TestTooManyRuns: noise that no print is gives nothing rather than eating
// memory.
func TestTooManyRuns(t *testing.T) {
	g := &Gray{W: 4096, H: 3200, Pix: make([]uint8, 4096*3200)}
	for i := range g.Pix {
		g.Pix[i] = uint8(255 * (i & 1))
	}
	if b := g.blobs(128); b != nil {
		t.Errorf("%d blobs of noise", len(b))
	}
}

func TestInside(t *testing.T) {
	o := blob{x0: 10, y0: 10, x1: 20, y1: 20}
	for _, c := range []struct {
		b    blob
		want bool
	}{
		{blob{x0: 11, y0: 11, x1: 19, y1: 19}, true},
		{blob{x0: 10, y0: 11, x1: 19, y1: 19}, false},
		{blob{x0: 11, y0: 11, x1: 20, y1: 19}, false},
		{blob{x0: 30, y0: 30, x1: 32, y1: 32}, false},
	} {
		if got := c.b.inside(&o); got != c.want {
			t.Errorf("%+v: %v", c.b, got)
		}
	}
}
