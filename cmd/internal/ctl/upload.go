package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"moqian/cmd/internal/say"
	"moqian/cmd/internal/station"
	"moqian/store/upload"
)

// lineFlags are the flags of everything that speaks to an archive.
func (c *Console) line() station.Line { return station.Line{Getenv: c.Getenv} }

// archive opens what l names; a relative folder lies where the command was
// given, not where the program that owns the store runs.
func (c *Console) archive(st *station.Station, l station.Line) (upload.Archive, error) {
	if dir, ok := strings.CutPrefix(l.Address, "dir:"); ok {
		l.Address = "dir:" + c.path(dir)
	}
	return st.Archive(l)
}

func (c *Console) upload(ctx context.Context, args []string) error {
	l := c.line()
	f := c.flags("upload")
	f.StringVar(&l.Address, "to", "", "archive `URL`: dir:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=R; the site's without it")
	f.IntVar(&l.Workers, "workers", 0, "documents sent at once, 0: the site's")
	f.Int64Var(&l.Limit, "limit", 0, "bytes a second, 0: the site's")
	watch := f.Bool("watch", false, "go on until interrupted; reads back what is due")
	f.Bool("once", true, "try each voucher once (the default)")
	if _, err := c.parse("upload", f, args, 0, 0); err != nil {
		return err
	}
	if l.Workers < 0 || l.Limit < 0 {
		return usagef("--workers and --limit are not negative")
	}
	return c.with(ctx, func(st *station.Station) error {
		to, err := c.archive(st, l)
		if err != nil {
			return err
		}
		w, err := st.Worker(to, l)
		if err != nil {
			return err
		}
		w.Told = c.progress()
		if *watch {
			if err = w.Watch(ctx, time.Minute, c.told); errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		}
		r, err := w.Once(ctx)
		if err != nil {
			return err
		}
		err = c.show(r, func(w io.Writer) { printResult(w, r) })
		c.why(r)
		if err == nil && r.Failed+r.Held > 0 {
			return answer(exitNo)
		}
		return err
	})
}

// why says what kept vouchers back, for the first of them; the others' rows have
// their own reasons. Checkpoints have no rows.
func (c *Console) why(r upload.Result) {
	c.kept("", r.Failed, r.Why)
	c.kept(" checkpoints of the log", r.Held, r.WhyHeld)
}

func (c *Console) kept(what string, n int, why error) {
	if why == nil || n == 0 {
		return
	}
	fmt.Fprintf(c.Err, "tellerctl: upload: %d%s not sent; the first: %s\n", n, what, oneLine(why))
	for _, h := range say.Hints(why) {
		fmt.Fprintf(c.Err, "hint: %s\n", h)
	}
}

// progress is a line on a terminal, nothing elsewhere.
func (c *Console) progress() func(upload.Progress) {
	f, ok := c.Err.(*os.File)
	if !ok {
		return nil
	}
	if i, err := f.Stat(); err != nil || i.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(p upload.Progress) {
		fmt.Fprintf(f, "\r%d of %d vouchers, %.1f of %.1f MB, %.0f kB/s, %v left   ", p.Done, p.Total,
			float64(p.DoneBytes)/1e6, float64(p.TotalBytes)/1e6, p.Rate/1e3, p.ETA.Round(time.Second))
		if p.Done+p.Failed >= p.Total {
			fmt.Fprintln(f)
		}
	}
}

func printResult(w io.Writer, r upload.Result) {
	fmt.Fprintf(w, "sent %d, already there %d, failed %d, %d bytes in %.1f s\n", r.Sent, r.Already, r.Failed, r.Bytes, r.Seconds)
}

func (c *Console) told(r upload.Result, err error) {
	if err != nil {
		fmt.Fprintf(c.Err, "upload: %v\n", err)
		return
	}
	printResult(c.Err, r)
	c.why(r)
}

// queueVerify reads back from the archive what was sent at least a day ago.
func (c *Console) queueVerify(ctx context.Context, args []string) error {
	l := c.line()
	f := c.flags("queue verify")
	f.StringVar(&l.Address, "from", "", "archive `URL`; the site's without it")
	after := f.Duration("after", 24*time.Hour, "read back what was sent this `long` ago")
	var purge *time.Duration
	f.Func("purge", "then give up the bytes of what was verified this `long` ago; without it none", func(s string) error {
		d, err := time.ParseDuration(s)
		if purge = &d; d < 0 {
			return errors.New("not before zero")
		}
		return err
	})
	if _, err := c.parse("queue verify", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		from, err := c.archive(st, l)
		if err != nil {
			return err
		}
		w, err := st.Worker(from, l)
		if err != nil {
			return err
		}
		w.VerifyAfter = max(*after, time.Nanosecond) // zero would be the worker's own default
		v, err := w.Verify(ctx)
		if err != nil {
			return err
		}
		if purge != nil {
			p, err := w.GiveUp(ctx, *purge)
			if err != nil {
				return err
			}
			v.Lost, v.Failed, v.Elsewhere, v.Purged = v.Lost+p.Lost, v.Failed+p.Failed, v.Elsewhere+p.Elsewhere, p.Purged
		}
		err = c.show(v, func(w io.Writer) {
			fmt.Fprintf(w, "verified %d, lost %d, not readable now %d, not yet due %d, purged %d\n", v.Verified, v.Lost, v.Failed, v.Waiting, v.Purged)
		})
		if v.Elsewhere > 0 {
			fmt.Fprintf(c.Err, "tellerctl: queue verify: %d were sent to another archive and are left alone; queue show tells which, --from names it\n", v.Elsewhere)
		}
		if err == nil && v.Lost+v.Failed+v.Elsewhere > 0 {
			return answer(exitNo)
		}
		return err
	})
}
