package soft

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/wire"
)

const long = time.Minute

// plugged is a bus with one pad, opened.
func plugged(t *testing.T, m emu.Model) (*Bus, *emu.STU, wire.Transport) {
	t.Helper()
	b, g := NewBus(), emu.NewSTU(m, rand.Reader)
	b.Plug(g)
	ports, err := b.Ports(t.Context())
	if err != nil || len(ports) != 1 || ports[0].VID != 0x056A || ports[0].PID != m.PID || !ports[0].HID {
		t.Fatalf("%+v, %v", ports, err)
	}
	tr, err := b.Open(t.Context(), ports[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = tr.Close()
		if open, streams := b.Leaks(); open != 0 || streams != 0 {
			t.Errorf("%d transports and %d streams are left", open, streams)
		}
	})
	return b, g, tr
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestBus(t *testing.T) {
	b, g, tr := plugged(t, emu.Model430())
	ports, err := b.Ports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Open(t.Context(), ports[0])
	wantErr(t, "a second open", err, wire.ErrBusy)
	_, err = b.Open(t.Context(), wire.Port{Path: "elsewhere"})
	wantErr(t, "an empty port", err, wire.ErrGone)
	b.Refuse(wire.ErrDenied)
	_, err = b.Open(t.Context(), ports[0])
	wantErr(t, "a port without rights", err, wire.ErrDenied)
	b.Refuse(nil)
	for range 2 {
		if err := tr.Close(); err != nil {
			t.Error(err)
		}
	}
	again, err := b.Open(t.Context(), ports[0])
	if err != nil {
		t.Fatal(err)
	}
	if open, _ := b.Leaks(); open != 1 {
		t.Errorf("%d transports are open", open)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	g.Unplug()
	if ports, err := b.Ports(t.Context()); err != nil || len(ports) != 0 {
		t.Errorf("after the unplugging: %+v, %v", ports, err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func TestControl(t *testing.T) {
	_, g, tr := plugged(t, emu.Model430())
	b := make([]byte, 17)
	b[0] = 0x08
	if n, err := tr.GetFeature(b); err != nil || n != 17 || !bytes.Contains(b, []byte("STU-430")) {
		t.Errorf("%d bytes %x, %v", n, b, err)
	}
	if err := tr.SetFeature([]byte{0x21, 0}); err != nil {
		t.Error(err)
	}
	if inking, _, _, _ := g.Setting(); inking != 0 {
		t.Error("the set did not arrive")
	}
	_, err := tr.GetFeature([]byte{0xD0, 0})
	wantErr(t, "a report that the pad does not have", err, wire.ErrStall)
	if d, err := tr.Descriptor(); err != nil || len(d) == 0 {
		t.Errorf("descriptor of %d bytes, %v", len(d), err)
	}
	if s, err := tr.String(2); err != nil || len(s) < 4 || s[1] != 3 || int(s[0]) != len(s) {
		t.Errorf("string %x, %v", s, err)
	}
	if err := tr.Alive(); err != nil {
		t.Error(err)
	}
	if tr.HasBulk() {
		t.Error("a 430 with a bulk pipe")
	}
	wantErr(t, "data for no pipe", tr.Bulk(t.Context(), []byte{1}), wire.ErrStall)
	ended, stop := context.WithCancel(t.Context())
	stop()
	wantErr(t, "an ended context", tr.Interrupt(ended, []byte{1}), context.Canceled)
	own := []byte{0x21, 1}
	if err := tr.SetFeature(own); err != nil || own[1] != 1 {
		t.Errorf("%x, %v", own, err)
	}
}

// A pad that hangs is late, not gone; one that stalls refuses; both serve again.
func TestFaults(t *testing.T) {
	b, g, tr := plugged(t, emu.Model430())
	ask := func() error {
		_, err := tr.GetFeature([]byte{0x03, 0, 0, 0, 0})
		return err
	}
	release := make(chan struct{})
	g.SetFaults(emu.Faults{Held: 0x21, Release: release})
	b.Timeout(time.Millisecond)
	wantErr(t, "a hung pad", tr.SetFeature([]byte{0x21, 0}), wire.ErrTimeout)
	b.Timeout(long)
	close(release)
	for end := time.Now().Add(long); g.Holding() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the held request does not end")
		}
	}
	g.SetFaults(emu.Faults{StallControl: 1})
	wantErr(t, "a stall", ask(), wire.ErrStall)
	if err := ask(); err != nil {
		t.Errorf("after the faults: %v", err)
	}
	g.Unplug()
	wantErr(t, "a pad without a cable", ask(), wire.ErrGone)
	wantErr(t, "its life", tr.Alive(), wire.ErrGone)
	wantErr(t, "its pipe", tr.Bulk(t.Context(), []byte{1}), wire.ErrGone)
	_, err := tr.Stream(64)
	wantErr(t, "its stream", err, wire.ErrGone)
}

// Pulled while a request hangs in the pad: it comes back at once.
func TestUnpluggedInARequest(t *testing.T) {
	_, g, tr := plugged(t, emu.Model430())
	g.SetFaults(emu.Faults{Held: 0x21})
	done := make(chan error, 1)
	go func() { done <- tr.SetFeature([]byte{0x21, 0}) }()
	for end := time.Now().Add(long); g.Holding() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the request does not arrive")
		}
	}
	g.Unplug()
	select {
	case err := <-done:
		wantErr(t, "the request", err, wire.ErrGone)
	case <-time.After(long):
		t.Fatal("the request does not return")
	}
}

func TestStream(t *testing.T) {
	b, g, tr := plugged(t, emu.Model430())
	s, err := tr.Stream(64)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 64)
	for i := range 5 {
		g.Raw(bytes.Repeat([]byte{byte(i)}, i))
		if n, err := s.Read(buf); err != nil || n != i {
			t.Errorf("report %d: %d bytes, %v", i, n, err)
		}
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); s.Stop(); s.Stop() }()
	_, err = s.Read(buf)
	wantErr(t, "a stopped stream", err, wire.ErrClosed)
	<-stopped
	_, err = s.Read(buf)
	wantErr(t, "and again", err, wire.ErrClosed)
	if _, streams := b.Leaks(); streams != 0 {
		t.Errorf("%d streams run", streams)
	}
	if s, err = tr.Stream(64); err != nil {
		t.Fatal(err)
	}
	go g.Unplug()
	_, err = s.Read(buf)
	wantErr(t, "a stream whose pad was pulled", err, wire.ErrGone)
	_, err = s.Read(buf)
	wantErr(t, "afterwards", err, wire.ErrClosed)
}

// A 540 has the pipe, and takes on it what belongs there.
func TestBulk(t *testing.T) {
	_, _, tr := plugged(t, emu.Model540())
	if !tr.HasBulk() {
		t.Fatal("no bulk pipe")
	}
	if err := tr.Bulk(t.Context(), []byte{1, 2, 3}); err != nil {
		t.Errorf("data: %v", err)
	}
	if tr.Serial() != emu.NewSTU(emu.Model540(), rand.Reader).Identity().SerialNumber {
		t.Error("another serial number")
	}
}
