package pdf

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"unicode/utf16"

	"moqian/render"
	"moqian/sign/pdf"
)

// addFonts writes the fonts that the texts use, each as a Type 0 font whose
// codes, CIDs and glyph numbers are the same.
func (f *file) addFonts(fonts map[render.FontID]*subset) {
	for _, id := range slices.Sorted(maps.Keys(fonts)) {
		f.fonts[resource(id)] = f.addFont(fonts[id])
	}
}

// packedFont are the streams of a font, made when its text is set.
type packedFont struct {
	file, unicode, cids *pdf.Stream
}

// pack makes the streams; hard: as small as can be.
func (s *subset) pack(w *Writer, p *packer, hard bool) packedFont {
	data := s.embedded()
	return packedFont{
		file:    w.packKept(p, pdf.Dict{"Length1": int64(len(data))}, data, hard),
		unicode: w.packKept(p, pdf.Dict{}, toUnicode(s.meaning), hard),
		cids:    p.pack(pdf.Dict{}, cidSet(len(s.chars))),
	}
}

func (f *file) addFont(s *subset) pdf.Ref {
	name := pdf.Name(tag(s) + "+" + s.name)
	font, cid, desc := f.out.Alloc(), f.out.Alloc(), f.out.Alloc()
	put := func(s *pdf.Stream) pdf.Ref {
		r := f.out.Alloc()
		f.out.Put(r, s)
		return r
	}
	streams := s.packed
	if f.hard {
		streams = s.pack(f.writer, f.packer, true)
	}
	top := pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": name, "Encoding": pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{cid}, "ToUnicode": put(streams.unicode),
	}
	f.out.Put(font, top)
	under := pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": name, "FontDescriptor": desc,
		"CIDSystemInfo": pdf.Dict{"Registry": pdf.Verbatim("(Adobe)"), "Ordering": pdf.Verbatim("(Identity)"), "Supplement": int64(0)},
		"CIDToGIDMap":   pdf.Name("Identity"),
	}
	if w := s.widths(); len(w) > 0 {
		under["W"] = w
	}
	f.out.Put(cid, under)
	f.out.Put(desc, s.descriptor(name, put(streams.file), put(streams.cids)))
	return font
}

// descriptor is the FontDescriptor, metrics in 1/1000 em.
func (s *subset) descriptor(name pdf.Name, file, set pdf.Ref) pdf.Dict {
	em := func(table string, at int) int64 {
		return int64(int16(be.Uint16(s.tables[table][at:]))) * 1000 / int64(s.upem)
	}
	box := s.box()
	return pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": name, "Flags": int64(4), "ItalicAngle": int64(0), "StemV": int64(80),
		"Ascent": em("hhea", 4), "Descent": em("hhea", 6), "CapHeight": em("hhea", 4),
		"FontBBox":  pdf.Array{thousandths(box[0]), thousandths(box[1]), thousandths(box[2]), thousandths(box[3])},
		"FontFile2": file, "CIDSet": set,
	}
}

// thousandths of an em, as PDF wants glyph metrics.
func thousandths(units int) int64 { return int64(units) * 1000 / grid }

// tag is the six letters before the name of a subset, made from its characters.
func tag(s *subset) string {
	sum := sha256.Sum256([]byte(s.name + string(s.chars)))
	out := make([]byte, 6)
	for i := range out {
		out[i] = 'A' + sum[i]%26
	}
	return string(out)
}

// cidSet has a bit for each CID from 0 to n, the highest bit first.
func cidSet(n int) []byte {
	out := make([]byte, n/8+1)
	for i := range n + 1 {
		out[i/8] |= 0x80 >> (i % 8)
	}
	return out
}

// widths is the /W array: one entry a run of neighbouring CIDs, those as wide
// as the em left out, for that is the default.
func (s *subset) widths() (w pdf.Array) {
	var run pdf.Array
	for i := len(s.glyphs); i >= 0; i-- {
		if i > 0 && s.glyphs[i-1].advance != grid {
			run = append(pdf.Array{thousandths(s.glyphs[i-1].advance)}, run...)
			continue
		}
		if len(run) > 0 {
			w = append(pdf.Array{int64(i + 1), run}, w...)
			run = nil
		}
	}
	return w
}

// toUnicode is the CMap for copying text: code i+1 gives chars[i]. Letters that
// are a picture give blanks, for readers that do not know ActualText. Beyond
// the BMP it has surrogate pairs, which gopdf's own lacks. A range may not
// leave its high byte, and a block holds at most 100 ranges (Adobe 5411).
func toUnicode(chars []rune) []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /U def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var ranges []string
	for from := 1; from <= len(chars); {
		to := min(from|0xFF, len(chars))
		r := fmt.Appendf(nil, "<%04X> <%04X> [", from, to)
		for _, c := range chars[from-1 : to] {
			r = append(append(append(r, '<'), utf16Hex(string(c))...), '>')
		}
		ranges = append(ranges, string(append(r, "]\n"...)))
		from = to + 1
	}
	for block := range slices.Chunk(ranges, 100) {
		b = fmt.Appendf(b, "%d beginbfrange\n", len(block))
		for _, r := range block {
			b = append(b, r...)
		}
		b = append(b, "endbfrange\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

func utf16Hex(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", u)
	}
	return string(b)
}
