package robust

import "testing"

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
