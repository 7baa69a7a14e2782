package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"moqian/cmd/internal/station"
	"moqian/store/upload"
)

func (c *Console) upload(ctx context.Context, args []string) error {
	f := c.flags("upload")
	to := f.String("to", "", "archive `URL`: dir:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=R; the site's without it")
	watch := f.Bool("watch", false, "go on until interrupted")
	f.Bool("once", true, "try each voucher once (the default)")
	if _, err := c.parse("upload", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		sender, err := st.Archive(*to, c.Getenv)
		if err != nil {
			return err
		}
		w := st.Worker(sender)
		if *watch {
			err := w.Watch(ctx, time.Minute, func(r upload.Result, err error) { c.told(r, err) })
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		}
		r, err := w.Once(ctx)
		if err != nil {
			return err
		}
		err = c.show(r, func(w io.Writer) { printResult(w, r) })
		if err == nil && r.Failed > 0 {
			return answer(exitNo)
		}
		return err
	})
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
}
