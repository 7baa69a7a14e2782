package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

const (
	keySize   = 32
	nonceSize = 12
	tagSize   = 16
	// wrapSize is a sealed document key: nonce, key, tag.
	wrapSize = nonceSize + keySize + tagSize
)

// vault holds the keys made from the machine key (HKDF-SHA256, one per
// purpose): values and wrapped document keys are AES-256-GCM, hidden bucket
// keys HMAC-SHA256. Associated data is the bucket and the key under which a
// value stands, for a document its id and sequence, so that no value opens in
// the place of another. What stays in clear: bucket names, ids (ULIDs tell when
// a voucher was filed), business dates, counts and sizes.
type vault struct {
	values, wrap cipher.AEAD
	index        []byte
	rand         io.Reader
}

func newVault(machine []byte, random io.Reader) (*vault, error) {
	v := &vault{rand: &shared{r: random}}
	for _, k := range []struct {
		purpose string
		use     func([]byte) error
	}{
		{"values", func(key []byte) (err error) { v.values, err = newGCM(key); return err }},
		{"documents", func(key []byte) (err error) { v.wrap, err = newGCM(key); return err }},
		{"index", func(key []byte) error { v.index = append(v.index, key...); return nil }},
	} {
		key, err := hkdf.Key(sha256.New, machine, nil, "moqian store 1 "+k.purpose, keySize)
		if err == nil {
			err = k.use(key)
		}
		clear(key)
		if err != nil {
			return nil, fmt.Errorf("deriving the key of %s: %w", k.purpose, err)
		}
	}
	return v, nil
}

// shared is a source of randomness for several goroutines.
type shared struct {
	mu sync.Mutex // guards r
	r  io.Reader
}

func (s *shared) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// place is the associated data of a value; bucket names hold no zero byte.
func place(bucket string, key []byte) []byte {
	return append(append([]byte(bucket), 0), key...)
}

// seal gives nonce, ciphertext, tag.
func (v *vault) seal(bucket string, key, plain []byte) ([]byte, error) {
	return sealWith(v.values, v.rand, plain, place(bucket, key), 0)
}

func (v *vault) open(bucket string, key, sealed []byte) ([]byte, error) {
	return openWith(v.values, sealed, place(bucket, key))
}

// hide makes a bucket key that does not show the name it stands for.
func (v *vault) hide(bucket, name string) []byte {
	h := hmac.New(sha256.New, v.index)
	h.Write(place(bucket, []byte(name)))
	return h.Sum(nil)[:16]
}

// sealDocument encrypts a document under a fresh key and puts the wrapped key
// before it: 60 bytes, then ciphertext and tag. The key is used once, so its
// nonce is zero.
func (v *vault) sealDocument(id string, seq int64, pdf []byte) ([]byte, error) {
	at := documentPlace(id, seq)
	var key [keySize]byte
	defer clear(key[:])
	if _, err := io.ReadFull(v.rand, key[:]); err != nil {
		return nil, fmt.Errorf("making a document key: %w", err)
	}
	out, err := sealWith(v.wrap, v.rand, key[:], at, len(pdf)+tagSize)
	if err != nil {
		return nil, err
	}
	doc, err := newGCM(key[:])
	if err != nil {
		return nil, err
	}
	return doc.Seal(out, make([]byte, nonceSize), pdf, at), nil
}

func (v *vault) openDocument(id string, seq int64, sealed []byte) ([]byte, error) {
	if len(sealed) < wrapSize+tagSize {
		return nil, fmt.Errorf("%w: a document of %d bytes", ErrDamaged, len(sealed))
	}
	at := documentPlace(id, seq)
	key, err := openWith(v.wrap, sealed[:wrapSize], at)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	doc, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	pdf, err := doc.Open(nil, make([]byte, nonceSize), sealed[wrapSize:], at)
	if err != nil {
		return nil, fmt.Errorf("%w: altered or moved", ErrDamaged)
	}
	return pdf, nil
}

func documentPlace(id string, seq int64) []byte {
	return binary.BigEndian.AppendUint64(place(bucketDocs, []byte(id)), uint64(seq))
}

func sealWith(a cipher.AEAD, random io.Reader, plain, at []byte, spare int) ([]byte, error) {
	out := make([]byte, nonceSize, nonceSize+len(plain)+tagSize+spare)
	if _, err := io.ReadFull(random, out); err != nil {
		return nil, fmt.Errorf("making a nonce: %w", err)
	}
	return a.Seal(out, out, plain, at), nil
}

func openWith(a cipher.AEAD, sealed, at []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, fmt.Errorf("%w: a value of %d bytes", ErrDamaged, len(sealed))
	}
	// An empty plaintext must not come back as nil, which means "no value".
	plain, err := a.Open([]byte{}, sealed[:nonceSize], sealed[nonceSize:], at)
	if err != nil {
		return nil, fmt.Errorf("%w: altered or moved", ErrDamaged)
	}
	return plain, nil
}
