package upload_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

var ctx = context.Background()

// noise is n bytes that look like a PDF and differ by seed.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	rand.NewChaCha8(key).Read(b)
	copy(b, fmt.Sprintf("%%PDF-1.7 of %d", seed))
	return b
}
