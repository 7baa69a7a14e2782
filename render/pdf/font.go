package pdf

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"unicode/utf16"

	"moqian/render"
	"moqian/sign/pdf"
)

// addFonts writes the fonts that the texts use, each as a Type 0 font whose
// CIDs are the glyph numbers of the whole font, as gopdf wrote them; a
// CIDToGIDMap leads to the compact subset.
func (f *file) addFonts(w *Writer, used map[render.FontID]glyphs) error {
	f.fonts, f.forms, f.shared = pdf.Dict{}, pdf.Dict{}, map[string]pdf.Name{}
	ids := make([]render.FontID, 0, len(used))
	for id := range used {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		w.mu.Lock()
		t := w.known[id]
		w.mu.Unlock()
		r, err := f.addFont(t, used[id])
		if err != nil {
			return err
		}
		f.fonts[resource(id)] = r
	}
	return nil
}

func (f *file) addFont(t *trueType, used glyphs) (pdf.Ref, error) {
	gids := used.sorted()
	all, err := t.closure(gids)
	if err != nil {
		return pdf.Ref{}, err
	}
	data, err := t.subset(all)
	if err != nil {
		return pdf.Ref{}, err
	}
	name := pdf.Name(tag(t.name, gids) + "+" + t.name)
	font, cid, desc := f.out.Alloc(), f.out.Alloc(), f.out.Alloc()
	streams := map[string]*pdf.Stream{}
	for key, b := range map[string][]byte{
		"file": data, "map": cidToGID(all), "set": cidSet(all), "unicode": toUnicode(gids, used),
	} {
		d := pdf.Dict{}
		if key == "file" {
			d["Length1"] = int64(len(b))
		}
		if streams[key], err = pdf.Deflate(d, b); err != nil {
			return pdf.Ref{}, err
		}
	}
	put := func(key string) pdf.Ref {
		r := f.out.Alloc()
		f.out.Put(r, streams[key])
		return r
	}
	f.out.Put(font, pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": name, "Encoding": pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{cid}, "ToUnicode": put("unicode"),
	})
	f.out.Put(cid, pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": name, "FontDescriptor": desc,
		"CIDSystemInfo": pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": pdf.String("Identity"), "Supplement": int64(0)},
		"CIDToGIDMap":   put("map"), "DW": t.width(0), "W": widths(t, gids),
	})
	f.out.Put(desc, t.descriptor(name, put("file"), put("set")))
	return font, nil
}

// descriptor is the FontDescriptor, metrics in 1/1000 em.
func (t *trueType) descriptor(name pdf.Name, file, set pdf.Ref) pdf.Dict {
	em := func(table string, at int) int64 {
		return int64(int16(be.Uint16(t.tables[table][at:]))) * 1000 / int64(t.upem)
	}
	return pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": name, "Flags": int64(4), "ItalicAngle": int64(0), "StemV": int64(80),
		"Ascent": em("hhea", 4), "Descent": em("hhea", 6), "CapHeight": em("hhea", 4),
		"FontBBox":  pdf.Array{em("head", 36), em("head", 38), em("head", 40), em("head", 42)},
		"FontFile2": file, "CIDSet": set,
	}
}

// tag is the six letters before the name of a subset, made from its glyphs.
func tag(name string, gids []uint16) string {
	sum := sha256.Sum256(fmt.Appendf([]byte(name), "%v", gids))
	out := make([]byte, 6)
	for i := range out {
		out[i] = 'A' + sum[i]%26
	}
	return string(out)
}

// cidToGID maps the whole font's glyph numbers to those of the subset.
func cidToGID(all []uint16) []byte {
	out := make([]byte, 2*int(slices.Max(all))+2)
	for i, gid := range all {
		be.PutUint16(out[2*int(gid):], uint16(i))
	}
	return out
}

// cidSet has a bit for each CID in the subset, the highest bit first.
func cidSet(all []uint16) []byte {
	out := make([]byte, int(slices.Max(all))/8+1)
	for _, gid := range all {
		out[gid/8] |= 0x80 >> (gid % 8)
	}
	return out
}

// widths is the /W array, one entry a run of neighbouring CIDs.
func widths(t *trueType, gids []uint16) (w pdf.Array) {
	for i := 0; i < len(gids); {
		run := pdf.Array{t.width(gids[i])}
		first := gids[i]
		for i++; i < len(gids) && gids[i] == gids[i-1]+1; i++ {
			run = append(run, t.width(gids[i]))
		}
		w = append(w, int64(first), run)
	}
	return w
}

// toUnicode is the CMap for copying text; beyond the BMP with surrogate pairs,
// which gopdf's own lacks. A block holds at most 100 entries (Adobe 5411).
func toUnicode(gids []uint16, used glyphs) []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for chunk := range slices.Chunk(gids, 100) {
		b = fmt.Appendf(b, "%d beginbfchar\n", len(chunk))
		for _, gid := range chunk {
			b = fmt.Appendf(b, "<%04X> <%s>\n", gid, utf16Hex(string(used[gid])))
		}
		b = append(b, "endbfchar\n"...)
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
