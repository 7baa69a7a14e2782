package pdf

import "math"

const iccSteps = 64

// sRGB is an ICC profile (version 2.1, display, RGB to XYZ) of the sRGB colour
// space: primaries adapted to D50 and the transfer curve of IEC 61966-2-1 in
// 1,024 steps.
func sRGB() []byte {
	type tag struct {
		name string
		data []byte
	}
	curve := be.AppendUint32([]byte("curv\x00\x00\x00\x00"), iccSteps)
	for i := range iccSteps {
		v := float64(i) / (iccSteps - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		curve = be.AppendUint16(curve, uint16(math.Round(v*65535)))
	}
	const name = "sRGB IEC61966-2.1\x00"
	desc := be.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)))
	desc = append(append(desc, name...), make([]byte, 78)...)
	tags := []tag{
		{"desc", desc},
		{"cprt", []byte("text\x00\x00\x00\x00CC0\x00")},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"rXYZ", xyz(0.4360, 0.2225, 0.0139)},
		{"gXYZ", xyz(0.3851, 0.7169, 0.0971)},
		{"bXYZ", xyz(0.1431, 0.0606, 0.7141)},
		{"rTRC", curve}, {"gTRC", nil}, {"bTRC", nil},
	}
	table := be.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	at := 128 + 4 + 12*len(tags)
	var last [2]uint32
	for _, t := range tags {
		if t.data != nil {
			last = [2]uint32{uint32(at + len(body)), uint32(len(t.data))}
			body = append(body, t.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
		}
		table = be.AppendUint32(be.AppendUint32(append(table, t.name...), last[0]), last[1])
	}
	head := make([]byte, 128)
	be.PutUint32(head, uint32(128+len(table)+len(body)))
	be.PutUint32(head[8:], 0x02100000)
	copy(head[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1} {
		be.PutUint16(head[24+2*i:], v)
	}
	copy(head[36:], "acsp")
	copy(head[68:], xyz(0.9642, 1, 0.8249)[8:])
	return append(append(head, table...), body...)
}

// xyz is an XYZType of one value in s15Fixed16.
func xyz(v ...float64) []byte {
	out := []byte("XYZ \x00\x00\x00\x00")
	for _, f := range v {
		out = be.AppendUint32(out, uint32(int32(math.Round(f*65536))))
	}
	return out
}
