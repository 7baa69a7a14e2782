package drive

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/wire"
)

var (
	// errState: the pad's state table does not allow a command now.
	errState = errors.New("pad does not take this command in its state")
	// errRefused: the pad's status says that it did not do what was asked.
	errRefused = errors.New("pad refused a command")
	// ErrNoCrypt: encryption was required, and this pad can not do it.
	ErrNoCrypt = errors.New("pad cannot encrypt its cable, and the policy requires it")
)

// pollEvery is how often a busy pad is asked, as Wacom's samples do.
const pollEvery = 10 * time.Millisecond

// settleCapture is the pause that the pad needs after StartCapture, and
// beforeEnd the least time from there, or from a picture, to EndCapture.
const (
	settleCapture = 20 * time.Millisecond
	beforeEnd     = 90 * time.Millisecond
)

// stu drives the Wacom STU family. Its methods run with the driver's ctl held.
type stu struct {
	d     *driver
	t     wire.Transport
	spec  model.Spec
	cap   model.Capability
	dec   *model.STU
	state model.State // by the newest status

	private  *rsa.PrivateKey // for version 2, made when first needed
	key      []byte          // of the capture in progress
	session  uint32
	restless time.Time // EndCapture must wait until then
	picture  string    // digest of what the screen shows
}

// get reads a feature report of n bytes. A stall is asked once more: pads do
// that while they wake up.
func (s *stu) get(id byte, n int) ([]byte, error) {
	b := make([]byte, n)
	b[0] = id
	got, err := s.t.GetFeature(b)
	if errors.Is(err, wire.ErrStall) {
		time.Sleep(pollEvery)
		got, err = s.t.GetFeature(b)
	}
	if err != nil {
		return nil, fmt.Errorf("reading report %02x: %w", id, err)
	}
	return b[:got], nil
}

// status reads report 03 and remembers the state.
func (s *stu) status() (model.Status, error) {
	b, err := s.get(model.IDStatus, 5)
	if err != nil {
		return model.Status{}, err
	}
	st, err := model.ParseStatus(b)
	if err == nil {
		s.state = st.State
	}
	return st, err
}

// command sends a set, which the state table must allow, and reads the status:
// the only place where a pad says that it refused.
func (s *stu) command(b []byte) error {
	if !model.Allowed(b[0], true, s.state) {
		return fmt.Errorf("report %02x in state %d: %w", b[0], s.state, errState)
	}
	if err := s.t.SetFeature(b); err != nil {
		return fmt.Errorf("sending report %02x: %w", b[0], err)
	}
	st, err := s.status()
	if err != nil {
		return err
	}
	if st.Result != model.ResultOK {
		return fmt.Errorf("report %02x: %w: %s", b[0], errRefused, st.Result)
	}
	return nil
}

// await polls until the pad is in a state.
func (s *stu) await(ctx context.Context, want model.State) error {
	for end := time.Now().Add(s.d.opt.Wait); ; {
		st, err := s.status()
		switch {
		case errors.Is(err, wire.ErrGone):
			return err
		case err == nil && st.State == want:
			return nil
		case time.Now().After(end):
			if err == nil {
				err = fmt.Errorf("state %d, want %d: %w", st.State, want, errState)
			}
			return err
		}
		if err := s.pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// pause waits, but not beyond the pad's life.
func (s *stu) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-s.d.life.Done():
		return wire.ErrGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ready brings the pad out of whatever state somebody left it in.
func (s *stu) ready(ctx context.Context) error {
	st, err := s.status()
	if err != nil {
		return err
	}
	switch st.State {
	case model.Capture:
		if err := s.pause(ctx, beforeEnd); err != nil {
			return err
		}
		err = s.command(model.CmdEndCapture())
	case model.Image:
		err = s.command(model.CmdEndImage(false))
	}
	if errors.Is(err, wire.ErrGone) {
		return err
	}
	return s.await(ctx, model.Ready)
}

// begin prepares a capture: option mode, thresholds, encryption.
func (s *stu) begin(ctx context.Context, ev *pad.Evidence) (time.Time, error) {
	if err := s.ready(ctx); err != nil {
		return time.Time{}, err
	}
	mode := s.option()
	th := s.threshold()
	dec, err := model.NewSTU(s.cap, th, mode)
	if err != nil {
		return time.Time{}, err
	}
	s.swap(dec)
	ev.Thresholds = &pad.Thresholds{On: th.On, Off: th.Off}
	if s.picture != "" {
		ev.Pictures = []string{s.picture}
	}
	kind, err := s.secure(ctx)
	if err != nil {
		return time.Time{}, err
	}
	ev.Encryption = kind
	if s.key != nil {
		ev.Session = fmt.Sprintf("%08x", s.session)
		return s.d.opt.Now().Add(settleCapture), s.pause(ctx, settleCapture)
	}
	return time.Time{}, nil
}

// swap puts another decoder in place.
func (s *stu) swap(dec *model.STU) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.dec, s.d.dec = dec, dec
}

// option asks for the best reports the model has; old firmware refuses, and
// then the evidence says that nothing is numbered.
func (s *stu) option() model.OptionMode {
	mode := s.spec.STU.Option
	if mode == model.OptionNone {
		return mode
	}
	if err := s.command(model.CmdOption(mode)); err != nil {
		return model.OptionNone
	}
	return mode
}

// threshold asks where strokes begin and end, so that captured ink and ink on
// the pad's screen agree.
func (s *stu) threshold() model.Threshold {
	b, err := s.get(model.IDThreshold, 5)
	if err != nil {
		return model.DefaultThreshold
	}
	th, err := model.ParseThreshold(b)
	if err != nil {
		return model.DefaultThreshold
	}
	return th
}

// end closes the encrypted session, if the pad is still there, and wipes the
// key in any case.
func (s *stu) end() {
	defer s.forget()
	if s.key == nil || s.d.life.Err() != nil {
		return
	}
	_ = s.endCapture(context.Background()) // a pad that refuses is asked again at the next begin
}

func (s *stu) endCapture(ctx context.Context) error {
	if wait := time.Until(s.restless); wait > 0 {
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
	if st, err := s.status(); err != nil {
		return err
	} else if st.State == model.Capture {
		if err := s.command(model.CmdEndCapture()); err != nil {
			return err
		}
	}
	return s.await(ctx, model.Ready)
}

func (s *stu) forget() {
	clear(s.key)
	s.key, s.session = nil, 0
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.dec.Forget()
}
