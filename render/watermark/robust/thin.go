package robust

import (
	"bytes"
	"math/bits"
	"slices"
)

// bitmap holds 1 for ink; its border is paper.
type bitmap struct {
	w, h  int
	b     []uint8
	marks []uint8 // room for notes on each pixel
}

// notes is the room for notes, blank.
func (m *bitmap) notes() []uint8 {
	if m.marks == nil {
		m.marks = make([]uint8, len(m.b))
	} else {
		clear(m.marks)
	}
	return m.marks
}

// turn lists the neighbours of a pixel clockwise from the north.
func (m *bitmap) turn() [8]int {
	return [8]int{-m.w, -m.w + 1, 1, m.w + 1, m.w, m.w - 1, -1, -m.w - 1}
}

// mask cuts the shade at one half, on a grid f times as fine.
func (s *shade) mask(f int) *bitmap {
	m := &bitmap{w: s.w*f + 2, h: s.h*f + 2}
	m.b = make([]uint8, m.w*m.h)
	if f == 1 {
		for y := range s.h {
			for x, v := range s.v[y*s.w : (y+1)*s.w] {
				if v > 0.5 {
					m.b[(y+1)*m.w+x+1] = 1
				}
			}
		}
		return m
	}
	step := 1 / float64(f)
	for y := range s.h - 1 {
		for x := range s.w - 1 {
			i := y*s.w + x
			a, b, c, d := s.v[i], s.v[i+1], s.v[i+s.w], s.v[i+s.w+1]
			if a <= 0.5 && b <= 0.5 && c <= 0.5 && d <= 0.5 {
				continue
			}
			// The fine pixels whose middles lie between four middles.
			for v := range f {
				for u := range f {
					fx, fy := float32((float64(u)+0.5)*step), float32((float64(v)+0.5)*step)
					if (a*(1-fx)+b*fx)*(1-fy)+(c*(1-fx)+d*fx)*fy > 0.5 {
						m.b[(y*f+v+1+f/2)*m.w+x*f+u+1+f/2] = 1
					}
				}
			}
		}
	}
	return m
}

// ink lists the pixels of ink, row by row.
func (m *bitmap) ink() []int {
	var list []int
	for i := 0; i < len(m.b); {
		k := bytes.IndexByte(m.b[i:], 1)
		if k < 0 {
			break
		}
		for i += k; m.b[i] != 0; i++ { // the border is paper
			list = append(list, i)
		}
	}
	return list
}

// thin reduces ink, given as the list of its pixels, to lines one pixel wide
// (Zhang and Suen 1984) and lists what is left. Ink thicker than so many pixels
// was written with no nib: then nothing is left.
func (m *bitmap) thin(ink []int, thickest int) []int {
	w := newThinner(m, ink)
	for changed, rounds := true, 0; changed; rounds++ {
		if 2*rounds > thickest {
			clear(m.b)
			return nil
		}
		changed = false
		for pass := range w.look {
			changed = w.pass(pass) || changed
		}
	}
	return m.left(ink)
}

// thinner knows which pixels may go in a pass: one that stayed need not be looked
// at again in the same pass until one beside it is gone.
type thinner struct {
	*bitmap
	turn  [8]int
	table [2][256]bool
	look  [2][]int
	gone  []int
	calm  []uint8 // bit by bit, the passes that need not look at a pixel of ink
}

func newThinner(m *bitmap, ink []int) *thinner {
	w := &thinner{bitmap: m, turn: m.turn(), table: removable(), calm: m.notes()}
	for _, i := range ink {
		if m.around(i, &w.turn) != 255 {
			w.look[0] = append(w.look[0], i)
		} else {
			w.calm[i] = 3
		}
	}
	w.look[1] = slices.Clone(w.look[0])
	return w
}

// pass takes off the pixels that may go, all at once.
func (w *thinner) pass(pass int) bool {
	w.gone = w.gone[:0]
	for _, i := range w.look[pass] {
		switch {
		case w.b[i] == 0:
		case w.table[pass][w.around(i, &w.turn)]:
			w.gone = append(w.gone, i)
		default:
			w.calm[i] |= 1 << pass
		}
	}
	w.look[pass] = w.look[pass][:0]
	for _, i := range w.gone {
		w.b[i], w.calm[i] = 0, 0
	}
	for _, i := range w.gone {
		for _, d := range w.turn {
			c := w.calm[i+d]
			if c == 0 {
				continue
			}
			if c&1 != 0 {
				w.look[0] = append(w.look[0], i+d)
			}
			if c&2 != 0 {
				w.look[1] = append(w.look[1], i+d)
			}
			w.calm[i+d] = 0
		}
	}
	return len(w.gone) > 0
}

// left are the pixels of a list that are still ink.
func (m *bitmap) left(list []int) []int {
	out := list[:0]
	for _, i := range list {
		if m.b[i] != 0 {
			out = append(out, i)
		}
	}
	return out
}

// around packs the neighbours of a pixel, the north in the lowest bit.
func (m *bitmap) around(i int, turn *[8]int) uint8 {
	n, r, s := m.b[i+turn[7]:][:3], m.b[i-1:][:3], m.b[i+turn[5]:][:3]
	return n[1] | n[2]<<1 | r[2]<<2 | s[2]<<3 | s[1]<<4 | s[0]<<5 | r[0]<<6 | n[0]<<7
}

// removable answers for all 256 neighbourhoods and both passes.
func removable() (table [2][256]bool) {
	for code := range 256 {
		c := uint8(code)
		n, ways := bits.OnesCount8(c), bits.OnesCount8(^c&bits.RotateLeft8(c, -1))
		if n < 2 || n > 6 || ways != 1 {
			continue
		}
		has := func(ks ...int) bool {
			for _, k := range ks {
				if c>>k&1 == 0 {
					return false
				}
			}
			return true
		}
		table[0][code] = !has(0, 2, 4) && !has(2, 4, 6)
		table[1][code] = !has(0, 2, 6) && !has(0, 4, 6)
	}
	return table
}

// path is a run of skeleton pixels without a branch; an open end is one where
// the ink ends, the other ends lie at branches.
type path struct {
	pix   []int
	open  [2]bool
	cycle bool
}

// paths cuts the skeleton, given as the list of its pixels, at its branches.
func (m *bitmap) paths(pixels []int) []path {
	turn := m.turn()
	left := m.notes() // 1 path, 2 branch
	for _, i := range pixels {
		if left[i] == 0 {
			left[i] = 1
		}
		ways := 0
		for k, d := range turn {
			if m.b[i+d] == 0 && m.b[i+turn[(k+1)&7]] == 1 {
				ways++
			}
		}
		if ways > 2 {
			left[i] = 2
			for _, d := range turn {
				if m.b[i+d] == 1 {
					left[i+d] = 2
				}
			}
		}
	}
	var out []path
	walk := func(from int, cycle bool) {
		p := path{cycle: cycle, pix: []int{from}, open: [2]bool{!touches(left, from, &turn), true}}
		left[from] = 0
		for at := from; ; {
			next := step(left, at, &turn)
			if next < 0 {
				p.open[1] = !touches(left, at, &turn)
				break
			}
			left[next] = 0
			p.pix = append(p.pix, next)
			at = next
		}
		out = append(out, p)
	}
	for _, i := range pixels {
		if left[i] == 1 && degree(left, i, &turn) <= 1 {
			walk(i, false)
		}
	}
	for _, i := range pixels {
		if left[i] == 1 {
			walk(i, true)
		}
	}
	return out
}

func touches(left []uint8, i int, turn *[8]int) bool {
	for _, d := range turn {
		if left[i+d] == 2 {
			return true
		}
	}
	return false
}

func degree(left []uint8, i int, turn *[8]int) (n int) {
	for k, d := range turn {
		// Two neighbours side by side are one way on.
		if left[i+d] == 1 && !(k%2 == 1 && (left[i+turn[k-1]] == 1 || left[i+turn[(k+1)&7]] == 1)) {
			n++
		}
	}
	return n
}

// step goes on along a path, straight neighbours first.
func step(left []uint8, i int, turn *[8]int) int {
	for k := 0; k < 8; k += 2 {
		if left[i+turn[k]] == 1 {
			return i + turn[k]
		}
	}
	for k := 1; k < 8; k += 2 {
		if left[i+turn[k]] == 1 {
			return i + turn[k]
		}
	}
	return -1
}

// prune takes off the short hairs that thinning grows on rough edges and lists
// what is left.
func (m *bitmap) prune(pixels []int, length int) []int {
	for _, p := range m.paths(pixels) {
		if len(p.pix) < length && p.open[0] != p.open[1] && !p.cycle {
			for _, i := range p.pix {
				m.b[i] = 0
			}
		}
	}
	return m.left(pixels)
}
