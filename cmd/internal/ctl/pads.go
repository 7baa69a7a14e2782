package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"moqian/cmd/internal/padcmd"
	"moqian/cmd/internal/station"
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
		return padcmd.Watch(ctx, p, time.Second, c.padChange)
	}
	rows, err := padcmd.List(ctx, p)
	if err != nil && !errors.Is(err, pad.ErrNone) {
		return fmt.Errorf("looking for pads: %w", err)
	}
	if rows == nil {
		rows = []padcmd.Row{}
	}
	if err := c.show(rows, func(w io.Writer) { _ = padcmd.Text(w, rows) }); err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("looking for pads: %w", pad.ErrNone)
	}
	return nil
}

func (c *Console) padChange(change padcmd.Change) error {
	if c.common.json {
		return json.NewEncoder(c.Out).Encode(change)
	}
	fmt.Fprintf(c.Out, "%s ", change.What)
	return padcmd.Text(c.Out, []padcmd.Row{change.Row})
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

// calibrateFit turns taps into a calibration and keeps it if asked to.
func (c *Console) calibrateFit(ctx context.Context, args []string) error {
	f := c.flags("calibrate fit")
	keep := f.Bool("keep", false, "keep it for this pad, if it passes")
	if _, err := c.parse("calibrate fit", f, args, 0, 0); err != nil {
		return err
	}
	if !*keep {
		return c.fit(ctx, nil)
	}
	return c.with(ctx, func(st *station.Station) error { return c.fit(ctx, st) })
}

// fit reads the taps; st, if any, keeps the calibration when it passes.
func (c *Console) fit(ctx context.Context, st *station.Station) error {
	r, err := padcmd.Fit(c.In)
	misfit := errors.Is(err, pad.ErrMisfit)
	if err != nil && !misfit {
		return fmt.Errorf("fitting: %w", err)
	}
	if st != nil && !misfit {
		if err := st.KeepCalibration(ctx, r.Calibration); err != nil {
			return fmt.Errorf("keeping the calibration: %w", err)
		}
	}
	err = c.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s: %s, RMS %.3f mm, max %.3f mm, leave-one-out %.3f mm over %d targets\n",
			r.Verdict, r.ID, r.Kind, r.RMS, r.Max, r.LeaveOneOut, r.Targets)
	})
	if err == nil && misfit {
		return answer(exitNo)
	}
	return err
}
