//go:build virtualpad

package inkbench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cases of two synthetic strokes and a dot, in units of 0.01 mm.
func cases(reports int) string {
	var s [][5]float64
	at := 0.0
	add := func(x, y, p, tip float64) {
		if len(s) < reports {
			s = append(s, [5]float64{at, math.Round(100 * x), math.Round(100 * y), math.Round(1023 * p), tip})
		}
		at += 10
	}
	for k := range 2 {
		for i := range 40 {
			t := float64(i) / 100
			add(10+40*t, 10+20*float64(k)+4*math.Cos(14*t), 0.3+t, 1)
		}
		add(0, 0, 0, 0)
	}
	add(50, 50, 0.5, 1)
	add(50, 50, 0, 0)
	b, err := json.Marshal(map[string]any{"id": "a|clean", "unit_mm": [2]float64{0.01, 0.01}, "pmax": 1023, "hz": 100, "nib_mm": [2]float64{0.25, 0.9}, "samples": s})
	if err != nil {
		panic(err)
	}
	return string(b) + "\n"
}

type result struct {
	ID      string
	Strokes []struct {
		C [][4]float64
		O [][][2]float64
	}
}

func run(t *testing.T, f func(context.Context, *strings.Reader, *bytes.Buffer) error, in string) result {
	t.Helper()
	var out bytes.Buffer
	if err := f(t.Context(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	var r result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func bench(ctx context.Context, r *strings.Reader, w *bytes.Buffer) error { return Bench(ctx, r, w) }
func live(ctx context.Context, r *strings.Reader, w *bytes.Buffer) error  { return Live(ctx, r, w) }

func TestBench(t *testing.T) {
	r := run(t, bench, cases(1000))
	if r.ID != "a|clean" || len(r.Strokes) != 3 {
		t.Fatalf("%q has %d strokes, want 3", r.ID, len(r.Strokes))
	}
	for i, s := range r.Strokes {
		if len(s.C) == 0 || len(s.O) == 0 {
			t.Fatalf("stroke %d is empty", i)
		}
		for j := 1; j < len(s.C); j++ {
			a, b := s.C[j-1], s.C[j]
			if math.Hypot(b[1]-a[1], b[2]-a[2]) > 0.1 || b[0] < a[0] {
				t.Fatalf("stroke %d: step from %v to %v", i, a, b)
			}
		}
		for _, o := range s.O { // where the hand was, not in a box
			for _, p := range o {
				if math.Hypot(p[0]-s.C[0][1], p[1]-s.C[0][2]) > 25 {
					t.Fatalf("stroke %d: outline at %v", i, p)
				}
			}
		}
	}
	if c := r.Strokes[2].C[0]; math.Hypot(c[1]-50, c[2]-50) > 0.02 {
		t.Errorf("the dot is at %v", c)
	}
}

func TestLiveIsAPrefix(t *testing.T) {
	whole := run(t, live, cases(1000))
	for n := 1; n < 84; n += 3 {
		part := run(t, live, cases(n))
		for i, s := range part.Strokes {
			for j, c := range s.C {
				if c != whole.Strokes[i].C[j] {
					t.Fatalf("%d reports: stroke %d, point %d is %v, in the end %v", n, i, j, c, whole.Strokes[i].C[j])
				}
			}
		}
		if n > 4 && n <= 40 {
			c := part.Strokes[0].C
			if got, want := c[len(c)-1][0], float64(10*(n-4)); math.Abs(got-want) > 0.01 {
				t.Errorf("%d reports: reaches %g ms, want %g", n, got, want)
			}
		}
	}
}

func TestBenchNamesTheBrokenLine(t *testing.T) {
	for in, want := range map[string]string{
		"{":                                    "line 1",
		cases(10) + `{"id":"b"}`:               `line 2, case "b": unit_mm`,
		`{"id":"c","unit_mm":[1,1],"pmax":-1}`: "pmax",
		`{"id":"d","unit_mm":[1,1],"hz":100}`:  "nib",
	} {
		if err := Bench(t.Context(), strings.NewReader(in), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", in, err, want)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Bench(ctx, strings.NewReader(cases(10)), &bytes.Buffer{}); err == nil {
		t.Error("goes on after its context ended")
	}
}

// writing is a file of one synthetic record.
func writing() string {
	var b strings.Builder
	b.WriteString(`{"header":{"units_per_mm_x":100,"units_per_mm_y":100,"y_axis":"up","rate_hz":100,"pmax":1023,"pressure_in_data":true}}` + "\n" + `{"id":"one","s":[`)
	for i := range 60 {
		t := float64(i) / 100
		fmt.Fprintf(&b, "[%d,%.0f,%.0f,%d,1],", 10*i, 3000*t, 400*math.Sin(9*t), 300+10*i)
	}
	b.WriteString("[600,0,0,0,0]]}\n")
	return b.String()
}

func TestShow(t *testing.T) {
	dir := t.TempDir()
	for name, head := range map[string]string{"a.png": "\x89PNG", "a.svg": "<svg", "a.pdf": "%PDF-", "A2.PDF": "%PDF-"} {
		out := filepath.Join(dir, name)
		if err := Show(strings.NewReader(writing()), "one", out); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(out)
		if err != nil || !bytes.HasPrefix(b, []byte(head)) {
			t.Errorf("%s begins with %q, %v", name, b[:min(8, len(b))], err)
		}
	}
	for id, out := range map[string]string{"one": "a.jpg", "two": "b.png"} {
		if err := Show(strings.NewReader(writing()), id, filepath.Join(dir, out)); err == nil {
			t.Errorf("record %q into %s: no error", id, out)
		}
	}
}

func TestSheet(t *testing.T) {
	dir := t.TempDir()
	two := writing() + strings.Replace(strings.SplitN(writing(), "\n", 2)[1], "one", "two", 1)
	out := filepath.Join(dir, "sheet.svg")
	if err := Sheet(strings.NewReader(two), []string{"one", "two"}, out); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if raw, ink := bytes.Count(b, []byte(`fill="none"`)), bytes.Count(b, []byte("<g ")); raw != 2 || ink != 2 {
		t.Errorf("%d polylines and %d inks, want 2 and 2", raw, ink)
	}
	if err := Sheet(strings.NewReader(two), []string{"one", "three"}, out); err == nil || !strings.Contains(err.Error(), "three") {
		t.Errorf("error %v does not name the record", err)
	}
}
