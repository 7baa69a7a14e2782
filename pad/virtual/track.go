//go:build virtualpad

package virtual

import (
	"moqian/pad"
)

const (
	// minWidth, minHeight in mm are the smallest surface: that of a common
	// signature pad. A larger track gets a larger surface.
	minWidth, minHeight = 120, 80
	// margin in mm keeps a track off the edge of the surface.
	margin = 5
	// usualRate is taken where a file states none.
	usualRate = 100
)

// Track is one piece of pen work. Whoever holds a Track holds handwriting: give
// it to a Pad, or Wipe it.
type Track struct {
	ID string
	// Samples in order, T from 0 on; T may run back by up to maxBack, as clocks
	// of real pads do. The array is overwritten while it is played.
	Samples []pad.Sample
	// Rate in Hz and Levels of pressure (0: none), for Info.
	Rate   float64
	Levels int
	// Width, Height in mm of the surface the samples lie on.
	Width, Height float64
}

// Wipe overwrites the samples.
func (t Track) Wipe() { pad.Wipe(t.Samples) }

// place moves the track to the top left of a surface that holds it.
func (t *Track) place() {
	if len(t.Samples) == 0 {
		t.Width, t.Height = minWidth, minHeight
		return
	}
	a := t.Samples[0]
	left, top, right, bottom := a.X, a.Y, a.X, a.Y
	for i := range t.Samples {
		s := &t.Samples[i]
		left, right = min(left, s.X), max(right, s.X)
		top, bottom = min(top, s.Y), max(bottom, s.Y)
	}
	for i := range t.Samples {
		s := &t.Samples[i]
		s.X += margin - left
		s.Y += margin - top
	}
	t.Width = max(minWidth, right-left+2*margin)
	t.Height = max(minHeight, bottom-top+2*margin)
}
