package render

import (
	"fmt"

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
	var best []bool
	least := 0
	for mask := range coding.Mask(8) {
		plan, err := coding.NewPlan(codeVersion, coding.M, mask)
		if err != nil {
			return nil, fmt.Errorf("planning the code: %w", err)
		}
		code, err := plan.Encode(seg)
		if err != nil {
			return nil, fmt.Errorf("encoding: %w", err)
		}
		dark := make([]bool, codeSide*codeSide)
		for i := range dark {
			dark[i] = code.Black(i%codeSide, i/codeSide)
		}
		if p := penalty(dark); best == nil || p < least {
			best, least = dark, p
		}
	}
	return best, nil
}

// penalty scores a symbol by the four rules of ISO/IEC 18004, 7.8.3.
func penalty(dark []bool) int {
	at := func(x, y int) bool { return dark[y*codeSide+x] }
	score, count := 0, 0
	for y := range codeSide {
		score += linePenalty(func(i int) bool { return at(i, y) })
		score += linePenalty(func(i int) bool { return at(y, i) })
		for x := range codeSide {
			if at(x, y) {
				count++
			}
			if x > 0 && y > 0 && at(x, y) == at(x-1, y) && at(x, y) == at(x, y-1) && at(x, y) == at(x-1, y-1) {
				score += 3
			}
		}
	}
	off := count*100/len(dark) - 50
	if off < 0 {
		off = -off
	}
	return score + off/5*10
}

// linePenalty scores runs of five and more, and what looks like a finder.
func linePenalty(at func(int) bool) int {
	const finder, mask = 0b10111010000, 1<<11 - 1
	score, run, last := 0, 0, 0
	for i := range codeSide {
		if i > 0 && at(i) == at(i-1) {
			run++
		} else {
			run = 1
		}
		switch {
		case run == 5:
			score += 3
		case run > 5:
			score++
		}
		last = last << 1 & mask
		if at(i) {
			last |= 1
		}
		if i >= 10 && (last == finder || last == 0b00001011101) {
			score += 40
		}
	}
	return score
}
