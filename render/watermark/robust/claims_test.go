package robust

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"moqian/pad"
	"moqian/render/ink"
)

// scrawl is ink that no person wrote: loops in a row.
func scrawl(t testing.TB) []ink.Outline {
	t.Helper()
	var s []pad.Sample
	for k := range 5 {
		for i := range 160 {
			u := float64(i) / 159
			s = append(s, pad.Sample{T: time.Duration(len(s)) * 5 * time.Millisecond, Phase: pad.Down,
				X: 12*float64(k) + 9*u + 4.2*math.Sin(9*u+float64(k)), Y: 9 + 7*math.Cos(7*u+0.7*float64(k))*(1-0.3*u), P: 0.5})
		}
		s = append(s, pad.Sample{T: time.Duration(len(s)) * 5 * time.Millisecond})
	}
	return drawn(t, s)
}

// TestWrongClaims: 100,000 wrong claims on one image, and none on bare ink.
func TestWrongClaims(t *testing.T) {
	in := scrawl(t)
	out, m, err := Embed(in, Secret{5}, []byte{0xff, 0xff, 0xff}, Options{})
	if err != nil || !m.Blind {
		t.Fatalf("%+v %v", m, err)
	}
	claims := [][]byte{{0xff, 0xff, 0xff}}
	for i := range 100000 {
		claims = append(claims, binary.BigEndian.AppendUint32(nil, uint32(i))[1:])
	}
	got, err := Check(screen(out, 300), Secret{5}, claims)
	if err != nil || !got[0].Accept {
		t.Fatalf("%+v %v", got[0], err)
	}
	most := 0.0
	for _, c := range got[1:] {
		most = max(most, c.T)
		if c.Accept {
			t.Errorf("wrong claim %x accepted, T %.2f", c.Handle, c.T)
		}
	}
	t.Logf("T %.2f, of 100,000 wrong claims at most %.2f", got[0].T, most)
	for name, o := range map[string]struct {
		in []ink.Outline
		s  Secret
	}{"bare ink": {in, Secret{5}}, "another key": {out, Secret{6}}} {
		if c := CheckOutlines(o.in, o.s, claims[:1]); c[0].Accept || ReadOutlines(o.in, o.s).Found {
			t.Errorf("%s: %+v", name, c[0])
		}
	}
}
