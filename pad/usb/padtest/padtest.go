// Package padtest lends emulated pads with a screen to the tests of packages
// that lead customers on it: a real driver on the software transport, with the
// pad's other end in the test's hand. Call [Open] from a test; no program may
// import it (the house's rules see to that), so no ink comes in this way.
//
// It holds no checks of its own; those of every device are in pad/padtest.
// Places are pixels of the screen, times the pad's own.
package padtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"sync"
	"testing"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/drive"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/soft"
)

// Pad is an open pad and its other end. Its methods may be called from any
// goroutine.
type Pad struct {
	*pad.Device
	stu   *emu.STU
	model emu.Model
}

// Open opens a STU-300 (one bit, 396 × 100), a STU-430 (one bit, 320 × 200) or a
// STU-540 (colours, 800 × 480, bulk pipe), with an encrypted cable where secret.
// It is closed at the end of the test, and then nothing of it may be left
// running.
func Open(t testing.TB, name string, secret bool) *Pad {
	t.Helper()
	models := map[string]emu.Model{"STU-430": emu.Model430(), "STU-540": emu.Model540(),
		"STU-300": {Name: "STU-300", PID: 0xA2, MaxX: 9900, MaxY: 2500, MaxPressure: 511, ScreenW: 396, ScreenH: 100, Encodings: 2, Old: true}}
	m, ok := models[name]
	if !ok {
		t.Fatalf("no emulated pad %s", name)
	}
	bus, g := soft.NewBus(), emu.NewSTU(m, rand.Reader)
	bus.Plug(g)
	ports, err := bus.Ports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	opt := drive.Options{Settle: -1, Encryption: drive.Clear}
	if secret {
		opt.Encryption = drive.Require
	}
	d, err := drive.Open(t.Context(), bus, ports[0], opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.Close()
		g.Unplug()
		if open, streams := bus.Leaks(); open != 0 || streams != 0 {
			t.Errorf("%d transports and %d streams of the pad were left open", open, streams)
		}
	})
	return &Pad{Device: d, stu: g, model: m}
}

// Tap lowers the pen on the middle of a button and lifts it.
func (p *Pad) Tap(b pad.Button) {
	x, y := (b.X1+b.X2)/2, (b.Y1+b.Y2)/2
	p.pen(true, 0, x, y)
	for range 3 {
		p.pen(true, 300, x, y)
	}
	p.pen(true, 0, x, y)
	p.pen(false, 0, 0, 0)
}

// Read waits until the host has read all that the pen did.
func (p *Pad) Read(ctx context.Context) bool { return p.stu.Drained(ctx.Done()) }

// Stroke draws n touching points from the left to the right, across the middle
// of the screen, and lifts the pen. It waits for somebody to read them.
func (p *Pad) Stroke(n int) {
	w, h := int(p.model.ScreenW), int(p.model.ScreenH)
	for i := range n {
		p.pen(true, 200+uint16(i%7)*40, w/4+i*w/(2*n), h/3+(i%11)*h/60)
	}
	p.pen(true, 0, w*3/4, h/3)
	p.pen(false, 0, 0, 0)
}

func (p *Pad) pen(near bool, pressure uint16, x, y int) {
	p.stu.Pen(near, pressure, uint16((2*x+1)*int(p.model.MaxX)/(2*int(p.model.ScreenW))),
		uint16((2*y+1)*int(p.model.MaxY)/(2*int(p.model.ScreenH))), 5)
}

// Shows says whether the screen shows a frame, as well as it can.
func (p *Pad) Shows(f pad.Frame) bool {
	got, _ := p.stu.Screen()
	if f.W != int(p.model.ScreenW) || f.H != int(p.model.ScreenH) {
		return false
	}
	if p.model.Encodings&^3 != 0 {
		return bytes.Equal(got, f.Pix)
	}
	for i := 0; i < len(f.Pix); i += 3 {
		white := f.Pix[i]|f.Pix[i+1]|f.Pix[i+2] > 0x80
		if (got[i] == 0xff) != white {
			return false
		}
	}
	return true
}

// Pictures counts the frames that the pad has taken.
func (p *Pad) Pictures() int {
	_, n := p.stu.Screen()
	return n
}

// Inks says whether the pad draws the ink itself.
func (p *Pad) Inks() bool {
	inking, _, _, _ := p.stu.Setting()
	return inking == 1
}

// HoldPicture lets every upload stop at its first block until release is called
// or the cable is pulled. It is for pads without a bulk pipe.
func (p *Pad) HoldPicture() (release func()) {
	c := make(chan struct{})
	p.stu.SetFaults(emu.Faults{Held: model.IDImageBlock, Release: c})
	return sync.OnceFunc(func() {
		p.stu.SetFaults(emu.Faults{})
		close(c)
	})
}

// Uploading says whether an upload is held.
func (p *Pad) Uploading() bool { return p.stu.Holding() > 0 }

// Unplug pulls the cable.
func (p *Pad) Unplug() { p.stu.Unplug() }
