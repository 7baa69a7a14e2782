package watermark

import (
	"slices"
	"testing"
)

func TestRising(t *testing.T) {
	for _, c := range []struct{ in, want []int }{
		{nil, nil}, {[]int{0, 1, 2}, []int{0, 1, 2}}, {[]int{2, 1, 0}, []int{0}}, {[]int{-1, -1}, nil},
		{[]int{0, 3, 1, 2}, []int{0, 1, 2}}, {[]int{1, -1, 0, 2, 3}, []int{1, 2, 3}}, {[]int{5, -1, 6}, []int{5, 6}},
	} {
		var got []int
		for i, keep := range rising(c.in) {
			if keep {
				got = append(got, c.in[i])
			}
		}
		// Of two runs of the same length either will do.
		if len(got) != len(c.want) || !slices.IsSorted(got) {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
}

func TestEliminate(t *testing.T) {
	for _, c := range []struct {
		name  string
		index []int // of each stroke of the ink, −1: not recognised
		count int
		want  []int
	}{
		{"all known", []int{0, 1, 2}, 3, []int{0, 1, 2}},
		{"one unknown in its gap", []int{0, -1, 2}, 3, []int{0, 1, 2}},
		{"at the beginning", []int{-1, 1}, 2, []int{0, 1}},
		{"at the end", []int{0, -1, -1}, 3, []int{0, 1, 2}},
		{"all unknown", []int{-1, -1}, 2, []int{0, 1}},
		{"one added", []int{0, -1, 1}, 2, []int{0, -1, 1}},
		{"one of two missing", []int{0, -1, 3}, 4, []int{0, -1, 3}},
		{"the place is taken", []int{1, -1, 0}, 3, []int{1, -1, 0}},
	} {
		p := placing{from: make([]int, c.count)}
		for i := range p.from {
			p.from[i] = slices.Index(c.index, i)
		}
		got := slices.Clone(c.index)
		p.eliminate(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDisplacedAndMissing(t *testing.T) {
	for _, c := range []struct {
		name               string
		from, added        []int
		missing, displaced []int
	}{
		{"in order", []int{0, 1, 2}, nil, nil, nil},
		{"two swapped", []int{1, 0, 2}, nil, nil, []int{0, 1}},
		{"one missing", []int{0, -1, 1}, nil, []int{1}, nil},
		{"one missing, one out of order", []int{2, -1, 0, 1}, nil, []int{1}, []int{0}},
		{"one added", []int{0, 2}, []int{1}, nil, nil},
	} {
		p := placing{from: c.from, added: c.added}
		if got := p.missing(); !slices.Equal(got, c.missing) {
			t.Errorf("%s: missing %v, want %v", c.name, got, c.missing)
		}
		if got := p.displaced(); !slices.Equal(got, c.displaced) {
			t.Errorf("%s: displaced %v, want %v", c.name, got, c.displaced)
		}
	}
}
