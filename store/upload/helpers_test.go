package upload_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"moqian/store"
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

func machineKey() []byte {
	sum := sha256.Sum256([]byte("a machine key for tests"))
	return sum[:]
}

func openStore(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir, store.Options{Key: machineKey(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newStop is a context that is ended from inside.
func newStop() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) }
