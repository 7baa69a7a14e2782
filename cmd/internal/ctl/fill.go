//go:build virtualpad

package ctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/render/form"
	"moqian/sign"
	"moqian/sign/pdf"
	"moqian/store"
)

// queueFill files signed TEST vouchers of a size, for load and torture.
func (c *Console) queueFill(ctx context.Context, args []string) error {
	f := c.flags("queue fill")
	count := f.Int("count", 1, "`how many`")
	size := f.Int("size", 100000, "`bytes` of each, at least 20000")
	if _, err := c.parse("queue fill", f, args, 0, 0); err != nil {
		return err
	}
	if *count < 1 || *size < 20000 || *size > 64<<20 {
		return usagef("--count is at least 1, --size 20000 to 67108864")
	}
	return c.with(ctx, func(st *station.Station) error {
		key, err := st.OpenKey([]byte(trial.PIN))
		if err != nil {
			return err
		}
		ballast := *size / 2
		for i := range *count {
			if ballast, err = c.fillOne(ctx, st, key, *size, ballast); err != nil {
				return fmt.Errorf("voucher %d of %d: %w", i+1, *count, err)
			}
		}
		return c.show(map[string]int{"filed": *count}, func(w io.Writer) { fmt.Fprintf(w, "%d TEST vouchers filed\n", *count) })
	})
}

// fillOne files one voucher of size bytes; ballast is a guess at what fills it
// up, and the right one is handed back.
func (c *Console) fillOne(ctx context.Context, st *station.Station, key sign.Key, size, ballast int) (int, error) {
	now := c.Now()
	day, serial, err := reserve(ctx, st, now)
	if err != nil {
		return 0, err
	}
	number, err := form.NewNumber(st.Site.BranchCode, st.Site.Workstation, day, serial)
	if err != nil {
		return 0, err
	}
	var signed []byte
	for range 3 { // lengths are written in digits too
		file, err := filler(ballast, number)
		if err != nil {
			return 0, err
		}
		if signed, err = sign.Sign(ctx, file, sign.Field{Name: "Teller", Time: now, Certify: 1}, key, 0); err != nil {
			return 0, err
		}
		if len(signed) == size {
			break
		}
		ballast = max(1, ballast+size-len(signed))
	}
	_, err = st.Store.Outbox().File(ctx, store.Item{Voucher: number, Type: "2101", Business: day.Format(time.DateOnly),
		Branch: st.Site.BranchCode, Teller: "t0001", Test: true}, serial, signed,
		store.Entry{Actor: "t0001", Action: "fill", Voucher: number, Outcome: "ok"})
	return ballast, err
}

// reserve takes a serial of today, or of a later day when today's are used up.
func reserve(ctx context.Context, st *station.Station, now time.Time) (time.Time, int, error) {
	y, m, d := now.In(flow.Beijing()).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); ; day = day.AddDate(0, 0, 1) {
		serial, err := st.Store.Outbox().Reserve(ctx, day.Format(time.DateOnly))
		if !errors.Is(err, store.ErrSerials) {
			return day, serial, err
		}
	}
}

// filler is a PDF of one page that says TEST, with so many bytes of ballast.
func filler(ballast int, number string) ([]byte, error) {
	w := pdf.NewWriter("1.4")
	catalog, pages, page, content, font, bulk := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(catalog, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages, "Ballast": bulk})
	w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": int64(1)})
	w.Put(page, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "Contents": content,
		"MediaBox":  pdf.Array{int64(0), int64(0), int64(595), int64(842)},
		"Resources": pdf.Dict{"Font": pdf.Dict{"F": font}}})
	w.Put(font, pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
	text := []byte("BT /F 24 Tf 60 700 Td (TEST " + number + ") Tj ET")
	w.Put(content, &pdf.Stream{Dict: pdf.Dict{"Length": int64(len(text))}, Raw: text})
	line := []byte("TEST " + number + "\n")
	fill := bytes.Repeat(line, ballast/len(line)+1)[:ballast]
	w.Put(bulk, &pdf.Stream{Dict: pdf.Dict{"Length": int64(len(fill))}, Raw: fill})
	return w.Finish(pdf.Dict{"Root": catalog})
}
