package drive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/wire"
)

// screened is a driver whose pad has a screen.
type screened struct {
	*driver
	stu *stu
}

var (
	_ pad.Driver  = (*screened)(nil)
	_ pad.Ender   = (*screened)(nil)
	_ pad.Display = (*screened)(nil)
	_ pad.Idler   = (*screened)(nil)
	_ pad.Inker   = (*screened)(nil)
	_ pad.Buttons = (*screened)(nil)

	_ pad.Listener = (*screened)(nil)
)

// bulkChunk is how much goes through the bulk pipe at once.
const bulkChunk = 16 << 10

// Size of the screen in pixels.
func (s *screened) Size() (w, h int) { return s.stu.cap.ScreenW, s.stu.cap.ScreenH }

// SetButtons replaces the keys.
func (s *screened) SetButtons(b ...pad.Button) error {
	w, h := s.Size()
	return s.setButtons(w, h, b)
}

// Press waits for a key.
func (s *screened) Press(ctx context.Context) (pad.Key, error) { return s.waitPress(ctx) }

// Listen keeps reading the pad.
func (s *screened) Listen(ctx context.Context) error { return s.keepListening(ctx) }

// Show puts a frame on the screen. In an encrypted session the pad takes no
// pictures: the session is ended, and started anew under the same key.
func (s *screened) Show(ctx context.Context, f pad.Frame) error {
	w, h := s.Size()
	if f.W != w || f.H != h || len(f.Pix) != 3*w*h {
		return fmt.Errorf("frame of %d × %d on a screen of %d × %d", f.W, f.H, w, h)
	}
	s.ctl.Lock()
	defer s.ctl.Unlock()
	if s.life.Err() != nil {
		return pad.ErrGone
	}
	if err := s.stu.show(ctx, f); err != nil {
		return s.judge(fmt.Errorf("showing a picture on the pad: %w", err))
	}
	return nil
}

// Ink lets the pad draw the ink itself, in a colour and a thickness of 1 to 5
// points, or not. Reports flow either way.
func (s *screened) Ink(on bool, r, g, b, thickness uint8) error {
	s.ctl.Lock()
	defer s.ctl.Unlock()
	if _, err := s.stu.status(); err != nil {
		return s.judge(err)
	}
	cmds := [][]byte{model.CmdInking(on)}
	switch {
	case !on || s.stu.spec.Screen == nil:
	case s.stu.spec.STU.Color24:
		cmds = append(cmds, model.CmdPenColor24(r, g, b, thickness))
	case s.stu.spec.Screen.Color:
		cmds = append(cmds, model.CmdPenColor16(r, g, b, thickness))
	}
	for _, c := range cmds {
		if err := s.stu.command(c); err != nil {
			return s.judge(err)
		}
	}
	return nil
}

// Threshold sets where strokes begin and end; the next capture reads it back.
func (s *screened) Threshold(on, off int) error {
	if on < 1 || on > 0x3ff || off < 0 || off > on {
		return fmt.Errorf("thresholds of %d and %d: on is 1 to 1023, off at most on", on, off)
	}
	s.ctl.Lock()
	defer s.ctl.Unlock()
	if _, err := s.stu.status(); err != nil {
		return s.judge(err)
	}
	if err := s.stu.command(model.CmdThreshold(model.Threshold{On: on, Off: off})); err != nil {
		return s.judge(err)
	}
	return nil
}

// Idle shows frames in turn until ctx ends. A 540 with pictures in its ROM
// plays those: no traffic at all.
func (s *screened) Idle(ctx context.Context, frames []pad.Frame, every time.Duration) error {
	if len(frames) == 0 {
		return errors.New("no picture to show")
	}
	if slides := s.slides(); len(slides) > 1 {
		return s.play(ctx, slides, every)
	}
	every = max(every, time.Second)
	for i := 0; ; i++ {
		if i < len(frames) || len(frames) > 1 {
			if err := s.Show(ctx, frames[i%len(frames)]); err != nil {
				return ended(ctx, err)
			}
		}
		if err := s.stu.pause(ctx, every); err != nil {
			return ended(ctx, s.judge(err))
		}
	}
}

// ended: an end that was asked for is no error.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(err, pad.ErrGone) {
		return nil
	}
	return err
}

// slides asks which of the ROM's slides hold a picture.
func (s *screened) slides() (full []uint8) {
	if !s.stu.spec.STU.Slides {
		return nil
	}
	s.ctl.Lock()
	defer s.ctl.Unlock()
	if _, err := s.stu.status(); err != nil {
		return nil
	}
	for slot := uint8(1); slot <= 10; slot++ {
		ask := make([]byte, 20)
		ask[0], ask[1], ask[2] = model.IDRomHash, 2, slot
		if err := s.stu.command(ask); err != nil {
			return full
		}
		b, err := s.stu.get(model.IDRomHash, 20)
		if err != nil || len(b) < 4 || b[3] != 0 {
			continue
		}
		full = append(full, slot)
	}
	return full
}

// play runs the pad's own slide show until ctx ends.
func (s *screened) play(ctx context.Context, slides []uint8, every time.Duration) error {
	ms := min(max(every.Milliseconds(), 2000), 120000)
	show, ok := model.CmdSlides(slides, uint32(ms))
	if !ok {
		return errors.New("no slide show of these slides")
	}
	send := func(b []byte) error {
		s.ctl.Lock()
		defer s.ctl.Unlock()
		if _, err := s.stu.status(); err != nil {
			return s.judge(err)
		}
		return s.stu.command(b)
	}
	if err := send(show); err != nil {
		return err
	}
	select {
	case <-s.life.Done():
		return pad.ErrGone
	case <-ctx.Done():
		return send(model.CmdNormal())
	}
}

// show uploads a picture with ctl held.
func (s *stu) show(ctx context.Context, f pad.Frame) error {
	secured := s.key != nil
	if secured {
		s.hold(s.d.opt.Now().Add(24 * time.Hour))
		if err := s.endCapture(ctx); err != nil {
			return err
		}
	} else if err := s.ready(ctx); err != nil {
		return err
	}
	err := s.upload(ctx, f)
	if err == nil {
		s.shown(f)
	}
	if secured {
		return errors.Join(err, s.resume(ctx))
	}
	return err
}

// resume goes on with an encrypted capture after a picture. When it cannot, the
// capture ends with the reason: what is written from here on would be missing.
func (s *stu) resume(ctx context.Context) error {
	err := s.startCapture(ctx)
	if err == nil {
		err = s.pause(ctx, settleCapture)
	}
	if err != nil {
		err = fmt.Errorf("going on after a picture: %w", err)
		s.d.spoil(s.d.judge(err))
		return err
	}
	s.hold(time.Time{})
	return nil
}

// hold treats reports that arrive before a time as left-overs.
func (s *stu) hold(until time.Time) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.d.from = until
}

// shown notes the picture's digest.
func (s *stu) shown(f pad.Frame) {
	s.picture = f.Digest()
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if s.d.listen && len(s.d.acc.ev.Pictures) < 256 {
		s.d.acc.ev.Pictures = append(s.d.acc.ev.Pictures, s.picture)
	}
}

// upload sends the pixels. A picture that fails half-way is abandoned.
func (s *stu) upload(ctx context.Context, f pad.Frame) error {
	e := model.BestEncoding(s.cap, &s.spec, s.t.HasBulk())
	data, err := model.Encode(e, f.W, f.H, f.Pix)
	if err != nil {
		return err
	}
	if err := s.command(model.CmdStartImage(e)); err != nil {
		return err
	}
	err = s.await(ctx, model.Image)
	if err == nil {
		err = s.send(ctx, e, data)
	}
	if err == nil {
		err = s.command(model.CmdEndImage(true))
	}
	if err != nil {
		if !errors.Is(err, wire.ErrGone) {
			s.abandon()
		}
		return err
	}
	s.restless = time.Now().Add(beforeEnd)
	return s.await(ctx, model.Ready)
}

// abandon tells the pad to forget a half-sent picture.
func (s *stu) abandon() {
	if st, err := s.status(); err == nil && st.State == model.Image {
		_ = s.command(model.CmdEndImage(false)) // the error that led here is the one to report
	}
}

func (s *stu) send(ctx context.Context, e model.Encoding, data []byte) error {
	for len(data) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.d.life.Err() != nil {
			return wire.ErrGone
		}
		if e&model.Bulk != 0 {
			n := min(len(data), bulkChunk)
			if err := s.t.Bulk(ctx, data[:n]); err != nil {
				return fmt.Errorf("writing to the bulk pipe: %w", err)
			}
			data = data[n:]
			continue
		}
		var block []byte
		block, data = model.CmdBlock(data)
		if err := s.command(block); err != nil {
			return err
		}
	}
	return nil
}
