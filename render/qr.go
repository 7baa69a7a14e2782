package render

import (
	"fmt"
	"math/bits"

	"rsc.io/qr/coding"
)

// The receipt code is always QR version 8, level M: 49 × 49 modules, at most
// 221 characters of the alphanumeric set in one segment.
const (
	codeVersion = coding.Version(8)
	codeSide    = 49
	codeModule  = 0.508  // mm: 6 dots at 300 dpi
	codeLeft    = 161.06 // mm
	codeTop     = 28.6
)

// code draws the receipt code and its captions in the half that begins at y0;
// before signing there is none.
func (c *canvas) code(text string, y0 float64) {
	if text == "" {
		return
	}
	c.what = "receipt code"
	dark, err := modules(text)
	if err != nil {
		c.fail(err)
		return
	}
	c.add(Modules{X: codeLeft, Y: y0 + codeTop, Size: codeModule, N: codeSide, Dark: dark})
	c.centre(sealX, y0+59.6, plain(7.5), "扫码核验 Scan to verify")
	c.centre(sealX, y0+62.8, grey(6.5), "码中不含姓名与完整账号")
}

// modules encodes a text with the mask that readers like best.
func modules(text string) ([]bool, error) {
	seg := coding.Alpha(text)
	if err := seg.Check(); err != nil {
		return nil, err
	}
	if seg.Bits(codeVersion) > codeVersion.DataBytes(coding.M)*8 {
		return nil, fmt.Errorf("%w: %d characters of code", ErrTooLong, len(text))
	}
	plan, code, err := encode(seg, 0)
	if err != nil {
		return nil, err
	}
	if mask := bestMask(plan, code); mask != 0 {
		if _, code, err = encode(seg, mask); err != nil {
			return nil, err
		}
	}
	dark := make([]bool, codeSide*codeSide)
	for i := range dark {
		dark[i] = code.Black(i%codeSide, i/codeSide)
	}
	return dark, nil
}

func encode(seg coding.Encoding, mask coding.Mask) (*coding.Plan, *coding.Code, error) {
	plan, err := coding.NewPlan(codeVersion, coding.M, mask)
	if err != nil {
		return nil, nil, fmt.Errorf("planning the code: %w", err)
	}
	code, err := plan.Encode(seg)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding: %w", err)
	}
	return plan, code, nil
}

// symbol is a matrix as rows of bits, the lowest bit on the left.
type symbol [codeSide]uint64

// turned has rows and columns exchanged.
func (s symbol) turned() (t symbol) {
	for y, row := range s {
		for ; row != 0; row &= row - 1 {
			t[bits.TrailingZeros64(row)] |= 1 << y
		}
	}
	return t
}

// bestMask compares the masks by turning the modules of a symbol with mask 0
// over; that a mask changes thirty modules of format too matters to none.
func bestMask(plan *coding.Plan, code *coding.Code) (best coding.Mask) {
	var base, free symbol
	for y := range codeSide {
		for x := range codeSide {
			if code.Black(x, y) {
				base[y] |= 1 << x
			}
			switch plan.Pixel[y][x].Role() {
			case coding.Data, coding.Check, coding.Extra:
				free[y] |= 1 << x
			}
		}
	}
	least := 0
	plain := pattern(0)
	for mask := range coding.Mask(8) {
		s, p := base, pattern(mask)
		for y := range codeSide {
			s[y] ^= free[y] & (p[y] ^ plain[y])
		}
		if p := s.penalty(); mask == 0 || p < least {
			best, least = mask, p
		}
	}
	return best
}

// pattern has the modules that a mask turns over; all masks repeat after twelve
// rows and columns.
func pattern(mask coding.Mask) (p symbol) {
	const period = 12
	for y := range codeSide {
		if y >= period {
			p[y] = p[y-period]
			continue
		}
		for x := range period {
			if mask.Invert(y, x) {
				p[y] |= 1 << x
			}
		}
		for x := period; x < codeSide; x += period {
			p[y] |= p[y] & (1<<period - 1) << x
		}
		p[y] &= 1<<codeSide - 1
	}
	return p
}

// penalty scores a symbol by the four rules of ISO/IEC 18004, 7.8.3.
func (s symbol) penalty() int {
	score, count := 0, 0
	turned := s.turned()
	for y, row := range s {
		score += linePenalty(row) + linePenalty(turned[y])
		count += bits.OnesCount64(row)
		if y > 0 { // squares of one colour
			above := s[y-1]
			odd := (row ^ row>>1) | (above ^ above>>1) | (row ^ above)
			score += 3 * (codeSide - 1 - bits.OnesCount64(odd&(1<<(codeSide-1)-1)))
		}
	}
	off := count*100/(codeSide*codeSide) - 50
	if off < 0 {
		off = -off
	}
	return score + off/5*10
}

// linePenalty scores runs of five and more (a run of n costs n−2), and what looks
// like a finder.
func linePenalty(line uint64) int {
	const finder, reversed, eleven = 0b10111010000, 0b00001011101, 11
	same := ^(line ^ line>>1) & (1<<(codeSide-1) - 1) // as the next module
	five := same & (same >> 1) & (same >> 2) & (same >> 3)
	score := bits.OnesCount64(five) + 2*bits.OnesCount64(five&^(five<<1))
	ahead, behind := uint64(1<<(codeSide-eleven+1)-1), uint64(1<<(codeSide-eleven+1)-1)
	for i := range eleven {
		dark := line >> i
		if finder>>i&1 == 1 {
			ahead &= dark
		} else {
			ahead &^= dark
		}
		if reversed>>i&1 == 1 {
			behind &= dark
		} else {
			behind &^= dark
		}
	}
	return score + 40*(bits.OnesCount64(ahead)+bits.OnesCount64(behind))
}
