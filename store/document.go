package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Each document lies alone in a bucket of its own, in one leaf page with
// overflow; what stands beside its row is only where that page is. As plain
// neighbours in one bucket up to four documents would share a leaf and every File
// would write the others again.
const keyBytes = "pdf"

// Beside other ciphers than AES-256-GCM stands their name: "pdf sm4-gcm".
func keyOf(cipher string) []byte {
	if cipher == AES().Name {
		return []byte(keyBytes)
	}
	return []byte(keyBytes + " " + cipher)
}

func (t *tx) putDocument(id string, seq int64, pdf []byte) error {
	s, err := t.s.vault.sealDocument(id, seq, pdf, t.borrow(len(pdf)))
	if err != nil {
		return err
	}
	return t.putSealed(id, s)
}

func (t *tx) putSealed(id string, s sealed) error {
	b, err := t.Bucket([]byte(bucketItems)).CreateBucketIfNotExists([]byte(id))
	if err != nil {
		return err
	}
	key := keyOf(s.cipher)
	if old, _ := b.Cursor().First(); old != nil && string(old) != string(key) {
		if err := b.Delete(old); err != nil {
			return err
		}
	}
	return b.Put(key, s.data)
}

// borrow gives a buffer for a sealed document of n bytes, until the transaction
// has ended: making room of 100 KB anew for each costs more than encrypting it.
func (t *tx) borrow(n int) []byte {
	b, _ := t.s.buffers.Get().(*[]byte)
	if b == nil || cap(*b) < n+wrapSize+tagSize {
		room := make([]byte, 0, n+n/8+wrapSize+tagSize)
		b = &room
	}
	t.borrowed = append(t.borrowed, b)
	return (*b)[:0]
}

// giveBack ends the use of what was borrowed. It holds ciphertext only.
func (t *tx) giveBack() {
	for _, b := range t.borrowed {
		t.s.buffers.Put(b)
	}
	t.borrowed = nil
}

// document opens the bytes of a row and compares them with its digest.
func (t *tx) document(r row) ([]byte, error) {
	pdf, err := t.decrypt(r.ID, r.Seq, nil)
	if err == nil {
		err = r.fits(pdf)
	}
	if err != nil {
		return nil, err
	}
	return pdf, nil
}

// decrypt opens the bytes of a row; what comes out stands in into, if it fits there.
func (t *tx) decrypt(id string, seq int64, into []byte) ([]byte, error) {
	b := t.Bucket([]byte(bucketItems)).Bucket([]byte(id))
	if b == nil {
		return nil, fmt.Errorf("%w: the bytes are missing", ErrDamaged)
	}
	key, data := b.Cursor().First()
	name := AES().Name
	if key != nil && string(key) != keyBytes {
		name = strings.TrimPrefix(string(key), keyBytes+" ")
	}
	return t.s.vault.openDocument(id, seq, sealed{name, data}, into)
}

func (r row) fits(pdf []byte) error {
	if digest(pdf) != r.SHA256 {
		return fmt.Errorf("%w: the bytes do not fit their digest", ErrDamaged)
	}
	return nil
}

func (t *tx) deleteDocument(id string) error {
	return t.Bucket([]byte(bucketItems)).DeleteBucket([]byte(id))
}

func digest(pdf []byte) string {
	sum := sha256.Sum256(pdf)
	return hex.EncodeToString(sum[:])
}
