package pdf

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"moqian/render"
)

// content is the content stream of a page being written.
type content struct {
	operators
	file   *file
	height float64 // of the page in pt; 0 inside a group, whose origin is on top
	texts  []setText
	muted  bool // a span is open that gives no text
}

// hundredths is the unit of lengths in content streams, 1/100 pt.
func hundredths(pt float64) int { return int(math.Round(pt * 100)) }

// xy is a place on the page (mm, top left) in 1/100 pt, bottom left.
func (c *content) xy(x, y float64) (int, int) {
	return hundredths(x * ptPerMM), hundredths(c.height - y*ptPerMM)
}

func (c *content) items(items []render.Item) error {
	for _, it := range items {
		if t, ok := it.(render.Text); !ok || !t.Mute {
			c.mute(false)
		}
		if err := c.item(it); err != nil {
			return err
		}
	}
	c.mute(false)
	return nil
}

func (c *content) item(it render.Item) error {
	switch it := it.(type) {
	case render.Text:
		c.mute(it.Mute)
		return c.text(it)
	case render.Line:
		x1, y1 := c.xy(it.X1, it.Y1)
		x2, y2 := c.xy(it.X2, it.Y2)
		c.stroke(it.Color, it.Width, it.Dash)
		c.op("m", x1, y1)
		c.op("l", x2, y2)
	case render.Rect:
		c.rect(it)
	case render.Path:
		c.path(it)
	case render.Modules:
		c.modules(it)
	case render.Span:
		return c.span(it)
	case render.Group:
		return c.group(it)
	default:
		return fmt.Errorf("internal error: %T cannot be painted", it)
	}
	return nil
}

func (c *content) rect(r render.Rect) {
	x0, y0 := c.xy(r.X, r.Y+r.H)
	x1, y1 := c.xy(r.X+r.W, r.Y)
	if r.Fill != nil {
		c.fill(*r.Fill)
		c.op("re", x0, y0, x1-x0, y1-y0)
	}
	if r.Stroke != nil {
		c.stroke(*r.Stroke, r.Width, nil)
		c.op("re", x0, y0, x1-x0, y1-y0)
	}
}

// path draws a figure by itself: merged with others, contours of opposite sense
// would make holes.
func (c *content) path(p render.Path) {
	c.paint()
	if p.Fill != nil {
		c.fill(*p.Fill)
		c.figure(p.Segs)
	}
	c.paint()
	if p.Stroke != nil {
		c.stroke(*p.Stroke, p.Width, nil)
		c.figure(p.Segs)
	}
	c.paint()
}

func (c *content) figure(segs []render.Seg) {
	for _, s := range segs {
		x, y := c.xy(s.P[0].X, s.P[0].Y)
		switch s.Op {
		case 'M':
			c.op("m", x, y)
		case 'L':
			c.op("l", x, y)
		case 'C':
			x1, y1 := c.xy(s.P[1].X, s.P[1].Y)
			x2, y2 := c.xy(s.P[2].X, s.P[2].Y)
			c.op("c", x, y, x1, y1, x2, y2)
		case 'Z':
			c.op("h")
		}
	}
}

// modules draws a matrix code as rectangles, merged along rows and then down
// columns, on a lattice of whole numbers.
func (c *content) modules(m render.Modules) {
	x, y := c.xy(m.X, m.Y+float64(m.N)*m.Size)
	c.push()
	c.fill(render.Color{})
	c.raw(fmt.Sprintf("%s 0 0 %[1]s ", number(hundredths(m.Size*ptPerMM))))
	c.op("cm", x, y)
	for _, r := range rectangles(m) {
		c.op("re", 100*r[0], 100*r[1], 100*r[2], 100*r[3])
	}
	c.pop()
}

// rectangles cover the dark modules once: x, y from below, width, height, those
// of one size together, which packs better.
func rectangles(m render.Modules) (out [][4]int) {
	done := make([]bool, len(m.Dark))
	var keys []uint32 // height, width, y, x: a code has at most 177 modules a side
	free := func(x, y int) bool { return m.Dark[y*m.N+x] && !done[y*m.N+x] }
	for y := range m.N {
		for x := range m.N {
			w, h := 0, 1
			for x+w < m.N && free(x+w, y) {
				w++
			}
			for w > 0 && y+h < m.N && sameRow(m, x, w, y, h) {
				h++
			}
			for i := range w * h {
				done[(y+i/w)*m.N+x+i%w] = true
			}
			if w > 0 {
				keys = append(keys, uint32(h<<24|w<<16|(m.N-y-h)<<8|x))
			}
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		out = append(out, [4]int{int(k & 0xff), int(k >> 8 & 0xff), int(k >> 16 & 0xff), int(k >> 24)})
	}
	return out
}

// sameRow says whether row y+h has exactly the run of dark modules that begins
// at x, y.
func sameRow(m render.Modules, x, w, y, h int) bool {
	row := m.Dark[(y+h)*m.N : (y+h+1)*m.N]
	for _, dark := range row[x : x+w] {
		if !dark {
			return false
		}
	}
	return (x == 0 || !row[x-1]) && (x+w == m.N || !row[x+w])
}

// group draws items around an origin of their own, so that equal groups have
// equal bytes.
func (c *content) group(g render.Group) error {
	x, y := c.xy(g.X, g.Y)
	c.push()
	c.raw("1 0 0 1 ")
	c.op("cm", x, y)
	height := c.height
	c.height = 0
	err := c.items(g.Items)
	c.height = height
	c.pop()
	return err
}

// span gives what copying its items yields. A span of texts alone stands inside
// their text object.
func (c *content) span(s render.Span) error {
	only := true
	for _, it := range s.Items {
		_, ok := it.(render.Text)
		only = only && ok
	}
	if only {
		c.beginText()
	} else {
		c.endText()
	}
	c.open(s.Actual)
	err := c.items(s.Items)
	if !only {
		c.endText()
	}
	c.raw("EMC\n")
	return err
}

func (c *content) open(actual string) {
	c.raw("/Span <</ActualText ")
	c.b = appendString(c.b, textString(actual))
	c.raw(">> BDC\n")
}

// mute opens or closes the span around letters that are a picture.
func (c *content) mute(on bool) {
	if on == c.muted {
		return
	}
	c.muted = on
	if on {
		c.beginText()
		c.open("")
		return
	}
	c.raw("EMC\n")
}

// text writes a text's runs where gopdf set them.
func (c *content) text(t render.Text) error {
	for _, r := range t.Runs {
		if r.Text == "" {
			continue
		}
		if len(c.texts) == 0 {
			return errors.New("internal error: a text was not set")
		}
		s := c.texts[0]
		c.texts = c.texts[1:]
		c.beginText()
		c.font(s.font, t.Size)
		c.color(t.Color)
		c.thick(r.Thick, t.Size, t.Color)
		c.place(s.x, s.y, t.Angle, t.Squeeze)
		c.b = appendString(c.b, s.codes)
		c.raw("Tj\n")
	}
	return nil
}
