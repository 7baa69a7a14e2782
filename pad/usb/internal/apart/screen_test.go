package apart_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/usb/internal/apart"
	"moqian/pad/usb/internal/drive"
)

// noise is a picture without any order: black and white, or all colours.
func noise(m apart.Model, seed uint64) pad.Frame {
	rnd := rand.New(rand.NewPCG(seed, 1))
	f := pad.Frame{W: m.Width, H: m.Height, Pix: make([]byte, 3*m.Width*m.Height)}
	for i := 0; i < len(f.Pix); i += 3 {
		v := rnd.Uint32()
		f.Pix[i], f.Pix[i+1], f.Pix[i+2] = byte(v), byte(v>>8), byte(v>>16)
		if !m.Colour || !m.Bulk {
			bw := byte(0 - v&1)
			f.Pix[i], f.Pix[i+1], f.Pix[i+2] = bw, bw, bw
		}
	}
	return f
}

func show(t *testing.T, p *apart.Pad, dev *pad.Device, f pad.Frame) {
	t.Helper()
	display, ok := dev.Display()
	if !ok {
		t.Fatal("no display")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := display.Show(ctx, f); err != nil {
		t.Fatalf("show: %v; the pad says %q", err, p.Complaints())
	}
	if !bytes.Equal(p.Screen(), f.Pix) {
		t.Errorf("the screen differs; encodings % x", p.Codings())
	}
	if state, _ := p.State(); state != 0 {
		t.Errorf("the pad is left in state %d", state)
	}
}

// Pictures arrive bit for bit: noise, noise again, the same with a small
// change (which may come as an area), all white, all black.
func TestPicture(t *testing.T) {
	narrow := apart.STU540() // states zlib alone: the rest is inferred
	narrow.Flags = apart.FlagZlib
	thin := apart.STU540() // no bulk pipe: one bit is enough
	thin.Bulk = false
	odd := apart.STU430() // rows end inside a byte
	odd.Width = 317
	for name, m := range map[string]apart.Model{"430": apart.STU430(), "540": apart.STU540(), "inferred": narrow, "no bulk": thin, "odd": odd} {
		t.Run(name, func(t *testing.T) {
			p := apart.New(m)
			dev := open(t, p, drive.Clear)
			f := noise(m, 1)
			show(t, p, dev, f)
			show(t, p, dev, noise(m, 2))
			show(t, p, dev, f)
			for i := range 20 {
				at := 3 * ((m.Height/2+i)*m.Width + 13)
				copy(f.Pix[at:], []byte{0, 0, 0, 255, 255, 255})
			}
			show(t, p, dev, f)
			for _, v := range []byte{255, 0} {
				for i := range f.Pix {
					f.Pix[i] = v
				}
				show(t, p, dev, f)
			}
		})
	}
}

// A pixel of one bit is ink where the OR of its colours is 0x80 at most.
func TestThreshold(t *testing.T) {
	m := apart.STU430()
	p := apart.New(m)
	dev := open(t, p, drive.Clear)
	f := noise(m, 3)
	colours := [][3]byte{{0, 0, 0}, {0x7f, 0, 0}, {0x80, 0x80, 0x80}, {0x80, 0, 0x80}, {0x81, 0, 0}, {0, 0, 0xff}, {0xff, 0xff, 0xff}, {0x80, 1, 0}}
	for i := 0; i < len(f.Pix); i += 3 {
		c := colours[(i/3)%len(colours)]
		copy(f.Pix[i:], c[:])
	}
	display, _ := dev.Display()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := display.Show(ctx, f); err != nil {
		t.Fatal(err)
	}
	screen := p.Screen()
	for i, c := range colours {
		want := byte(255)
		if c[0]|c[1]|c[2] <= 0x80 {
			want = 0
		}
		if screen[3*i] != want {
			t.Errorf("%02x is %02x on the screen, want %02x", c, screen[3*i], want)
		}
	}
}

// A picture inside a capture: the encrypted session ends for it and begins
// anew; what the pen writes before and as soon as Show has returned arrives.
func TestPictureInCapture(t *testing.T) {
	for _, policy := range []drive.Policy{drive.Clear, drive.Require} {
		m := apart.STU540()
		p := apart.New(m)
		dev := open(t, p, policy)
		truth := work(49, 0, 1)
		f := noise(m, 4)
		reached, shown := make(chan struct{}), make(chan error, 1)
		go func() {
			<-reached
			display, _ := dev.Display()
			err := display.Show(context.Background(), f)
			p.Write(truth[20:]...)
			shown <- err
		}()
		got, ev := record(t, dev, len(truth), func() { p.Write(truth[:20]...) }, func(n int) {
			if n == 20 {
				close(reached)
			}
		})
		if err := <-shown; err != nil {
			t.Fatalf("policy %d: %v", policy, err)
		}
		compare(t, got, truth)
		if ev.Lost != 0 || ev.Rejected != 0 || ev.Discarded != 0 {
			t.Errorf("policy %d: %+v", policy, ev)
		}
		if !slices.Contains(ev.Pictures, f.Digest()) {
			t.Errorf("policy %d: the picture is not in the evidence", policy)
		}
		if !bytes.Equal(p.Screen(), f.Pix) {
			t.Errorf("policy %d: the screen differs", policy)
		}
	}
}

// A pad that does not go on after a picture: Show says so, and the capture ends
// with an error, not as if the hand had stopped.
func TestPictureBreaksCapture(t *testing.T) {
	m := apart.STU540()
	p := apart.New(m)
	dev := open(t, p, drive.Require)
	truth := work(49, 0, 1)
	shown := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var c pad.Capture
	seen := 0
	err := c.RecordFrom(ctx, dev, func() { p.Write(truth[:20]...) }, func(pad.Sample) {
		if seen++; seen == 20 {
			go func() {
				p.Fail(0x15, 2)
				display, _ := dev.Display()
				shown <- display.Show(context.Background(), noise(m, 4))
				p.Write(truth[20:]...)
			}()
		}
	})
	if err == nil || ctx.Err() != nil {
		t.Errorf("a broken capture of %d samples ended with %v", seen, err)
	}
	if err := <-shown; err == nil {
		t.Error("the picture broke the session and was shown well")
	}
}

// The pad's own ink and its thresholds.
func TestInk(t *testing.T) {
	for _, m := range []apart.Model{apart.STU430(), apart.STU540()} {
		p := apart.New(m)
		dev := open(t, p, drive.Clear)
		display, _ := dev.Display()
		ink, ok := display.(pad.Inker)
		if !ok {
			t.Fatalf("%s: no ink of its own", m.Name)
		}
		if err := ink.Ink(true, 10, 20, 30, 2); err != nil {
			t.Fatal(err)
		}
		if v := p.Setting(0x21); v[0] != 1 {
			t.Errorf("%s: inking mode % x", m.Name, v)
		}
		if v := p.Setting(0x2d); m.Colour && !bytes.Equal(v, []byte{30, 20, 10, 2}) {
			t.Errorf("%s: thickness and colour % x", m.Name, v)
		}
		if err := ink.Threshold(40, 30); err != nil {
			t.Fatal(err)
		}
		if v := p.Setting(0x22); !bytes.Equal(v, []byte{40, 0, 30, 0}) {
			t.Errorf("%s: thresholds % x", m.Name, v)
		}
		if err := ink.Ink(false, 0, 0, 0, 1); err != nil {
			t.Fatal(err)
		}
		if v := p.Setting(0x21); v[0] != 0 {
			t.Errorf("%s: inking mode % x", m.Name, v)
		}
	}
}

// A host died in the middle of a picture, or of an encrypted capture.
func TestLeftBehind(t *testing.T) {
	for _, code := range []byte{1, 2} {
		m := apart.STU430()
		p := apart.New(m)
		p.Left(code)
		dev := open(t, p, drive.Clear)
		show(t, p, dev, noise(m, 5))
		truth := work(40, 0, 1)
		got, _ := record(t, dev, len(truth), func() { p.Write(truth...) }, nil)
		compare(t, got, truth)
	}
}

// A picture that fails half-way is taken back, and the next one arrives. The
// result is one whose number is the same in both readings of section 1.7.
func TestPictureFails(t *testing.T) {
	m := apart.STU430()
	for _, id := range []byte{0x25, 0x26, 0x27} {
		p := apart.New(m)
		dev := open(t, p, drive.Clear)
		display, _ := dev.Display()
		p.Fail(id, 4)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		err := display.Show(ctx, noise(m, 7))
		cancel()
		if err == nil {
			t.Errorf("report %02x failed, and nobody says so", id)
		}
		show(t, p, dev, noise(m, 8))
	}
}

// The cable is pulled at each step of a picture.
func TestPicturePulled(t *testing.T) {
	m := apart.STU430()
	for _, id := range []byte{0x25, 0x26, 0x27} {
		p := apart.New(m)
		dev := open(t, p, drive.Clear)
		display, _ := dev.Display()
		p.PullAt(id)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		err := display.Show(ctx, noise(m, 9))
		cancel()
		if !errors.Is(err, pad.ErrGone) {
			t.Errorf("pulled at report %02x: %v", id, err)
		}
	}
}

// A pad that takes as long as Wacom's own samples wait.
func TestSlow(t *testing.T) {
	m := apart.STU540()
	p := apart.New(m)
	p.Slow(22)
	dev := open(t, p, drive.Require)
	show(t, p, dev, noise(m, 6))
	truth := work(40, 0, 1)
	got, _ := record(t, dev, len(truth), func() { p.Write(truth...) }, nil)
	compare(t, got, truth)
}

// tap is a hover, a touch and a lift in the middle of a pixel.
func tap(m apart.Model, x, y int, seq uint16) []apart.Reading {
	r := apart.Reading{
		X: uint16((2*x + 1) * int(m.MaxX) / (2 * m.Width)), Y: uint16((2*y + 1) * int(m.MaxY) / (2 * m.Height)), Near: true,
	}
	var all []apart.Reading
	for i, force := range []uint16{0, 300, 400, 300, 0} {
		r.Pressure, r.Tip = force, force > 0
		r.Seq, r.Clock = seq+uint16(i), 5*(seq+uint16(i))
		all = append(all, r)
	}
	return append(all, apart.Reading{Seq: seq + 5, Clock: 5 * (seq + 5)})
}

// A key is pressed in each of its corners, which belong to it, and not one
// pixel beyond; such a stroke is no ink, and the one beside it is.
func TestPress(t *testing.T) {
	for _, policy := range []drive.Policy{drive.Clear, drive.Require} {
		m := apart.STU430()
		p := apart.New(m)
		dev := open(t, p, policy)
		keys, ok := dev.Buttons()
		if !ok {
			t.Fatal("no buttons")
		}
		if err := keys.SetButtons(pad.Button{Key: pad.KeyConfirm, X1: 200, Y1: 150, X2: 299, Y2: 189}); err != nil {
			t.Fatal(err)
		}
		var all []apart.Reading
		for i, at := range [][2]int{{200, 150}, {299, 189}, {199, 150}, {200, 149}, {300, 189}, {299, 190}, {299, 150}, {200, 189}, {50, 50}} {
			all = append(all, tap(m, at[0], at[1], uint16(1+6*i))...)
		}
		last := tap(m, 50, 50, 49)[4]
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		var c pad.Capture
		err := c.RecordFrom(ctx, dev, func() { p.Write(all...) }, func(s pad.Sample) {
			if s.Phase == pad.Hover && s.T == time.Duration(last.Clock-all[0].Clock)*time.Millisecond {
				cancel()
			}
		})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		got, ev, err := c.Take()
		if err != nil {
			t.Fatal(err)
		}
		strokes, down := 0, false
		for _, s := range got {
			if s.Phase == pad.Down && !down {
				strokes++
			}
			down = s.Phase == pad.Down
		}
		if len(ev.Keys) != 4 || strokes != 5 || ev.Lost != 0 {
			t.Errorf("policy %d: keys %v, %d strokes, lost %d", policy, ev.Keys, strokes, ev.Lost)
		}
	}
}
