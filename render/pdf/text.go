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
	"strings"

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

// typeCase is what the pages' runs are set from: a subset for each font that
// text uses. Letters that are a picture, as a seal's, have no font of their own,
// which would cost a kilobyte beside its glyphs: they are guests of another.
type typeCase struct {
	fonts  map[render.FontID]*subset
	guests map[render.FontID]map[rune]rune // to private characters of the host
	host   render.FontID
}

// firstGuest is the first private character (plane 15) that stands for a guest.
const firstGuest = 0xF0000

// of gives the font and the characters that a run is set with.
func (c *typeCase) of(r render.Run) (render.FontID, string) {
	guest, ok := c.guests[r.Font]
	if !ok {
		return r.Font, r.Text
	}
	return c.host, strings.Map(func(r rune) rune { return guest[r] }, r.Text)
}

// typeCase finds the characters that each font must have for the pages.
func (w *Writer) typeCase(pages [][]letter) (*typeCase, error) {
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
	for id := range loud {
		allDigits(used[id])
	}
	c := &typeCase{fonts: map[render.FontID]*subset{}, guests: map[render.FontID]map[rune]rune{}}
	ids := slices.Sorted(maps.Keys(used))
	host := false
	for _, id := range ids {
		if loud[id] && (!host || id == render.FontID(render.Bold)) { // of bold a voucher has little
			c.host, host = id, true
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if !loud[id] && host {
			continue
		}
		f, err := w.face(id)
		if err != nil {
			return nil, err
		}
		c.fonts[id] = &subset{face: f}
		for _, r := range slices.Sorted(maps.Keys(used[id])) {
			if err := c.fonts[id].add(f, r, r, r); err != nil {
				return nil, err
			}
		}
	}
	return c, w.invite(c, ids, used)
}

// allDigits adds the digits that are missing where some are there: the set of a
// font that sets labels and times is then the same from voucher to voucher, and
// so is its packed file, which the writer keeps.
func allDigits(chars map[rune]bool) {
	const digits = "0123456789"
	some := strings.ContainsFunc(digits, func(r rune) bool { return chars[r] })
	for _, r := range digits {
		if some {
			chars[r] = true
		}
	}
}

// invite adds the letters of fonts without a subset to the host.
func (w *Writer) invite(c *typeCase, ids []render.FontID, used map[render.FontID]map[rune]bool) error {
	next := rune(firstGuest)
	for _, id := range ids {
		if c.fonts[id] != nil {
			continue
		}
		f, err := w.face(id)
		if err != nil {
			return err
		}
		c.guests[id] = map[rune]rune{}
		for _, r := range slices.Sorted(maps.Keys(used[id])) {
			if err := c.fonts[c.host].add(f, r, next, ' '); err != nil {
				return err
			}
			c.guests[id][r] = next
			next++
		}
	}
	return nil
}

// face gives a font with its compact glyphs, which are kept for the next file;
// w.mu is held.
func (w *Writer) face(id render.FontID) (*face, error) {
	f := w.faces[id]
	if f == nil {
		var err error
		if f, err = newFace(w.fonts.Font(id)); err != nil {
			return nil, err
		}
		w.faces[id] = f
	}
	return f, nil
}

// setTexts lets gopdf set every run of the pages, in painting order.
func setTexts(pages []render.Page, texts [][]letter, c *typeCase) ([][]setText, error) {
	g := gopdf.GoPdf{}
	g.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: 1, H: 1}})
	g.SetNoCompression()
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(r rune) rune { return r }}
	for id, s := range c.fonts {
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
				s := setText{inGroup: t.inGroup}
				s.font, s.text = c.of(r)
				if err := s.set(&g, t.Text, r.DX); err != nil {
					return nil, fmt.Errorf("setting %q: %w", r.Text, err)
				}
				out[i] = append(out[i], s)
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
