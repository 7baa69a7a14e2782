//go:build virtualpad

package markcmd

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"moqian/cmd/internal/keyfile"
	"moqian/pad/virtual"
	"moqian/render"
	"moqian/render/ink"
	"moqian/render/pdf"
	"moqian/render/watermark"
)

// Options of a page with marked ink.
type Options struct {
	Key     string // file
	Handle  []byte // 3 to 11 bytes
	Context string // file
	Sign    string // PKCS#8 PEM file of an Ed25519 key for the public part; empty: not signed
	// Amplitude and Cap in µm; 0: 12 and 15.
	Amplitude, Cap float64
	Off            bool    // no mark at all
	W, H           float64 // of the signature box in mm; 0: 60 by 25
	ID             string  // of the record; empty: the first
	Scale          float64 // of the record; 0: 1
	Nib            ink.Nib
}

// Page A4, and where the box and the band of a trial lie on it, mm.
const (
	pageW, pageH = 210, 297
	boxTop       = 107.2
	bandTop      = 4.5
	bandHigh     = 5.5
	bandWords    = "TEST 测试 · NOT A VALID VOUCHER · 测试 TEST"
)

var (
	black = render.Color{R: 0x11, G: 0x11, B: 0x11}
	white = render.Color{R: 255, G: 255, B: 255}
)

// Embed draws a record of handwriting into a signature box in the middle of an
// A4 page, marks it, and writes a PDF that says TEST at its head.
func Embed(record, out string, o Options, fonts *render.Fonts) (watermark.Margin, error) {
	if o.W == 0 {
		o.W, o.H = 60, 25
	}
	if !(o.W >= 5 && o.H >= 5 && o.W <= 190 && o.H <= 180) {
		return watermark.Margin{}, fmt.Errorf("a box of %g by %g mm does not fit the page; 5 by 5 to 190 by 180 do", o.W, o.H)
	}
	in, err := draw(record, o)
	if err != nil {
		return watermark.Margin{}, err
	}
	m := watermark.Margin{Strokes: len(in)}
	if !o.Off {
		if in, m, err = o.mark(in); err != nil {
			return m, err
		}
	}
	b, err := page(in, o, fonts)
	if err != nil {
		return m, err
	}
	return m, os.WriteFile(out, b, 0o600)
}

func draw(record string, o Options) ([]ink.Outline, error) {
	data, err := read(record)
	if err != nil {
		return nil, err
	}
	t, err := virtual.ReadTrack(data, virtual.ReadOptions{ID: o.ID, Scale: o.Scale})
	if err != nil {
		return nil, fmt.Errorf("reading the record: %w", err)
	}
	defer t.Wipe()
	return ink.Draw(t.Samples, ink.Params{Box: ink.Box{W: o.W, H: o.H}, Nib: o.Nib, Rate: t.Rate})
}

func (o Options) mark(in []ink.Outline) ([]ink.Outline, watermark.Margin, error) {
	if o.Key == "" || o.Context == "" {
		return nil, watermark.Margin{}, errors.New("a key file and a context file are needed to mark")
	}
	k, err := keyfile.Read(o.Key)
	if err != nil {
		return nil, watermark.Margin{}, err
	}
	defer clear(k[:])
	ctx, err := bound(o.Context)
	if err != nil {
		return nil, watermark.Margin{}, err
	}
	keys := watermark.Keys{Key: k}
	if o.Sign != "" {
		if keys.Signer, err = signer(o.Sign); err != nil {
			return nil, watermark.Margin{}, err
		}
	}
	return watermark.Mark(in, keys, watermark.Payload{Handle: o.Handle, Context: *ctx},
		watermark.Options{Amplitude: o.Amplitude, Cap: o.Cap})
}

// signer reads a private key as "openssl genpkey -algorithm ed25519" writes it.
func signer(file string) (crypto.Signer, error) {
	b, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("reading the key that signs ink: %w", err)
	}
	defer clear(b)
	if block, _ := pem.Decode(b); block != nil {
		k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if e, ok := k.(ed25519.PrivateKey); ok && err == nil {
			return e, nil
		}
	}
	return nil, errors.New("the key that signs ink is no Ed25519 key in PEM (PKCS#8)")
}

func page(in []ink.Outline, o Options, fonts *render.Fonts) ([]byte, error) {
	runs, w, err := fonts.Split(render.Bold, 9, bandWords)
	if err != nil {
		return nil, err
	}
	p := render.Page{W: pageW, H: pageH, Items: []render.Item{
		render.Rect{Y: bandTop, W: pageW, H: bandHigh, Fill: &black},
		render.Text{X: (pageW - w) / 2, Y: bandTop + 3.9, Size: 9, Color: white, Runs: runs},
	}}
	area := render.Area{X: (pageW - o.W) / 2, Y: min(boxTop, pageH-10-o.H), W: o.W, H: o.H}
	k := render.Ink{Area: area, Color: black, Outlines: in}
	id := sha256.Sum256(append([]byte("moqian mark page "), o.Handle...))
	return pdf.Write([]render.Page{p}, []render.Ink{k}, fonts, pdf.Doc{Title: "TEST", Lang: "zh-CN",
		Created: "2026-01-01T00:00:00+08:00", ID: [16]byte(id[:16])})
}
