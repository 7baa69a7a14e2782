// Package machinekey keeps the 32-byte key that opens a workstation's store when
// nobody is logged in: in the TPM, in the system's keyring, or, last, in a 0600
// file beside the store. It is not a password and no teller's PIN has to do with
// it: the queue must drain at night.
//
// What each holder is worth when the workstation is stolen stands in the README;
// in short: the TPM opens only on its own board, the keyring only for its user,
// the file for whoever reads the disk. An escrow copy under a head-office age key
// (machine.age) opens backups and disks of a dead workstation.
//
// It knows nothing of the store. Start at Keeper.MachineKey. Keys are wiped by
// who gets them.
package machinekey

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"moqian/cmd/internal/durable"
)

// Size of a machine key in bytes.
const Size = 32

var (
	// ErrNone: this holder has no key for the folder.
	ErrNone = errors.New("no machine key here")
	// ErrUnusable: this holder cannot be used on this machine.
	ErrUnusable = errors.New("not usable on this machine")
	// ErrLost: the folder had a key once and no holder has it.
	ErrLost = errors.New("the machine key of this folder is lost: no holder has it")
)

// Holder keeps keys of folders. Get and Put may ask the system and take a while.
type Holder interface {
	// Name for doctor and logs: tpm, keyring, file.
	Name() string
	// Get gives the key of the folder dir, named id; ErrNone, ErrUnusable.
	Get(dir, id string) ([]byte, error)
	// Put keeps a key; ErrUnusable.
	Put(dir, id string, key []byte) error
	// Forget gives the key up; ErrNone is not an error.
	Forget(dir, id string) error
}

// Keeper finds the key among holders.
type Keeper struct {
	// Holders in order of preference: a fresh key goes to the first that can be used.
	Holders []Holder
	// Escrow is the head office's age recipient, "age1…"; empty: no escrow copy.
	Escrow string
	// Proven says by nil that a key is the one of the store in dir, before the
	// escrow copy is made or replaced; nil: any key is.
	Proven func(dir string, key []byte) error
	// Rand makes keys; nil is crypto/rand.
	Rand io.Reader
}

// Default holders: TPM, keyring, file.
func Default() []Holder { return []Holder{TPM{}, Keyring{}, File{}} }

// idFile names the folder towards holders that lie elsewhere, so that a folder
// may be moved.
const idFile = "machine.id"

// MachineKey gives the folder's key. fresh says that there is no store yet, so
// that a key may be made; without it a missing key is ErrLost. The escrow copy is
// written when it is missing, is for another recipient or is not of this key.
func (k Keeper) MachineKey(dir string, fresh bool) ([]byte, error) {
	key, _, err := k.find(dir)
	if errors.Is(err, ErrLost) && fresh {
		key, err = k.make(dir)
	}
	if err != nil {
		return nil, err
	}
	if k.Escrow != "" {
		if err := k.escrow(dir, key); err != nil {
			clear(key)
			return nil, err
		}
	}
	return key, nil
}

// InForce gives the folder's key and does nothing else: none is made, nothing is
// written. Errors: ErrLost, or why a holder does not give it.
func (k Keeper) InForce(dir string) ([]byte, error) {
	key, _, err := k.find(dir)
	return key, err
}

// Where says which holder has the folder's key, for doctor.
func (k Keeper) Where(dir string) (string, error) {
	key, h, err := k.find(dir)
	clear(key)
	if err != nil {
		return "", err
	}
	return h.Name(), nil
}

func (k Keeper) find(dir string) ([]byte, Holder, error) {
	id, err := readID(dir)
	if err != nil {
		return nil, nil, err
	}
	var reasons []error
	for _, h := range k.Holders {
		key, err := h.Get(dir, id)
		switch {
		case err == nil && len(key) == Size:
			return key, h, nil
		case err == nil:
			clear(key)
			err = fmt.Errorf("it has %d bytes", len(key))
		case errors.Is(err, ErrNone), errors.Is(err, ErrUnusable):
			continue
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", h.Name(), err))
	}
	if len(reasons) > 0 {
		// Somebody has it and does not give it: never make another.
		return nil, nil, fmt.Errorf("reading the machine key: %w", errors.Join(reasons...))
	}
	return nil, nil, ErrLost
}

func (k Keeper) make(dir string) ([]byte, error) {
	random := k.Rand
	if random == nil {
		random = rand.Reader
	}
	id := make([]byte, 16)
	key := make([]byte, Size)
	for _, b := range [][]byte{id, key} {
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("making a machine key: %w", err)
		}
	}
	name := hex.EncodeToString(id)
	if err := durable.WriteFile(filepath.Join(dir, idFile), []byte(name+"\n")); err != nil {
		return nil, fmt.Errorf("making a machine key: %w", err)
	}
	if _, err := k.keep(dir, name, key); err != nil {
		clear(key)
		return nil, err
	}
	return key, nil
}

// keep puts a key into the first holder that takes it and gives it back.
func (k Keeper) keep(dir, id string, key []byte) (Holder, error) {
	var reasons []error
	for _, h := range k.Holders {
		if err := h.Put(dir, id, key); err != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", h.Name(), err))
			continue
		}
		back, err := h.Get(dir, id)
		same := err == nil && string(back) == string(key)
		clear(back)
		if same {
			return h, nil
		}
		h.Forget(dir, id)
		reasons = append(reasons, fmt.Errorf("%s: it does not give back what was put in: %w", h.Name(), err))
	}
	return nil, fmt.Errorf("keeping the machine key: %w", errors.Join(reasons...))
}

// Install puts a key, for example one recovered from escrow, into the folder's
// first usable holder, and takes it from the others. Another key that they had is
// kept: kept names the folder in dir it lies in now, "" where there was none. The
// escrow copy is then of this key. The caller has made sure that the store in
// the folder, if there is one, is this key's.
func (k Keeper) Install(dir string, key []byte) (kept string, err error) {
	if len(key) != Size {
		return "", fmt.Errorf("installing a machine key: it has %d bytes, not %d", len(key), Size)
	}
	id, err := readID(dir)
	if err != nil {
		return "", err
	}
	if id == "" {
		if id, err = name(dir); err != nil {
			return "", fmt.Errorf("installing a machine key: %w", err)
		}
	}
	if kept, err = k.setAside(dir, id, key); err != nil {
		return "", fmt.Errorf("keeping the machine key that is here: %w", err)
	}
	in, err := k.keep(dir, id, key)
	if err != nil {
		return kept, err
	}
	for _, h := range k.Holders {
		if h.Name() == in.Name() {
			continue
		}
		if err := h.Forget(dir, id); err != nil && !errors.Is(err, ErrNone) && !errors.Is(err, ErrUnusable) {
			return kept, fmt.Errorf("installing a machine key: taking it from the %s: %w", h.Name(), err)
		}
	}
	if k.Escrow == "" {
		return kept, nil
	}
	k.Proven = nil
	return kept, k.escrow(dir, key)
}

// name gives a folder a fresh name.
func name(dir string) (string, error) {
	b := make([]byte, 16)
	rand.Read(b)
	id := hex.EncodeToString(b)
	return id, durable.WriteFile(filepath.Join(dir, idFile), []byte(id+"\n"))
}

// readID gives the folder's name, "" where it has none yet.
func readID(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, idFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the machine key: %w", err)
	}
	id := strings.TrimSpace(string(b))
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return "", fmt.Errorf("reading the machine key: %s is not 32 hex digits", idFile)
	}
	return id, nil
}
