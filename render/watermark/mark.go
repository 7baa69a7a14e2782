package watermark

import (
	"crypto"
	"fmt"
	"io"

	"moqian/render/ink"
	"moqian/render/watermark/robust"
)

// Keys are what a workstation needs to mark ink.
type Keys struct {
	// Key is the branch's key of the year (see Derive).
	Key Key
	// Signer is the workstation's Ed25519 key for the public part; nil: it is
	// not signed. A key that fails is no failure of the mark: Margin.Public.
	Signer crypto.Signer
	// Rand for a Signer that wants it; an ed25519.PrivateKey does not.
	Rand io.Reader
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
	w, err := Widen(in, k, p.Handle, opt)
	if err != nil {
		return nil, Margin{}, err
	}
	return w.Bind(k, p)
}

// Wide is ink with the robust layer: what Mark has done once the handle is
// known and before the context is.
type Wide struct {
	outlines []ink.Outline
	margin   robust.Margin
}

// Widen is the first and longer part of Mark: it needs no context, so it can be
// done while somebody looks at the ink.
func Widen(in []ink.Outline, k Keys, handle []byte, opt Options) (Wide, error) {
	if err := refuse(in, Payload{Handle: handle}); err != nil {
		return Wide{}, err
	}
	if opt.Off {
		return Wide{outlines: in}, nil
	}
	out, m, err := robust.Embed(in, Robust(k.Key), handle, robust.Options{Amplitude: opt.Amplitude, Cap: opt.Cap})
	if err != nil {
		return Wide{}, fmt.Errorf("robust mark: %w", err)
	}
	return Wide{out, m}, nil
}

// Bind is the rest of Mark. The handle must be that of Widen.
func (w Wide) Bind(k Keys, p Payload) ([]ink.Outline, Margin, error) {
	out, m, err := k.embed(w.outlines, p)
	if err != nil {
		return nil, Margin{}, err
	}
	m.Robust = w.margin
	m.Reads = Check(out, k.Key, p.Handle, &p.Context).State
	return out, m, nil
}
