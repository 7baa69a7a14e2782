package robust

import (
	"math/bits"
	"runtime"
	"sync"
)

// bitmap holds 1 for ink; its border is paper.
type bitmap struct {
	w, h int
	b    []uint8
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

// thin reduces ink to lines one pixel wide (Zhang and Suen 1984). Ink thicker
// than so many pixels was written with no nib: then nothing is left.
func (m *bitmap) thin(thickest int) {
	var list []int
	for i, v := range m.b {
		if v != 0 {
			list = append(list, i)
		}
	}
	turn, table := m.turn(), removable()
	parts := split(list, runtime.GOMAXPROCS(0))
	gone := make([][]int, len(parts))
	for changed, rounds := true, 0; changed; rounds++ {
		if 2*rounds > thickest {
			clear(m.b)
			return
		}
		changed = false
		for pass := range 2 {
			var all sync.WaitGroup // a pass only reads the bitmap
			for k := range parts {
				all.Go(func() {
					gone[k] = gone[k][:0]
					keep := parts[k][:0]
					for _, i := range parts[k] {
						if table[pass][m.around(i, &turn)] {
							gone[k] = append(gone[k], i)
						} else {
							keep = append(keep, i)
						}
					}
					parts[k] = keep
				})
			}
			all.Wait()
			for _, g := range gone {
				for _, i := range g {
					m.b[i] = 0
				}
				changed = changed || len(g) > 0
			}
		}
	}
}

// split cuts a list into at most n parts of about one length.
func split(list []int, n int) (parts [][]int) {
	size := max(1, (len(list)+n-1)/n)
	for len(list) > size {
		parts, list = append(parts, list[:size:size]), list[size:]
	}
	return append(parts, list)
}

// around packs the neighbours of a pixel, the north in the lowest bit.
func (m *bitmap) around(i int, turn *[8]int) uint8 {
	return m.b[i+turn[0]] | m.b[i+turn[1]]<<1 | m.b[i+turn[2]]<<2 | m.b[i+turn[3]]<<3 |
		m.b[i+turn[4]]<<4 | m.b[i+turn[5]]<<5 | m.b[i+turn[6]]<<6 | m.b[i+turn[7]]<<7
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

// paths cuts the skeleton at its branches.
func (m *bitmap) paths() []path {
	turn := m.turn()
	left := make([]uint8, len(m.b)) // 1 path, 2 branch
	var pixels []int
	for i, v := range m.b {
		if v == 0 {
			continue
		}
		pixels = append(pixels, i)
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

// prune takes off the short hairs that thinning grows on rough edges.
func (m *bitmap) prune(length int) {
	for _, p := range m.paths() {
		if len(p.pix) < length && p.open[0] != p.open[1] && !p.cycle {
			for _, i := range p.pix {
				m.b[i] = 0
			}
		}
	}
}
