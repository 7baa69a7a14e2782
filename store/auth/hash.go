package auth

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// Cost of an argon2id hash; it is recorded with each hash, so that it can be
// raised later.
type Cost struct {
	Time    uint32 `json:"time"`    // passes, at least 1
	MemoryK uint32 `json:"memoryK"` // KiB
	Threads uint8  `json:"threads"`
}

// DefaultCost is RFC 9106's second choice with one pass instead of three, which
// keeps a login below 100 ms on two cores (BenchmarkHash).
func DefaultCost() Cost { return Cost{Time: 1, MemoryK: 64 * 1024, Threads: 2} }

const (
	saltSize = 16
	hashSize = 32
	// What a stored cost may ask for: a damaged record must not eat the machine.
	maxTime    = 64
	maxMemoryK = 1 << 20
)

func (c Cost) orDefault() Cost {
	d := DefaultCost()
	if c.Time == 0 {
		c.Time = d.Time
	}
	if c.MemoryK == 0 {
		c.MemoryK = d.MemoryK
	}
	if c.Threads == 0 {
		c.Threads = d.Threads
	}
	return c
}

func (c Cost) check() error {
	if c.Time < 1 || c.Time > maxTime || c.Threads < 1 || c.MemoryK < 8*uint32(c.Threads) || c.MemoryK > maxMemoryK {
		return fmt.Errorf("%d passes, %d KiB, %d threads is out of range", c.Time, c.MemoryK, c.Threads)
	}
	return nil
}

// secret is a hashed password.
type secret struct {
	Cost Cost   `json:"cost"`
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

func (c Cost) hash(password []byte, random io.Reader) (secret, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return secret{}, fmt.Errorf("making a salt: %w", err)
	}
	return secret{c, salt, c.derive(password, salt)}, nil
}

func (c Cost) derive(password, salt []byte) []byte {
	return argon2.IDKey(password, salt, c.Time, c.MemoryK, c.Threads, hashSize)
}

func (s secret) matches(password []byte) bool {
	return subtle.ConstantTimeCompare(s.Cost.derive(password, s.Salt), s.Hash) == 1
}

func (s secret) check() error {
	if len(s.Salt) != saltSize || len(s.Hash) != hashSize {
		return fmt.Errorf("a hash of %d and %d bytes", len(s.Salt), len(s.Hash))
	}
	return s.Cost.check()
}

// base32Text is base32 without padding, as code generators take it.
func base32Text(b []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}
