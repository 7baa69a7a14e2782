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
	"strconv"
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
// a voucher was filed), business dates, serials, counts and sizes.
type vault struct {
	values, wrap cipher.AEAD
	ciphers      []Cipher // of documents; the first is for fresh ones
	index        []byte
	rand         io.Reader
}

// Cipher encrypts documents. Each document has a key of its own, which is used
// once.
type Cipher struct {
	// Name stands beside each document; letters, digits and dashes.
	Name string
	// New makes the cipher from 32 bytes of key, of which it may use fewer.
	New func(key []byte) (cipher.AEAD, error)
}

// AES is AES-256-GCM, what documents are encrypted with where nothing else is
// asked for.
func AES() Cipher { return Cipher{Name: "aes-256-gcm", New: newGCM} }

func newVault(machine []byte, random io.Reader, ciphers ...Cipher) (*vault, error) {
	v := &vault{rand: &shared{r: random}, ciphers: append(ciphers[:len(ciphers):len(ciphers)], AES())}
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
	return sealWith(v.values, v.rand, plain, place(bucket, key), nil)
}

func (v *vault) open(bucket string, key, sealed []byte) ([]byte, error) {
	return openWith(v.values, sealed, place(bucket, key))
}

// hiddenSize is the length of what hide gives.
const hiddenSize = 16

// hide makes a bucket key that does not show the name it stands for.
func (v *vault) hide(bucket, name string) []byte {
	h := hmac.New(sha256.New, v.index)
	h.Write(place(bucket, []byte(name)))
	return h.Sum(nil)[:hiddenSize]
}

// number is the bucket key of a voucher number. The serial at its end stays as it
// is, so that the numbers of a day stand in their order, on few pages.
func (v *vault) number(voucher string) []byte {
	const hidden, tail = 13, 5 // digits
	if !digits(voucher, hidden+tail) {
		return v.hide(bucketNumbers, voucher)
	}
	n, _ := strconv.Atoi(voucher[hidden:])
	return append(v.hide(bucketNumbers, voucher[:hidden])[:13], byte(n>>16), byte(n>>8), byte(n))
}

// sealed is an encrypted document and the name of its cipher.
type sealed struct {
	cipher string
	data   []byte
}

// sealDocument encrypts a document under a fresh key and puts the wrapped key
// before it: 60 bytes, then ciphertext and tag. The key is used once, so its
// nonce is zero. What comes out stands in into, if it fits there.
func (v *vault) sealDocument(id string, seq int64, pdf, into []byte) (sealed, error) {
	at := documentPlace(id, seq)
	var key [keySize]byte
	defer clear(key[:])
	if _, err := io.ReadFull(v.rand, key[:]); err != nil {
		return sealed{}, fmt.Errorf("making a document key: %w", err)
	}
	doc, err := v.ciphers[0].New(key[:])
	if err != nil {
		return sealed{}, fmt.Errorf("making a cipher %s: %w", v.ciphers[0].Name, err)
	}
	if n := wrapSize + len(pdf) + doc.Overhead(); cap(into) < n {
		into = make([]byte, 0, n)
	}
	out, err := sealWith(v.wrap, v.rand, key[:], at, into)
	if err != nil {
		return sealed{}, err
	}
	return sealed{v.ciphers[0].Name, doc.Seal(out, make([]byte, doc.NonceSize()), pdf, at)}, nil
}

func (v *vault) openDocument(id string, seq int64, s sealed, into []byte) ([]byte, error) {
	if len(s.data) < wrapSize+tagSize {
		return nil, fmt.Errorf("%w: a document of %d bytes", ErrDamaged, len(s.data))
	}
	at := documentPlace(id, seq)
	key, err := openWith(v.wrap, s.data[:wrapSize], at)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	for _, c := range v.ciphers {
		if c.Name != s.cipher {
			continue
		}
		doc, err := c.New(key)
		if err != nil {
			return nil, fmt.Errorf("making a cipher %s: %w", c.Name, err)
		}
		pdf, err := doc.Open(into[:0], make([]byte, doc.NonceSize()), s.data[wrapSize:], at)
		if err != nil {
			return nil, fmt.Errorf("%w: altered or moved", ErrDamaged)
		}
		return pdf, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrCipher, s.cipher)
}

// documents stands in the place of documents for their bucket, whatever its name
// was and is: a document that is moved is not encrypted anew.
const documents = "docs"

func documentPlace(id string, seq int64) []byte {
	return binary.BigEndian.AppendUint64(place(documents, []byte(id)), uint64(seq))
}

func sealWith(a cipher.AEAD, random io.Reader, plain, at, into []byte) ([]byte, error) {
	if cap(into) < nonceSize+len(plain)+tagSize {
		into = make([]byte, 0, nonceSize+len(plain)+tagSize)
	}
	out := into[:nonceSize]
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
