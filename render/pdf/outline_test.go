package pdf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"moqian/render"
)

// madeFont is a font of given glyph data for tests, 1,000 units to the em.
func madeFont(glyphs ...[]byte) *trueType {
	var glyf []byte
	loca := be.AppendUint32(nil, 0)
	var hmtx []byte
	for _, g := range glyphs {
		glyf = append(glyf, g...)
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		hmtx = append(hmtx, 0x03, 0xe8, 0, 0)
	}
	return &trueType{name: "Made", upem: 1000, glyphs: len(glyphs), metrics: len(glyphs), long: true,
		tables: map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx}}
}

func words(v ...int) (b []byte) {
	for _, n := range v {
		b = be.AppendUint16(b, uint16(int16(n)))
	}
	return b
}

// square is a simple glyph: 100 units, from 10, 20, clockwise. Its flags are
// folded and its coordinates use all three widths.
func square() []byte {
	b := words(1, 10, 20, 110, 120, 3, 0)
	b = append(b, onCurve|yShort|ySame, onCurve|xSame|yShort|ySame, onCurve|xShort|xSame|ySame, onCurve|xSame|yShort)
	b = append(b, words(10)...)         // x: long 10
	b = append(b, 100)                  // x: +100
	return append(b, 20, 100, 100, 0x7) // y: +20, +100, −100
}

// part is one component of a composite glyph.
func part(flags, gid int, rest ...byte) []byte { return append(words(flags, gid), rest...) }

func composite(parts ...[]byte) []byte {
	b := words(-1, 0, 0, 0, 0)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func shown(cs []contour) string {
	var b strings.Builder
	for _, c := range cs {
		for _, p := range c {
			fmt.Fprintf(&b, "%g,%g", p.x, p.y)
			if !p.on {
				b.WriteByte('~')
			}
			b.WriteByte(' ')
		}
		b.WriteString("| ")
	}
	return strings.TrimSuffix(b.String(), " | ")
}

func TestContours(t *testing.T) {
	quarter := byte(0x10) // 0.25 in 2.14, high byte
	for _, c := range []struct {
		name   string
		glyphs [][]byte
		want   string
	}{
		{"blank", [][]byte{{}}, ""},
		{"simple", [][]byte{square()}, "10,20 10,120 110,120 110,20"},
		{"moved by bytes", [][]byte{composite(part(argsAreXY, 1, 5, 0xFB)), square()}, "15,15 15,115 115,115 115,15"},
		{"moved by words", [][]byte{composite(part(argsAreXY|wideArgs, 1, 1, 0, 0, 0)), square()}, "266,20 266,120 366,120 366,20"},
		{"scaled", [][]byte{composite(part(argsAreXY|oneScale, 1, 0, 0, quarter, 0)), square()}, "2.5,5 2.5,30 27.5,30 27.5,5"},
		{"two scales", [][]byte{composite(part(argsAreXY|twoScales, 1, 0, 0, quarter, 0, 0x40, 0)), square()}, "2.5,20 2.5,120 27.5,120 27.5,20"},
		{"turned", [][]byte{composite(part(argsAreXY|matrix, 1, 0, 0, 0, 0, 0x40, 0, 0xC0, 0, 0, 0)), square()}, "-20,10 -120,10 -120,110 -20,110"},
		{"two parts", [][]byte{composite(part(argsAreXY|moreParts, 1, 0, 0), part(argsAreXY, 1, 1, 0)), square()},
			"10,20 10,120 110,120 110,20 | 11,20 11,120 111,120 111,20"},
		{"part of a part", [][]byte{composite(part(argsAreXY, 1, 1, 1)), composite(part(argsAreXY, 2, 1, 1)), square()},
			"12,22 12,122 112,122 112,22"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := madeFont(c.glyphs...).contours(0, 0)
			if err != nil || shown(got) != c.want {
				t.Errorf("got %q, want %q, %v", shown(got), c.want, err)
			}
		})
	}
}

// A contour begins on the curve, or at the point that its controls imply.
func TestContoursBegin(t *testing.T) {
	all := contour{{x: 0}, {x: 10, y: 10}, {x: 20}}
	if got := shown([]contour{all.begun()}); got != "10,0 0,0~ 10,10~ 20,0~" {
		t.Errorf("no point on the curve: %s", got)
	}
	third := contour{{x: 0}, {x: 10, y: 10}, {x: 20, on: true}}
	if got := shown([]contour{third.begun()}); got != "20,0 0,0~ 10,10~" {
		t.Errorf("the third on the curve: %s", got)
	}
	if contour(nil).begun() != nil {
		t.Error("nothing begins")
	}
}

func TestContoursRefuse(t *testing.T) {
	loop := composite(part(argsAreXY, 0, 0, 0))
	ends := words(2, 0, 0, 0, 0, 3, 1, 0)
	for name, glyphs := range map[string][][]byte{
		"cut header":       {square()[:8]},
		"cut flags":        {square()[:15]},
		"cut points":       {square()[:20]},
		"cut part":         {composite([]byte{0, 2, 0})},
		"part of itself":   {loop},
		"too many parts":   {composite(slices.Repeat([][]byte{part(argsAreXY|moreParts, 1, 0, 0)}, 100)...), square()},
		"no such part":     {composite(part(argsAreXY, 7, 0, 0))},
		"joined at points": {composite(part(0, 1, 0, 0)), square()},
		"ends run back":    {ends},
		"huge instruction": {words(1, 0, 0, 0, 0, 3, -1)},
	} {
		if got, err := madeFont(glyphs...).contours(0, 0); err == nil {
			t.Errorf("%s: %s", name, shown(got))
		}
	}
	if _, err := madeFont(square()).contours(5, 0); err == nil {
		t.Error("a glyph beyond the last")
	}
}

func TestParseTrueTypeRefuses(t *testing.T) {
	good := asset(t, "fonts/NotoSansSC-Bold.ttf")[:]
	for name, spoil := range map[string]func(b []byte) []byte{
		"empty":           func([]byte) []byte { return nil },
		"directory":       func(b []byte) []byte { return b[:40] },
		"tables":          func(b []byte) []byte { return b[:4000] },
		"no em":           func(b []byte) []byte { table(b, "head")[18], table(b, "head")[19] = 0, 0; return b },
		"too many glyphs": func(b []byte) []byte { table(b, "maxp")[4], table(b, "maxp")[5] = 0xff, 0xff; return b },
		"other outlines":  func(b []byte) []byte { copy(entry(b, "glyf"), "CFF "); return b },
	} {
		bad := spoil(append([]byte(nil), good...))
		if _, err := parseTrueType(render.Font{Name: "Bad", Data: bad}); err == nil || !strings.Contains(err.Error(), "Bad") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// entry is a table's line in a font's directory, table its bytes.
func entry(b []byte, name string) []byte {
	for i := range int(be.Uint16(b[4:])) {
		if e := b[12+16*i:]; string(e[:4]) == name {
			return e
		}
	}
	return nil
}

func table(b []byte, name string) []byte { return b[be.Uint32(entry(b, name)[8:]):] }

// Whatever a font's outlines are, reading them ends without a panic.
func FuzzContours(f *testing.F) {
	f.Add(square(), composite(part(argsAreXY|moreParts|oneScale, 1, 0, 0, 0x10, 0), part(argsAreXY, 0, 0, 0)))
	f.Add(composite(part(argsAreXY, 1, 5, 5)), square())
	f.Add([]byte{}, words(3, 0, 0, 0, 0, 5, 9, 2, 0))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		font := madeFont(a, b)
		for gid := range uint16(2) {
			cs, err := font.contours(gid, 0)
			for _, c := range cs {
				if err == nil && (len(c) == 0 || !c[0].on) {
					t.Fatalf("a contour that begins off the curve: %s", shown(cs))
				}
			}
			if _, err := font.glyph(gid); err != nil && len(cs) > 0 {
				t.Fatal(err)
			}
		}
	})
}
