package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"

	"moqian/render"
	"moqian/sign/pdf"
)

// content is the content stream of a page being written.
type content struct {
	file   *file
	height float64 // of the page, pt
	texts  []setText
	b      []byte
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }

// num writes a length in pt with at most n decimals.
func num(v float64, n int) string {
	scale := math.Pow10(n)
	return strconv.FormatFloat(math.Round(v*scale)/scale, 'f', -1, 64)
}

// xy turns a place on the page (mm, top left) into pt, bottom left; 1/1000 pt.
func (c *content) xy(x, y float64) string {
	return num(x*ptPerMM, 3) + " " + num(c.height-y*ptPerMM, 3)
}

func (c *content) add(format string, args ...any) { c.b = fmt.Appendf(c.b, format, args...) }

func rgb(k render.Color, op string) string {
	f := func(v uint8) string { return num(float64(v)/255, 3) }
	return f(k.R) + " " + f(k.G) + " " + f(k.B) + " " + op + "\n"
}

func (c *content) items(items []render.Item) error {
	for _, it := range items {
		switch it := it.(type) {
		case render.Text:
			if err := c.text(it); err != nil {
				return err
			}
		case render.Line:
			c.line(it)
		case render.Rect:
			c.rect(it)
		case render.Path:
			if err := c.path(it); err != nil {
				return err
			}
		case render.Modules:
			c.modules(it)
		case render.Span:
			c.add("/Span <</ActualText <FEFF%s>>> BDC\n", utf16Hex(it.Actual))
			if err := c.items(it.Items); err != nil {
				return err
			}
			c.add("EMC\n")
		default:
			return fmt.Errorf("internal error: %T cannot be painted", it)
		}
	}
	return nil
}

// text copies gopdf's blocks of this text's runs.
func (c *content) text(t render.Text) error {
	if t.Angle != 0 {
		sin, cos := math.Sincos(-t.Angle * math.Pi / 180)
		x, y := t.X*ptPerMM, c.height-t.Y*ptPerMM
		c.add("q %s %s %s %s %s %s cm\n", num(cos, 6), num(sin, 6), num(-sin, 6), num(cos, 6),
			num(x-cos*x+sin*y, 3), num(y-sin*x-cos*y, 3))
		defer c.add("Q\n")
	}
	for _, r := range t.Runs {
		if r.Text == "" {
			continue
		}
		if len(c.texts) == 0 {
			return errors.New("internal error: a text was not set")
		}
		s := c.texts[0]
		c.texts = c.texts[1:]
		block, err := s.named()
		if err != nil {
			return err
		}
		if r.Thick {
			c.add("q 2 Tr %s w %s", num(0.03*t.Size, 3), rgb(t.Color, "RG"))
		}
		c.b = append(c.b, block...)
		if r.Thick {
			c.add("Q\n")
		}
	}
	return nil
}

// named replaces gopdf's font number by our resource name.
func (s setText) named() ([]byte, error) {
	at := bytes.Index(s.block, []byte("/F"))
	end := bytes.IndexByte(s.block[max(at, 0):], ' ')
	if at < 0 || end < 0 {
		return nil, errors.New("internal error: gopdf wrote a text without a font")
	}
	out := append([]byte{}, s.block[:at]...)
	out = append(append(out, '/'), resource(s.run.Font)...)
	return append(out, s.block[at+end:]...), nil
}

func (c *content) line(l render.Line) {
	c.add("q %s%s w", rgb(l.Color, "RG"), num(l.Width*ptPerMM, 3))
	if len(l.Dash) > 0 {
		c.add(" [")
		for _, d := range l.Dash {
			c.add("%s ", num(d*ptPerMM, 3))
		}
		c.add("] 0 d")
	}
	c.add(" %s m %s l S Q\n", c.xy(l.X1, l.Y1), c.xy(l.X2, l.Y2))
}

func (c *content) rect(r render.Rect) {
	box := fmt.Sprintf("%s %s %s re", c.xy(r.X, r.Y+r.H), num(r.W*ptPerMM, 3), num(r.H*ptPerMM, 3))
	if r.Fill != nil {
		c.add("%s%s f\n", rgb(*r.Fill, "rg"), box)
	}
	if r.Stroke != nil {
		c.add("%s%s w %s S\n", rgb(*r.Stroke, "RG"), num(r.Width*ptPerMM, 3), box)
	}
}

// modules draws a matrix code as rectangles merged along rows.
func (c *content) modules(m render.Modules) {
	c.add("0 0 0 rg\n")
	for y := range m.N {
		for x := 0; x < m.N; x++ {
			n := 0
			for x+n < m.N && m.Dark[y*m.N+x+n] {
				n++
			}
			if n > 0 {
				c.add("%s %s %s re\n", c.xy(m.X+float64(x)*m.Size, m.Y+float64(y+1)*m.Size),
					num(float64(n)*m.Size*ptPerMM, 3), num(m.Size*ptPerMM, 3))
				x += n
			}
		}
	}
	c.add("f\n")
}

// path draws a figure; one with a name is drawn once and shared.
func (c *content) path(p render.Path) error {
	if p.Name == "" {
		c.b = append(c.b, figure(p, render.Pt{}, c.height)...)
		return nil
	}
	at := origin(p)
	name, ok := c.file.shared[p.Name]
	if !ok {
		name = pdf.Name("Fig" + strconv.Itoa(len(c.file.shared)))
		c.file.shared[p.Name] = name
		if err := c.file.addForm(name, figure(p, at, 0), bounds(p, at)); err != nil {
			return err
		}
	}
	c.add("q 1 0 0 1 %s cm /%s Do Q\n", c.xy(at.X, at.Y), name)
	return nil
}

// addForm writes a form XObject.
func (f *file) addForm(name pdf.Name, body []byte, box pdf.Array) error {
	s, err := pdf.Deflate(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": box, "Resources": pdf.Dict{},
	}, body)
	if err != nil {
		return err
	}
	r := f.out.Alloc()
	f.out.Put(r, s)
	f.forms[name] = r
	return nil
}
