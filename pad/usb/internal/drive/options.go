package drive

import (
	"crypto/rand"
	"crypto/rsa"
	"io"
	"time"
)

// Policy says what is done about a cable that can be encrypted.
type Policy uint8

const (
	// Prefer encrypts where the pad can; where it cannot, or the agreement
	// fails, the capture is clear and the evidence says so.
	Prefer Policy = iota
	// Clear never encrypts.
	Clear
	// Require refuses to capture on a clear cable.
	Require
)

// Options of a driver. The zero value is right for a counter.
type Options struct {
	// Now is the clock; nil is the real one.
	Now func() time.Time
	// Random feeds keys and session numbers; nil is the system's.
	Random io.Reader
	// PrivateKey makes the key (RSA, 2048 bits) to which a pad of the newer kind
	// seals its session key; nil makes a new one for each pad.
	PrivateKey func() (*rsa.PrivateKey, error)
	// Encryption of the cable.
	Encryption Policy
	// Settle is how long after the start reports are left-overs of the pad's
	// own queue; 0 is 20 ms, negative none.
	Settle time.Duration
	// Only leaves out pads for which it is false; nil takes every pad.
	Only func(vid, pid uint16) bool
	// Poll is how often a Watcher looks for pads; 0 is one second.
	Poll time.Duration
	// Wait bounds how long a pad may be busy after a command; 0 is 5 s.
	Wait time.Duration
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.PrivateKey == nil {
		o.PrivateKey = func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }
	}
	o.Settle = orDefault(o.Settle, 20*time.Millisecond)
	o.Poll = orDefault(o.Poll, time.Second)
	o.Wait = orDefault(o.Wait, 5*time.Second)
	return o
}

func orDefault(d, otherwise time.Duration) time.Duration {
	switch {
	case d == 0:
		return otherwise
	case d < 0:
		return 0
	}
	return d
}
