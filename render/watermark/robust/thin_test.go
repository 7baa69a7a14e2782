package robust

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// removable in the words of Zhang and Suen, pixel by pixel.
func plainly(code, pass int) bool {
	var p [8]int
	n, ways := 0, 0
	for k := range p {
		p[k] = code >> k & 1
		n += p[k]
	}
	for k := range p {
		if p[k] == 0 && p[(k+1)&7] == 1 {
			ways++
		}
	}
	if n < 2 || n > 6 || ways != 1 {
		return false
	}
	if pass == 0 {
		return p[0]*p[2]*p[4] == 0 && p[2]*p[4]*p[6] == 0
	}
	return p[0]*p[2]*p[6] == 0 && p[0]*p[4]*p[6] == 0
}

func TestRemovable(t *testing.T) {
	table := removable()
	for pass := range 2 {
		for code := range 256 {
			if table[pass][code] != plainly(code, pass) {
				t.Errorf("pass %d, neighbours %08b: %v", pass, code, table[pass][code])
			}
		}
	}
}

// thinPlainly looks at every pixel in every pass.
func thinPlainly(m *bitmap) {
	turn := m.turn()
	for changed := true; changed; {
		changed = false
		for pass := range 2 {
			var gone []int
			for i, v := range m.b {
				if v != 0 && plainly(int(m.around(i, &turn)), pass) {
					gone = append(gone, i)
				}
			}
			for _, i := range gone {
				m.b[i] = 0
			}
			changed = changed || len(gone) > 0
		}
	}
}

// TestThinAsPlainly: what is not looked at again could not have gone.
func TestThinAsPlainly(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 40 {
		m := &bitmap{w: 80, h: 60, b: make([]uint8, 80*60)}
		for range 1 + r.IntN(12) {
			x, y, w, h := 1+r.IntN(60), 1+r.IntN(40), 1+r.IntN(18), 1+r.IntN(18)
			for j := y; j < y+h; j++ {
				for i := x; i < x+w; i++ {
					m.b[j*m.w+i] = uint8(count1(r.IntN(40) > 0))
				}
			}
		}
		want := &bitmap{w: m.w, h: m.h, b: slices.Clone(m.b)}
		thinPlainly(want)
		left := m.thin(m.ink(), 999)
		if !bytes.Equal(m.b, want.b) || !slices.Equal(left, m.ink()) {
			t.Fatal("another line is left than by looking at all")
		}
	}
	m := &bitmap{w: 40, h: 40, b: make([]uint8, 1600)}
	for i := range m.b {
		m.b[i] = uint8(count1(i%40 > 0 && i%40 < 39 && i > 40 && i < 1560))
	}
	if left := m.thin(m.ink(), 20); left != nil || slices.Max(m.b) != 0 {
		t.Errorf("of a blot %d pixels are left", len(left))
	}
}
