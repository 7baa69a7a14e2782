package pad

import "time"

// Phase says whether the pen touches the pad.
type Phase uint8

const (
	// Hover: the pen is in range, above the surface.
	Hover Phase = iota
	// Down: the tip is pressed. Consecutive Down samples are one stroke.
	Down
)

// Sample is one reading of the pen, in physical units. Device counts never
// leave pad/model.
type Sample struct {
	// T is the time since the capture began; it never runs back.
	T time.Duration
	// X, Y are mm from the top left of the writing surface, Y downwards.
	X, Y float64
	// P is the tip pressure, 0 to 1 of the device's full range; 0 where the
	// device has no pressure.
	P float64
	// Phase is Hover or Down.
	Phase Phase
	// Lost counts the reports that are missing directly before this one.
	Lost int
}
