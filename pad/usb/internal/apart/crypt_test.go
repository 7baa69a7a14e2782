package apart_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/usb"
	"moqian/pad/usb/internal/apart"
	"moqian/pad/usb/internal/drive"
)

// A clear pen report inside an encrypted session is an intruder's.
func TestIntruder(t *testing.T) {
	p := apart.New(apart.STU540())
	dev := open(t, p, drive.Require)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var c pad.Capture
	err := c.RecordFrom(ctx, dev, func() {
		p.Write(work(20, 0, 1)...)
		p.Inject([]byte{0x34, 0x92, 0x64, 0x14, 0xdb, 0x0d, 0xc8, 0x0d, 0xb9, 0, 21})
	}, nil)
	if !errors.Is(err, usb.ErrIntruder) {
		t.Errorf("record: %v", err)
	}
}

// A block of another session, or of nobody's key, is refused and counted.
func TestForeignBlock(t *testing.T) {
	p := apart.New(apart.STU540())
	dev := open(t, p, drive.Require)
	truth := work(40, 0, 1)
	got, ev := record(t, dev, len(truth), func() {
		p.Write(truth[:20]...)
		p.Inject([]byte{0x33, 0x98, 0x6f, 0xac, 0x64, 0xb1, 0x36, 0x10, 0x13, 0x36, 0x6e, 0xbe, 0x0f, 0x16, 0x51, 0xc9, 0x9d})
		p.Write(truth[20:]...)
	}, nil)
	compare(t, got, truth)
	if ev.Rejected != 1 || ev.Lost != 0 {
		t.Errorf("rejected %d, lost %d", ev.Rejected, ev.Lost)
	}
}

// A pad with which no key can be agreed on: here one that takes the third byte
// of a modulus block for a length. Prefer captures clear and says so, Require
// does not capture.
func TestNoAgreement(t *testing.T) {
	m := apart.STU540()
	m.Lengths = true
	truth := work(40, 0, 1)
	p := apart.New(m)
	got, ev := record(t, open(t, p, drive.Prefer), len(truth), func() { p.Write(truth...) }, nil)
	compare(t, got, truth)
	if ev.Encryption != "none" || ev.Session != "" {
		t.Errorf("encryption %q, session %q", ev.Encryption, ev.Session)
	}
	p = apart.New(m)
	var c pad.Capture
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := c.Record(ctx, open(t, p, drive.Require), func(pad.Sample) { t.Error("a sample") })
	if err == nil || ctx.Err() != nil {
		t.Errorf("record: %v, %v", err, ctx.Err())
	}
}
