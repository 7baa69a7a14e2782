package robust

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"moqian/render/ink"
)

// Options of a mark.
type Options struct {
	// Amplitude and Cap in µm: how far an edge moves as a rule and at most.
	// 0: 12 and 15.
	Amplitude, Cap float64
}

// Margin tells how well a mark reads back from the drawing itself.
type Margin struct {
	Bits   int     `json:"bits"`   // of payload
	Chips  int     `json:"chips"`  // cells that carry it
	T      float64 `json:"t"`      // statistic of the informed check
	Blind  bool    `json:"blind"`  // the handle reads back without being known
	Length float64 `json:"length"` // of the ink, mm
}

// weak: a chip whose log odds are less moves by the cap.
const weak = 8

// loopDPI is the resolution at which the closed loop measures.
const loopDPI = 300

// Embed hides a handle of 3 to 11 bytes in the widths.
func Embed(in []ink.Outline, s Secret, handle []byte, opt Options) ([]ink.Outline, Margin, error) {
	if n := len(handle); n < minHandle || n > maxHandle {
		return nil, Margin{}, fmt.Errorf("handle has %d bytes, want %d to %d", n, minHandle, maxHandle)
	}
	if opt.Amplitude == 0 {
		opt.Amplitude, opt.Cap = 12, 15
	}
	if opt.Cap == 0 {
		opt.Cap = opt.Amplitude * 1.25
	}
	if !(opt.Amplitude > 0 && opt.Cap >= opt.Amplitude && opt.Cap <= 100) {
		return nil, Margin{}, errors.New("amplitude and cap must be above 0 and at most 100 µm, the cap not below the amplitude")
	}
	amp, limit := opt.Amplitude/1000, opt.Cap/1000
	p := newPattern(s)
	drawn := paint(polygonsOf(in), loopDPI/mmPerInch, 1)
	host := drawn.lines()
	mid := middle(host.hull, 0, 1)
	where := func(q vec) vec { return q.sub(mid) }
	sh := newShape(in, drawn, host)
	sys, o := host.system(where)
	left := sys.less(o, func(int) float64 { return 0 })
	msg := fitting(handle, p.capacity(left))
	bits, payload := msg.bits, p.payload(msg)
	target := func(c int) float64 { return amp * float64(p.sign(c, payload, bits)) }
	level := map[int]float64{}
	get := func(c int) float64 {
		if v, ok := level[c]; ok {
			return v
		}
		return target(c)
	}
	var doubtful []chip
	for round := range 2 {
		if round == 1 {
			var read sync.WaitGroup
			read.Go(func() { doubtful = sys.chips(o, true) })
			left = sys.less(o, target)
			read.Wait()
		}
		for _, c := range left {
			if c.w >= leastLine {
				level[c.cell] = max(-limit, min(limit, get(c.cell)-c.v))
			}
		}
		for _, c := range doubtful {
			if c.llr*target(c.cell) < weak*amp {
				level[c.cell] = math.Copysign(limit, target(c.cell))
			}
		}
		sh.move(sh.wave(where, get))
		sys, o = paint(sh.polygons(), loopDPI/mmPerInch, 1).lines().system(where)
	}
	m := Margin{Bits: bits, Length: host.length}
	var read sync.WaitGroup
	read.Go(func() {
		chips := sys.chips(o, true)
		m.T, m.Chips = p.statistic(chips, payload, bits)
		_, m.Blind = p.decode(p.soften(chips), bits, 20)
	})
	out := sh.outlines()
	read.Wait()
	return out, m, nil
}

// capacity is how many chips carry payload.
func (p *pattern) capacity(chips []chip) (n int) {
	for _, c := range chips {
		if c.w >= leastLine && p.pilot[c.cell] == 0 {
			n++
		}
	}
	return n
}

func polygonsOf(in []ink.Outline) [][][]vec {
	out := make([][][]vec, len(in))
	for i, o := range in {
		for _, c := range o.Contours {
			out[i] = append(out[i], flatten(curves(c)))
		}
	}
	return out
}

// statistic is T of a payload, and the number of chips behind it.
func (p *pattern) statistic(chips []chip, payload mask, bits int) (float64, int) {
	soft := p.soften(chips)
	return statistic(soft, payload, bits), len(soft)
}

// statistic is the sum of the soft bits with the claimed signs over the root of
// the sum of their squares.
func statistic(soft []bit, payload mask, bits int) float64 {
	sum, sq := 0.0, 0.0
	for _, b := range soft {
		sum += (1 - 2*float64(b.mask.cut(bits).parity(payload))) * b.llr
		sq += b.llr * b.llr
	}
	if sq == 0 {
		return 0
	}
	return sum / math.Sqrt(sq)
}
