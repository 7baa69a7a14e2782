package pdf

import (
	"bytes"
	"math"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"moqian/render"
)

func boldFace(t testing.TB) *face {
	t.Helper()
	f, err := newFace(render.Font{Name: "NotoSansSC-Bold", Data: asset(t, "fonts/NotoSansSC-Bold.ttf")})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func subsetOf(t testing.TB, f *face, chars string) *subset {
	t.Helper()
	s := &subset{face: f}
	for _, r := range chars {
		if err := s.add(f, r, r, r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// whole is the embedded file with the tables that readers other than of PDF want.
func whole(s *subset) []byte {
	tables := map[string][]byte{}
	for _, file := range [][]byte{s.setter(), s.embedded()} {
		for i := range int(be.Uint16(file[4:])) {
			e := file[12+16*i:]
			from := be.Uint32(e[8:])
			tables[string(e[:4])] = file[from : from+be.Uint32(e[12:])]
		}
	}
	be.PutUint32(tables["head"][8:], 0)
	return assemble(tables)
}

// The embedded file is a font that another reader takes: numbers in order,
// advances on the grid, outlines where the whole font has them.
func TestEmbeddedFont(t *testing.T) {
	f := boldFace(t)
	s := subsetOf(t, f, " 0Ag¥壹强")
	out, err := sfnt.Parse(whole(s))
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	if out.NumGlyphs() != len(s.chars)+1 || out.UnitsPerEm() != grid {
		t.Fatalf("%d glyphs, %d units", out.NumGlyphs(), out.UnitsPerEm())
	}
	ppem := fixed.I(1000)
	for i, r := range s.chars {
		gid, err := f.sf.GlyphIndex(&f.buf, r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.sf.GlyphAdvance(&f.buf, gid, ppem, font.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		got, err := out.GlyphAdvance(&buf, sfnt.GlyphIndex(i+1), ppem, font.HintingNone)
		if err != nil || math.Abs(float64(got-want)/64) > 500.0/grid+0.1 {
			t.Errorf("%q is %v wide, want %v, %v", r, got, want, err)
		}
		a, b := extent(t, f.sf, gid, ppem), extent(t, out, sfnt.GlyphIndex(i+1), ppem)
		for k := range a {
			if math.Abs(a[k]-b[k]) > 1000*slack+500.0/grid+0.1 {
				t.Errorf("%q spans %v, want %v", r, b, a)
				break
			}
		}
	}
}

// extent of an outline's points on the curve.
func extent(t *testing.T, f *sfnt.Font, gid sfnt.GlyphIndex, ppem fixed.Int26_6) [4]float64 {
	t.Helper()
	var buf sfnt.Buffer
	segs, err := f.LoadGlyph(&buf, gid, ppem, nil)
	if err != nil {
		t.Fatal(err)
	}
	var box [4]float64
	for i, s := range segs {
		n := map[sfnt.SegmentOp]int{sfnt.SegmentOpQuadTo: 1, sfnt.SegmentOpCubeTo: 2}[s.Op]
		x, y := float64(s.Args[n].X)/64, float64(s.Args[n].Y)/64
		if i == 0 {
			box = [4]float64{x, y, x, y}
		}
		box = [4]float64{min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)}
	}
	return box
}

// Checksums are right, the tables are those a PDF needs, and the box of every
// glyph encloses it.
func TestEmbeddedTables(t *testing.T) {
	s := subsetOf(t, boldFace(t), "0强")
	file := s.embedded()
	if sum := checksum(file); sum != 0xB1B0AFBA {
		t.Errorf("the file sums up to %08X", sum)
	}
	names := ""
	for i := range int(be.Uint16(file[4:])) {
		e := file[12+16*i:]
		names += string(e[:4]) + " "
		from, n := be.Uint32(e[8:]), be.Uint32(e[12:])
		if b := append([]byte(nil), file[from:from+n]...); string(e[:4]) != "head" && checksum(b) != be.Uint32(e[4:]) {
			t.Errorf("table %s has another checksum", e[:4])
		}
		if from%4 != 0 {
			t.Errorf("table %s begins at %d", e[:4], from)
		}
	}
	if names != "glyf head hhea hmtx loca maxp " {
		t.Errorf("tables %s", names)
	}
	box := s.box()
	for i, g := range s.glyphs {
		if g.box[0] < box[0] || g.box[1] < box[1] || g.box[2] > box[2] || g.box[3] > box[3] {
			t.Errorf("glyph %d: %v outside %v", i, g.box, box)
		}
	}
}

// Beyond 128 kB of outlines the offsets take four bytes.
func TestLongOffsets(t *testing.T) {
	f := boldFace(t)
	chars := ""
	for r := rune(0x4E00); r < 0x5500; r++ {
		chars += string(r)
	}
	s := subsetOf(t, f, chars)
	file := s.embedded()
	if be.Uint16(table(file, "head")[50:]) != 1 {
		t.Fatal("offsets are short")
	}
	out, err := sfnt.Parse(whole(s))
	if err != nil {
		t.Fatal(err)
	}
	last := sfnt.GlyphIndex(len(s.chars))
	gid, err := f.sf.GlyphIndex(&f.buf, 0x54FF)
	if err != nil {
		t.Fatal(err)
	}
	a, b := extent(t, f.sf, gid, fixed.I(1000)), extent(t, out, last, fixed.I(1000))
	if math.Abs(a[2]-b[2]) > 6 || math.Abs(a[1]-b[1]) > 6 {
		t.Errorf("the last glyph spans %v, want %v", b, a)
	}
}

// What gopdf sets the text with knows the same characters under the same
// numbers, in the BMP and beyond, and no others.
func TestSetterKnowsTheCharacters(t *testing.T) {
	f := boldFace(t)
	s := &subset{face: f}
	chars := []rune{'0', '1', '2', 'A', 0x4E00, 0x4E01, 0xFFFD, 0xFFFF, 0x10000, 0x10001, 0x20BB7, firstGuest}
	for _, r := range chars {
		if err := s.add(f, '强', r, r); err != nil {
			t.Fatal(err)
		}
	}
	out, err := sfnt.Parse(s.setter())
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	for i, r := range chars {
		if gid, err := out.GlyphIndex(&buf, r); err != nil || int(gid) != i+1 {
			t.Errorf("U+%04X has number %d, want %d, %v", r, gid, i+1, err)
		}
	}
	for _, r := range []rune{'3', '@', 0x4DFF, 0x4E02, 0x10002, 0x20BB6, firstGuest + 1} {
		if gid, err := out.GlyphIndex(&buf, r); err != nil || gid != 0 {
			t.Errorf("U+%04X has number %d, %v", r, gid, err)
		}
	}
}

func TestWidths(t *testing.T) {
	s := subsetOf(t, boldFace(t), "01壹贰A")
	got := ""
	for i, o := range s.widths() {
		if i > 0 {
			got += " "
		}
		got += string(pdfText(o))
	}
	if want := "1 [590 590] 5 [640]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if w := subsetOf(t, boldFace(t), "壹贰").widths(); len(w) != 0 {
		t.Errorf("widths of full ems: %v", w)
	}
}

func TestCIDSet(t *testing.T) {
	for n, want := range map[int]string{0: "80", 1: "C0", 7: "FF", 8: "FF80", 10: "FFE0"} {
		if got := hexOf(cidSet(n)); got != want {
			t.Errorf("%d CIDs: %s, want %s", n, got, want)
		}
	}
}

// Letters of pictures are guests, those of a font that text uses too; without
// any text their own font is the host.
func TestGuests(t *testing.T) {
	f := fonts(t)
	w := NewWriter(f)
	say := func(font render.FontID, s string, mute bool) letter {
		return letter{Text: render.Text{Mute: mute, Runs: []render.Run{{Font: font, Text: s}}}}
	}
	c, err := w.typeCase([][]letter{{say(0, "甲1", false), say(1, "乙", true), say(0, "甲", true)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.fonts) != 1 || c.host != 0 {
		t.Fatalf("%d fonts, host %d", len(c.fonts), c.host)
	}
	s := c.fonts[0]
	if got := string(s.chars); got != "0123456789甲"+string([]rune{firstGuest, firstGuest + 1}) {
		t.Errorf("characters %q", got)
	}
	if got := string(s.meaning); got != "0123456789甲  " {
		t.Errorf("copied as %q", got)
	}
	if !bytes.Equal(s.glyphs[10].data, s.glyphs[11].data) {
		t.Error("a guest of the font itself looks otherwise")
	}
	for _, run := range []render.Run{{Font: 0, Text: "甲"}, {Font: 1, Text: "乙"}} {
		font, text := c.of(run, true)
		if want := string(rune(firstGuest) + rune(run.Font)); font != 0 || text != want {
			t.Errorf("%s is set as %q of font %d", run.Text, text, font)
		}
	}
	if font, text := c.of(render.Run{Font: 0, Text: "甲"}, false); font != 0 || text != "甲" {
		t.Errorf("text is set as %q of font %d", text, font)
	}
	if c, err = w.typeCase([][]letter{{say(0, "甲", false), say(1, "乙", false), say(0, "丙", true)}}); err != nil || c.host != 1 {
		t.Errorf("the bold face is not the host: %v", err)
	}
	if c, err = w.typeCase([][]letter{{say(1, "乙", true)}}); err != nil || len(c.fonts) != 1 || c.host != 1 {
		t.Errorf("only pictures: %v", err)
	}
	if _, err := w.typeCase([][]letter{{say(99, "乙", false)}}); err == nil {
		t.Error("a font that is not there")
	}
}
