package machinekey

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/zalando/go-keyring"
)

// Keyring keeps the key in the system's keyring: org.freedesktop.secrets on
// Linux, the Credential Manager (DPAPI) on Windows, the Keychain on macOS. It is
// one user's: the upload service must run as the user who made the store.
type Keyring struct{}

const service = "moqian machine key"

// Name is "keyring".
func (Keyring) Name() string { return "keyring" }

// Get asks the keyring. One that does not answer is ErrUnusable: where the key
// is nowhere else, the store then stays shut.
func (Keyring) Get(_, id string) ([]byte, error) {
	if id == "" {
		return nil, ErrNone
	}
	text, err := keyring.Get(service, id)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return nil, ErrNone
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("what it holds is not hexadecimal")
	}
	return key, nil
}

// Put hands the key to the keyring.
func (Keyring) Put(_, id string, key []byte) error {
	if err := keyring.Set(service, id, hex.EncodeToString(key)); err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	return nil
}

// Forget takes it back.
func (Keyring) Forget(_, id string) error {
	switch err := keyring.Delete(service, id); {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNone
	default:
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
}
