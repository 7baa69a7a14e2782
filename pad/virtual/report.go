//go:build virtualpad

package virtual

import (
	"encoding/binary"
	"math"

	"moqian/pad"
)

// reportSize is the length of a software report: time in ns, x, y, p as IEEE
// 754 bits, lost (32 bit), all little-endian, and the phase.
const reportSize = 8*4 + 4 + 1

// report accounts for a sample that goes out: it sets Lost, holds a time that
// ran back (and counts it as rejected), and adds the report to the digest. The
// digest is over what the pen reported: the time before it was held.
func (p *player) report(s *pad.Sample) {
	s.Lost, p.lost = s.Lost+p.lost, 0
	var b [reportSize]byte
	binary.LittleEndian.PutUint64(b[0:], uint64(s.T))
	binary.LittleEndian.PutUint64(b[8:], math.Float64bits(s.X))
	binary.LittleEndian.PutUint64(b[16:], math.Float64bits(s.Y))
	binary.LittleEndian.PutUint64(b[24:], math.Float64bits(s.P))
	binary.LittleEndian.PutUint32(b[32:], uint32(s.Lost))
	b[36] = byte(s.Phase)
	p.digest.Write(b[:])
	clear(b[:])
	if p.ev.Samples == 0 {
		p.ev.First, p.ev.Last = s.T, s.T
	}
	if s.T < p.ev.Last {
		s.T = p.ev.Last
		p.ev.Rejected++
	}
	p.ev.Last = s.T
	p.ev.Samples++
}
