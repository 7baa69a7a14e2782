package machinekey

import (
	"bytes"
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

// escrow writes the copy where it is missing or was made for somebody else.
func (k Keeper) escrow(dir string, key []byte) error {
	path := filepath.Join(dir, EscrowFile)
	old, err := os.ReadFile(path)
	if err == nil && strings.HasPrefix(string(old), "# for "+k.Escrow+"\n") {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the escrow copy: %w", err)
	}
	sealed, err := Seal(key, k.Escrow)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(path, append([]byte("# for "+k.Escrow+"\n"), sealed...)); err != nil {
		return fmt.Errorf("keeping the escrow copy: %w", err)
	}
	return nil
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
