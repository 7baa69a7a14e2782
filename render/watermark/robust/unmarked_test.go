package robust

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"moqian/pad"
)

// variant is a record as another hand might have written it: as it is, seen in
// a mirror, slanted and narrower.
func variant(in []pad.Sample, k int) []pad.Sample {
	out := make([]pad.Sample, len(in))
	for i, s := range in {
		switch k {
		case 1:
			s.X = -s.X
		case 2:
			s.X = 0.85*s.X - 0.35*s.Y
		}
		out[i] = s
	}
	return out
}

// TestUnmarked: no unmarked signature is taken for a marked one, blind or by a
// claim sought in all poses. With MOQIAN_TORTURE=1 three variants of each record
// (1,000 signatures), in pieces with -args -table FILE.
func TestUnmarked(t *testing.T) {
	all := everyone(t)
	step := 100
	if os.Getenv("MOQIAN_TORTURE") != "" {
		step = 1
	}
	lines := map[string]line{}
	if *tableFile != "" {
		lines = readLines(t, *tableFile)
	}
	n, most := 0, 0.0
	for i := 0; i < len(all); i += step {
		for k := range 3 {
			l := line{Way: fmt.Sprintf("unmarked %d", k), ID: all[i].id}
			key := fmt.Sprintf("%g %s %s", l.Amplitude, l.Way, l.ID)
			if o, ok := lines[key]; ok {
				l = o
			} else {
				l.unmarked(t, variant(all[i].samples, k), uint64(3*i+k))
				if *tableFile != "" {
					appendLine(t, *tableFile, l)
				}
			}
			if n++; l.Wrong > 0 {
				t.Errorf("accepted: %+v", l)
			}
			most = max(most, l.WrongT)
		}
	}
	t.Logf("%d unmarked signatures: largest T of a claim %.2f", n, most)
}

func (l *line) unmarked(t *testing.T, samples []pad.Sample, seed uint64) {
	t.Helper()
	in := drawn(t, samples)
	s, handle := keyOf(seed + 1e6)
	g := screen(in, 300)
	if seed%3 == 0 {
		g = scan(printed(in), rand.New(rand.NewPCG(seed, 7)), 300, 75)
	}
	p := newPattern(s)
	views := p.views(g)
	c := p.check(views, [][]byte{handle})
	l.WrongT = c[0].T
	if math.IsNaN(l.WrongT) {
		t.Fatal("T is not a number")
	}
	l.Wrong = count1(c[0].Accept) + count1(p.readAny(views).Found)
}
