package markcmd

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"moqian/cmd/internal/keyfile"
	"moqian/render/watermark"
	"moqian/render/watermark/robust"
)

// Claim is the answer about one handle.
type Claim struct {
	Handle string  `json:"handle"`
	T      float64 `json:"t"`
	Accept bool    `json:"accept"`
}

// Any says whether a claim is accepted.
func Any(list []Claim) bool {
	for _, c := range list {
		if c.Accept {
			return true
		}
	}
	return false
}

// errHandle: a handle is no handle.
var errHandle = errors.New("a handle is 6 to 22 hex digits, 3 to 11 bytes")

// Handles reads HEX[,HEX…] or @FILE with handles between commas or white space.
func Handles(arg string) ([][]byte, error) {
	if name, ok := strings.CutPrefix(arg, "@"); ok {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		arg = string(b)
	}
	var out [][]byte
	for _, f := range strings.FieldsFunc(arg, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		h, err := hex.DecodeString(f)
		if err != nil || len(h) < 3 || len(h) > 11 {
			return nil, fmt.Errorf("%w: %.40q", errHandle, f)
		}
		out = append(out, h)
	}
	if len(out) == 0 {
		return nil, errHandle
	}
	return out, nil
}

// Check scores claims against one image, or against the ink of a PDF. original,
// when not empty, is the archived PDF: its lines tell where to measure.
func Check(ctx context.Context, file, key string, handles [][]byte, original string) ([]Claim, error) {
	b, err := read(file)
	if err != nil {
		return nil, err
	}
	k, err := keyfile.Read(key)
	if err != nil {
		return nil, err
	}
	defer clear(k[:])
	got, err := check(ctx, b, watermark.Robust(k), handles, original)
	if err != nil {
		return nil, err
	}
	out := make([]Claim, len(got))
	for i, c := range got {
		out[i] = Claim{hex.EncodeToString(c.Handle), math.Round(c.T*1000) / 1000, c.Accept}
	}
	return out, nil
}

func check(ctx context.Context, b []byte, s robust.Secret, handles [][]byte, original string) ([]robust.Claim, error) {
	if isPDF(b) {
		return checkInks(ctx, b, s, handles)
	}
	g, err := gray(b)
	if err != nil || original == "" {
		if err != nil {
			return nil, err
		}
		return robust.Check(g, s, handles)
	}
	o, err := read(original)
	if err != nil {
		return nil, fmt.Errorf("reading the original: %w", err)
	}
	inks, err := inksOf(o)
	if err != nil {
		return nil, fmt.Errorf("the original: %w", err)
	}
	var best []robust.Claim
	for _, i := range inks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := robust.CheckOriginal(g, s, handles, i.Outlines)
		if err != nil {
			return nil, err
		}
		best = better(best, c)
	}
	if best == nil {
		return nil, fmt.Errorf("%w: the original has no ink", ErrInput)
	}
	return best, nil
}

// checkInks scores claims against each ink of a PDF; the best counts.
func checkInks(ctx context.Context, b []byte, s robust.Secret, handles [][]byte) ([]robust.Claim, error) {
	inks, err := inksOf(b)
	if err != nil {
		return nil, err
	}
	best := robust.CheckOutlines(nil, s, handles)
	for _, i := range inks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		best = better(best, robust.CheckOutlines(i.Outlines, s, handles))
	}
	return best, nil
}

// better of two answers, claim by claim.
func better(a, b []robust.Claim) []robust.Claim {
	for i := range a {
		if a[i].T > b[i].T {
			b[i] = a[i]
		}
	}
	return b
}
