package watermark

import (
	"math/rand/v2"
	"testing"

	"moqian/render/watermark/robust"
)

func TestDerive(t *testing.T) {
	seen := map[Key]bool{}
	for _, m := range [][32]byte{{1}, {2}} {
		for _, branch := range []string{"", "00001", "00002"} {
			for _, year := range []int{2026, 2027} {
				k := Derive(m, branch, year)
				if seen[k] || k != Derive(m, branch, year) {
					t.Fatalf("%s %d: the key is not its own", branch, year)
				}
				seen[k] = true
			}
		}
	}
}

func TestMarkBothLayers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	in := drawing(r, 60, 80)
	p := Payload{Handle: []byte{1, 2, 3}, Context: random32(r)}
	for _, off := range []bool{false, true} {
		out, m, err := Mark(in, Keys{Key: Key{9}}, p, Options{Off: off})
		if err != nil || m.Reads != Match || len(out) != len(in) {
			t.Fatalf("%+v %v", m, err)
		}
		want(t, Read(out, Key{9}, &p.Context), Match)
		if (m.Robust == robust.Margin{}) != off {
			t.Errorf("off %v: %+v", off, m.Robust)
		}
	}
	if _, _, err := Mark(nil, Keys{}, p, Options{}); err == nil {
		t.Error("no ink was marked")
	}
}
