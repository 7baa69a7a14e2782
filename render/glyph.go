package render

import (
	"fmt"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Glyph is the outline of a character in em: origin at the left end of the
// baseline, Y downwards as on a Page. Curves are cubic, contours closed.
// Callers share Segs and must not change them.
type Glyph struct {
	Segs    []Seg
	Advance float64 // em
}

type glyphKey struct {
	font FontID
	char rune
}

// maxGlyphs bounds the outline cache: about 3 kB each, so 12 MB at most.
const maxGlyphs = 4096

// Glyph gives the outline of a character in a font that Split named.
func (f *Fonts) Glyph(id FontID, char rune) (Glyph, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id < 0 || int(id) >= len(f.slots) {
		return Glyph{}, fmt.Errorf("internal error: no font %d", id)
	}
	if g, ok := f.glyphs[glyphKey{id, char}]; ok {
		return g, nil
	}
	if err := f.open(id); err != nil {
		return Glyph{}, err
	}
	g, err := f.slots[id].outline(char)
	if err != nil {
		return Glyph{}, err
	}
	if len(f.glyphs) >= maxGlyphs {
		clear(f.glyphs)
	}
	f.glyphs[glyphKey{id, char}] = g
	return g, nil
}

// outline reads a glyph from the font file, or gives *MissingGlyph.
func (s *slot) outline(char rune) (Glyph, error) {
	gid, err := s.sf.GlyphIndex(&s.buf, char)
	if err != nil || gid == 0 {
		return Glyph{}, &MissingGlyph{Char: char}
	}
	adv, err := s.advance(gid)
	if err != nil {
		return Glyph{}, err
	}
	upem := fixed.I(int(s.sf.UnitsPerEm()))
	raw, err := s.sf.LoadGlyph(&s.buf, gid, upem, nil)
	if err != nil {
		return Glyph{}, fmt.Errorf("font %s: outline of U+%04X: %w", s.font.Name, char, err)
	}
	return Glyph{Segs: cubics(raw, 1/float64(upem)), Advance: adv}, nil
}

// cubics turns a font's segments into ours; TrueType's quadratic curves become
// the equal cubic ones.
func cubics(raw sfnt.Segments, scale float64) []Seg {
	var segs []Seg
	var at Pt
	pt := func(p fixed.Point26_6) Pt { return Pt{float64(p.X) * scale, float64(p.Y) * scale} }
	for _, r := range raw {
		a, b, c := pt(r.Args[0]), pt(r.Args[1]), pt(r.Args[2])
		switch r.Op {
		case sfnt.SegmentOpMoveTo:
			if len(segs) > 0 {
				segs = append(segs, Seg{Op: 'Z'})
			}
			segs, at = append(segs, Seg{Op: 'M', P: [3]Pt{a}}), a
		case sfnt.SegmentOpLineTo:
			segs, at = append(segs, Seg{Op: 'L', P: [3]Pt{a}}), a
		case sfnt.SegmentOpQuadTo:
			segs = append(segs, Seg{Op: 'C', P: [3]Pt{between(at, a), between(b, a), b}})
			at = b
		case sfnt.SegmentOpCubeTo:
			segs, at = append(segs, Seg{Op: 'C', P: [3]Pt{a, b, c}}), c
		}
	}
	if len(segs) > 0 {
		segs = append(segs, Seg{Op: 'Z'})
	}
	return segs
}

// between is the point two thirds of the way from p to the quadratic control q.
func between(p, q Pt) Pt { return Pt{p.X + (q.X-p.X)*2/3, p.Y + (q.Y-p.Y)*2/3} }
