// Package pdf paints pages into finished PDF/A-1b files.
//
// gopdf sets the text: it encodes it, places it and refuses a glyph that its
// font lacks. All else is written here, in one finish pass over gopdf's output:
// rules, boxes, seals, codes, the ink (form XObjects of our own cubics, exact
// to 1/100 pt), ActualText, compact fonts, ToUnicode beyond the BMP, XMP,
// output intent and file identifier. A file has one revision, no transparency,
// no image, no object stream; afterwards only incremental updates touch it.
//
// Start with Write, or with NewWriter when many files use the same fonts.
// Lengths come in as mm with the origin top left and go out as pt with the
// origin bottom left. Sources: ISO 32000-1 (the parts that PDF 1.4 has), ISO
// 19005-1, the OpenType specification for the font tables.
package pdf
