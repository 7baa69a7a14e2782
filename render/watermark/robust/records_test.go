package robust

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		if c := filepath.Join(d, "shared", "ink", "data"); exists(c) {
			return c
		}
	}
	t.Skip("SKIPPED: no shared/ink/data above this directory and no MOQIAN_INK_DATA: nothing was tested on real handwriting")
	return ""
}

func exists(p string) bool { _, err := os.Stat(p); return err == nil }

// records reads a file of handwriting.
func records(t testing.TB, name string, scale float64) [][]pad.Sample {
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
	var out [][]pad.Sample
	for sc.Scan() {
		var r struct{ S [][5]float64 }
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		var all []pad.Sample
		for _, s := range r.S {
			q := pad.Sample{T: time.Duration((s[0] - r.S[0][0]) * 1e6), X: s[1] / h.Header.UX * scale, Y: s[2] / h.Header.UY * scale}
			if h.Header.Y == "up" {
				q.Y = -q.Y
			}
			if h.Header.PMax > 0 {
				q.P = s[3] / h.Header.PMax
			}
			if s[4] == 1 {
				q.Phase = pad.Down
			}
			all = append(all, q)
		}
		out = append(out, all)
	}
	return out
}

// drawn is a record as the product draws it, in the usual box.
func drawn(t testing.TB, samples []pad.Sample) []ink.Outline {
	t.Helper()
	out, err := ink.Draw(samples, ink.Params{Box: ink.Box{W: 60, H: 25}, Nib: ink.Nib{Min: 0.25, Max: 0.9}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// person is one record with its name.
type person struct {
	id      string
	samples []pad.Sample
}

type people []person

// everyone is all signatures of the data: svc2004_task2, then statsci_chinese
// in the size of a signature.
func everyone(t testing.TB) (out people) {
	for _, f := range []struct {
		name  string
		scale float64
	}{{"svc2004_task2", 1}, {"statsci_chinese", 0.1}} {
		for i, r := range records(t, f.name+".jsonl", f.scale) {
			out = append(out, person{fmt.Sprintf("%s %d", f.name, i), r})
		}
	}
	return out
}

// share is the value that a share of v does not exceed. It sorts v.
func share(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[min(len(v)-1, int(q*float64(len(v))))]
}
