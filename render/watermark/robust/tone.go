package robust

// tones turns grey values into shades: paper is the usual bright value, ink the
// value that the darkest tenth of the dark pixels has.
func tones(g *Gray) (table [256]float32, ok bool) {
	var hist [256]int
	for _, v := range g.Pix {
		hist[v]++
	}
	split := otsu(&hist)
	paper, most := 255, 0
	for v := split; v < 256; v++ {
		if hist[v] > most {
			paper, most = v, hist[v]
		}
	}
	dark := 0
	for v := range split {
		dark += hist[v]
	}
	ink, seen := 0, 0
	for v := range split {
		if seen += hist[v]; seen*10 >= dark {
			ink = v
			break
		}
	}
	if dark == 0 || paper-ink < 24 {
		return table, false
	}
	for v := range table {
		d := float32(paper-v) / float32(paper-ink)
		table[v] = max(0, min(1.05, d))
	}
	return table, true
}

// otsu is the threshold that parts the values best (Otsu 1979).
func otsu(hist *[256]int) int {
	var n, sum float64
	for v, c := range hist {
		n += float64(c)
		sum += float64(v) * float64(c)
	}
	best, at := -1.0, 128
	var n0, sum0 float64
	for v := range 255 {
		n0 += float64(hist[v])
		sum0 += float64(v) * float64(hist[v])
		if n0 == 0 || n0 == n {
			continue
		}
		d := sum0/n0 - (sum-sum0)/(n-n0)
		if s := n0 * (n - n0) * d * d; s > best {
			best, at = s, v+1
		}
	}
	return at
}
