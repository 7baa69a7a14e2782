package model

import (
	"math/rand/v2"
	"os"
	"testing"
)

// TestSpoiled decodes reports that were good and had bytes changed, cut off and
// added: a hundred million in the long run, over every decoder and parser. What
// comes out lies on the pad or is refused, and nothing panics. Go's own fuzzer
// (FuzzDecoders, FuzzDescriptor, FuzzFeatures) is cleverer and slower.
func TestSpoiled(t *testing.T) {
	n := 200_000
	if os.Getenv("MOQIAN_TORTURE") != "" {
		n = 100_000_000
	}
	var seeds [][]byte
	for _, v := range load(t).Vectors {
		seeds = append(seeds, unhex(t, v.Hex))
	}
	var desc [][]byte
	for _, v := range load(t).HIDDescriptors {
		desc = append(desc, unhex(t, v.Hex))
	}
	var names []string
	every := all(t)
	for name := range every {
		names = append(names, name)
		seeds = append(seeds, reportFor(name))
	}
	r := rand.New(rand.NewPCG(20261128, 4))
	buf := make([]byte, 0, 512)
	taken := 0
	for i := range n {
		if i%50 == 0 {
			buf = spoil(r, append(buf[:0], desc[r.IntN(len(desc))]...))
			if d, err := Parse(buf); err == nil {
				_, _ = PenOf(d)
			}
			continue
		}
		if i%50 == 1 {
			features(spoil(r, append(buf[:0], seeds[r.IntN(len(seeds))]...)))
			continue
		}
		buf = spoil(r, append(buf[:0], seeds[r.IntN(len(seeds))]...))
		name := names[r.IntN(len(names))]
		var out [2]Reading
		k, err := every[name].Decode(buf, &out)
		if err != nil {
			continue
		}
		taken++
		for _, got := range out[:k] {
			if err := checkReading(got); err != nil {
				t.Fatalf("%s: %x: %v", name, buf, err)
			}
		}
	}
	if taken < n/100 {
		t.Errorf("only %d of %d reports were decoded: the test spoils too much", taken, n)
	}
	t.Logf("%d inputs, %d decoded", n, taken)
}

// features runs the parsers of feature reports.
func features(b []byte) {
	_, _ = ParseInformation(b)
	_, _ = ParseCapability(b)
	_, _ = ParseStatus(b)
	_, _ = ParseThreshold(b)
	_, _ = ParseCryptStatus(b)
	_, _ = ParseCryptPart(b)
	_, _ = ParseTopaz(b)
	_, _ = ParseParameters(b, "uclogic-v2")
	_, _ = Unframe(b)
}

func spoil(r *rand.Rand, b []byte) []byte {
	for range r.IntN(4) {
		if len(b) > 0 {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
	}
	switch r.IntN(8) {
	case 0:
		b = b[:r.IntN(len(b)+1)]
	case 1:
		b = append(b, byte(r.Uint32()), byte(r.Uint32()))
	}
	return b
}
