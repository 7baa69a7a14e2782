// Package internal holds the type that makes a driver a driver: only code
// below pad/ can import it, so only code below pad/ can be a pad.
package internal

// Driver has an unexported method; a type gets it by embedding Seal and in no
// other way.
type Driver interface{ driver() }

// Seal is embedded by every driver below pad/.
type Seal struct{}

func (Seal) driver() {}
