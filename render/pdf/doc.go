// Package pdf paints pages into finished PDF/A-1b files.
//
// gopdf sets the text: it encodes it, places it and refuses a glyph that its
// font lacks; it is left as soon as it has written that. All else is written here, in one finish pass over gopdf's output:
// rules, boxes, seals, codes, the ink (form XObjects of our own cubics, exact
// to 1/100 pt), ActualText, compact fonts, ToUnicode beyond the BMP, XMP,
// output intent and file identifier. A file has one revision, no transparency,
// no image, no object stream; afterwards only incremental updates touch it.
//
// Start with Write, or with NewWriter when many files use the same fonts:
//
//	write.go      pages to file: set (all that needs no ink), then finish
//	typecase.go   which characters each font must have; pictures made of letters
//	text.go       the text through gopdf and back
//	content.go    page items to operators; operators.go keeps the state
//	ink.go        signatures
//	font.go       PDF objects of a font; subset.go, glyph.go its TrueType file
//	outline.go    TrueType outlines in; simplify.go with fewer points
//	pack.go       streams; squeeze.go, huffman.go as small as can be, for heavy ink
//	xmp.go        metadata and the voucher's data, out and in (ReadData)
//
// Lengths come in as mm with the origin top left and go out as pt with the
// origin bottom left, two decimals. Embedded outlines lie within about 0.005 em
// of the font's (at 11 pt 20 µm): simplification 0.0025 em, grid 1/200 em.
// The same pages give the same bytes, whatever was written before.
//
// Sources: ISO 32000-1 (the parts that PDF 1.4 has), ISO 19005-1, the OpenType
// specification for the font tables.
package pdf
