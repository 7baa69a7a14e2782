package watermark

import (
	"errors"
	"fmt"

	"moqian/render/ink"
	"moqian/render/watermark/robust"
)

// Key is a branch's secret for marks, 32 bytes.
type Key [32]byte

// Payload says whose ink this is and where it belongs.
type Payload struct {
	// Handle names the producer's voucher, 3 to 11 bytes.
	Handle []byte
	// Context is the SHA-256 of everything the ink is bound to.
	Context [32]byte
}

// Margin tells how well the mark reads back, for the voucher's data and log.
type Margin struct {
	// Strokes marked, and Bits carried in all.
	Strokes int `json:"strokes"`
	Bits    int `json:"bits"`
	// Weakest is the number of bits of the stroke that carries fewest.
	Weakest int `json:"weakest"`
	// Copies of the whole header in the ink. 0: the ink is too small to name
	// its voucher; Check still tells whether it is the one.
	Copies int `json:"copies"`
	// Reads is what the binding mark reads as after Mark: match, or unchecked
	// where a dot is too small to prove anything.
	Reads State `json:"reads,omitempty"`
	// Room is how many bits the third part has for a signature (see Need), and
	// Public what became of it.
	Room   int         `json:"room,omitempty"`
	Public PublicState `json:"public,omitempty"`
	// Robust is the margin of the robust layer.
	Robust robust.Margin `json:"robust"`
}

const (
	minHandle, maxHandle = 3, 11 // bytes
	// maxStrokes is the room of an index in the header.
	maxStrokes = 1<<indexBits - 2
	// maxCoord keeps every difference and every step of one unit in range; it
	// is 1.9 km.
	maxCoord = 1 << 29
)

// Embed hides the payload in the integers of the outlines; no coordinate moves
// by more than one unit of ink.Point, and each stroke's first point not at all.
// The input is not changed. It refuses what is no ink (an open or empty
// contour list, more than 1022 strokes, coordinates beyond ±2^29) and a handle
// that is not 3 to 11 bytes long, and no ink for being small.
//
// The public part is not signed; see Keys.Signer.
func Embed(in []ink.Outline, key Key, p Payload) ([]ink.Outline, Margin, error) {
	return Keys{Key: key}.embed(in, p)
}

func (ks Keys) embed(in []ink.Outline, p Payload) ([]ink.Outline, Margin, error) {
	if err := refuse(in, p); err != nil {
		return nil, Margin{}, err
	}
	strokes, k := views(in), derive(ks.Key)
	m := mark{handle: p.Handle, count: len(in)}
	setRoom(strokes, stream(k.fill, m.name(0), len(roomBits(strokes))))
	out := make([]ink.Outline, len(in))
	for i, o := range in {
		out[i] = clone(o)
	}
	k.write(out, m, strokes, &p.Context)
	g := margin(strokes, m)
	if g.Public = ks.sign(strokes, out, p, g.Room); g.Public == Signed {
		k.write(out, m, strokes, &p.Context)
	}
	return out, g, nil
}

// write puts all bits into the outlines; the room bits are those of strokes.
func (k keys) write(out []ink.Outline, m mark, strokes []stroke, ctx *[32]byte) {
	at := slots(strokes)
	for i := range out {
		write(out[i], k.bits(m, at, i, ctx).bits)
	}
}

// sign signs marked ink and puts the public part into the room bits of strokes.
func (ks Keys) sign(strokes []stroke, out []ink.Outline, p Payload, room int) PublicState {
	switch {
	case room < Need(len(p.Handle)):
		return NoRoom
	case ks.Signer == nil:
		return NoKey
	}
	s, err := sign(ks.Signer, ks.Rand, out, p, roomBits(strokes))
	if err != nil {
		return Failed
	}
	setRoom(strokes, s.bits())
	return Signed
}

// refuse says why ink cannot be marked.
func refuse(in []ink.Outline, p Payload) error {
	if n := len(p.Handle); n < minHandle || n > maxHandle {
		return fmt.Errorf("handle has %d bytes, want %d to %d", n, minHandle, maxHandle)
	}
	if len(in) == 0 || len(in) > maxStrokes {
		return fmt.Errorf("ink has %d strokes, want 1 to %d", len(in), maxStrokes)
	}
	for i, o := range in {
		if err := sound(o); err != nil {
			return fmt.Errorf("stroke %d: %w", i, err)
		}
	}
	return nil
}

// sound refuses outlines that cannot carry a mark.
func sound(o ink.Outline) error {
	if len(o.Contours) == 0 {
		return errors.New("no contours")
	}
	far := func(p ink.Point) bool {
		return p.X > maxCoord || p.X < -maxCoord || p.Y > maxCoord || p.Y < -maxCoord
	}
	for i, c := range o.Contours {
		if !closed(c) {
			return fmt.Errorf("contour %d is open", i)
		}
		if far(c.Start) {
			return fmt.Errorf("contour %d is too far off", i)
		}
		for _, u := range c.Curves {
			if far(u.A) || far(u.B) || far(u.P) {
				return fmt.Errorf("contour %d is too far off", i)
			}
		}
	}
	return nil
}

func margin(s []stroke, m mark) Margin {
	g := Margin{Strokes: len(s), Weakest: len(s[0].bits)}
	body := bodySize(len(m.handle))
	for i := range s {
		n := len(s[i].bits)
		g.Bits += n
		g.Room += roomOf(n)
		g.Weakest = min(g.Weakest, n)
		if h, full := headerSize(n, len(m.handle)); full {
			g.Copies += h / body
		}
	}
	if g.Copies == 0 && pieced(s, m) {
		g.Copies = 1
	}
	return g
}

// pieced says whether the pieces of the header in small strokes make a whole.
func pieced(s []stroke, m mark) bool {
	body := bodySize(len(m.handle))
	have := make([]bool, body)
	for i := range s {
		h, _ := headerSize(len(s[i].bits), len(m.handle))
		for j := range h {
			have[(offset(i, m.count, body)+j)%body] = true
		}
	}
	for _, b := range have {
		if !b {
			return false
		}
	}
	return true
}
