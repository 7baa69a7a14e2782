package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"moqian/pad"
	"moqian/pad/usb"
)

func (c *Console) pads(ctx context.Context, args []string) error {
	f := c.flags("pads")
	watch := f.Bool("watch", false, "go on until interrupted: a line for each pad that comes, goes or changes")
	if _, err := c.parse("pads", f, args, 0, 0); err != nil {
		return err
	}
	p := usb.New(usb.Options{Now: c.Now})
	if *watch {
		return c.watchPads(ctx, p)
	}
	rows, err := p.List(ctx)
	if err != nil {
		return fmt.Errorf("looking for pads: %w", err)
	}
	if rows == nil {
		rows = []usb.Row{}
	}
	if err := c.show(rows, func(w io.Writer) { printPads(w, rows) }); err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("looking for pads: %w", pad.ErrNone)
	}
	return nil
}

func printPads(w io.Writer, rows []usb.Row) {
	for _, r := range rows {
		fmt.Fprintf(w, "%04x:%04x %-8s %s %s %s\n", r.VID, r.PID, r.State, r.Maker, r.Model, r.Serial)
		if r.State == "ready" {
			fmt.Fprintf(w, "          %.1f × %.1f mm, %d levels, %.0f Hz, screen %s; states %s\n",
				r.WidthMM, r.HeightMM, r.Levels, r.RateHz, or(r.Screen, "none"), strings.Join(r.Evidence, ", "))
		}
		if r.Why != "" {
			fmt.Fprintf(w, "          %s\n", r.Why)
		}
		if r.Hardware != "" {
			fmt.Fprintf(w, "          %s\n", r.Hardware)
		}
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// watchPads tells what changes, once a second.
func (c *Console) watchPads(ctx context.Context, p *usb.Pads) error {
	var before []string
	for {
		rows, err := p.List(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !errors.Is(err, pad.ErrNone) {
			return fmt.Errorf("looking for pads: %w", err)
		}
		var now []string
		for _, r := range rows {
			b, err := json.Marshal(r)
			if err != nil {
				return err
			}
			now = append(now, string(b))
			if slices.Contains(before, string(b)) {
				continue
			}
			if c.common.json {
				fmt.Fprintf(c.Out, "%s\n", b)
			} else {
				printPads(c.Out, []usb.Row{r})
			}
		}
		for _, b := range before {
			var r usb.Row
			if json.Unmarshal([]byte(b), &r) == nil && !slices.Contains(now, b) {
				r.State = "gone"
				if err := c.show(r, func(w io.Writer) { printPads(w, []usb.Row{r}) }); err != nil {
					return err
				}
			}
		}
		before = now
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// padCheck is doctor's line about the pad.
func (c *Console) padCheck(ctx context.Context) Check {
	rows, err := usb.New(usb.Options{Now: c.Now}).List(ctx)
	switch {
	case err != nil:
		return verdict("pad", "", err)
	case len(rows) == 0:
		return verdict("pad", "", pad.ErrNone)
	case rows[0].State != "ready":
		return Check{Name: "pad", What: rows[0].State + ": " + rows[0].Why, Mend: "see tellerctl pads; make install-udev gives permission"}
	}
	return Check{Name: "pad", OK: true, What: rows[0].Maker + " " + rows[0].Model}
}
