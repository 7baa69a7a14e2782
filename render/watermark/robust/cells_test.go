package robust

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPattern(t *testing.T) {
	p, again, other := newPattern(Secret{1}), newPattern(Secret{1}), newPattern(Secret{2})
	pilots, same, up := 0, 0, 0
	for i := range p.pilot {
		if p.pilot[i] != again.pilot[i] || p.masks[i] != again.masks[i] || p.flip[i] != again.flip[i] {
			t.Fatal("a secret has two patterns")
		}
		pilots += count1(p.pilot[i] != 0)
		same += count1(p.flip[i] == other.flip[i])
		up += count1(p.flip[i] > 0)
		if p.flip[i] != 1 && p.flip[i] != -1 || p.pilot[i] != 0 && p.pilot[i] != p.flip[i] {
			t.Fatalf("cell %d: %g %g", i, p.flip[i], p.pilot[i])
		}
	}
	n := float64(len(p.pilot))
	for name, x := range map[string][2]float64{
		"pilots": {float64(pilots) / n, pilotShare / 256.0}, "like another secret's": {float64(same) / n, 0.5}, "up": {float64(up) / n, 0.5},
	} {
		if math.Abs(x[0]-x[1]) > 0.02 {
			t.Errorf("%s: %.3f, want %.3f", name, x[0], x[1])
		}
	}
	if bytes.Equal(p.tag, other.tag) || len(p.tag) != 32 {
		t.Error("tags of two secrets are alike")
	}
}

func TestCellAt(t *testing.T) {
	for _, c := range []struct {
		q    vec
		same vec
		want bool
	}{
		{vec{0.01, 0.01}, vec{0.5, 0.5}, true},
		{vec{-0.01, 0.01}, vec{0.01, 0.01}, false},
		{vec{0.01, -0.01}, vec{0.01, 0.01}, false},
		{vec{1, 1}, vec{1 + span*cell, 1}, true}, // the pattern repeats
		{vec{1, 1}, vec{1, 1 - 2*span*cell}, true},
		{vec{1, 1}, vec{1 + cell, 1}, false},
	} {
		if got := cellAt(c.q) == cellAt(c.same); got != c.want {
			t.Errorf("%v and %v in one cell: %v", c.q, c.same, got)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if c := cellAt(vec{r.NormFloat64() * 100, r.NormFloat64() * 100}); c < 0 || c >= span*span {
			t.Fatalf("cell %d", c)
		}
	}
}

func TestParity(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for range 200 {
		a, b := mask{r.Uint64(), r.Uint64()}, mask{r.Uint64(), r.Uint64()}
		want := uint8(0)
		for i := range 128 {
			want ^= uint8(count1(a.bit(i) && b.bit(i)))
		}
		if a.parity(b) != want {
			t.Fatalf("%x %x: %d", a, b, a.parity(b))
		}
		if c := a.xor(b); c.parity(a)^a.parity(a)^b.parity(a) != 0 {
			t.Fatal("parity is not linear")
		}
	}
	for _, i := range []int{0, 1, 63, 64, 127} {
		var m mask
		m[i/64] = 1 << (i % 64)
		if m.first() != i || !m.bit(i) {
			t.Errorf("first of bit %d: %d", i, m.first())
		}
	}
	if c := (mask{^uint64(0), ^uint64(0)}); c.cut(64) != (mask{^uint64(0), 0}) || c.cut(96) != (mask{^uint64(0), 1<<32 - 1}) || c.cut(128) != c {
		t.Error(c.cut(64), c.cut(96), c.cut(128))
	}
}

// TestMessages: each handle opens again, in full or in brief, and none with a
// bit turned or another secret.
func TestMessages(t *testing.T) {
	p, other := newPattern(Secret{1}), newPattern(Secret{2})
	r := rand.New(rand.NewPCG(1, 4))
	for n := minHandle; n <= maxHandle; n++ {
		for round := range 20 {
			h := make([]byte, n)
			for i := range h {
				h[i] = byte(r.Uint32())
			}
			if round == 0 {
				clear(h) // zeros are a handle too
			}
			for _, m := range []message{whole(h), brief(h)} {
				load := p.payload(m)
				got, ok := p.open(load, m.bits)
				if !ok || !bytes.Equal(got.handle, m.handle) || got.short != m.short {
					t.Fatalf("%x short %v opens as %x %v %v", h, m.short, got.handle, got.short, ok)
				}
				if _, ok := other.open(load, m.bits); ok {
					t.Fatal("opens with another secret")
				}
				i := r.IntN(m.bits)
				load[i/64] ^= 1 << (i % 64)
				if _, ok := p.open(load, m.bits); ok {
					t.Fatalf("opens with bit %d turned", i)
				}
			}
		}
	}
}

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		handle, chips, bits int
		short               bool
	}{
		{3, 10, small, false}, {4, 10, small, true}, {4, 200, medium, false}, {7, 153, small, true}, {7, 154, medium, false},
		{8, 204, small, true}, {8, 205, large, false}, {11, 300, large, false},
	} {
		m := fitting(make([]byte, c.handle), c.chips)
		if m.bits != c.bits || m.short != c.short || m.short && len(m.handle) != minHandle {
			t.Errorf("%+v: %+v", c, m)
		}
	}
}

// TestSigns: pilots keep their sign whatever is said, every other cell follows
// the payload, and two payloads differ in about half of them.
func TestSigns(t *testing.T) {
	p := newPattern(Secret{9})
	a, b := p.payload(whole([]byte{1, 2, 3})), p.payload(whole([]byte{1, 2, 4}))
	sa, sb := p.claimed(a, small), p.claimed(b, small)
	differ, data := 0, 0
	for i := range sa {
		switch {
		case p.pilot[i] != 0:
			if sa[i] != p.pilot[i] || sb[i] != p.pilot[i] {
				t.Fatal("a pilot turned")
			}
		default:
			data++
			differ += count1(sa[i] != sb[i])
			if sa[i] != 1 && sa[i] != -1 {
				t.Fatalf("sign %g", sa[i])
			}
		}
	}
	if share := float64(differ) / float64(data); math.Abs(share-0.5) > 0.03 {
		t.Errorf("two payloads differ in %.3f of the cells", share)
	}
}

// TestEliminate: turning a picked bit turns it and no other picked one.
func TestEliminate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	for _, k := range []int{small, medium, large} {
		var soft []bit
		for range 2 * k {
			soft = append(soft, bit{mask{r.Uint64(), r.Uint64()}, r.NormFloat64()})
		}
		b, ok := eliminate(soft, k)
		if !ok || len(b.pick) != k || !slices.IsSorted(b.pick) {
			t.Fatalf("%d bits: %v", k, ok)
		}
		for i := range k {
			for j, at := range b.pick {
				if got := soft[at].mask.cut(k).parity(b.turn[i]); got != uint8(count1(i == j)) {
					t.Fatalf("%d bits: turn %d gives bit %d the parity %d", k, i, j, got)
				}
			}
		}
		if _, ok := eliminate(soft[:k-1], k); ok {
			t.Error("fewer bits than the payload has do not fix it")
		}
		if _, ok := eliminate(slices.Repeat(soft[:4], k), k); ok {
			t.Error("four bits again and again do not fix it")
		}
	}
}

// softOf is what n chips say of a payload, with noise of σ against a level of 1.
func softOf(p *pattern, m message, n int, sigma float64, r *rand.Rand) []bit {
	load := p.payload(m)
	var chips []chip
	for len(chips) < n {
		c := r.IntN(span * span)
		if p.pilot[c] == 0 {
			v := float64(p.sign(c, load, m.bits)) + sigma*r.NormFloat64()
			chips = append(chips, chip{cell: c, llr: 2 * v / (sigma * sigma)})
		}
	}
	return p.soften(chips)
}

// TestDecode: what the noise allows is decoded, no more is claimed.
func TestDecode(t *testing.T) {
	p := newPattern(Secret{4})
	r := rand.New(rand.NewPCG(1, 6))
	for _, c := range []struct {
		bits, chips int
		sigma       float64
		least, most int // of 20
	}{
		{small, 160, 0.5, 20, 20},
		{small, 160, 0.9, 16, 20},
		{small, 70, 0.3, 20, 20},
		{small, 160, 4, 0, 0},
		{small, 63, 0.1, 0, 0}, // fewer chips than bits
		{medium, 220, 0.7, 18, 20},
		{large, 300, 0.6, 18, 20},
	} {
		good := 0
		for i := range 20 {
			h := []byte{byte(i), 2, 3, 4, 5, 6, 7, 8}[:map[int]int{small: 3, medium: 6, large: 8}[c.bits]]
			m, ok := p.decode(softOf(p, whole(h), c.chips, c.sigma, r), c.bits, 20)
			if ok && !bytes.Equal(m.handle, h) {
				t.Fatalf("decoded %x for %x", m.handle, h)
			}
			good += count1(ok)
		}
		if good < c.least || good > c.most {
			t.Errorf("%+v: %d of 20", c, good)
		}
	}
}

// TestStatistic: T of the true payload is large, T of others is like a standard
// normal number.
func TestStatistic(t *testing.T) {
	p := newPattern(Secret{4})
	r := rand.New(rand.NewPCG(1, 7))
	m := whole([]byte{7, 7, 7})
	soft := softOf(p, m, 150, 0.8, r)
	if v := statistic(soft, p.payload(m), small); v < 9 {
		t.Errorf("T %.2f of the true payload", v)
	}
	if statistic(nil, p.payload(m), small) != 0 {
		t.Error("T of nothing")
	}
	sum, sq, n := 0.0, 0.0, 4000
	for i := range n {
		v := statistic(soft, p.payload(whole([]byte{byte(i), byte(i >> 8), 1})), small)
		sum, sq = sum+v, sq+v*v
	}
	if mean, sd := sum/float64(n), math.Sqrt(sq/float64(n)); math.Abs(mean) > 0.1 || math.Abs(sd-1) > 0.05 {
		t.Errorf("wrong claims: mean %.3f, SD %.3f", mean, sd)
	}
}

func TestDiscount(t *testing.T) {
	for _, c := range []struct{ t, tries, want float64 }{{8, 1, 8}, {5, 1e6, 0}, {-3, 2, 0}, {10, math.Exp(18), 8}} {
		if got := discount(c.t, c.tries); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%g in %g tries: %g", c.t, c.tries, got)
		}
	}
}

// TestShortlist: the cheapest stay, in order, each once.
func TestShortlist(t *testing.T) {
	l := shortlist{}
	cost := []float64{1, 2, 4, 8}
	for _, w := range []uint64{15, 3, 9, 1, 1, 12, 0} {
		l.offer(mask{w}, []uint64{w}, cost)
	}
	if len(l.best) != listed {
		t.Fatalf("%d listed", len(l.best))
	}
	for i, want := range []float64{0, 1, 3} {
		if l.best[i].cost != want {
			t.Errorf("place %d costs %g, want %g", i, l.best[i].cost, want)
		}
	}
}
