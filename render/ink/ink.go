package ink

import "moqian/pad"

// Box is the signature box in mm.
type Box struct{ W, H float64 }

// Nib is the width of the line in mm at no and at full pressure.
type Nib struct{ Min, Max float64 }

// Params of one drawing.
type Params struct {
	Box Box
	Nib Nib
	// Noise is the pad's measured noise σ in mm, from its calibration; 0 when
	// unknown (it is then estimated from the signature itself).
	Noise float64
}

// Draw turns samples into outlines, one for each stroke, scaled to the box: a
// signature that fits keeps its size, a larger one shrinks evenly; it is
// centred. It keeps every stroke and draws every dot. It does not keep or
// change samples, and it wipes its own copies of them.
func Draw(samples []pad.Sample, p Params) ([]Outline, error) { panic("seam") }
