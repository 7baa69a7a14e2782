package ink

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"moqian/pad"
)

// record is one real signature, outside the repository.
type record struct {
	id      string
	samples []pad.Sample
	strokes int
}

// dataDir finds shared/ink/data upwards of the test, or by MOQIAN_INK_DATA.
func dataDir(t testing.TB) string {
	t.Helper()
	if d := os.Getenv("MOQIAN_INK_DATA"); d != "" {
		return d
	}
	d, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		c := filepath.Join(d, "shared", "ink", "data")
		if _, err := os.Stat(c); err == nil {
			return c
		}
		if d == filepath.Dir(d) {
			t.Skip("SKIPPED: no shared/ink/data above the test and no MOQIAN_INK_DATA: the ink of real signatures was not tested")
		}
		d = filepath.Dir(d)
	}
}

// records reads the real signatures of one file.
func records(t testing.TB, name string) (out []record) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dataDir(t), name))
	if err != nil {
		t.Skipf("SKIPPED: %v: the ink of real signatures was not tested", err)
	}
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<24)
	var head struct {
		Header struct {
			UnitsX float64 `json:"units_per_mm_x"`
			UnitsY float64 `json:"units_per_mm_y"`
			PMax   float64 `json:"pmax"`
		}
	}
	sc.Scan()
	if err := json.Unmarshal(sc.Bytes(), &head); err != nil {
		t.Fatal(err)
	}
	h := head.Header
	for sc.Scan() {
		var r struct {
			ID string
			S  [][5]float64
		}
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		k := record{id: r.ID}
		down := false
		for _, v := range r.S {
			s := pad.Sample{T: time.Duration(v[0] * 1e6), X: v[1] / h.UnitsX, Y: -v[2] / h.UnitsY}
			if h.PMax > 0 {
				s.P = v[3] / h.PMax
			}
			if v[4] == 1 {
				s.Phase = pad.Down
			}
			if s.Phase == pad.Down && !down {
				k.strokes++
			}
			down = s.Phase == pad.Down
			k.samples = append(k.samples, s)
		}
		out = append(out, k)
	}
	return out
}

func TestRecordsKeepEveryStroke(t *testing.T) {
	curves, sizes := 0, []int{}
	for _, r := range records(t, "svc2004_task2.jsonl") {
		o, err := Draw(r.samples, usual)
		if err != nil {
			t.Fatalf("%s: %v", r.id, err)
		}
		if len(o) != r.strokes {
			t.Errorf("%s: %d outlines of %d strokes", r.id, len(o), r.strokes)
		}
		n := 0
		for i := range o {
			checkOutline(t, i, o[i], usual.Box)
			for _, c := range o[i].Contours {
				n += len(c.Curves)
			}
		}
		curves += n
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	t.Logf("%d curves; of a signature: median %d, most %d", curves, sizes[len(sizes)/2], sizes[len(sizes)-1])
}

func TestRecordsUseTheNib(t *testing.T) {
	var use, ranks []float64
	worst := ""
	for _, r := range records(t, "svc2004_task2.jsonl") {
		k, err := Smooth(r.samples, usual)
		if err != nil {
			t.Fatal(err)
		}
		strokes := split(r.samples)
		var w, p, all []float64
		full := 0.0
		for i, rs := range strokes {
			for _, d := range k.Dabs(i, 0) {
				all = append(all, d.W)
			}
			for j := 3; j < len(rs)-3; j++ {
				w, p = append(w, widthAt(&k.tracks[i], rs[j].t)), append(p, rs[j].p)
			}
			for _, v := range rs {
				full = math.Max(full, v.p)
			}
		}
		slices.Sort(all)
		share := (all[len(all)*95/100] - all[len(all)*5/100]) / (usual.Nib.Max - usual.Nib.Min)
		q := slices.Sorted(slices.Values(p))
		if q[len(q)*95/100]-q[len(q)*5/100] > 0.6 {
			use = append(use, share)
		}
		c := rankCorrelation(w, p)
		ranks = append(ranks, c)
		if c == slices.Min(ranks) {
			worst = r.id
		}
	}
	slices.Sort(use)
	slices.Sort(ranks)
	t.Logf("share of the nib used, %d signatures: least %.2f median %.2f; rank correlation: least %.3f (%s) median %.3f",
		len(use), use[0], use[len(use)/2], ranks[0], worst, ranks[len(ranks)/2])
	if use[0] < 0.8 {
		t.Errorf("least share %.2f, want 0.8", use[0])
	}
	if ranks[0] < 0.95 {
		t.Errorf("least rank correlation %.3f, want 0.95", ranks[0])
	}
}

func widthAt(k *track, t float64) float64 {
	i, _ := slices.BinarySearch(k.t, t)
	if i == 0 || i >= len(k.t) {
		return k.w[min(i, len(k.w)-1)]
	}
	u := (t - k.t[i-1]) / (k.t[i] - k.t[i-1])
	return k.w[i-1] + u*(k.w[i]-k.w[i-1])
}

// rankCorrelation is Spearman's, with mean ranks for equals.
func rankCorrelation(a, b []float64) float64 {
	x, y := ranked(a), ranked(b)
	m := float64(len(a)-1) / 2
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - m) * (y[i] - m)
		xx += (x[i] - m) * (x[i] - m)
		yy += (y[i] - m) * (y[i] - m)
	}
	return xy / math.Sqrt(xx*yy)
}

func ranked(v []float64) []float64 {
	ix := make([]int, len(v))
	for i := range ix {
		ix[i] = i
	}
	slices.SortFunc(ix, func(a, b int) int {
		switch {
		case v[a] < v[b]:
			return -1
		case v[a] > v[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(v))
	for i := 0; i < len(ix); {
		j := i
		for j < len(ix) && v[ix[j]] == v[ix[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[ix[k]] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

func TestRecordsLiveInkMovesLittle(t *testing.T) {
	var moves []float64
	worst, id := 0.0, ""
	for i, r := range records(t, "svc2004_task2.jsonl") {
		if i%4 > 0 && os.Getenv("MOQIAN_TORTURE") == "" {
			continue // a quarter of the time
		}
		p := usual
		p.Rate = 100
		k, err := Smooth(r.samples, p)
		if err != nil {
			t.Fatal(err)
		}
		ds := live(r.samples)
		if len(ds) > r.strokes {
			t.Errorf("%s: %d live strokes of %d", r.id, len(ds), r.strokes)
		}
		for i := range ds {
			m := farthestFrom(ds[i], k.Dabs(i, 0.02))
			moves = append(moves, m...)
			if v := slices.Max(m); v > worst {
				worst, id = v, r.id
			}
		}
	}
	slices.Sort(moves)
	p95 := moves[len(moves)*95/100]
	t.Logf("final ink from live ink: p95 %.3f mm, p99.9 %.3f mm, most %.3f mm (%s)", p95, moves[len(moves)*999/1000], worst, id)
	if p95 > 0.3 {
		t.Errorf("p95 %.3f mm, want 0.3", p95)
	}
	if worst > 3 {
		t.Errorf("most %.3f mm (%s), want 3", worst, id)
	}
}

// farthestFrom gives for each live dab the distance to the final track within
// 60 ms.
func farthestFrom(live, final []Dab) (out []float64) {
	for _, d := range live {
		lo, _ := slices.BinarySearchFunc(final, d.T-0.06, func(f Dab, t float64) int {
			if f.T < t {
				return -1
			}
			return 1
		})
		best := math.Inf(1)
		for _, f := range final[lo:] {
			if f.T > d.T+0.06 {
				break
			}
			best = math.Min(best, math.Hypot(f.X-d.X, f.Y-d.Y))
		}
		if !math.IsInf(best, 1) {
			out = append(out, best)
		}
	}
	return append(out, 0)
}
