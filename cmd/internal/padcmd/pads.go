package padcmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"moqian/pad/usb"
)

// Lister says what is plugged in; *usb.Pads is one.
type Lister interface {
	List(ctx context.Context) ([]usb.Row, error)
}

// Row is one pad, as JSON shows it.
type Row struct {
	// ID is "vvvv:pppp" in hex.
	ID string `json:"id"`
	usb.Row
}

// List gives the pads that are plugged in; none is an empty list.
func List(ctx context.Context, l Lister) ([]Row, error) {
	got, err := l.List(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(got))
	for _, r := range got {
		rows = append(rows, Row{ID: fmt.Sprintf("%04x:%04x", r.VID, r.PID), Row: r})
	}
	return rows, nil
}

// Change is what Watch tells: a pad came, left, or its state changed.
type Change struct {
	// What is "plugged", "unplugged" or "changed".
	What string `json:"what"`
	Row
}

// Watch looks every so often and tells each change, those of the first look
// included, until ctx ends (nil) or tell fails.
func Watch(ctx context.Context, l Lister, every time.Duration, tell func(Change) error) error {
	var before []Row
	for {
		now, err := List(ctx, l)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, c := range changes(before, now) {
			if err := tell(c); err != nil {
				return err
			}
		}
		before = now
		t := time.NewTimer(every)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil
		}
	}
}

func changes(before, now []Row) (out []Change) {
	at := func(rows []Row, port string) int {
		return slices.IndexFunc(rows, func(r Row) bool { return r.Port == port })
	}
	for _, r := range before {
		if at(now, r.Port) < 0 {
			out = append(out, Change{"unplugged", r})
		}
	}
	for _, r := range now {
		i := at(before, r.Port)
		switch {
		case i < 0:
			out = append(out, Change{"plugged", r})
		case before[i].State != r.State || before[i].Serial != r.Serial:
			out = append(out, Change{"changed", r})
		}
	}
	return out
}

// Text writes rows for people.
func Text(w io.Writer, rows []Row) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "未找到签字板 · no pad is connected")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tMODEL\tSERIAL\tFIRMWARE\tSIZE mm\tLEVELS\tSCREEN\tSTATE\tEVIDENCE")
	for _, r := range rows {
		state := r.State
		if r.Why != "" {
			state += ": " + r.Why
		}
		fmt.Fprintf(t, "%s\t%s %s\t%s\t%s\t%.1f × %.1f\t%d\t%s\t%s\t%s\n", r.ID, r.Maker, r.Model, r.Serial, r.Firmware,
			r.WidthMM, r.HeightMM, r.Levels, r.Screen, state, strings.Join(r.Evidence, ", "))
	}
	return t.Flush()
}
