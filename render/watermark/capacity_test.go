package watermark

import (
	"slices"
	"testing"

	"moqian/render/ink"
)

// TestCapacity counts how many records have room for the public part with a
// handle of 8 bytes, after the fit of cubics and with the robust layer.
func TestCapacity(t *testing.T) {
	step := 12
	if torture() {
		step = 1
	}
	for _, c := range []struct {
		file  string
		least float64 // share of the records with room
	}{{"svc2004_task2.jsonl", 0.7}, {"statsci_chinese.jsonl", 1}} {
		var room, bits []int
		fits := 0
		eachRecord(t, c.file, step, 60, 25, func(_ int, in []ink.Outline) {
			w, err := Widen(in, Keys{}, make([]byte, 8), Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, m, err := w.Bind(Keys{}, Payload{Handle: make([]byte, 8)})
			if err != nil {
				t.Fatal(err)
			}
			if m.Public != NoRoom {
				fits++
			}
			room, bits = append(room, m.Room), append(bits, m.Bits)
		})
		slices.Sort(room)
		slices.Sort(bits)
		n := len(room)
		t.Logf("%s: %d of %d records have room for a signature (%d bits); bits %d to %d, median %d; room %d to %d, median %d", c.file, fits, n, Need(8),
			bits[0], bits[n-1], bits[n/2], room[0], room[n-1], room[n/2])
		if float64(fits) < c.least*float64(n) {
			t.Errorf("%s: only %d of %d records have room", c.file, fits, n)
		}
	}
}

// TestTwoHeaders counts the records of several strokes that hold a second header:
// whichever stroke is taken away, the rest names the voucher and what is missing.
func TestTwoHeaders(t *testing.T) {
	step := 12
	if torture() {
		step = 1
	}
	for _, handle := range []int{minHandle, 8, maxHandle} {
		records, one := 0, 0
		for _, name := range []string{"svc2004_task2.jsonl", "statsci_chinese.jsonl"} {
			eachRecord(t, name, step, 60, 25, func(i int, in []ink.Outline) {
				if len(in) < 2 {
					return
				}
				p := Payload{Handle: make([]byte, handle), Context: [32]byte{byte(i)}}
				out, _, err := Embed(in, Key{1}, p)
				if err != nil {
					t.Fatal(err)
				}
				heads, largest := 0, 0
				s := views(out)
				for k := range s {
					if _, full := headerSize(len(s[k].bits), handle); full {
						heads++
					}
					if len(s[k].bits) > len(s[largest].bits) {
						largest = k
					}
				}
				records++
				if heads < 2 {
					one++
					return
				}
				r := Read(slices.Delete(out, largest, largest+1), Key{1}, &p.Context)
				if r.State != Altered || !slices.Contains(r.Missing, largest) {
					t.Errorf("%s %d, handle of %d bytes, without stroke %d: %s, missing %v", name, i, handle, largest, r.State, r.Missing)
				}
			})
		}
		t.Logf("handle of %d bytes: %d of %d records of several strokes hold two headers", handle, records-one, records)
		if one*10 > records {
			t.Errorf("handle of %d bytes: %d of %d records hold one header or none", handle, one, records)
		}
	}
}
