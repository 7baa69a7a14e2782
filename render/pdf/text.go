package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/signintech/gopdf"

	"moqian/render"
	"moqian/sign/pdf"
)

const ptPerMM = 72 / 25.4

// setText is one run as gopdf set it.
type setText struct {
	run     render.Run
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

// subsets finds the characters that each font must have for the pages.
func (w *Writer) subsets(pages [][]letter) (map[render.FontID]*subset, error) {
	used := map[render.FontID]map[rune]bool{}
	loud := map[render.FontID]bool{}
	for _, page := range pages {
		for _, t := range page {
			for _, r := range t.Runs {
				if used[r.Font] == nil {
					used[r.Font] = map[rune]bool{}
				}
				for _, c := range r.Text {
					used[r.Font][c] = true
				}
				loud[r.Font] = loud[r.Font] || !t.Mute
			}
		}
	}
	out := map[render.FontID]*subset{}
	for id, chars := range used {
		s, err := w.subset(id, slices.Sorted(maps.Keys(chars)))
		if err != nil {
			return nil, err
		}
		s.mute = !loud[id]
		out[id] = s
	}
	return out, nil
}

// subset makes the part of a font with these characters; faces and their
// compact glyphs are kept for the next file.
func (w *Writer) subset(id render.FontID, chars []rune) (*subset, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.faces[id]
	if f == nil {
		var err error
		if f, err = newFace(w.fonts.Font(id)); err != nil {
			return nil, err
		}
		w.faces[id] = f
	}
	s := &subset{face: f, chars: chars}
	for _, r := range chars {
		g, err := f.glyphOf(r)
		if err != nil {
			return nil, err
		}
		s.glyphs = append(s.glyphs, g)
	}
	return s, nil
}

// setTexts lets gopdf set every run of the pages, in painting order.
func setTexts(pages []render.Page, texts [][]letter, fonts map[render.FontID]*subset) ([][]setText, error) {
	g := gopdf.GoPdf{}
	g.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: 1, H: 1}})
	g.SetNoCompression()
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(r rune) rune { return r }}
	for id, s := range fonts {
		if err := g.AddTTFFontDataWithOption(family(id), s.setter(), option); err != nil {
			return nil, fmt.Errorf("reading font %s: %w", s.name, err)
		}
	}
	out := make([][]setText, len(pages))
	for i, p := range pages {
		g.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: p.W * ptPerMM, H: p.H * ptPerMM}})
		for _, t := range texts[i] {
			for _, r := range t.Runs {
				if r.Text == "" {
					continue
				}
				if err := set(&g, t.Text, r); err != nil {
					return nil, fmt.Errorf("setting %q: %w", r.Text, err)
				}
				out[i] = append(out[i], setText{run: r, inGroup: t.inGroup})
			}
		}
	}
	raw, err := g.GetBytesPdfReturnErr()
	if err != nil {
		return nil, fmt.Errorf("setting the text: %w", err)
	}
	return out, cut(raw, pages, out)
}

func family(id render.FontID) string { return "f" + strconv.Itoa(int(id)) }

// set places one run; gopdf rounds to 1/100 pt.
func set(g *gopdf.GoPdf, t render.Text, r render.Run) error {
	if err := g.SetFontWithStyle(family(r.Font), gopdf.Regular, t.Size); err != nil {
		return err
	}
	sin, cos := math.Sincos(t.Angle * math.Pi / 180)
	g.SetXY((t.X+r.DX*cos)*ptPerMM, (t.Y+r.DX*sin)*ptPerMM)
	return g.Text(r.Text)
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
	chars := []rune(s.run.Text)
	if len(s.codes) != 2*len(chars) {
		return fmt.Errorf("font %d lacks a character of %q", s.run.Font, s.run.Text)
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
