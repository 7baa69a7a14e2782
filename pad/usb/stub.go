//go:build !cgo

package usb

import (
	"fmt"

	"moqian/pad/usb/internal/wire"
)

// newBus says that this program cannot.
func newBus(Options) (wire.Bus, error) {
	return nil, fmt.Errorf("%w: built without cgo", ErrNoUSB)
}
