package robust

import "math"

// tones are the grey values of paper, the usual bright one, and of ink, that of
// the darkest tenth of the dark pixels; not ok where they hardly differ.
func tones(hist *[256]int) (paper, ink int, ok bool) {
	split := otsu(hist)
	most := 0
	paper = 255
	for v := split; v < 256; v++ {
		if hist[v] > most {
			paper, most = v, hist[v]
		}
	}
	var dark [256]int
	copy(dark[:], hist[:split])
	ink = darkest(&dark)
	return paper, ink, paper-ink >= 24
}

// darkest is the value that a tenth of the pixels do not exceed.
func darkest(hist *[256]int) int {
	all, seen := 0, 0
	for _, n := range hist {
		all += n
	}
	for v, n := range hist {
		if seen += n; seen*10 >= all {
			return v
		}
	}
	return 0
}

// scale turns grey values into shades.
func scale(paper, ink int) (table [256]float32) {
	for v := range table {
		d := float32(paper-v) / float32(max(1, paper-ink))
		table[v] = max(0, min(1.05, d))
	}
	return table
}

// splashGamma is the power that Splash, which draws for xpdf and poppler, raises
// the covered share of a pixel to; it counts 4 by 4 points (splashAAGamma).
const splashGamma = 1.5

// splash says whether the greys between paper and ink are those of Splash.
func splash(hist *[256]int, paper, ink int) bool {
	var level [256]bool
	for i := 1; i < 16; i++ {
		v := float64(paper) - float64(paper-ink)*math.Pow(float64(i)/16, splashGamma)
		level[int(math.Round(v))] = true
		level[int(v)] = true
	}
	all, hits := 0, 0
	for v := ink + 1; v < paper; v++ {
		all += hist[v]
		if level[v] {
			hits += hist[v]
		}
	}
	return all >= 50 && hits*20 >= all*19
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
