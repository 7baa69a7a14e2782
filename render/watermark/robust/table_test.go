package robust

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"moqian/render/ink"
)

// leastLength of ink in mm for the table.
const leastLength = 90

// tally of one way from ink to image.
type tally struct{ n, informed, original, blind, wrong int }

func (y tally) String() string {
	return fmt.Sprintf("n %d: informed %d, with original %d, blind %d; wrong claims accepted %d", y.n, y.informed, y.original, y.blind, y.wrong)
}

// TestTable is the table of the README. A short sample runs always, all records
// with MOQIAN_TORTURE=1: hours.
func TestTable(t *testing.T) {
	recs := records(t, "svc2004_task2.jsonl", 1)
	torture := os.Getenv("MOQIAN_TORTURE") != ""
	for _, a := range []Options{{Amplitude: 12, Cap: 15}, {Amplitude: 16, Cap: 20}, {Amplitude: 35, Cap: 50}} {
		for _, c := range channels() {
			t.Run(fmt.Sprintf("%g_%g %s", a.Amplitude, a.Cap, c.name), func(t *testing.T) {
				most := len(recs)
				if !torture {
					if a.Amplitude != 12 || c.name != channels()[0].name && c.name != channels()[1].name {
						t.Skip("MOQIAN_TORTURE=1 runs this")
					}
					most = 3
				}
				var y tally
				for k := 0; k < len(recs) && y.n < most; k++ {
					i := k * 131 % len(recs) // writers mixed
					in := drawn(t, recs[i])
					r := rand.New(rand.NewPCG(uint64(i), 2026))
					s, handle := Secret{}, make([]byte, 3)
					for j := range s {
						s[j] = byte(r.Uint32())
					}
					for j := range handle {
						handle[j] = byte(r.Uint32())
					}
					out, m, err := Embed(in, s, handle, a)
					if err != nil {
						t.Fatal(err)
					}
					if m.Length < leastLength {
						continue
					}
					y.add(t, c.f(t, out, r), s, handle, out)
					if y.n%10 == 0 {
						t.Log(y)
					}
				}
				t.Log(y)
				if y.wrong > 0 || !torture && y.informed < y.n {
					t.Error("the short sample must read")
				}
			})
		}
	}
}

func (y *tally) add(t *testing.T, g *Gray, s Secret, handle []byte, out []ink.Outline) {
	t.Helper()
	other := []byte{handle[0] ^ 1, handle[1], handle[2]}
	a, err := Check(g, s, [][]byte{handle, other})
	if err != nil {
		t.Fatal(err)
	}
	b, err := CheckOriginal(g, s, [][]byte{handle, other}, out)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(g, s)
	if err != nil {
		t.Fatal(err)
	}
	one := map[bool]int{true: 1}
	y.n++
	y.informed += one[a[0].Accept]
	y.original += one[b[0].Accept]
	y.blind += one[r.Found && bytes.Equal(r.Handle, handle)]
	y.wrong += one[a[1].Accept] + one[b[1].Accept] + one[r.Found && !bytes.Equal(r.Handle, handle)]
}
