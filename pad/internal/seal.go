// Package internal holds the wrapper that makes a driver a pad: only code
// below pad/ can import it, so only code below pad/ can make a pad.Device.
//
// The wrapper is a struct with an unexported field and not an interface with
// an unexported method: such an interface can be satisfied from anywhere by
// embedding it, such a struct can not be filled from anywhere else.
package internal

// Sealed carries a driver from below pad/ to pad.New. Its zero value, which
// others can make by type inference, holds no driver and makes a dead device.
type Sealed[D any] struct{ driver D }

// Seal vouches for a driver.
func Seal[D any](d D) Sealed[D] { return Sealed[D]{driver: d} }

// Driver gives back what was sealed.
func (s Sealed[D]) Driver() D { return s.driver }
