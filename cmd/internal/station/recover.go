package station

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"moqian/cmd/internal/machinekey"
	"moqian/store"
)

var (
	// ErrLiving: the key that is here opens the store, another would shut it.
	ErrLiving = errors.New("the machine key that is here opens the store in this folder, the recovered one does not")
	// ErrOtherStore: the recovered key is not that of the store in the folder.
	ErrOtherStore = errors.New("the recovered machine key does not open the store in this folder")
)

// Recovered is what Recover did.
type Recovered struct {
	// Already says that the key was in force before.
	Already bool
	// Kept is the folder in dir that has the key which was there, "" if none was.
	Kept string
}

// Recover puts a machine key from escrow in force in dir. A store that is there
// is locked meanwhile and must be the key's: one that another key opens, that is
// in use, or that cannot be read while a key is here, stays as it is and so does
// the key. Errors: ErrLiving, ErrOtherStore, store.ErrLocked, store.ErrDamaged,
// store.ErrNewer.
func Recover(dir string, keys machinekey.Keeper, key []byte) (r Recovered, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r, fmt.Errorf("making the workstation's folder: %w", err)
	}
	present, missing := keys.InForce(dir)
	defer clear(present)
	held, err := store.Hold(dir, 0)
	if held != nil {
		defer held.Close()
		err = fits(held, present, key)
	}
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, store.ErrDamaged) && errors.Is(missing, machinekey.ErrLost):
		// Nobody can say whose it is. No key is lost, and restoring a backup needs one.
	default:
		return r, fmt.Errorf("nothing was changed: %w", err)
	}
	if r.Already = hmac.Equal(present, key); r.Already {
		again, err := keys.MachineKey(dir, false) // its escrow copy with it
		clear(again)
		return r, err
	}
	r.Kept, err = keys.Install(dir, key)
	return r, err
}

// fits says whether the recovered key is that of a store.
func fits(held *store.Held, present, key []byte) error {
	err := held.Opens(key)
	if !errors.Is(err, store.ErrKey) {
		return err
	}
	if len(present) > 0 && held.Opens(present) == nil {
		return ErrLiving
	}
	return ErrOtherStore
}
