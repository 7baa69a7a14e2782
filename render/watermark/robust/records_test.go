package robust

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"moqian/render/ink"
)

// pen is one down-stroke of a record: x, y in mm (y up), pressure 0 to 1.
type pen [][3]float64

// dataDir finds the handwriting records, which are never part of the
// repository.
func dataDir(t testing.TB) string {
	t.Helper()
	if d := os.Getenv("MOQIAN_INK_DATA"); d != "" {
		return d
	}
	d, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; d != filepath.Dir(d); d = filepath.Dir(d) {
		if c := filepath.Join(d, "shared", "ink", "data"); exists(c) {
			return c
		}
	}
	t.Skip("SKIPPED: no shared/ink/data above this directory and no MOQIAN_INK_DATA: nothing was tested on real handwriting")
	return ""
}

func exists(p string) bool { _, err := os.Stat(p); return err == nil }

// records reads a file of handwriting.
func records(t testing.TB, name string, scale float64) [][]pen {
	f, err := os.Open(filepath.Join(dataDir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	sc.Scan()
	var h struct {
		Header struct {
			UX   float64 `json:"units_per_mm_x"`
			UY   float64 `json:"units_per_mm_y"`
			Y    string  `json:"y_axis"`
			PMax float64 `json:"pmax"`
		}
	}
	if err := json.Unmarshal(sc.Bytes(), &h); err != nil {
		t.Fatal(err)
	}
	var out [][]pen
	for sc.Scan() {
		var r struct{ S [][5]float64 }
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		var all []pen
		down := false
		for _, s := range r.S {
			if s[4] == 0 {
				down = false
				continue
			}
			if !down {
				all, down = append(all, nil), true
			}
			q := [3]float64{s[1] / h.Header.UX * scale, s[2] / h.Header.UY * scale, 0.5}
			if h.Header.Y == "down" {
				q[1] = -q[1]
			}
			if h.Header.PMax > 0 {
				q[2] = s[3] / h.Header.PMax
			}
			all[len(all)-1] = append(all[len(all)-1], q)
		}
		out = append(out, all)
	}
	return out
}

// draft is a simple pen for trials: smoothed middle line, width by pressure,
// both edges offset, round ends; scaled down to 60 by 25 mm.
func draft(rec []pen) []ink.Outline {
	lo, hi := vec{1e9, 1e9}, vec{-1e9, -1e9}
	for _, s := range rec {
		for _, q := range s {
			lo, hi = vec{min(lo.x, q[0]), min(lo.y, q[1])}, vec{max(hi.x, q[0]), max(hi.y, q[1])}
		}
	}
	k := min(1, 58/(hi.x-lo.x), 23/(hi.y-lo.y))
	var out []ink.Outline
	for _, s := range rec {
		var pts []vec
		var half []float64
		var raw []vec
		var pr []float64
		for _, q := range s {
			p := vec{(q[0] - lo.x) * k, (q[1] - lo.y) * k}
			if len(raw) == 0 || p.sub(raw[len(raw)-1]).len() > 1e-6 {
				raw, pr = append(raw, p), append(pr, q[2])
			}
		}
		if len(raw) < 3 {
			continue
		}
		for i := 0; i+1 < len(raw); i++ {
			a, b, c, d := raw[max(0, i-1)], raw[i], raw[i+1], raw[min(len(raw)-1, i+2)]
			n := max(1, int(c.sub(b).len()/0.05))
			for j := range n {
				u := float64(j) / float64(n)
				m := bezier{b, b.add(c.sub(a).mul(1.0 / 6)), c.sub(d.sub(b).mul(1.0 / 6)), c}
				pts = append(pts, m.at(u))
				half = append(half, 0.15+0.15*(pr[i]*(1-u)+pr[i+1]*u))
			}
		}
		if len(pts) < 6 {
			continue
		}
		pts, half = smooth(pts, half)
		var ring []vec
		n := len(pts)
		normal := func(i int) vec {
			return pts[min(n-1, i+1)].sub(pts[max(0, i-1)]).unit().left()
		}
		for i := range pts {
			ring = append(ring, pts[i].sub(normal(i).mul(half[i])))
		}
		cap := func(i int, from vec, half float64) {
			for j := 1; j < 8; j++ {
				ring = append(ring, pts[i].add(spin(from, -math.Pi*float64(j)/8, 1).mul(half)))
			}
		}
		cap(n-1, normal(n-1).mul(-1), half[n-1])
		for i := n - 1; i >= 0; i-- {
			ring = append(ring, pts[i].add(normal(i).mul(half[i])))
		}
		cap(0, normal(0), half[0])
		out = append(out, ink.Outline{Contours: []ink.Contour{refit(ring, make([]bool, len(ring)))}})
	}
	return out
}

func smooth(pts []vec, half []float64) ([]vec, []float64) {
	p, h := make([]vec, len(pts)), make([]float64, len(pts))
	for i := range pts {
		n := min(4, i, len(pts)-1-i)
		m := min(20, i, len(pts)-1-i)
		for k := i - n; k <= i+n; k++ {
			p[i] = p[i].add(pts[k].mul(1 / float64(2*n+1)))
		}
		for k := i - m; k <= i+m; k++ {
			h[i] += half[k] / float64(2*m+1)
		}
	}
	return p, h
}
