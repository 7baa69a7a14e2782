package watermark

import (
	"fmt"

	"moqian/render/ink"
	"moqian/render/watermark/robust"
)

// Keys are what a workstation needs to mark ink.
type Keys struct {
	// Key is the branch's key of the year (see Derive).
	Key Key
}

// Options of both layers.
type Options struct {
	// Amplitude and Cap in µm: how far the robust layer moves an edge of the
	// line as a rule and at most. Both 0: 12 and 15, which nobody sees; 35 and
	// 50 survive more and look lumpy. Off leaves the robust layer out.
	Amplitude, Cap float64
	Off            bool
}

// Robust is the secret of the robust layer under a key.
func Robust(key Key) robust.Secret { return robust.Secret(subkey(key, "robust")) }

// Mark hides both layers, the robust one in the widths first, then the binding
// one in the integers, and reads both back. The input is not changed. It fails
// where Embed fails; ink too small or too dense for the robust layer is no
// failure: Margin tells how well the mark reads.
func Mark(in []ink.Outline, k Keys, p Payload, opt Options) ([]ink.Outline, Margin, error) {
	if err := refuse(in, p); err != nil {
		return nil, Margin{}, err
	}
	wide := in
	var rm robust.Margin
	if !opt.Off {
		var err error
		wide, rm, err = robust.Embed(in, Robust(k.Key), p.Handle, robust.Options{Amplitude: opt.Amplitude, Cap: opt.Cap})
		if err != nil {
			return nil, Margin{}, fmt.Errorf("robust mark: %w", err)
		}
	}
	out, m, err := Embed(wide, k.Key, p)
	if err != nil {
		return nil, Margin{}, err
	}
	m.Robust = rm
	m.Reads = Check(out, k.Key, p.Handle, &p.Context).State
	return out, m, nil
}
