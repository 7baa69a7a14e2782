package pdf

import (
	"math"
	"strconv"
	"strings"

	"moqian/render"
)

// operators writes content operators and leaves out those that change nothing.
type operators struct {
	b      []byte
	now    state
	saved  []state
	path   byte // 'f' or 'S': a path is open that will be painted so
	inText bool
	// Within a text object: where the last line began, and whether the text
	// matrix does more than move.
	lineX, lineY int
	turned       bool
}

// state is the part of the graphics state that is in use.
type state struct {
	fill, stroke shade
	width        float64 // mm; 0: not known
	dash         string  // as the operator d takes it; empty: solid, as pages begin
	font         render.FontID
	size         float64 // pt; 0: no font yet
	thick        bool
}

// shade is a colour once it is known.
type shade struct {
	render.Color
	known bool
}

func (o *operators) raw(s string) { o.b = append(o.b, s...) }

// op writes operands in 1/100 pt and the operator.
func (o *operators) op(name string, v ...int) {
	for _, n := range v {
		o.b = append(appendHundredth(o.b, int64(n)), ' ')
	}
	o.b = append(append(o.b, name...), '\n')
}

// number writes hundredths in the shortest way: -.5
func number(n int) string { return string(appendHundredth(nil, int64(n))) }

func appendHundredth(b []byte, n int64) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	whole, tenth, rest := n/100, byte(n/10%10), byte(n%10)
	if whole > 0 || n == 0 {
		b = strconv.AppendInt(b, whole, 10)
	}
	switch {
	case rest != 0:
		return append(b, '.', '0'+tenth, '0'+rest)
	case tenth != 0:
		return append(b, '.', '0'+tenth)
	}
	return b
}

// short writes a number with at most n decimals.
func short(v float64, n int) string {
	scale := math.Pow10(n)
	v = math.Round(v*scale)/scale + 0 // no negative zero
	s := strconv.FormatFloat(v, 'f', -1, 64)
	switch {
	case len(s) > 2 && s[:2] == "0.":
		return s[1:]
	case len(s) > 3 && s[:3] == "-0.":
		return "-" + s[2:]
	}
	return s
}

func rgb(k render.Color) string {
	f := func(v uint8) string { return short(float64(v)/255, 3) + " " }
	return f(k.R) + f(k.G) + f(k.B)
}

// paint ends the open path.
func (o *operators) paint() {
	if o.path != 0 {
		o.b = append(o.b, o.path, '\n')
		o.path = 0
	}
}

// shade sets a colour, with rg for fills and texts or RG for lines.
func (o *operators) shade(now *shade, k render.Color, op string) {
	if want := (shade{k, true}); *now != want {
		o.paint()
		o.raw(rgb(k) + op + "\n")
		*now = want
	}
}

// color sets the colour of fills and texts.
func (o *operators) color(k render.Color) { o.shade(&o.now.fill, k, "rg") }

// pen sets colour and width of lines, mm.
func (o *operators) pen(k render.Color, width float64) {
	o.shade(&o.now.stroke, k, "RG")
	if o.now.width != width {
		o.paint()
		o.raw(short(width*ptPerMM, 3) + " w\n")
		o.now.width = width
	}
}

// fill begins or goes on with a path to be filled.
func (o *operators) fill(k render.Color) {
	o.endText()
	if o.path != 'f' {
		o.paint()
	}
	o.color(k)
	o.path = 'f'
}

// stroke begins or goes on with a path to be drawn as lines; mm.
func (o *operators) stroke(k render.Color, width float64, dash []float64) {
	o.endText()
	if o.path != 'S' {
		o.paint()
	}
	o.pen(k, width)
	pattern := ""
	for _, d := range dash {
		pattern += short(d*ptPerMM, 2) + " "
	}
	if o.now.dash != pattern {
		o.paint()
		o.raw("[" + strings.TrimSuffix(pattern, " ") + "] 0 d\n")
		o.now.dash = pattern
	}
	o.path = 'S'
}

// push and pop keep and restore the graphics state.
func (o *operators) push() {
	o.endText()
	o.paint()
	o.saved = append(o.saved, o.now)
	o.raw("q\n")
}

func (o *operators) pop() {
	o.endText()
	o.paint()
	o.now = o.saved[len(o.saved)-1]
	o.saved = o.saved[:len(o.saved)-1]
	o.raw("Q\n")
}

func (o *operators) beginText() {
	if !o.inText {
		o.paint()
		o.raw("BT\n")
		o.inText, o.turned, o.lineX, o.lineY = true, false, 0, 0
	}
}

func (o *operators) endText() {
	if o.inText {
		o.raw("ET\n")
		o.inText = false
	}
}

func (o *operators) font(id render.FontID, size float64) {
	if o.now.size != size || o.now.font != id {
		o.raw("/" + string(resource(id)) + " " + short(size, 3) + " Tf\n")
		o.now.font, o.now.size = id, size
	}
}

// thick fills and strokes letters of a font without a bold face.
func (o *operators) thick(on bool, size float64, k render.Color) {
	if on {
		o.pen(k, 0.03*size*render.MMPerPt)
	}
	if on != o.now.thick {
		o.now.thick = on
		o.raw(map[bool]string{true: "2 Tr\n", false: "0 Tr\n"}[on])
	}
}

// place moves to where the next letters stand; angle is clockwise in degrees.
func (o *operators) place(x, y int, angle, squeeze float64) {
	if squeeze == 0 {
		squeeze = 1
	}
	turned := angle != 0 || squeeze != 1
	switch {
	case turned:
		sin, cos := math.Sincos(angle * math.Pi / 180)
		o.raw(short(squeeze*cos, 4) + " " + short(-squeeze*sin, 4) + " " + short(sin, 4) + " " + short(cos, 4) + " ")
		o.op("Tm", x, y)
	case o.turned:
		o.raw("1 0 0 1 ")
		o.op("Tm", x, y)
	default:
		o.op("Td", x-o.lineX, y-o.lineY)
	}
	o.turned, o.lineX, o.lineY = turned, x, y
}

// appendString writes a string in parentheses.
func appendString(b, s []byte) []byte {
	b = append(b, '(')
	for _, c := range s {
		switch c {
		case '(', ')', '\\':
			b = append(b, '\\', c)
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, c)
		}
	}
	return append(b, ')')
}
