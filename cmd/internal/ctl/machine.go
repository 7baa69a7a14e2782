package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
	"moqian/store"
)

// keeper finds the machine key of a folder. Trial mode keeps it in the folder.
func keeper(site config.Site) machinekey.Keeper {
	return machinekey.Keeper{Holders: keyHolders(), Escrow: site.Escrow, Proven: opensStore}
}

// opensStore says by nil that a key is that of the folder's store, or that there
// is none yet.
func opensStore(dir string, key []byte) error {
	held, err := store.Hold(dir, time.Second)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(held.Opens(key), held.Close())
}

// MachineKey opens and makes the machine keys of this build's folders.
func MachineKey(site config.Site) func(dir string, fresh bool) ([]byte, error) {
	return keeper(site).MachineKey
}

// machineCheck is doctor's line about the machine key.
func (c *Console) machineCheck(dir string, site config.Site) Check {
	where, err := keeper(site).Where(dir)
	k := verdict("machine key", "in the "+where, err)
	switch {
	case !k.OK:
	case site.Escrow != "":
		k = verdict("machine key", k.What+"; "+machinekey.EscrowFile+" is of it", keeper(site).EscrowOf(dir))
	case !trialBuild:
		k.What += "; no escrow copy: set escrow in site.json to the head office's age key"
	}
	return k
}

// recoverKey puts the machine key of a dead workstation into this one's folder,
// from its escrow copy; see station.Recover for when it does not.
func (c *Console) recoverKey(_ context.Context, args []string) error {
	f := c.flags("recover")
	identity := f.String("identity", "", "the head office's age identity `file`")
	words, err := c.parse("recover", f, args, 1, 1)
	if err != nil {
		return err
	}
	if *identity == "" {
		return usagef("want --identity FILE")
	}
	if c.Station != nil {
		return fmt.Errorf("putting the machine key in place: %w", store.ErrLocked)
	}
	dir, err := c.folder()
	if err != nil {
		return err
	}
	site, err := c.site(dir)
	if err != nil {
		return err
	}
	id, err := os.ReadFile(c.path(*identity))
	if err != nil {
		return fmt.Errorf("reading the identity: %w", err)
	}
	defer clear(id)
	sealed, err := os.Open(c.path(words[0]))
	if err != nil {
		return fmt.Errorf("reading the escrow copy: %w", err)
	}
	defer sealed.Close()
	key, err := machinekey.Recover(sealed, string(id))
	if err != nil {
		return err
	}
	defer clear(key)
	done, err := station.Recover(dir, keeper(site), key)
	if err != nil {
		return fmt.Errorf("putting the machine key in place: %w", err)
	}
	return c.show(map[string]any{"recovered": true, "already": done.Already, "kept": done.Kept}, func(w io.Writer) {
		switch {
		case done.Already:
			fmt.Fprintln(w, "the machine key was in place already")
		case done.Kept != "":
			fmt.Fprintf(w, "the machine key is in place; the one that was there is kept in %s\n", done.Kept)
		default:
			fmt.Fprintln(w, "the machine key is in place")
		}
	})
}
