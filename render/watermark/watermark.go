package watermark

import "moqian/render/ink"

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
}

// State is the answer about ink.
type State string

const (
	Match     State = "match"     // header read, belongs here
	Altered   State = "altered"   // header read, some strokes changed
	Foreign   State = "foreign"   // header read, belongs elsewhere
	Absent    State = "absent"    // no header: not marked under this key
	Unchecked State = "unchecked" // header read, no context given
)

// Reading is what Read found.
type Reading struct {
	State   State
	Handle  []byte
	Strokes int
	// Altered lists the indices of strokes that fail.
	Altered []int
}

// Embed hides the payload in the integers of the outlines; no coordinate moves
// by more than one unit of ink.Point. The input is not changed.
func Embed(in []ink.Outline, key Key, p Payload) ([]ink.Outline, Margin, error) { panic("seam") }

// Read looks for a mark. context may be nil (Unchecked). It is blind to
// translation of the whole ink.
func Read(in []ink.Outline, key Key, context *[32]byte) Reading { panic("seam") }
