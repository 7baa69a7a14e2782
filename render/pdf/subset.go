package pdf

import (
	"math/bits"
	"slices"

	"golang.org/x/image/font/sfnt"

	"moqian/render"
)

// face is a font as files use it; compact outlines are kept from file to file.
type face struct {
	*trueType
	sf    *sfnt.Font
	buf   sfnt.Buffer
	known map[rune]glyph
}

func newFace(font render.Font) (*face, error) {
	t, err := parseTrueType(font)
	if err != nil {
		return nil, err
	}
	sf, err := sfnt.Parse(font.Data)
	if err != nil {
		return nil, err
	}
	return &face{trueType: t, sf: sf, known: map[rune]glyph{}}, nil
}

// glyphOf gives a character's compact outline, or *render.MissingGlyph.
func (f *face) glyphOf(r rune) (glyph, error) {
	if g, ok := f.known[r]; ok {
		return g, nil
	}
	gid, err := f.sf.GlyphIndex(&f.buf, r)
	if err != nil || gid == 0 {
		return glyph{}, &render.MissingGlyph{Char: r}
	}
	g, err := f.glyph(uint16(gid))
	if err == nil {
		f.known[r] = g
	}
	return g, err
}

// subset is the part of a font that a file uses: what gopdf knows as chars[i]
// has the code, CID and glyph number i+1. Each character has a glyph of its own
// even where the font lets two share one, so that copying gives back the right
// one.
type subset struct {
	*face
	chars   []rune // ascending
	meaning []rune // what copying gives for each
	glyphs  []glyph
	packed  packedFont
}

// add takes a character of a font into the subset as char, which comes after
// all that are there.
func (s *subset) add(f *face, of, char, meaning rune) error {
	g, err := f.glyphOf(of)
	if err != nil {
		return err
	}
	s.chars, s.meaning, s.glyphs = append(s.chars, char), append(s.meaning, meaning), append(s.glyphs, g)
	return nil
}

// box is around all glyphs, on the grid.
func (s *subset) box() (box [4]int) {
	for _, g := range s.glyphs {
		box = [4]int{min(box[0], g.box[0]), min(box[1], g.box[1]), max(box[2], g.box[2]), max(box[3], g.box[3])}
	}
	return box
}

// sized are the tables that both fonts made of a subset share.
func (s *subset) sized(glyphs []glyph) map[string][]byte {
	var hmtx []byte
	box := s.box()
	maxp := be.AppendUint32(nil, 0x00010000)
	points, contours := 0, 0
	for _, g := range glyphs {
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, uint16(g.advance)), uint16(int16(box[0])))
		points, contours = max(points, g.points), max(contours, g.contours)
	}
	for _, v := range []int{len(glyphs), points, contours, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0} {
		maxp = be.AppendUint16(maxp, uint16(v))
	}
	head := slices.Clone(s.tables["head"][:54])
	clear(head[4:12])  // revision and checksum
	clear(head[20:36]) // dates
	be.PutUint16(head[16:], 0)
	be.PutUint16(head[18:], grid)
	for i, v := range box {
		be.PutUint16(head[36+2*i:], uint16(int16(v)))
	}
	be.PutUint16(head[50:], 0) // short offsets
	hhea := slices.Clone(s.tables["hhea"][:36])
	for _, at := range []int{4, 6, 8} { // ascender, descender, line gap
		v := int(int16(be.Uint16(hhea[at:])))
		be.PutUint16(hhea[at:], uint16(int16(v*grid/s.upem)))
	}
	clear(hhea[10:34])
	hhea[19] = 1 // an upright caret
	be.PutUint16(hhea[34:], uint16(len(glyphs)))
	return map[string][]byte{"head": head, "hhea": hhea, "hmtx": hmtx, "maxp": maxp}
}

// all is the subset's glyphs with a blank .notdef before them: no text shows it.
func (s *subset) all() []glyph { return append([]glyph{{advance: grid}}, s.glyphs...) }

// embedded is the TrueType file that the PDF carries. All glyphs have the font's
// bounding box, which encloses theirs, and with it one left side bearing: tight
// ones would only be bytes that do not pack, a fifteenth of the font.
func (s *subset) embedded() []byte {
	all, box := s.all(), s.box()
	tables := s.sized(all)
	glyf := make([]byte, 0, 128*len(all))
	ends := []int{0}
	for _, g := range all {
		glyf = appendGlyph(glyf, g, box)
		ends = append(ends, len(glyf))
	}
	long := len(glyf) > 2*0xFFFF
	var loca []byte
	for _, end := range ends {
		if long {
			loca = be.AppendUint32(loca, uint32(end))
		} else {
			loca = be.AppendUint16(loca, uint16(end/2))
		}
	}
	if long {
		tables["head"][51] = 1
	}
	tables["glyf"], tables["loca"] = glyf, loca
	return assemble(tables)
}

// setter is the TrueType file that gopdf sets the text with: the same
// characters, numbers and advances, and no outlines, which gopdf would only
// pack into a font that is thrown away.
func (s *subset) setter() []byte {
	blank := s.all()
	for i := range blank {
		blank[i] = glyph{advance: blank[i].advance}
	}
	tables := s.sized(blank)
	tables["glyf"], tables["loca"] = nil, make([]byte, 2*len(blank)+2)
	tables["cmap"] = s.cmap()
	name := []byte("S")
	tables["name"] = append([]byte{0, 0, 0, 1, 0, 18, 0, 3, 0, 1, 4, 9, 0, 6, 0, byte(len(name)), 0, 0}, name...)
	tables["OS/2"] = make([]byte, 78)
	tables["post"] = append([]byte{0, 3}, make([]byte, 30)...) // no names
	return assemble(tables)
}

// cmap leads from characters to glyph numbers: format 4 for the BMP, format 12
// for all.
func (s *subset) cmap() []byte {
	type run struct{ from, to, gid int }
	var runs []run
	for i, r := range s.chars {
		if n := len(runs); n > 0 && runs[n-1].to == int(r)-1 && r != 0x10000 {
			runs[n-1].to++
		} else {
			runs = append(runs, run{int(r), int(r), i + 1})
		}
	}
	wide := be.AppendUint32(nil, 12<<16)
	wide = be.AppendUint32(wide, uint32(16+12*len(runs)))
	wide = be.AppendUint32(be.AppendUint32(wide, 0), uint32(len(runs)))
	var ends, starts, deltas []byte
	for _, r := range runs {
		for _, v := range []int{r.from, r.to, r.gid} {
			wide = be.AppendUint32(wide, uint32(v))
		}
		if r.to < 0xFFFF {
			ends, starts = be.AppendUint16(ends, uint16(r.to)), be.AppendUint16(starts, uint16(r.from))
			deltas = be.AppendUint16(deltas, uint16(r.gid-r.from))
		}
	}
	ends, starts, deltas = append(ends, 0xff, 0xff), append(starts, 0xff, 0xff), append(deltas, 0, 1)
	narrow := []byte{0, 4}
	for _, v := range []int{16 + 4*len(ends), 0, len(ends), 0, 0, 0} {
		narrow = be.AppendUint16(narrow, uint16(v))
	}
	narrow = append(append(narrow, ends...), 0, 0)
	narrow = append(append(append(narrow, starts...), deltas...), make([]byte, len(ends))...)
	out := []byte{0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 20, 0, 3, 0, 10}
	out = be.AppendUint32(out, uint32(20+len(narrow)))
	return append(append(out, narrow...), wide...)
}

// assemble writes directory and tables with their checksums.
func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	n := len(names)
	power := bits.Len(uint(n)) - 1
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << power, power, 16*n - 16<<power} {
		out = be.AppendUint16(out, uint16(v))
	}
	at, head := 12+16*n, 0
	var body []byte
	for _, name := range names {
		b := tables[name]
		if name == "head" {
			head = at + len(body)
		}
		out = append(out, name...)
		for _, v := range []uint32{checksum(b), uint32(at + len(body)), uint32(len(b))} {
			out = be.AppendUint32(out, v)
		}
		body = append(body, b...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	be.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += be.Uint32(b)
		b = b[4:]
	}
	var last [4]byte
	copy(last[:], b)
	return sum + be.Uint32(last[:])
}
