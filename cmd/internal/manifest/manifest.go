// Package manifest is the voucher's data that travels inside its PDF: number,
// times, people by number, the digest of the canonical text, and for each
// signer the place of the ink, the evidence of its capture and the margin of
// its mark. It holds no names, no accounts, no amounts and no handwriting.
//
// Flow fills a Data, binds each ink by Context, embeds the mark with Handle,
// and hands Properties to render/pdf as the XMP extension schema. Package proof
// reads it back with Read and computes the same Context. Places are integers of
// 1 µm with the origin at the page's top left; times are RFC 3339 in the
// voucher's own zone, whole seconds.
package manifest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/watermark"
)

// version of the schema, written as property Version.
const version = "1"

// Data is everything that a voucher says about itself to a program.
type Data struct {
	Number      string    `json:"number"` // 18 digits
	Type        string    `json:"type"`   // 2101
	Business    string    `json:"business"`
	Time        time.Time `json:"time"`
	Branch      string    `json:"branch"`
	Workstation string    `json:"workstation"`
	Teller      string    `json:"teller"`
	Supervisor  string    `json:"supervisor,omitempty"`
	// Trial: made in trial mode, not a voucher.
	Trial bool `json:"trial"`
	// Text is the SHA-256 of the canonical text (form.Filled.Canonical).
	Text Digest `json:"text_sha256"`
	// Certificate is the SHA-256 of the signatory's certificate (DER) that the
	// ink is bound to.
	Certificate Digest `json:"certificate_sha256"`
	// MarkKey names the key of the marks; see KeyID.
	MarkKey string `json:"mark_key,omitempty"`
	// MarkPublic is the Ed25519 key that signs the ink, 64 hex digits; empty:
	// nobody did.
	MarkPublic string `json:"mark_public,omitempty"`
	// Signers in the order of their inks, at least one, at most MaxSigners.
	Signers []Signer `json:"signers"`
}

// MaxSigners a voucher has room for.
const MaxSigners = 4

// Signer is one customer's ink.
type Signer struct {
	Role string `json:"role"` // as form.Signer.Role.EN: Customer; not a name
	// Time of pen-up.
	Time time.Time `json:"time"`
	// Page from 0, and the box of the ink.
	Page int `json:"page"`
	Box  Box `json:"box_um"`
	// Pad is the evidence of the capture.
	Pad pad.Evidence `json:"pad"`
	// Calibration in force, by its name; empty: none.
	Calibration string `json:"calibration,omitempty"`
	// Mark is the margin of the binding mark; not part of Context.
	Mark watermark.Margin `json:"mark"`
	// Robust is the margin of the robust mark as its layer reports it, nil when
	// it was not embedded; not part of Context.
	Robust any `json:"robust,omitempty"`
}

// Box is x, y, width, height in µm from the page's top left.
type Box [4]int64

// BoxOf turns an area in mm into its box.
func BoxOf(a render.Area) Box {
	um := func(mm float64) int64 { return int64(math.Round(mm * 1000)) }
	return Box{um(a.X), um(a.Y), um(a.W), um(a.H)}
}

// Digest is a SHA-256 that JSON shows as hex.
type Digest [32]byte

// MarshalText gives 64 hex digits.
func (d Digest) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(d[:])), nil }

// UnmarshalText takes 64 hex digits.
func (d *Digest) UnmarshalText(b []byte) error {
	if len(b) != 64 {
		return errors.New("a digest has 64 hex digits")
	}
	_, err := hex.Decode(d[:], b)
	return err
}

// KeyID names a mark key without giving it away: the first 4 bytes of the
// SHA-256 of a label and the key, in hex.
func KeyID(k watermark.Key) string {
	h := sha256.Sum256(append([]byte("moqian mark key id\x00"), k[:]...))
	return hex.EncodeToString(h[:4])
}

// Handle of the voucher in the mark: its number as 8 bytes, big endian.
func (d Data) Handle() ([]byte, error) {
	n, err := strconv.ParseUint(d.Number, 10, 64)
	if err != nil || len(d.Number) != 18 {
		return nil, fmt.Errorf("voucher number %q is not 18 digits", d.Number)
	}
	return binary.BigEndian.AppendUint64(nil, n), nil
}

// NumberOf is the voucher number of a handle, empty if it is none.
func NumberOf(handle []byte) string {
	if len(handle) != 8 {
		return ""
	}
	n := binary.BigEndian.Uint64(handle)
	if n >= 1e18 {
		return ""
	}
	return fmt.Sprintf("%018d", n)
}

// Payload for watermark.Embed of the ink of signer i (from 0).
func (d Data) Payload(i int) (watermark.Payload, error) {
	h, err := d.Handle()
	if err != nil {
		return watermark.Payload{}, err
	}
	return watermark.Payload{Handle: h, Context: d.Context(i)}, nil
}

// Context is what the ink of signer i is bound to: the SHA-256 over a label,
// voucher number, digest of the canonical text, the pad's identity and the
// digest of its reports, the time of pen-up, the certificate, signer's place in
// the list, page and box. Margins are not part of it, since they come later.
func (d Data) Context(i int) [32]byte {
	s := d.Signers[i]
	var b []byte
	text := func(t string) { b = append(binary.AppendUvarint(b, uint64(len(t))), t...) }
	num := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text("moqian context 1")
	text(d.Number)
	text(d.Branch)
	b = append(append(b, d.Text[:]...), d.Certificate[:]...)
	text(s.Pad.Model)
	num(int64(s.Pad.VID)<<16 | int64(s.Pad.PID))
	text(s.Pad.Serial)
	text(s.Pad.Reports)
	num(s.Time.Unix())
	num(int64(i))
	num(int64(s.Page))
	for _, v := range s.Box {
		num(v)
	}
	return sha256.Sum256(b)
}
