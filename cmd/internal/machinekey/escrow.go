package machinekey

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"moqian/cmd/internal/durable"
)

// EscrowFile is the copy of the machine key that only head office can open. Keep
// it with backups: with the age identity, it and a backup give the vouchers of a
// workstation that is gone.
const EscrowFile = "machine.age"

// ErrStale: the escrow copy is not of the folder's key or not for the recipient.
var ErrStale = errors.New("the escrow copy is not of this machine key")

// escrow writes the copy where it is missing, was made for somebody else or is
// not of this key. A copy that may be of another key is kept under a numbered
// name. Nothing is written for a key that is not proven to be the store's.
func (k Keeper) escrow(dir string, key []byte) error {
	path := filepath.Join(dir, EscrowFile)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the escrow copy: %w", err)
	}
	recipient, ours := ofKey(old, key)
	if ours && recipient == k.Escrow {
		return nil
	}
	if k.Proven != nil && k.Proven(dir, key) != nil {
		return nil // opening the store says why
	}
	sealed, err := Seal(key, k.Escrow)
	if err != nil {
		return err
	}
	if len(old) > 0 && !ours {
		if err := keepCopy(path, old); err != nil {
			return fmt.Errorf("keeping the older escrow copy: %w", err)
		}
	}
	if err := durable.WriteFile(path, append(header(k.Escrow, sealed, key), sealed...)); err != nil {
		return fmt.Errorf("keeping the escrow copy: %w", err)
	}
	return nil
}

// EscrowOf says what doctor must know of the escrow copy: nil where it is for
// the recipient and of the folder's key, else ErrStale.
func (k Keeper) EscrowOf(dir string) error {
	key, _, err := k.find(dir)
	if err != nil {
		return err
	}
	defer clear(key)
	b, err := os.ReadFile(filepath.Join(dir, EscrowFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is none", ErrStale)
	}
	if err != nil {
		return fmt.Errorf("reading the escrow copy: %w", err)
	}
	if recipient, ours := ofKey(b, key); !ours || recipient != k.Escrow {
		return ErrStale
	}
	return nil
}

// The two lines before the armored text: whom it is for, and an HMAC-SHA256
// under the machine key over that and the text, so that who has the key, and
// nobody else, sees whether the copy is of it and whole.
const (
	forLine = "# for "
	macLine = "# mac "
	macOf   = "moqian escrow copy 1\n"
)

func header(recipient string, sealed, key []byte) []byte {
	return fmt.Appendf(nil, "%s%s\n%s%x\n", forLine, recipient, macLine, mac(recipient, sealed, key))
}

func mac(recipient string, sealed, key []byte) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s%s\n%s", macOf, recipient, sealed)
	return h.Sum(nil)
}

// ofKey says for whom a copy is, and whether it is this key's and whole. One
// without an HMAC, as earlier versions wrote it, is nobody's.
func ofKey(file, key []byte) (recipient string, ours bool) {
	first, rest, _ := bytes.Cut(file, []byte("\n"))
	second, sealed, _ := bytes.Cut(rest, []byte("\n"))
	to, ok := strings.CutPrefix(string(first), forLine)
	sum, marked := strings.CutPrefix(string(second), macLine)
	want, err := hex.DecodeString(sum)
	return to, ok && marked && err == nil && hmac.Equal(want, mac(to, sealed, key))
}

// keepCopy writes b under the first free name path.N.
func keepCopy(path string, b []byte) error {
	for n := 1; ; n++ {
		to := fmt.Sprintf("%s.%d", path, n)
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return durable.WriteFile(to, b)
		} else if err != nil {
			return err
		}
	}
}

// Seal encrypts a key to an age recipient ("age1…", post-quantum "age1pq1…"), as
// armored text.
func Seal(key []byte, recipient string) ([]byte, error) {
	to, err := age.ParseRecipients(strings.NewReader(recipient))
	if err != nil {
		return nil, fmt.Errorf("the head office's age key: %w", err)
	}
	var out bytes.Buffer
	text := armor.NewWriter(&out)
	w, err := age.Encrypt(text, to...)
	if err != nil {
		return nil, fmt.Errorf("making the escrow copy: %w", err)
	}
	plain := append(hex.AppendEncode(nil, key), '\n')
	defer clear(plain)
	_, err = w.Write(plain)
	if err := errors.Join(err, w.Close(), text.Close()); err != nil {
		return nil, fmt.Errorf("making the escrow copy: %w", err)
	}
	return out.Bytes(), nil
}

// maxEscrow bounds what Recover reads.
const maxEscrow = 1 << 20

// Recover opens an escrow copy with the text of an age identity file.
func Recover(sealed io.Reader, identity string) ([]byte, error) {
	ids, err := age.ParseIdentities(strings.NewReader(identity))
	if err != nil {
		return nil, fmt.Errorf("the age identity: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(sealed, maxEscrow))
	if err != nil {
		return nil, fmt.Errorf("reading the escrow copy: %w", err)
	}
	if i := bytes.Index(raw, []byte(armor.Header)); i > 0 {
		raw = raw[i:]
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(raw)), ids...)
	if err != nil {
		return nil, fmt.Errorf("opening the escrow copy: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(r, 2*Size+2))
	if err != nil {
		return nil, fmt.Errorf("opening the escrow copy: %w", err)
	}
	defer clear(text)
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != Size {
		return nil, errors.New("opening the escrow copy: it does not hold a machine key")
	}
	return key, nil
}
