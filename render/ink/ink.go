package ink

import (
	"errors"
	"fmt"
	"math"

	"moqian/pad"
)

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
	// Rate is the pad's reports a second; 0 when unknown (it is then taken
	// from the stamps).
	Rate float64
}

// ErrParams: the parameters make no drawing; the text names the field.
var ErrParams = errors.New("ink parameters")

// Draw turns samples into outlines, one for each stroke, scaled to the box: a
// signature that fits keeps its size, a larger one shrinks evenly; it is
// centred. It keeps every stroke and draws every dot. It does not keep or
// change samples, and it wipes its own copies of them.
func Draw(samples []pad.Sample, p Params) ([]Outline, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	k := smooth(samples, p)
	defer k.Wipe()
	return k.Outlines(p.Box)
}

// Smooth turns samples into the smoothed track of every stroke, at the size of
// the hand: what Draw outlines.
func Smooth(samples []pad.Sample, p Params) (*Ink, error) {
	if err := p.checkNib(); err != nil {
		return nil, err
	}
	return smooth(samples, p), nil
}

func (p Params) check() error {
	if err := p.checkNib(); err != nil {
		return err
	}
	return p.Box.check(p.Nib.Max)
}

func (b Box) check(nib float64) error {
	if !(b.W > nib+2*margin && b.H > nib+2*margin && b.W <= mostBox && b.H <= mostBox) {
		return fmt.Errorf("%w: box of %g × %g mm for a nib of %g mm", ErrParams, b.W, b.H, nib)
	}
	return nil
}

func (p Params) checkNib() error {
	switch {
	case !(p.Nib.Min > 0 && p.Nib.Max >= p.Nib.Min && p.Nib.Max <= mostNib):
		return fmt.Errorf("%w: nib of %g to %g mm", ErrParams, p.Nib.Min, p.Nib.Max)
	case !(p.Noise >= 0 && p.Noise < mostNib):
		return fmt.Errorf("%w: noise of %g mm", ErrParams, p.Noise)
	case !(p.Rate >= 0 && p.Rate < math.MaxInt32):
		return fmt.Errorf("%w: rate of %g reports a second", ErrParams, p.Rate)
	}
	return nil
}

const (
	mostNib = 20   // mm
	mostBox = 2000 // mm
	// margin in mm that stays free around ink: rounding and sampling.
	margin = 0.05
)

// Ink is a smoothed signature in memory. Wipe it after use.
type Ink struct {
	tracks []track
	finest float64 // mm between dabs, at least
	nib    Nib
}

// Strokes is how many strokes there are.
func (k *Ink) Strokes() int { return len(k.tracks) }

// Dabs samples stroke i at most step mm apart (0: 0.05 mm); the nib touches at
// least once.
func (k *Ink) Dabs(i int, step float64) []Dab {
	if !(step > 0) {
		step = dabStep
	}
	var out []Dab
	k.tracks[i].walk(math.Max(step, k.finest), func(t, x, y, w float64) { out = append(out, Dab{t, x, y, w}) })
	return out
}

// Wipe overwrites the ink.
func (k *Ink) Wipe() {
	for i := range k.tracks {
		k.tracks[i].wipe()
	}
	k.tracks = nil
}

// Outlines draws the ink into a box, one outline a stroke.
func (k *Ink) Outlines(box Box) ([]Outline, error) {
	if err := box.check(k.nib.Max); err != nil {
		return nil, err
	}
	return k.outlines(k.place(box)), nil
}

func (k *Ink) outlines(pl Placement) []Outline {
	var o outliner
	var ds []dab
	out := make([]Outline, len(k.tracks))
	f := UnitsPerMM * pl.Scale
	for i := range k.tracks {
		ds = ds[:0]
		k.tracks[i].walk(math.Max(dabStep/pl.Scale, k.finest), func(_, x, y, w float64) {
			ds = append(ds, dab{(x-pl.X)*f + pl.box.W/2*UnitsPerMM, (pl.Y-y)*f + pl.box.H/2*UnitsPerMM, w / 2 * UnitsPerMM})
		})
		out[i] = o.outline(ds)
	}
	clear(ds[:cap(ds)])
	o.wipe()
	return out
}
