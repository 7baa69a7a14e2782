package sign

import (
	"context"
	"time"
)

// Field is the signature field to add.
type Field struct {
	Name string // Teller
	Page int    // from 0
	// Rect in pt from the page's lower left corner; zero-size is invisible.
	// The appearance is empty either way: the page already shows the seal.
	Rect [4]float64
	// Reason, Location and Time are claims of the signatory (/M).
	Reason, Location string
	Time             time.Time
	// Certify is the DocMDP permission 1 to 3; 0: an approval signature.
	Certify int
}

// Sign adds the field and one PAdES B-B signature as an incremental update.
// reserve is the size in bytes kept for the CMS; 0: measured from the key. The
// input is not changed.
func Sign(ctx context.Context, pdf []byte, f Field, k Key, reserve int) ([]byte, error) {
	panic("seam")
}
