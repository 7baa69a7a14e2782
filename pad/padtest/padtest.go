// Package padtest is the conformance suite that every pad.Device must pass,
// whether it is made of software or hangs on a cable. Call [Run] from a test of
// the driver. It sees a device as the rest of the house does: through
// pad.Capture.
package padtest

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"time"

	"moqian/pad"
)

const (
	// patience is how long a call that must return at once may take on a busy
	// machine: only a hung one sees the end of it.
	patience = time.Minute
	// soon bounds the pen's time of the first report of a capture.
	soon = 5 * time.Second
)

// Pen is an open device with somebody, or something, that writes on it.
type Pen struct {
	Device *pad.Device
	// Written is closed when the pen work of this capture is over and read.
	Written <-chan struct{}
	// Want is what the capture must deliver; nil where nobody can know.
	Want []pad.Sample
}

// Rig makes pens. Each call gives a fresh device with the same pen work.
type Rig struct {
	Open func(t *testing.T) Pen
	// Unplugged opens a device that is lost in the middle of its pen work; nil
	// where nobody can pull the plug.
	Unplugged func(t *testing.T) Pen
}

// Run checks one kind of device.
func Run(t *testing.T, rig Rig) {
	for name, check := range map[string]func(*testing.T, Rig){
		"delivers":            delivers,
		"ends with context":   endsWithContext,
		"begins anew":         beginsAnew,
		"equal replays":       equalReplays,
		"close ends a record": closeEndsARecord,
		"closed stays closed": closedStaysClosed,
		"unplugged":           unplugged,
	} {
		t.Run(name, func(t *testing.T) { check(t, rig) })
	}
}

// delivers checks every sample and the evidence of one capture.
func delivers(t *testing.T, rig Rig) {
	p := open(t, rig.Open)
	var c pad.Capture
	live := 0
	record(t, &c, p, func(pad.Sample) { live++ })
	s, ev, err := c.Take()
	if err != nil {
		t.Fatal(err)
	}
	defer pad.Wipe(s)
	if live != len(s) {
		t.Errorf("live saw %d samples, the capture kept %d", live, len(s))
	}
	checkSamples(t, s, p.Device.Info())
	checkEvidence(t, ev, s, p.Device.Info())
	if p.Want == nil {
		return
	}
	if len(s) != len(p.Want) {
		t.Fatalf("%d samples, want %d", len(s), len(p.Want))
	}
	for i := range s {
		if s[i] != p.Want[i] {
			t.Fatalf("sample %d: %+v, want %+v", i, s[i], p.Want[i])
		}
	}
}

func checkSamples(t *testing.T, s []pad.Sample, info pad.Info) {
	t.Helper()
	if len(s) == 0 {
		t.Fatal("no samples")
	}
	down, last := false, time.Duration(0)
	for i := range s {
		a := &s[i]
		switch {
		case a.T < last:
			t.Fatalf("sample %d: time runs back", i)
		case !(a.X >= 0 && a.X <= info.Width && a.Y >= 0 && a.Y <= info.Height):
			t.Fatalf("sample %d lies outside %.1f × %.1f mm", i, info.Width, info.Height)
		case !(a.P >= 0 && a.P <= 1):
			t.Fatalf("sample %d: pressure outside 0 to 1", i)
		case a.P != 0 && info.Levels == 0:
			t.Fatalf("sample %d: pressure from a pad without", i)
		case a.Lost < 0:
			t.Fatalf("sample %d: negative loss", i)
		}
		last = a.T
		down = down || a.Phase == pad.Down
	}
	if !down {
		t.Error("the pen never touched the pad")
	}
}

func checkEvidence(t *testing.T, ev pad.Evidence, s []pad.Sample, info pad.Info) {
	t.Helper()
	gaps, lost := 0, 0
	for i := range s {
		lost += s[i].Lost
		if s[i].Lost > 0 {
			gaps++
		}
	}
	if ev.Samples != len(s) || ev.Gaps != gaps || ev.Lost != lost {
		t.Errorf("evidence counts %d samples, %d gaps, %d lost; want %d, %d, %d",
			ev.Samples, ev.Gaps, ev.Lost, len(s), gaps, lost)
	}
	if ev.Model != info.Model || ev.VID != info.VID || ev.PID != info.PID || ev.Serial != info.Serial ||
		ev.Firmware != info.Firmware || ev.Virtual != info.Virtual {
		t.Errorf("evidence names another pad: %+v, want %+v", ev, info)
	}
	if ev.Last < ev.First {
		t.Errorf("device clock from %v to %v", ev.First, ev.Last)
	}
	if ok, _ := regexp.MatchString("^[0-9a-f]{64}$", ev.Reports); !ok {
		t.Errorf("digest of the reports is %q", ev.Reports)
	}
}

// endsWithContext: a Record without pen work ends at once, and well.
func endsWithContext(t *testing.T, rig Rig) {
	p := open(t, rig.Open)
	ctx, cancel := context.WithCancel(t.Context())
	var c pad.Capture
	done := make(chan error, 1)
	go func() { done <- c.Record(ctx, p.Device, nil) }()
	wait(t, "the pen work", p.Written)
	cancel()
	if err := result(t, done); err != nil {
		t.Errorf("Record: %v, want nil", err)
	}
	var again pad.Capture
	if err := again.Record(ctx, p.Device, nil); err != nil {
		t.Errorf("Record with an ended context: %v, want nil", err)
	}
}

// beginsAnew: the evidence of a second capture knows nothing of the first.
func beginsAnew(t *testing.T, rig Rig) {
	p := open(t, rig.Open)
	var c pad.Capture
	record(t, &c, p, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Record(ctx, p.Device, nil); err != nil {
		t.Fatal(err)
	}
	s, ev, err := c.Take()
	if err != nil {
		t.Fatal(err)
	}
	defer pad.Wipe(s)
	checkEvidence(t, ev, s, p.Device.Info())
	if len(s) > 0 && s[0].T > soon {
		t.Errorf("first sample of the second capture at %v: time goes on from the first", s[0].T)
	}
}

// equalReplays: two pens that report the same have the same digest.
func equalReplays(t *testing.T, rig Rig) {
	var digest [2]string
	for i := range digest {
		p := open(t, rig.Open)
		if p.Want == nil {
			t.Skip("nobody writes the same twice here")
		}
		var c pad.Capture
		record(t, &c, p, nil)
		s, ev, err := c.Take()
		if err != nil {
			t.Fatal(err)
		}
		pad.Wipe(s)
		digest[i] = ev.Reports
	}
	if digest[0] != digest[1] {
		t.Errorf("digests of equal reports differ: %s, %s", digest[0], digest[1])
	}
}

func closeEndsARecord(t *testing.T, rig Rig) {
	p := open(t, rig.Open)
	var c pad.Capture
	done := make(chan error, 1)
	go func() { done <- c.Record(context.Background(), p.Device, nil) }()
	wait(t, "the pen work", p.Written)
	if err := p.Device.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := result(t, done); !errors.Is(err, pad.ErrGone) {
		t.Errorf("Record on a closed pad: %v, want ErrGone", err)
	}
	if _, _, err := c.Take(); !errors.Is(err, pad.ErrNothing) {
		t.Errorf("Take: %v, want ErrNothing", err)
	}
}

func closedStaysClosed(t *testing.T, rig Rig) {
	p := open(t, rig.Open)
	for range 2 {
		if err := p.Device.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	staysGone(t, p.Device)
	if p.Device.Info().Model == "" {
		t.Error("Info is lost with the pad")
	}
}

func unplugged(t *testing.T, rig Rig) {
	if rig.Unplugged == nil {
		t.Skip("nobody can pull this plug")
	}
	p := open(t, rig.Unplugged)
	var c pad.Capture
	live := 0
	done := make(chan error, 1)
	go func() { done <- c.Record(context.Background(), p.Device, func(pad.Sample) { live++ }) }()
	if err := result(t, done); !errors.Is(err, pad.ErrGone) {
		t.Fatalf("Record: %v, want ErrGone", err)
	}
	if live == 0 {
		t.Error("the pad was lost before its pen work began")
	}
	staysGone(t, p.Device)
}

func staysGone(t *testing.T, d *pad.Device) {
	t.Helper()
	for i := range 3 {
		var c pad.Capture
		done := make(chan error, 1)
		go func() { done <- c.Record(context.Background(), d, nil) }()
		if err := result(t, done); !errors.Is(err, pad.ErrGone) {
			t.Errorf("Record %d on a lost pad: %v, want ErrGone", i, err)
		}
	}
}

func open(t *testing.T, f func(*testing.T) Pen) Pen {
	t.Helper()
	p := f(t)
	t.Cleanup(func() { _ = p.Device.Close() })
	return p
}

// record keeps the whole pen work.
func record(t *testing.T, c *pad.Capture, p Pen, live func(pad.Sample)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.Record(ctx, p.Device, live) }()
	wait(t, "the pen work", p.Written)
	cancel()
	if err := result(t, done); err != nil {
		t.Fatalf("Record: %v", err)
	}
}

func wait(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("%s does not end", what)
	}
}

func result(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		t.Fatal("Record does not return")
		return nil
	}
}
