package ctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/station"
)

// folder is the workstation's.
func (c *Console) folder() (string, error) {
	if c.common.data != "" {
		return c.path(c.common.data), nil
	}
	return config.Folder(c.Getenv)
}

// site is the configuration: the file named, or site.json in the folder, or
// what mode gives.
func (c *Console) site(dir string) (config.Site, error) {
	if c.common.config != "" {
		return config.Load(c.path(c.common.config))
	}
	s, err := config.Load(filepath.Join(dir, "site.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return c.modeSite(dir)
	}
	return s, err
}

// with opens the workstation for the time of f.
func (c *Console) with(ctx context.Context, f func(*station.Station) error) error {
	if c.Station != nil {
		return f(c.Station)
	}
	dir, err := c.folder()
	if err != nil {
		return err
	}
	if code, ok, err := c.forward(ctx, dir); ok {
		if err == nil {
			err = answer(code) // the running program has said all
		}
		return err
	}
	site, err := c.site(dir)
	if err != nil {
		return err
	}
	st, err := station.Open(ctx, c.options(dir, site))
	if err != nil {
		return fmt.Errorf("opening %s: %w", dir, err)
	}
	if st.Store.Torn() {
		fmt.Fprintln(c.Err, "warning: the last thing this store was told may be missing; its log has an entry torn (最后一次写入可能已丢失，操作日志中有记录 torn)")
	}
	err = c.prepared(ctx, st)
	if err == nil {
		err = f(st)
	}
	return errors.Join(err, st.Close())
}

func (c *Console) options(dir string, site config.Site) station.Options {
	o := station.Options{Dir: dir, Site: site, MachineKey: MachineKey(site), Now: c.Now}
	if c.Self != "" {
		o.Check = childCheck(c.Self)
	}
	return c.mode(o)
}
