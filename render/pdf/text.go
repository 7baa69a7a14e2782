package pdf

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/signintech/gopdf"

	"moqian/render"
	"moqian/sign/pdf"
)

const ptPerMM = 72 / 25.4

// Writer writes files with one set of fonts; it keeps their parsed tables. It
// is safe for several goroutines.
type Writer struct {
	fonts *render.Fonts
	mu    sync.Mutex // guards all below
	box   gopdf.FontContainer
	known map[render.FontID]*trueType
}

// NewWriter makes a writer; fonts are parsed when a page first uses them.
func NewWriter(fonts *render.Fonts) *Writer {
	return &Writer{fonts: fonts, known: map[render.FontID]*trueType{}}
}

// setText is one run as gopdf set it: the block of operators from BT to ET.
type setText struct {
	block []byte
	text  render.Text
	run   render.Run
}

// glyphs are the characters of one font that a file uses: glyph index to what
// it stands for.
type glyphs map[uint16]rune

// setTexts lets gopdf set every run of the pages, in painting order.
func (w *Writer) setTexts(pages []render.Page) ([][]setText, map[render.FontID]glyphs, error) {
	g := gopdf.GoPdf{}
	g.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: 1, H: 1}})
	g.SetNoCompression()
	out := make([][]setText, len(pages))
	loaded := map[render.FontID]bool{}
	for i, p := range pages {
		g.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: p.W * ptPerMM, H: p.H * ptPerMM}})
		for _, t := range texts(p.Items, nil) {
			for _, r := range t.Runs {
				if r.Text == "" {
					continue
				}
				if err := w.load(&g, r.Font, loaded); err != nil {
					return nil, nil, err
				}
				if err := set(&g, t, r); err != nil {
					return nil, nil, fmt.Errorf("setting %q: %w", r.Text, err)
				}
				out[i] = append(out[i], setText{text: t, run: r})
			}
		}
	}
	raw, err := g.GetBytesPdfReturnErr()
	if err != nil {
		return nil, nil, fmt.Errorf("setting the text: %w", err)
	}
	used, err := cut(raw, out)
	return out, used, err
}

// texts lists the texts among items, spans included.
func texts(items []render.Item, out []render.Text) []render.Text {
	for _, it := range items {
		switch it := it.(type) {
		case render.Text:
			out = append(out, it)
		case render.Span:
			out = texts(it.Items, out)
		}
	}
	return out
}

func family(id render.FontID) string { return fmt.Sprintf("f%d", id) }

// load makes a font known to this file; its tables are parsed once a Writer.
func (w *Writer) load(g *gopdf.GoPdf, id render.FontID, loaded map[render.FontID]bool) error {
	if loaded[id] {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known[id] == nil {
		font := w.fonts.Font(id)
		t, err := parseTrueType(font)
		if err != nil {
			return err
		}
		option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(r rune) rune { return r }}
		if err := w.box.AddTTFFontDataWithOption(family(id), font.Data, option); err != nil {
			return fmt.Errorf("reading font %s: %w", font.Name, err)
		}
		w.known[id] = t
	}
	loaded[id] = true
	return g.AddTTFFontFromFontContainer(family(id), &w.box)
}

// set places one run; gopdf rounds to 1/100 pt.
func set(g *gopdf.GoPdf, t render.Text, r render.Run) error {
	if err := g.SetFontWithStyle(family(r.Font), gopdf.Regular, t.Size); err != nil {
		return err
	}
	g.SetTextColor(t.Color.R, t.Color.G, t.Color.B)
	g.SetXY((t.X+r.DX)*ptPerMM, t.Y*ptPerMM)
	return g.Text(r.Text)
}

// cut takes gopdf's file apart: the text blocks in order, and which glyph
// stands for which character.
func cut(raw []byte, out [][]setText) (map[render.FontID]glyphs, error) {
	used := map[render.FontID]glyphs{}
	for _, page := range out {
		for i := range page {
			at := bytes.Index(raw, []byte("\nBT\n"))
			end := bytes.Index(raw, []byte("\nET\n"))
			if at < 0 || end < at {
				return nil, errors.New("internal error: gopdf wrote fewer texts than were set")
			}
			page[i].block = raw[at+1 : end+4]
			raw = raw[end+3:]
			if err := page[i].note(used); err != nil {
				return nil, err
			}
		}
	}
	return used, nil
}

// note reads the glyphs of a block and checks that none is missing.
func (s *setText) note(used map[render.FontID]glyphs) error {
	from := bytes.Index(s.block, []byte("[<")) + 2
	to := bytes.Index(s.block, []byte(">] TJ"))
	if from < 2 || to < from {
		return errors.New("internal error: gopdf wrote a text in another form")
	}
	b := make([]byte, (to-from)/2)
	if _, err := hex.Decode(b, s.block[from:to]); err != nil {
		return fmt.Errorf("internal error: gopdf's text: %w", err)
	}
	chars := []rune(s.run.Text)
	if len(b) != 2*len(chars) {
		return fmt.Errorf("font %d lacks a character of %q", s.run.Font, s.run.Text)
	}
	if used[s.run.Font] == nil {
		used[s.run.Font] = glyphs{}
	}
	for i, r := range chars {
		gid := binary.BigEndian.Uint16(b[2*i:])
		if gid == 0 {
			return &render.MissingGlyph{Char: r}
		}
		if old, twice := used[s.run.Font][gid]; twice && old < r {
			continue
		}
		used[s.run.Font][gid] = r
	}
	return nil
}

// sorted lists the glyph indices.
func (g glyphs) sorted() []uint16 {
	out := make([]uint16, 0, len(g))
	for gid := range g {
		out = append(out, gid)
	}
	slices.SortFunc(out, cmp.Compare[uint16])
	return out
}

// resource is the name of a font in the pages' resources.
func resource(id render.FontID) pdf.Name { return pdf.Name(fmt.Sprintf("T%d", id)) }
