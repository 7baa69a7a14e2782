package pdf

import (
	"math/bits"
	"slices"
)

// subset makes a TrueType file of only these glyphs, numbered in order: glyph
// all[i] becomes i. Instructions are left out; PDF viewers draw outlines.
func (t *trueType) subset(all []uint16) ([]byte, error) {
	number := make(map[uint16]uint16, len(all))
	for i, gid := range all {
		number[gid] = uint16(i)
	}
	var glyf, hmtx []byte
	loca := make([]byte, 0, 4*len(all)+4)
	for _, gid := range all {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyph, err := t.outline(gid)
		if err != nil {
			return nil, err
		}
		glyph = slices.Clone(glyph)
		for _, at := range components(glyph) {
			be.PutUint16(glyph[at:], number[be.Uint16(glyph[at:])])
		}
		glyf = append(glyf, glyph...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		advance, bearing := t.metric(gid)
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, advance), bearing)
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))
	head := slices.Clone(t.tables["head"][:54])
	be.PutUint32(head[8:], 0)
	be.PutUint16(head[50:], 1)
	hhea := slices.Clone(t.tables["hhea"][:36])
	be.PutUint16(hhea[34:], uint16(len(all)))
	maxp := slices.Clone(t.tables["maxp"])
	be.PutUint16(maxp[4:], uint16(len(all)))
	tables := map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp}
	for _, name := range []string{"cvt ", "fpgm", "prep"} {
		if b, ok := t.tables[name]; ok {
			tables[name] = b
		}
	}
	return assemble(tables), nil
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
