package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/signintech/gopdf"

	"moqian/render"
	"moqian/sign/pdf"
)

const ptPerMM = 72 / 25.4

// setText is one run as gopdf set it.
type setText struct {
	font    render.FontID
	text    string
	x, y    int    // 1/100 pt; y upwards, from the lower edge or a group's origin
	codes   []byte // two bytes a character
	inGroup bool
}

// letter is a text to set and whether a group holds it.
type letter struct {
	render.Text
	inGroup bool
}

// texts lists the texts among items in painting order.
func texts(items []render.Item, inGroup bool, out []letter) []letter {
	for _, it := range items {
		switch it := it.(type) {
		case render.Text:
			out = append(out, letter{it, inGroup})
		case render.Span:
			out = texts(it.Items, inGroup, out)
		case render.Group:
			out = texts(it.Items, true, out)
		}
	}
	return out
}

// setTexts lets gopdf set every run of the pages, in painting order.
func setTexts(pages []render.Page, texts [][]letter, c *typeCase) ([][]setText, error) {
	g := gopdf.GoPdf{}
	g.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: 1, H: 1}})
	g.SetNoCompression()
	for _, p := range pages { // contents begun before the fonts are written before them
		g.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: p.W * ptPerMM, H: p.H * ptPerMM}})
		g.SetLineWidth(1)
	}
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(r rune) rune { return r }}
	for id, s := range c.fonts {
		if err := g.AddTTFFontDataWithOption(family(id), s.setter(), option); err != nil {
			return nil, fmt.Errorf("reading font %s: %w", s.name, err)
		}
	}
	out := make([][]setText, len(pages))
	for i, p := range pages {
		if err := g.SetPage(i + 1); err != nil {
			return nil, fmt.Errorf("setting the text: %w", err)
		}
		down := pages[len(pages)-1].H - p.H // gopdf measures from the top of the page added last
		for _, t := range texts[i] {
			t.Y += down
			for _, r := range t.Runs {
				if r.Text == "" {
					continue
				}
				s := setText{inGroup: t.inGroup}
				s.font, s.text = c.of(r, t.Mute)
				if err := s.set(&g, t.Text, r.DX); err != nil {
					return nil, fmt.Errorf("setting %q: %w", r.Text, err)
				}
				out[i] = append(out[i], s)
			}
		}
	}
	raw, err := contents(&g, len(pages))
	if err != nil {
		return nil, fmt.Errorf("setting the text: %w", err)
	}
	return out, cut(raw, pages, out)
}

// contents has gopdf write the file as far as the contents of its n pages:
// what follows, fonts packed with tables of a megabyte, would be thrown away.
func contents(g *gopdf.GoPdf, n int) ([]byte, error) {
	p := &proofSheet{ends: n}
	err := stopped(p, func() error {
		_, err := g.WriteTo(p)
		return err
	})
	return p.b.Bytes(), err
}

// stopped lets write go on until p has enough.
func stopped(p *proofSheet, write func() error) (err error) {
	defer func() {
		switch r := recover(); r {
		case nil:
		case p:
			err = nil
		default:
			panic(r)
		}
	}()
	return write()
}

// proofSheet takes what gopdf writes until a number of streams have ended. It
// then leaves gopdf by a panic with itself, for gopdf overlooks errors.
type proofSheet struct {
	b    bytes.Buffer
	ends int
}

func (p *proofSheet) Write(b []byte) (int, error) {
	p.b.Write(b)
	if bytes.HasPrefix(b, []byte("endstream")) {
		if p.ends--; p.ends == 0 {
			panic(p)
		}
	}
	return len(b), nil
}

func family(id render.FontID) string { return "f" + strconv.Itoa(int(id)) }

// set places one run; gopdf rounds to 1/100 pt.
func (s *setText) set(g *gopdf.GoPdf, t render.Text, dx float64) error {
	if err := g.SetFontWithStyle(family(s.font), gopdf.Regular, t.Size); err != nil {
		return err
	}
	sin, cos := math.Sincos(t.Angle * math.Pi / 180)
	g.SetXY((t.X+dx*cos)*ptPerMM, (t.Y+dx*sin)*ptPerMM)
	return g.Text(s.text)
}

// cut takes gopdf's file apart: where each run stands and its characters'
// codes.
func cut(raw []byte, pages []render.Page, out [][]setText) error {
	for i, page := range out {
		for k := range page {
			at := bytes.Index(raw, []byte("\nBT\n"))
			end := bytes.Index(raw, []byte("\nET\n"))
			if at < 0 || end < at {
				return errors.New("internal error: gopdf wrote fewer texts than were set")
			}
			if err := page[k].read(raw[at+4:end], pages[i].H*ptPerMM); err != nil {
				return err
			}
			raw = raw[end+3:]
		}
	}
	return nil
}

var errForm = errors.New("internal error: gopdf wrote a text in another form")

// read takes one text's operators; a glyph that is missing stops the file.
func (s *setText) read(block []byte, height float64) error {
	place, rest, ok := bytes.Cut(block, []byte(" TD\n"))
	x, y, two := bytes.Cut(place, []byte(" "))
	px, errX := strconv.ParseFloat(string(x), 64)
	py, errY := strconv.ParseFloat(string(y), 64)
	if !ok || !two || errX != nil || errY != nil {
		return errForm
	}
	if s.inGroup {
		py -= height
	}
	s.x, s.y = hundredths(px), hundredths(py)
	_, rest, ok = bytes.Cut(rest, []byte("[<"))
	digits, _, end := bytes.Cut(rest, []byte(">] TJ"))
	if !ok || !end {
		return errForm
	}
	s.codes = make([]byte, len(digits)/2)
	if _, err := hex.Decode(s.codes, digits); err != nil {
		return errForm
	}
	chars := []rune(s.text)
	if len(s.codes) != 2*len(chars) {
		return fmt.Errorf("font %d lacks a character of %q", s.font, s.text)
	}
	for i, r := range chars {
		if binary.BigEndian.Uint16(s.codes[2*i:]) == 0 {
			return &render.MissingGlyph{Char: r}
		}
	}
	return nil
}

// resource is the name of a font in the pages' resources.
func resource(id render.FontID) pdf.Name { return pdf.Name("T" + strconv.Itoa(int(id))) }
