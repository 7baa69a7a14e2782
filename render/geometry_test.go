package render_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moqian/render"
)

// record is one item as the golden files hold it, in mm and pt.
type record struct {
	Kind string  `json:"kind"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	W    float64 `json:"w,omitempty"`
	H    float64 `json:"h,omitempty"`
	Pt   float64 `json:"pt,omitempty"`
	Text string  `json:"text,omitempty"`
}

// box is a rectangle on a page; what says of what.
type box struct {
	what           string
	x0, y0, x1, y1 float64
}

func (b box) meets(o box) bool {
	const touch = 1e-6
	return b.x0 < o.x1-touch && o.x0 < b.x1-touch && b.y0 < o.y1-touch && o.y0 < b.y1-touch
}

func (b box) grow(d float64) box { return box{b.what, b.x0 - d, b.y0 - d, b.x1 + d, b.y1 + d} }

func areaBox(what string, a render.Area) box {
	return box{what, a.X, a.Y, a.X + a.W, a.Y + a.H}
}

func textOf(t render.Text) string {
	var b strings.Builder
	for _, r := range t.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// inkBox is the place of a text's ink, from its outlines.
func inkBox(t testing.TB, it render.Text) box {
	t.Helper()
	b := empty(textOf(it))
	for _, letter := range letters(t, it) {
		b.x0, b.y0 = math.Min(b.x0, letter.x0), math.Min(b.y0, letter.y0)
		b.x1, b.y1 = math.Max(b.x1, letter.x1), math.Max(b.y1, letter.y1)
	}
	return b
}

// letters are the places of a text's letters, turned and squeezed as they are.
func letters(t testing.TB, it render.Text) (out []box) {
	t.Helper()
	em := it.Size * render.MMPerPt
	sin, cos := math.Sincos(it.Angle * math.Pi / 180)
	squeeze := it.Squeeze
	if squeeze == 0 {
		squeeze = 1
	}
	for _, run := range it.Runs {
		x := run.DX
		for _, r := range run.Text {
			g, err := fonts(t).Glyph(run.Font, r)
			if err != nil {
				t.Fatal(err)
			}
			b := empty("letter " + string(r))
			for _, s := range g.Segs {
				b.segment(s, func(p render.Pt) (float64, float64) {
					gx, gy := x+p.X*em*squeeze, p.Y*em
					return it.X + gx*cos - gy*sin, it.Y + gx*sin + gy*cos
				})
			}
			out = append(out, b)
			x += g.Advance * em * squeeze
		}
	}
	return out
}

func empty(what string) box {
	return box{what, math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
}

func (b *box) segment(s render.Seg, at func(render.Pt) (float64, float64)) {
	n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.Op]
	for _, p := range s.P[:n] {
		x, y := at(p)
		b.x0, b.x1 = math.Min(b.x0, x), math.Max(b.x1, x)
		b.y0, b.y1 = math.Min(b.y0, y), math.Max(b.y1, y)
	}
}

func pathBox(p render.Path) box {
	b := empty("path")
	for _, s := range p.Segs {
		b.segment(s, func(p render.Pt) (float64, float64) { return p.X, p.Y })
	}
	return b
}

// walk visits items, those inside spans and groups too.
func walk(items []render.Item, visit func(render.Item)) {
	for _, it := range items {
		switch it := it.(type) {
		case render.Span:
			visit(it)
			walk(it.Items, visit)
		case render.Group:
			walk(it.Flat(), visit)
		default:
			visit(it)
		}
	}
}

func records(t testing.TB, p render.Page) []record {
	t.Helper()
	var out []record
	add := func(kind string, b box, pt float64, text string) {
		out = append(out, record{kind, b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0, pt, text})
	}
	walk(p.Items, func(it render.Item) {
		switch it := it.(type) {
		case render.Text:
			kind := "text"
			if it.Mute {
				kind = fmt.Sprintf("mute %.1f° × %.2f", it.Angle, it.Squeeze)
			}
			b := inkBox(t, it)
			out = append(out, record{Kind: kind, X: it.X, Y: it.Y, W: b.x1 - it.X, Pt: it.Size, Text: textOf(it)})
		case render.Line:
			add("line", box{"", it.X1, it.Y1, it.X2, it.Y2}, it.Width, "")
		case render.Rect:
			add("rect", box{"", it.X, it.Y, it.X + it.W, it.Y + it.H}, it.Width, "")
		case render.Path:
			add("path", pathBox(it), it.Width, fmt.Sprintf("%d", len(it.Segs)))
		case render.Modules:
			side := float64(it.N) * it.Size
			add("code", box{"", it.X, it.Y, it.X + side, it.Y + side}, it.Size, "")
		case render.Span:
			out = append(out, record{Kind: "span", Text: it.Actual})
		}
	})
	return out
}

// Every item of every type stands where the golden file says, to 0.01 mm.
func TestGeometry(t *testing.T) {
	for _, code := range codes() {
		for _, trial := range []bool{false, true} {
			name := code
			if trial {
				name += "-trial"
			}
			t.Run(name, func(t *testing.T) {
				f := filled(t, code, nil)
				f.Header.Trial = trial
				for i, p := range sheet(t, f).Pages {
					compare(t, fmt.Sprintf("%s-%d.json", name, i+1), records(t, p))
				}
				s := slip(t, code, nil)
				s.Header.Trial = trial
				compare(t, name+"-slip.json", records(t, slipPage(t, s)))
			})
		}
	}
}

func compare(t *testing.T, name string, got []record) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		writeGolden(t, path, got)
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want []record
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for i := range min(len(got), len(want)) {
		if !got[i].near(want[i]) {
			t.Errorf("%s, item %d:\n got %+v\nwant %+v", name, i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d items, want %d", name, len(got), len(want))
	}
}

func (r record) near(o record) bool {
	a, b := []float64{r.X, r.Y, r.W, r.H, r.Pt}, []float64{o.X, o.Y, o.W, o.H, o.Pt}
	for i := range a {
		if math.Abs(a[i]-b[i]) > 0.01 {
			return false
		}
	}
	return r.Kind == o.Kind && r.Text == o.Text
}

func writeGolden(t *testing.T, path string, got []record) {
	t.Helper()
	var lines []string
	for _, r := range got {
		for _, v := range []*float64{&r.X, &r.Y, &r.W, &r.H, &r.Pt} {
			*v = math.Round(*v*1000) / 1000
		}
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(data))
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("[\n"+strings.Join(lines, ",\n")+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
