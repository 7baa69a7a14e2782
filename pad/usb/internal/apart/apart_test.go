package apart_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/usb/internal/apart"
	"moqian/pad/usb/internal/drive"
)

// hostKey is one key for all tests: making one takes long.
var hostKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// open opens the driver on a pad. At the end the pad must have nothing to
// complain of but what the test allows.
func open(t *testing.T, p *apart.Pad, policy drive.Policy) *pad.Device {
	t.Helper()
	return openAt(t, p, policy, nil)
}

// openAt is open with another clock.
func openAt(t *testing.T, p *apart.Pad, policy drive.Policy, now func() time.Time) *pad.Device {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	bus := apart.NewBus(p)
	ports, err := bus.Ports(ctx)
	if err != nil || len(ports) != 1 {
		t.Fatalf("ports: %v, %v", ports, err)
	}
	closed := make(chan struct{})
	dev, err := drive.Open(ctx, bus, ports[0], drive.Options{Encryption: policy, Settle: -1, Now: now, PrivateKey: hostKey}, func() { close(closed) })
	if err != nil {
		t.Fatalf("open: %v; the pad says %q", err, p.Complaints())
	}
	t.Cleanup(func() {
		if err := dev.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		select {
		case <-closed:
		case <-time.After(time.Minute):
			t.Error("onClose did not run")
		}
		if err := bus.Close(); err != nil {
			t.Error(err)
		}
		for _, c := range p.Complaints() {
			t.Errorf("against the protocol: %s", c)
		}
	})
	return dev
}

// work is some pen work: strokes with hovering between them, light beginnings
// inside the hysteresis, and a lift out of range after every 50 readings. The
// clock runs at 200 Hz; clock and sequence wrap inside.
func work(n int, clock, seq uint16) []apart.Reading {
	var all []apart.Reading
	for i := range n {
		r := apart.Reading{
			X: uint16(100 + 7*i%9400), Y: uint16(5900 - 5*i%5800), Near: true,
			Clock: clock + uint16(5*i), Seq: seq + uint16(i),
		}
		switch k := i % 50; {
		case k == 49:
			r = apart.Reading{Clock: r.Clock, Seq: r.Seq}
		case k < 5 || k > 44: // hover
		case k < 8: // between the thresholds: no ink yet
			r.Pressure, r.Tip = 18, true
		case k == 20 || k == 44: // between the thresholds: ink still
			r.Pressure, r.Tip = 17, true
		default:
			r.Pressure, r.Tip = uint16(21+(i*37)%1003), true
		}
		all = append(all, r)
	}
	return all
}

// near leaves out the readings that are no samples.
func near(rs []apart.Reading) []apart.Reading {
	return slices.DeleteFunc(slices.Clone(rs), func(r apart.Reading) bool { return !r.Near })
}

// record captures until n samples have come. write runs once the pad listens,
// live sees how many samples there are.
func record(t *testing.T, dev *pad.Device, n int, write func(), live func(int)) ([]pad.Sample, pad.Evidence) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var c pad.Capture
	seen := 0
	err := c.RecordFrom(ctx, dev, write, func(pad.Sample) {
		if seen++; live != nil {
			live(seen)
		}
		if seen == n {
			cancel()
		}
	})
	if err != nil {
		t.Fatalf("record: %v after %d samples", err, seen)
	}
	got, ev, err := c.Take()
	if err != nil {
		t.Fatal(err)
	}
	return got, ev
}

// compare holds samples against the truth.
func compare(t *testing.T, got []pad.Sample, truth []apart.Reading) {
	t.Helper()
	want := near(truth)
	if len(got) != len(want) {
		t.Fatalf("%d samples, %d were written", len(got), len(want))
	}
	stroke, inks := apart.Stroke{On: 21, Off: 16}, map[uint16]bool{}
	for _, r := range truth {
		inks[r.Seq] = stroke.Inks(r)
	}
	elapsed := time.Duration(0)
	for i, w := range want {
		g := got[i]
		if i > 0 {
			elapsed += time.Duration(w.Clock-want[i-1].Clock) * time.Millisecond
		}
		if math.Abs(g.X-float64(w.X)/100) > 1e-9 || math.Abs(g.Y-float64(w.Y)/100) > 1e-9 {
			t.Fatalf("sample %d at %v, %v mm, want %v, %v counts", i, g.X, g.Y, w.X, w.Y)
		}
		if math.Abs(g.P-float64(w.Pressure)/1023) > 1e-9 {
			t.Fatalf("sample %d has pressure %v, want %d of 1023", i, g.P, w.Pressure)
		}
		if g.T-got[0].T != elapsed {
			t.Fatalf("sample %d is %v after the first, want %v", i, g.T-got[0].T, elapsed)
		}
		if (g.Phase == pad.Down) != inks[w.Seq] {
			t.Fatalf("sample %d (pressure %d): phase %d, the pad inks: %v", i, w.Pressure, g.Phase, inks[w.Seq])
		}
	}
}

// digest is the one of Evidence.Reports over what went over the cable; the
// driver puts the length of each report before it, in 16 bits.
func digest(p *apart.Pad) string {
	h := sha256.New()
	for _, r := range p.Sent() {
		h.Write(binary.BigEndian.AppendUint16(nil, uint16(len(r))))
		h.Write(r)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestIdentity(t *testing.T) {
	for _, m := range []apart.Model{apart.STU430(), apart.STU540()} {
		t.Run(m.Name, func(t *testing.T) {
			p := apart.New(m)
			dev := open(t, p, drive.Clear)
			info := dev.Info()
			if info.VID != apart.VID || info.PID != m.PID || info.Model != m.Name || info.Virtual {
				t.Errorf("info: %+v", info)
			}
			if math.Abs(info.Width-float64(m.MaxX)/100) > 1e-9 || math.Abs(info.Height-float64(m.MaxY)/100) > 1e-9 {
				t.Errorf("surface %v × %v mm", info.Width, info.Height)
			}
			if info.Levels != 1024 || info.Rate != 200 {
				t.Errorf("levels %d, rate %v", info.Levels, info.Rate)
			}
			if info.Serial != m.UID2 && (info.Serial != m.ESerial || m.ESerial == "") {
				t.Errorf("serial %q is neither Uid2 nor eSerial", info.Serial)
			}
			var major, minor byte
			if n, _ := fmt.Sscanf(info.Firmware, "%d.%d", &major, &minor); n != 2 || major != m.Major || minor != m.Minor {
				t.Errorf("firmware %q, want %d and %d", info.Firmware, m.Major, m.Minor)
			}
			display, ok := dev.Display()
			if !ok {
				t.Fatal("no display")
			}
			if w, h := display.Size(); w != m.Width || h != m.Height {
				t.Errorf("screen %d × %d", w, h)
			}
			rs := work(10, 0, 1)
			_, ev := record(t, dev, len(rs), func() { p.Write(rs...) }, nil)
			checkIdentities(t, m, ev)
		})
	}
}

func checkIdentities(t *testing.T, m apart.Model, ev pad.Evidence) {
	t.Helper()
	want := pad.Capability{MaxX: int(m.MaxX), MaxY: int(m.MaxY), MaxPressure: 1023, ScreenW: m.Width, ScreenH: m.Height,
		RateHz: 200, PerInch: 2540, Encodings: int(m.Flags)}
	if ev.Capability == nil || *ev.Capability != want {
		t.Errorf("capability %+v, want %+v", ev.Capability, want)
	}
	got := map[string]pad.Identity{}
	for _, id := range ev.Identities {
		got[id.Kind] = id
	}
	if id := got["uid2"]; id.Value != m.UID2 || id.Worth != pad.WorthHardware {
		t.Errorf("uid2: %+v", id)
	}
	if id := got["eserial"]; id.Value != m.ESerial || m.ESerial != "" && id.Worth != pad.WorthHardware {
		t.Errorf("eserial: %+v", id)
	}
	if id, ok := got["uid"]; ok && id.Worth != pad.WorthNone {
		t.Errorf("uid, which any host can write: %+v", id)
	}
	if ev.Thresholds == nil || *ev.Thresholds != (pad.Thresholds{On: 21, Off: 16}) {
		t.Errorf("thresholds %+v", ev.Thresholds)
	}
}

// 1,000 numbered samples, on a clear and on an encrypted cable. Clock and
// sequence wrap on the way.
func TestThousand(t *testing.T) {
	for _, c := range []struct {
		name   string
		model  apart.Model
		policy drive.Policy
	}{
		{"430 clear", apart.STU430(), drive.Clear},
		{"430 encrypted", apart.STU430(), drive.Require},
		{"540 clear", apart.STU540(), drive.Clear},
		{"540 encrypted", apart.STU540(), drive.Require},
		{"540 preferred", apart.STU540(), drive.Prefer},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := apart.New(c.model)
			dev := open(t, p, c.policy)
			truth := work(1021, 64000, 65000)
			truth = truth[:len(truth)-1]
			n := len(near(truth))
			if n < 1000 {
				t.Fatalf("%d samples only", n)
			}
			var state byte
			got, ev := record(t, dev, n, func() {
				state, _ = p.State()
				p.Write(truth...)
			}, nil)
			compare(t, got, truth)
			for _, s := range got {
				if s.Lost != 0 {
					t.Fatal("a loss where none was")
				}
			}
			secret := c.policy != drive.Clear
			if want := map[bool]byte{false: 0, true: 2}[secret]; state != want {
				t.Errorf("the pad was in state %d", state)
			}
			if ev.Samples != n || ev.Gaps != 0 || ev.Lost != 0 || ev.Rejected != 0 || ev.Discarded != 0 || ev.OutOfRange != len(truth)-n {
				t.Errorf("evidence: %+v", ev)
			}
			if ev.Counters != "clock+sequence" && ev.Counters != "sequence+clock" {
				t.Errorf("counters %q", ev.Counters)
			}
			if d := digest(p); ev.Reports != d {
				t.Errorf("digest of the reports %s, want %s", ev.Reports, d)
			}
			if (ev.Session != "") != secret || (ev.Encryption == "none") == secret {
				t.Errorf("session %q, encryption %q", ev.Session, ev.Encryption)
			}
			for i, r := range p.Sent() {
				want := map[bool]byte{false: 0x34, true: 0x33}[secret]
				if r[0] != want && (r[0] != 0x50 || !secret) {
					t.Fatalf("report %d is %02x", i, r[0])
				}
			}
			if state, _ := p.State(); state != 0 {
				t.Errorf("after the capture: state %d", state)
			}
		})
	}
}

// A second capture on the same pad agrees on another session.
func TestTwice(t *testing.T) {
	p := apart.New(apart.STU540())
	dev := open(t, p, drive.Require)
	sessions := map[string]bool{}
	for range 2 {
		truth := work(40, 0, 1)
		got, ev := record(t, dev, len(truth), func() { p.Write(truth...) }, nil)
		compare(t, got, truth)
		sessions[ev.Session] = true
	}
	if len(sessions) != 2 {
		t.Errorf("sessions: %v", sessions)
	}
}

// A gap in the sequence is a loss, also where the number wraps, and in a lift.
func TestGap(t *testing.T) {
	for _, policy := range []drive.Policy{drive.Clear, drive.Require} {
		p := apart.New(apart.STU430())
		dev := open(t, p, policy)
		truth := work(200, 0, 65526)
		// 5 reports over the wrap, 1 in a stroke, and 4 around a lift.
		kept := slices.Concat(truth[:8], truth[13:70], truth[71:97], truth[101:])
		want := near(kept)
		got, ev := record(t, dev, len(want), func() { p.Write(kept...) }, nil)
		lost := map[uint16]int{truth[13].Seq: 5, truth[71].Seq: 1, truth[101].Seq: 4}
		if len(got) != len(want) {
			t.Fatalf("%d samples, want %d", len(got), len(want))
		}
		for i, g := range got {
			if g.Lost != lost[want[i].Seq] {
				t.Errorf("policy %d: before sequence %d %d are lost, want %d", policy, want[i].Seq, g.Lost, lost[want[i].Seq])
			}
		}
		if ev.Gaps != 3 || ev.Lost != 10 {
			t.Errorf("policy %d: %d gaps, %d lost", policy, ev.Gaps, ev.Lost)
		}
	}
}

// The cable is pulled in the middle of a stroke.
func TestUnplug(t *testing.T) {
	for _, policy := range []drive.Policy{drive.Clear, drive.Require} {
		p := apart.New(apart.STU430())
		dev := open(t, p, policy)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		var c pad.Capture
		truth, seen := work(30, 0, 1), 0
		err := c.RecordFrom(ctx, dev, func() { p.Write(truth...); p.PullAfter() }, func(s pad.Sample) {
			seen++
			if seen == len(truth) && s.Phase != pad.Down {
				t.Error("not in a stroke")
			}
		})
		cancel()
		if !errors.Is(err, pad.ErrGone) {
			t.Errorf("record: %v", err)
		}
		if got, _, err := c.Take(); err == nil || len(got) > 0 {
			t.Errorf("ink of a lost pad: %d, %v", len(got), err)
		}
		if err := c.Record(context.Background(), dev, nil); !errors.Is(err, pad.ErrGone) {
			t.Errorf("once more: %v", err)
		}
	}
}
