package pdf

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"moqian/render"
	"moqian/render/ink"
	"moqian/sign/pdf"
)

// drawn writes items onto a page of 100 × 100 pt and gives the file.
func drawn(t *testing.T, items ...render.Item) *pdf.File {
	t.Helper()
	p := render.Page{W: 100 / ptPerMM, H: 100 / ptPerMM, Items: items}
	file, err := Write([]render.Page{p}, nil, fonts(t), doc())
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, file)
}

// operatorsOf is the first page's content.
func operatorsOf(t *testing.T, f *pdf.File) []byte {
	t.Helper()
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Dict(pages[0])
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.Resolve(d["Contents"])
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.(*pdf.Stream).Decode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pt is a length in pt as mm.
func pt(v float64) float64 { return v / ptPerMM }

func pts(v ...float64) (out []render.Pt) {
	for i := 0; i < len(v); i += 2 {
		out = append(out, render.Pt{X: pt(v[i]), Y: pt(v[i+1])})
	}
	return out
}

// What is painted stands where the page says, upside down, in hundredths.
func TestFiguresOnThePage(t *testing.T) {
	black := render.Color{}
	curve := pts(10, 10, 20, 10, 30, 20)
	for _, c := range []struct {
		name string
		item render.Item
		want string // segments of all paths, filled ones with f
	}{
		{"filled box", render.Rect{X: pt(10), Y: pt(20), W: pt(30), H: pt(5), Fill: &black}, "M 1000 7500 L 4000 7500 L 4000 8000 L 1000 8000 Z f"},
		{"framed box", render.Rect{X: pt(10), Y: pt(20), W: pt(30), H: pt(5), Stroke: &black, Width: 0.2}, "M 1000 7500 L 4000 7500 L 4000 8000 L 1000 8000 Z"},
		{"line", render.Line{X1: pt(1), Y1: pt(2), X2: pt(3), Y2: pt(4), Width: 0.1}, "M 100 9800 L 300 9600"},
		{"figure", render.Path{Fill: &black, Segs: []render.Seg{{Op: 'M', P: [3]render.Pt{pts(5, 5)[0]}},
			{Op: 'C', P: [3]render.Pt(curve)}, {Op: 'L', P: [3]render.Pt{pts(5, 30)[0]}}, {Op: 'Z'}}},
			"M 500 9500 C 1000 9000 2000 9000 3000 8000 L 500 7000 Z f"},
		{"group", render.Group{X: pt(10), Y: pt(10), Items: []render.Item{render.Line{X2: pt(5), Y2: pt(5), Width: 0.1}}}, "M 0 0 L 500 -500 at 10 90"},
	} {
		t.Run(c.name, func(t *testing.T) {
			paths, err := pdf.Paths(drawn(t, c.item), 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(paths); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func told(paths []pdf.Path) string {
	var b strings.Builder
	for _, p := range paths {
		for _, s := range p.Segs {
			fmt.Fprintf(&b, "%c ", s.Op)
			for _, q := range s.P[:map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.Op]] {
				fmt.Fprintf(&b, "%d %d ", q[0], q[1])
			}
		}
		if p.Fill {
			b.WriteString("f ")
		}
		if p.Matrix != [6]float64{1, 0, 0, 1, 0, 0} {
			fmt.Fprintf(&b, "at %g %g", p.Matrix[4], p.Matrix[5])
		}
	}
	return strings.TrimSpace(b.String())
}

// A figure that is filled and framed is painted twice, and neighbours do not
// become one path, whose senses could cancel.
func TestFiguresStayApart(t *testing.T) {
	black := render.Color{}
	square := func(from float64) []render.Seg {
		p := pts(from, from, from+9, from, from+9, from+9)
		return []render.Seg{{Op: 'M', P: [3]render.Pt{p[0]}}, {Op: 'L', P: [3]render.Pt{p[1]}}, {Op: 'L', P: [3]render.Pt{p[2]}}, {Op: 'Z'}}
	}
	f := drawn(t, render.Path{Segs: square(1), Fill: &black, Stroke: &black, Width: 0.1}, render.Path{Segs: square(3), Fill: &black})
	paths, err := pdf.Paths(f, 0)
	if err != nil || len(paths) != 3 || !paths[0].Fill || paths[1].Fill || !paths[2].Fill {
		t.Errorf("%d paths, %v", len(paths), err)
	}
}

// A code's rectangles cover its dark modules once, and nothing else.
func TestModulesAreCoveredOnce(t *testing.T) {
	const n = 21
	m := render.Modules{X: pt(10), Y: pt(10), Size: pt(2), N: n, Dark: make([]bool, n*n)}
	for i := range m.Dark {
		m.Dark[i] = i*i%7 < 3 || i%n == 0
	}
	paths, err := pdf.Paths(drawn(t, m), 0)
	if err != nil || len(paths) != 1 {
		t.Fatalf("%d paths, %v", len(paths), err)
	}
	if mt := paths[0].Matrix; mt != [6]float64{2, 0, 0, 2, 10, 48} {
		t.Errorf("placed by %v", mt)
	}
	times := make([]int, n*n)
	segs := paths[0].Segs
	for i := 0; i < len(segs); i += 5 {
		x0, y0, x1, y1 := segs[i].P[0][0]/100, segs[i].P[0][1]/100, segs[i+2].P[0][0]/100, segs[i+2].P[0][1]/100
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				times[int(n-1-y)*n+int(x)]++
			}
		}
	}
	for i, dark := range m.Dark {
		if want := map[bool]int{true: 1}[dark]; times[i] != want {
			t.Fatalf("module %d is covered %d times, want %d", i, times[i], want)
		}
	}
	if count := len(segs) / 5; count > n*n/4 {
		t.Errorf("%d rectangles", count)
	}
}

// Spans and text objects nest, and every save has its restore, on the pages of
// all types.
func TestContentNests(t *testing.T) {
	token := regexp.MustCompile(`\((?:\\.|[^\\()])*\)|[^\s()]+`)
	for _, code := range codes() {
		b, _ := made(t, code, nil)
		var stack []string
		for _, op := range token.FindAll(operatorsOf(t, parsed(t, b)), -1) {
			ends := map[string]string{"ET": "BT", "EMC": "BDC", "Q": "q"}
			switch s := string(op); s {
			case "BT", "BDC", "q":
				stack = append(stack, s)
			case "ET", "EMC", "Q":
				if len(stack) == 0 || stack[len(stack)-1] != ends[s] {
					t.Fatalf("%s: %s closes %v", code, s, stack)
				}
				stack = stack[:len(stack)-1]
			}
		}
		if len(stack) > 0 {
			t.Errorf("%s: %v stay open", code, stack)
		}
	}
}

// Equal groups have equal bytes wherever they lie; that is what makes a second
// seal cheap.
func TestEqualGroupsAreEqual(t *testing.T) {
	runs, _, err := fonts(t).Split(render.Bold, 12, "章")
	if err != nil {
		t.Fatal(err)
	}
	item := render.Text{X: 0.123, Y: 0.456, Size: 12, Angle: 17, Squeeze: 0.8, Mute: true, Runs: runs}
	content := operatorsOf(t, drawn(t, render.Group{X: 3.21, Y: 5.43, Items: []render.Item{item}},
		render.Group{X: 20.01, Y: 13.37, Items: []render.Item{item}}))
	parts := bytes.Split(content, []byte("cm\n"))
	if len(parts) != 3 {
		t.Fatalf("%d groups in\n%s", len(parts)-1, content)
	}
	body := func(b []byte) string { s, _, _ := strings.Cut(string(b), "Q\n"); return s }
	if body(parts[1]) != body(parts[2]) {
		t.Errorf("%q and %q", body(parts[1]), body(parts[2]))
	}
	if !strings.Contains(body(parts[1]), "/Span <</ActualText ()>> BDC") {
		t.Errorf("letters of a picture are text: %q", body(parts[1]))
	}
}

// Copying a span gives what it stands for, in poppler, whatever is drawn.
func TestSpanIsCopied(t *testing.T) {
	runs, _, err := fonts(t).Split(render.Regular, 12, "6217 0001")
	if err != nil {
		t.Fatal(err)
	}
	text := render.Text{X: pt(5), Y: pt(30), Size: 12, Runs: runs}
	black := render.Color{}
	for name, c := range map[string]struct {
		items []render.Item
		want  string
	}{
		"texts":       {[]render.Item{text}, "62170001"},
		"and a box":   {[]render.Item{text, render.Rect{X: 1, Y: 1, W: 1, H: 1, Fill: &black}}, "(户名)\\"},
		"beyond BMP":  {[]render.Item{text}, "𠮷"},
		"nothing new": {[]render.Item{text}, "6217 0001"},
	} {
		p := render.Page{W: 40, H: 40, Items: []render.Item{render.Span{Actual: c.want, Items: c.items}}}
		file, err := Write([]render.Page{p}, nil, fonts(t), doc())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(run(t, "pdftotext", write(t, file), "-")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Ink of any size and place comes back to the integer: dots, several contours,
// controls below the corner, empty outlines.
func TestInkOfAnyShapeIsExact(t *testing.T) {
	c := func(start ink.Point, v ...ink.Curve) ink.Contour { return ink.Contour{Start: start, Curves: v} }
	cv := func(v ...int32) ink.Curve {
		return ink.Curve{A: ink.Point{X: v[0], Y: v[1]}, B: ink.Point{X: v[2], Y: v[3]}, P: ink.Point{X: v[4], Y: v[5]}}
	}
	outlines := []ink.Outline{
		{Contours: []ink.Contour{c(ink.Point{X: 5, Y: 5}, cv(4, 3, -2, 1, 0, 0), cv(1, 1, 2, 2, 5, 5))}},
		{},
		{Contours: []ink.Contour{c(ink.Point{X: 17000, Y: 7000}, cv(16999, 7001, 17008, 7087, 17000, 7000)), c(ink.Point{X: 900, Y: 9}, cv(1, 2, 3, 4, 900, 9))}},
		{Contours: []ink.Contour{c(ink.Point{X: -30, Y: -40}, cv(-31, -41, -32, -42, -30, -40))}},
	}
	p := render.Page{W: 210, H: 297}
	file, err := Write([]render.Page{p}, []render.Ink{{Area: render.Area{X: 15, Y: 107.2, W: 60, H: 25}, Outlines: outlines}}, fonts(t), doc())
	if err != nil {
		t.Fatal(err)
	}
	paths, err := pdf.Paths(parsed(t, file), 0)
	if err != nil || len(paths) != 3 {
		t.Fatalf("%d paths, %v", len(paths), err)
	}
	for i, o := range []ink.Outline{outlines[0], outlines[2], outlines[3]} {
		want := ""
		for _, k := range o.Contours {
			want += fmt.Sprintf("M %d %d ", k.Start.X, k.Start.Y)
			for _, v := range k.Curves {
				want += fmt.Sprintf("C %d %d %d %d %d %d ", v.A.X, v.A.Y, v.B.X, v.B.Y, v.P.X, v.P.Y)
			}
			want += "Z "
		}
		got := paths[i]
		if s := told([]pdf.Path{{Segs: got.Segs, Matrix: [6]float64{1, 0, 0, 1, 0, 0}}}); s != strings.TrimSpace(want) || !got.Exact || !got.Fill {
			t.Errorf("outline %d: %s, want %s", i, s, want)
		}
		if got.Matrix != [6]float64{1, 0, 0, 1, 42.52, 467.15} {
			t.Errorf("outline %d is placed by %v", i, got.Matrix)
		}
	}
}

func TestUnknownItemIsRefused(t *testing.T) {
	if _, err := Write([]render.Page{{W: 10, H: 10, Items: []render.Item{nil}}}, nil, fonts(t), doc()); err == nil {
		t.Error("nothing was painted without an error")
	}
}
