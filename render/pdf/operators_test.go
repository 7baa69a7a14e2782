package pdf

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"testing"

	"moqian/render"
	"moqian/sign/pdf"
)

func pdfText(o pdf.Object) []byte { return pdf.Format(o) }

func hexOf(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

func TestNumbersAreShort(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1: ".01", 10: ".1", -10: "-.1", -5: "-.05", 100: "1", 105: "1.05", 150: "1.5", -123: "-1.23", 84189: "841.89"} {
		if got := number(n); got != want {
			t.Errorf("%d hundredths: %s, want %s", n, got, want)
		}
		if back, err := strconv.ParseFloat(number(n), 64); err != nil || hundredths(back) != n {
			t.Errorf("%d hundredths come back as %v, %v", n, back, err)
		}
	}
	for _, c := range []struct {
		v    float64
		n    int
		want string
	}{{0, 3, "0"}, {-0.0001, 3, "0"}, {0.5, 3, ".5"}, {-0.5, 3, "-.5"}, {1, 4, "1"}, {0.06666, 3, ".067"}, {12.5, 2, "12.5"}, {-1.25, 1, "-1.3"}} {
		if got := short(c.v, c.n); got != c.want {
			t.Errorf("%g: %s, want %s", c.v, got, c.want)
		}
	}
}

func TestStringsAreEscaped(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	got := appendString(nil, all)
	w := pdf.NewWriter("1.4")
	root := w.Alloc()
	w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "S": pdf.Verbatim(got)})
	file, err := w.Finish(pdf.Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed(t, file).Dict(root)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := d["S"].(pdf.String); !ok || string(s) != string(all) {
		t.Errorf("%X comes back as %X", all, s)
	}
	if string(appendString(nil, []byte("a(b)\\\r"))) != `(a\(b\)\\\r)` {
		t.Errorf("%s", appendString(nil, []byte("a(b)\\\r")))
	}
}

func lines(o operators) string { return strings.ReplaceAll(strings.TrimSpace(string(o.b)), "\n", "|") }

// Operators that change nothing are left out, and a path is painted before the
// state that it is painted with changes.
func TestOperators(t *testing.T) {
	red, blue := render.Color{R: 255}, render.Color{B: 255}
	for _, c := range []struct {
		name string
		do   func(o *operators)
		want string
	}{
		{"fills of one colour are one path", func(o *operators) {
			o.fill(red)
			o.op("re", 0, 0, 100, 100)
			o.fill(red)
			o.op("re", 200, 0, 100, 100)
			o.paint()
		}, "1 0 0 rg|0 0 1 1 re|2 0 1 1 re|f"},
		{"another colour ends it", func(o *operators) {
			o.fill(red)
			o.op("re", 0, 0, 100, 100)
			o.fill(blue)
			o.op("re", 0, 0, 50, 50)
			o.paint()
		}, "1 0 0 rg|0 0 1 1 re|f|0 0 1 rg|0 0 .5 .5 re|f"},
		{"a line ends a fill", func(o *operators) {
			o.fill(red)
			o.op("re", 0, 0, 100, 100)
			o.stroke(red, render.MMPerPt, nil)
			o.op("m", 0, 0)
			o.paint()
		}, "1 0 0 rg|0 0 1 1 re|f|1 0 0 RG|1 w|0 0 m|S"},
		{"lines of one kind are one path", func(o *operators) {
			for range 2 {
				o.stroke(red, render.MMPerPt, nil)
				o.op("m", 0, 0)
			}
			o.stroke(red, render.MMPerPt, []float64{2 * render.MMPerPt, render.MMPerPt})
			o.op("m", 0, 0)
			o.stroke(red, 2*render.MMPerPt, nil)
			o.op("m", 0, 0)
			o.paint()
		}, "1 0 0 RG|1 w|0 0 m|0 0 m|S|[2 1] 0 d|0 0 m|S|2 w|[] 0 d|0 0 m|S"},
		{"the state comes back with Q", func(o *operators) {
			o.color(red)
			o.push()
			o.color(blue)
			o.pop()
			o.color(red)
		}, "1 0 0 rg|q|0 0 1 rg|Q"},
		{"texts move from line to line", func(o *operators) {
			o.beginText()
			o.font(1, 9.5)
			o.place(1000, 2000, 0, 0)
			o.font(1, 9.5)
			o.place(1000, 1950, 0, 1)
			o.endText()
			o.endText()
			o.beginText()
			o.font(1, 9.5)
			o.place(500, 500, 0, 0)
			o.endText()
		}, "BT|/T1 9.5 Tf|10 20 Td|0 -.5 Td|ET|BT|5 5 Td|ET"},
		{"turned and squeezed texts, and back", func(o *operators) {
			o.beginText()
			o.place(100, 100, 90, 0.5)
			o.place(100, 200, 0, 0)
			o.place(150, 200, 0, 0)
			o.endText()
		}, "BT|0 -.5 1 0 1 1 Tm|1 0 0 1 1 2 Tm|.5 0 Td|ET"},
		{"thick letters have a line and lose it", func(o *operators) {
			o.beginText()
			o.thick(true, 10, red)
			o.thick(true, 10, red)
			o.thick(false, 10, red)
			o.endText()
		}, "BT|1 0 0 RG|.3 w|2 Tr|0 Tr|ET"},
		{"a fill ends a text, a text a fill", func(o *operators) {
			o.fill(red)
			o.op("re", 0, 0, 100, 100)
			o.beginText()
			o.fill(red)
			o.op("re", 0, 0, 100, 100)
			o.paint()
		}, "1 0 0 rg|0 0 1 1 re|f|BT|ET|0 0 1 1 re|f"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o operators
			if c.do(&o); lines(o) != c.want {
				t.Errorf("got  %s\nwant %s", lines(o), c.want)
			}
		})
	}
}

// An angle is clockwise: a letter turned by it points down to the right.
func TestTurnIsClockwise(t *testing.T) {
	var o operators
	o.place(0, 0, 30, 0)
	var m [4]float64
	for i, s := range strings.Fields(string(o.b))[:4] {
		var err error
		if m[i], err = strconv.ParseFloat(s, 64); err != nil {
			t.Fatal(err)
		}
	}
	if math.Abs(m[0]-math.Cos(math.Pi/6)) > 1e-4 || math.Abs(m[1]+0.5) > 1e-4 || math.Abs(m[2]-0.5) > 1e-4 {
		t.Errorf("matrix %v", m)
	}
}
