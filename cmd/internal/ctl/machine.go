package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/machinekey"
)

// keeper finds the machine key of a folder. Trial mode keeps it in the folder.
func keeper(site config.Site) machinekey.Keeper {
	return machinekey.Keeper{Holders: keyHolders(), Escrow: site.Escrow}
}

// MachineKey opens and makes the machine keys of this build's folders.
func MachineKey(site config.Site) func(dir string, fresh bool) ([]byte, error) {
	return keeper(site).MachineKey
}

// machineCheck is doctor's line about the machine key.
func (c *Console) machineCheck(dir string, site config.Site) Check {
	where, err := keeper(site).Where(dir)
	k := verdict("machine key", "in the "+where, err)
	if k.OK && site.Escrow == "" && !trialBuild {
		k.What += "; no escrow copy: set escrow in site.json to the head office's age key"
	}
	return k
}

// recoverKey puts the machine key of a dead workstation into this one's folder,
// from its escrow copy.
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
	if err := errors.Join(os.MkdirAll(dir, 0o700), keeper(site).Install(dir, key)); err != nil {
		return fmt.Errorf("keeping the machine key: %w", err)
	}
	return c.show(map[string]bool{"recovered": true}, func(w io.Writer) { fmt.Fprintln(w, "the machine key is in place") })
}
