package watermark

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moqian/pad"
	"moqian/render/ink"
)

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
		c := filepath.Join(d, "shared", "ink", "data")
		if _, err := os.Stat(c); err == nil {
			return c
		}
	}
	t.Skip("SKIPPED: no shared/ink/data above this directory and no MOQIAN_INK_DATA: nothing was tested on real handwriting")
	return ""
}

// scale of a record file: counts per mm, and which way y grows.
type scale struct {
	UX   float64 `json:"units_per_mm_x"`
	UY   float64 `json:"units_per_mm_y"`
	Y    string  `json:"y_axis"`
	PMax float64 `json:"pmax"`
	Rate float64 `json:"rate_hz"`
}

func (h scale) samples(line []byte) (out []pad.Sample, err error) {
	var r struct{ S [][5]float64 }
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, err
	}
	for _, s := range r.S {
		q := pad.Sample{T: time.Duration((s[0] - r.S[0][0]) * 1e6), X: s[1] / h.UX, Y: s[2] / h.UY}
		if h.Y == "up" {
			q.Y = -q.Y
		}
		if h.PMax > 0 {
			q.P = s[3] / h.PMax
		}
		if s[4] == 1 {
			q.Phase = pad.Down
		}
		out = append(out, q)
	}
	return out, nil
}

// eachRecord draws every step-th record of a file as the product does, in a box
// of w by h mm, and hands it on with its number.
func eachRecord(t testing.TB, name string, step int, w, h float64, f func(i int, in []ink.Outline)) {
	t.Helper()
	file, err := os.Open(filepath.Join(dataDir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 1<<24)
	sc.Scan()
	var head struct{ Header scale }
	if err := json.Unmarshal(sc.Bytes(), &head); err != nil {
		t.Fatal(err)
	}
	for i := 0; sc.Scan(); i++ {
		if i%step > 0 {
			continue
		}
		samples, err := head.Header.samples(sc.Bytes())
		if err != nil {
			t.Fatalf("%s %d: %v", name, i, err)
		}
		in, err := ink.Draw(samples, ink.Params{Box: ink.Box{W: w, H: h}, Nib: ink.Nib{Min: 0.25, Max: 0.9}})
		if err != nil {
			t.Fatalf("%s %d: %v", name, i, err)
		}
		f(i, in)
	}
}

// torture says whether the long versions run.
func torture() bool { return os.Getenv("MOQIAN_TORTURE") != "" }
