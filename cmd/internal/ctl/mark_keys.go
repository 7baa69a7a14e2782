package ctl

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"

	"moqian/cmd/internal/durable"
	"moqian/cmd/internal/keyfile"
	"moqian/cmd/internal/markcmd"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/station"
	"moqian/render/watermark"
	"moqian/store"
)

// keyFormats of the files, for --help.
const keyFormats = `key file:    {"schema": "moqian-mark-key 1", "branch": "01001", "year": 2026, "id": "8 hex digits", "key": "64 hex digits"}
             branch, year and id may be left out; id is the name that vouchers give the key
master file: {"schema": "moqian-mark-master 1", "master": "64 hex digits"}
public key:  PEM (PUBLIC KEY or CERTIFICATE, Ed25519), as openssl pkey -pubin -text reads it

Head office keeps the master (mark master) and derives each branch's key of each year (mark keygen --master M --branch B
--year Y). A workstation takes its own (mark import); the newest of the year is in force, older ones stay for reading.`

func (c *Console) markMaster(_ context.Context, args []string) error {
	words, err := c.parse("mark master", c.flags("mark master"), args, 1, 1)
	if err != nil {
		return err
	}
	if err := markcmd.Master(c.path(words[0])); err != nil {
		return err
	}
	return c.show(map[string]string{"file": c.path(words[0])}, func(w io.Writer) { fmt.Fprintln(w, words[0]) })
}

// keygenAnswer of mark keygen; without a master there is only the file.
type keygenAnswer struct {
	File   string `json:"file"`
	ID     string `json:"id,omitempty"`
	Branch string `json:"branch,omitempty"`
	Year   int    `json:"year,omitempty"`
}

func (c *Console) markKeygen(_ context.Context, args []string) error {
	f := c.flags("mark keygen")
	master := f.String("master", "", "head office's master `file`; a key by chance without it")
	branch := f.String("branch", "", "`code` of the branch, 5 digits")
	year := f.Int("year", 0, "`year` of the key")
	words, err := c.parse("mark keygen", f, args, 1, 1)
	if err != nil {
		return err
	}
	if (*master == "") != (*branch == "") || (*master == "") != (*year == 0) {
		return usagef("--master, --branch and --year go together")
	}
	k := keygenAnswer{File: c.path(words[0]), Branch: *branch, Year: *year}
	if *master == "" {
		err = markcmd.Keygen(k.File)
	} else {
		k.ID, err = markcmd.Derive(c.path(*master), *branch, *year, k.File)
	}
	if err != nil {
		return err
	}
	return c.show(k, func(w io.Writer) { fmt.Fprintln(w, words[0]) })
}

// markExport and markImport carry a branch's key between head office and the
// workstation; both are logged.
func (c *Console) markExport(ctx context.Context, args []string) error {
	f := c.flags("mark export")
	id := f.String("id", "", "`id` of an older key, see mark keys; the one in force without it")
	words, err := c.parse("mark export", f, args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		n, err := heldKey(ctx, st, *id)
		if err != nil {
			return err
		}
		defer clear(n.Key[:])
		if err := keyfile.Save(c.path(words[0]), n); err != nil {
			return err
		}
		return c.logKey(ctx, st, "mark-export", n)
	})
}

func heldKey(ctx context.Context, st *station.Station, id string) (keyfile.Named, error) {
	if id == "" {
		n, _, err := st.MarkKeyInForce(ctx)
		return n, err
	}
	r, err := st.MarkRing(ctx)
	if err != nil {
		return keyfile.Named{}, err
	}
	defer r.Wipe()
	h, err := r.Find(id)
	if err != nil {
		return keyfile.Named{}, no{err}
	}
	return h.Named, nil
}

func (c *Console) logKey(ctx context.Context, st *station.Station, action string, n keyfile.Named) error {
	return st.Store.Audit().Append(ctx, c.by(store.Entry{Action: action, Outcome: "ok",
		Detail: map[string]string{"key": n.ID()}}))
}

func (c *Console) markImport(ctx context.Context, args []string) error {
	f := c.flags("mark import")
	words, err := c.parse("mark import", f, args, 1, 1)
	if err != nil {
		return err
	}
	n, err := keyfile.Load(c.path(words[0]))
	if err != nil {
		return err
	}
	defer clear(n.Key[:])
	return c.with(ctx, func(st *station.Station) error {
		if err := st.AddMarkKey(ctx, n); err != nil {
			return err
		}
		return c.logKey(ctx, st, "mark-import", n)
	})
}

// ringRow is a key without its secret.
type ringRow struct {
	ID      string `json:"id"`
	Branch  string `json:"branch"`
	Year    int    `json:"year"`
	InForce bool   `json:"in_force"`
	Local   bool   `json:"local"`
}

func (c *Console) markKeys(ctx context.Context, args []string) error {
	if _, err := c.parse("mark keys", c.flags("mark keys"), args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		now, _, err := st.MarkKeyInForce(ctx)
		if err != nil {
			return err
		}
		r, err := st.MarkRing(ctx)
		if err != nil {
			return err
		}
		defer r.Wipe()
		var rows []ringRow
		for _, h := range r.All() {
			rows = append(rows, ringRow{h.ID(), h.Branch, h.Year, h.Key == now.Key, h.Local})
		}
		return c.show(rows, func(w io.Writer) {
			for _, k := range rows {
				fmt.Fprintf(w, "%s branch %s year %d in force %v made here %v\n", k.ID, k.Branch, k.Year, k.InForce, k.Local)
			}
		})
	})
}

// markPublic writes the public half of the key that signs ink, for head office's
// register.
func (c *Console) markPublic(ctx context.Context, args []string) error {
	words, err := c.parse("mark public", c.flags("mark public"), args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		k, err := st.MarkSigner(ctx)
		if err != nil {
			return err
		}
		defer clear(k)
		public, _ := k.Public().(ed25519.PublicKey)
		text, err := keyfile.PublicPEM(public)
		if err != nil {
			return err
		}
		if err := durable.WriteFile(c.path(words[0]), text); err != nil {
			return err
		}
		id := watermark.PublicKeyID(public)
		return c.show(map[string]string{"file": c.path(words[0]), "key": hex.EncodeToString(id[:]), "branch": st.Site.BranchCode, "workstation": st.Site.Workstation},
			func(w io.Writer) { fmt.Fprintf(w, "%s: key %x\n", words[0], id) })
	})
}

// markKeyCheck is doctor's line about the key in force.
func (c *Console) markKeyCheck(ctx context.Context, st *station.Station) Check {
	n, fresh, err := st.MarkKeyInForce(ctx)
	k := verdict("mark key", fmt.Sprintf("%s, of %d", n.ID(), n.Year), err)
	if err == nil && !fresh {
		k.OK, k.Mend = false, "this year's key is missing: tellerctl mark import the one from head office; until then the old one marks"
	}
	return k
}

// markOptions takes the files named on the line.
func (c *Console) markOptions(o *proof.Options, keys, public names) error {
	for _, name := range c.paths(keys) {
		if keyfile.IsMaster(name) {
			m, err := keyfile.LoadMaster(name)
			if err != nil {
				return err
			}
			o.MarkMaster = &m
			continue
		}
		k, err := keyfile.Read(name)
		if err != nil {
			return err
		}
		o.MarkKeys = append(o.MarkKeys, k)
	}
	for _, name := range c.paths(public) {
		k, err := keyfile.PublicKeys(name)
		if err != nil {
			return err
		}
		o.MarkPublic = append(o.MarkPublic, k...)
	}
	return nil
}

// stationMarks adds the workstation's own public key, and its ring where the
// line names no key.
func stationMarks(ctx context.Context, st *station.Station, o *proof.Options, ring bool) error {
	k, err := st.MarkSigner(ctx)
	if err != nil {
		return err
	}
	defer clear(k)
	public, _ := k.Public().(ed25519.PublicKey)
	o.MarkPublic = append(o.MarkPublic, public)
	if ring {
		o.MarkKeys, err = st.MarkKeys(ctx)
	}
	return err
}
