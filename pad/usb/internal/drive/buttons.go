package drive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moqian/pad"
)

// buttons are the keys on a pad's screen, in mm. A stroke that begins on one
// belongs to it until the pen is lifted.
type buttons struct {
	at       []area
	down     bool
	on       int // the button of the stroke in progress
	tapping  bool
	stillIn  bool
	pressing pad.Key
}

type area struct {
	key            pad.Key
	x1, y1, x2, y2 float64
}

func (a *area) holds(s *pad.Sample) bool {
	return s.X >= a.x1 && s.X <= a.x2 && s.Y >= a.y1 && s.Y <= a.y2
}

func (b *buttons) forget() { b.down, b.tapping = false, false }

// touch follows the pen. mine: the sample is no ink. key: a button was pressed
// and let go.
func (b *buttons) touch(s pad.Sample) (key pad.Key, mine bool) {
	pressed := s.Phase == pad.Down
	if pressed && !b.down {
		b.begin(&s)
	}
	ended := !pressed && b.down
	b.down = pressed
	switch {
	case b.tapping && ended:
		b.tapping = false
		if b.stillIn {
			return b.pressing, true
		}
		return "", true
	case b.tapping && pressed:
		b.stillIn = b.at[b.on].holds(&s)
		return "", true
	}
	return "", false
}

func (b *buttons) begin(s *pad.Sample) {
	for i := range b.at {
		if b.at[i].holds(s) {
			b.on, b.tapping, b.stillIn, b.pressing = i, true, true, b.at[i].key
			return
		}
	}
}

// press remembers a key; one that nobody waits for is forgotten when 16 newer
// ones came. mu is held.
func (d *driver) press(k pad.Key) {
	if d.listen {
		d.acc.ev.Keys = append(d.acc.ev.Keys, k)
	}
	select {
	case d.presses <- k:
	default:
		select {
		case <-d.presses:
		default:
		}
		select {
		case d.presses <- k:
		default:
		}
	}
}

// setButtons places buttons given in pixels of a screen of w × h.
func (d *driver) setButtons(w, h int, list []pad.Button) error {
	var at []area
	for _, b := range list {
		if b.X1 < 0 || b.Y1 < 0 || b.X2 >= w || b.Y2 >= h || b.X1 > b.X2 || b.Y1 > b.Y2 || b.Key == "" {
			return fmt.Errorf("button %q does not lie on a screen of %d × %d", b.Key, w, h)
		}
		sx, sy := d.info.Width/float64(w), d.info.Height/float64(h)
		at = append(at, area{b.Key, float64(b.X1) * sx, float64(b.Y1) * sy, float64(b.X2+1) * sx, float64(b.Y2+1) * sy})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.buttons.at = at
	d.buttons.forget()
	for len(d.presses) > 0 {
		<-d.presses
	}
	return nil
}

// waitPress waits for a key. Without a capture it listens by itself.
func (d *driver) waitPress(ctx context.Context) (pad.Key, error) {
	if d.life.Err() != nil {
		return "", pad.ErrGone
	}
	d.ctl.Lock()
	err := d.acquire()
	r := d.run
	d.ctl.Unlock()
	if err != nil {
		return "", d.judge(err)
	}
	defer func() {
		d.ctl.Lock()
		defer d.ctl.Unlock()
		if d.run == r {
			d.release()
		}
	}()
	select {
	case k := <-d.presses:
		return k, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-d.life.Done():
		return "", pad.ErrGone
	case <-r.failed:
		return "", r.err
	}
}

// listenAgain is how long after a stream broke off another one is tried.
const listenAgain = 100 * time.Millisecond

// keepListening has the stream run until ctx ends. One that breaks off is
// started anew; whoever captured hears of it by itself.
func (d *driver) keepListening(ctx context.Context) error {
	for {
		d.ctl.Lock()
		err := d.acquire()
		r := d.run
		d.ctl.Unlock()
		if err != nil {
			if err = d.judge(err); errors.Is(err, pad.ErrGone) {
				return err
			}
		} else {
			d.hearOut(ctx, r)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.life.Done():
			return pad.ErrGone
		case <-time.After(listenAgain):
		}
	}
}

// hearOut is while a stream runs.
func (d *driver) hearOut(ctx context.Context, r *run) {
	select {
	case <-ctx.Done():
	case <-d.life.Done():
	case <-r.failed:
	}
	d.ctl.Lock()
	defer d.ctl.Unlock()
	if d.run == r {
		d.release()
	}
}
