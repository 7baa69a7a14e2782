package pdf

import (
	"encoding/binary"
	"fmt"

	"moqian/render"
)

// trueType is a TrueType file taken apart into its tables (OpenType 1.9,
// "Font file").
type trueType struct {
	name    string
	tables  map[string][]byte
	upem    int
	glyphs  int
	metrics int // entries of hmtx with a width of their own
	long    bool
}

var be = binary.BigEndian

// parseTrueType reads the directory and the tables a subset needs.
func parseTrueType(font render.Font) (*trueType, error) {
	fail := func(what string) error { return fmt.Errorf("font %s: %s", font.Name, what) }
	b := font.Data
	if len(b) < 12 {
		return nil, fail("too short")
	}
	t := &trueType{name: font.Name, tables: map[string][]byte{}}
	for i := range int(be.Uint16(b[4:])) {
		if 12+16*i+16 > len(b) {
			return nil, fail("directory is cut off")
		}
		e := b[12+16*i:]
		from, n := int(be.Uint32(e[8:])), int(be.Uint32(e[12:]))
		if from < 0 || n < 0 || from+n > len(b) {
			return nil, fail("table " + string(e[:4]) + " is cut off")
		}
		t.tables[string(e[:4])] = b[from : from+n]
	}
	for name, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 6, "hmtx": 4, "loca": 4, "glyf": 0} {
		if table, ok := t.tables[name]; !ok || len(table) < least {
			return nil, fail("has no whole table " + name + "; only TrueType outlines can be embedded")
		}
	}
	t.upem = int(be.Uint16(t.tables["head"][18:]))
	t.long = be.Uint16(t.tables["head"][50:]) == 1
	t.glyphs = int(be.Uint16(t.tables["maxp"][4:]))
	t.metrics = int(be.Uint16(t.tables["hhea"][34:]))
	width := 2
	if t.long {
		width = 4
	}
	if t.upem == 0 || t.metrics == 0 || len(t.tables["loca"]) < width*(t.glyphs+1) ||
		len(t.tables["hmtx"]) < 4*t.metrics+2*(t.glyphs-t.metrics) {
		return nil, fail("tables contradict each other")
	}
	return t, nil
}

// outline gives the bytes of a glyph, none for a blank one.
func (t *trueType) outline(gid uint16) ([]byte, error) {
	loca, from, to := t.tables["loca"], 0, 0
	if int(gid) >= t.glyphs {
		return nil, fmt.Errorf("font %s: no glyph %d", t.name, gid)
	}
	if t.long {
		from, to = int(be.Uint32(loca[4*int(gid):])), int(be.Uint32(loca[4*int(gid)+4:]))
	} else {
		from, to = 2*int(be.Uint16(loca[2*int(gid):])), 2*int(be.Uint16(loca[2*int(gid)+2:]))
	}
	if from > to || to > len(t.tables["glyf"]) {
		return nil, fmt.Errorf("font %s: glyph %d is cut off", t.name, gid)
	}
	return t.tables["glyf"][from:to], nil
}

// metric gives advance and left side bearing of a glyph, font units.
func (t *trueType) metric(gid uint16) (advance, bearing uint16) {
	h := t.tables["hmtx"]
	if int(gid) < t.metrics {
		return be.Uint16(h[4*int(gid):]), be.Uint16(h[4*int(gid)+2:])
	}
	return be.Uint16(h[4*(t.metrics-1):]), be.Uint16(h[4*t.metrics+2*(int(gid)-t.metrics):])
}
