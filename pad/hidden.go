package pad

import (
	"fmt"
	"io"
)

// hiddenText is all that a capture ever prints.
const hiddenText = "[pad.Capture: hidden]"

// MarshalJSON returns ErrHidden.
func (c *Capture) MarshalJSON() ([]byte, error) { return nil, ErrHidden }

// MarshalText returns ErrHidden.
func (c *Capture) MarshalText() ([]byte, error) { return nil, ErrHidden }

// MarshalBinary returns ErrHidden.
func (c *Capture) MarshalBinary() ([]byte, error) { return nil, ErrHidden }

// GobEncode returns ErrHidden.
func (c *Capture) GobEncode() ([]byte, error) { return nil, ErrHidden }

// String is a fixed text.
func (c *Capture) String() string { return hiddenText }

// GoString is a fixed text.
func (c *Capture) GoString() string { return hiddenText }

// Format prints a fixed text for every verb.
func (c *Capture) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenText) }
