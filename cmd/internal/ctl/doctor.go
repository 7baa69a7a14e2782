package ctl

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"moqian/cmd/internal/say"
	"moqian/cmd/internal/station"
	"moqian/sign"
	"moqian/store/upload"
)

// Check is one line of doctor.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	What string `json:"what"`
	Mend string `json:"mend,omitempty"`
}

func (c *Console) doctor(ctx context.Context, args []string) error {
	f := c.flags("doctor")
	if _, err := c.parse("doctor", f, args, 0, 0); err != nil {
		return err
	}
	var checks []Check
	err := c.with(ctx, func(st *station.Station) error {
		checks = c.checks(ctx, st)
		return nil
	})
	if err != nil {
		checks = append(checks, verdict("store", "", err))
	}
	good := true
	for _, k := range checks {
		good = good && k.OK
	}
	err = c.show(checks, func(w io.Writer) {
		for _, k := range checks {
			mark := "ok  "
			if !k.OK {
				mark = "FAIL"
			}
			fmt.Fprintf(w, "%s %-12s %s\n", mark, k.Name, k.What)
			if k.Mend != "" {
				fmt.Fprintf(w, "     %-12s mend: %s\n", "", k.Mend)
			}
		}
	})
	if err == nil && !good {
		return answer(exitNo)
	}
	return err
}

// verdict turns the outcome of a check into its line.
func verdict(name, good string, err error) Check {
	if err == nil {
		return Check{Name: name, OK: true, What: good}
	}
	k := Check{Name: name, What: oneLine(err)}
	if h := say.Hints(err); len(h) > 0 {
		k.Mend = h[0]
	} else {
		k.Mend = "ask the administrator"
	}
	return k
}

func (c *Console) checks(ctx context.Context, st *station.Station) []Check {
	_, fontErr := station.Fonts(st.Site.Fonts)
	abilities, archiveErr := c.probe(ctx, st)
	return []Check{
		verdict("store", "opens, disk above the floor, clock not behind the log", st.Store.Ready(ctx)),
		c.logCheck(ctx, st),
		verdict("fonts", "the program's faces load", fontErr),
		verdict("archive", abilities, archiveErr),
		c.checkpointCheck(ctx, st),
		c.keyCheck(st),
		c.markKeyCheck(ctx, st),
		c.machineCheck(st.Dir, st.Site),
		c.padCheck(ctx),
	}
}

// probe finds out what the archive can do.
func (c *Console) probe(ctx context.Context, st *station.Station) (string, error) {
	a, err := st.Archive(c.line())
	if err != nil {
		return "", err
	}
	p, err := a.Probe(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: refuses overwriting %v, checks MD5 %v, SHA-256 %v, retention %v, clock %+.1f s %s",
		p.Kind, p.Conditional, p.MD5, p.SHA256, p.Lock, p.Skew.Seconds(), strings.Join(p.Notes, "; ")), nil
}

// checkpointCheck sends the checkpoints of the log that wait: nothing else shows as
// well whether they leave.
func (c *Console) checkpointCheck(ctx context.Context, st *station.Station) Check {
	const name = "checkpoints"
	waiting, err := st.Store.Audit().Waiting(ctx)
	if err != nil || len(waiting) == 0 {
		return verdict(name, "of the log: none waits", err)
	}
	a, err := st.Archive(c.line())
	if err != nil {
		return verdict(name, "", fmt.Errorf("%d of the log wait: %w", len(waiting), err))
	}
	w, err := st.Worker(a, c.line())
	if err != nil {
		return verdict(name, "", err)
	}
	n, err := upload.SendCheckpoints(ctx, a, w.Audit, w.Branch, w.Origin)
	if err != nil {
		err = fmt.Errorf("%d of the log do not leave: %w", len(waiting)-n, err)
	}
	return verdict(name, fmt.Sprintf("of the log: %d waited and were sent", n), err)
}

// keyCheck opens the teller's key when the PIN is at hand and tells its expiry.
func (c *Console) keyCheck(st *station.Station) Check {
	pin, err := c.pin("")
	if err != nil {
		return verdict("key", "", err)
	}
	if pin == nil {
		if _, err := os.Stat(st.Site.Key); err != nil || st.Site.Key == "" {
			return verdict("key", "", station.ErrNoKey)
		}
		return Check{Name: "key", OK: true, What: "the key file is there; with MOQIAN_PIN it is opened and its expiry told"}
	}
	key, err := st.OpenKey(pin)
	if err != nil {
		return verdict("key", "", err)
	}
	until := key.Chain()[0].NotAfter
	if c.Now().After(until) {
		return verdict("key", "", sign.ErrExpired)
	}
	return Check{Name: "key", OK: true, What: "opens, valid until " + until.Format(time.DateOnly)}
}
