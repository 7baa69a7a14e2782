package drive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/wire"
)

// ErrBroken: the stream of reports broke, though the pad still answers.
var ErrBroken = errors.New("the pad's reports broke off")

// family is what one kind of pad does around a capture. The driver's ctl lock
// is held.
type family interface {
	// begin makes the pad ready and says what it has done in the evidence. It
	// returns the time before which reports are left-overs.
	begin(ctx context.Context, ev *pad.Evidence) (from time.Time, err error)
	// end undoes it, as far as a pad that may be gone lets it.
	end()
}

// driver is a pad.Driver on a cable.
type driver struct {
	t      wire.Transport
	info   pad.Info
	base   pad.Evidence // what every capture's evidence begins with
	dec    model.Decoder
	fam    family
	opt    Options
	onGone func()

	life context.Context // ends with Close or the unplugging
	die  context.CancelFunc

	ctl    sync.Mutex // one sequence of control requests at a time; guards users, closed, begun, own
	users  int
	begun  bool // a capture: Begin without End
	own    *run // the stream that the capture uses
	closed bool

	mu      sync.Mutex // guards what follows, and dec while a stream runs
	run     *run       // changed with ctl held as well
	acc     *account
	listen  bool      // samples go to the queue
	from    time.Time // reports before this are left-overs
	buttons buttons
	queue   chan pad.Sample
	presses chan pad.Key
}

// run is one life of the stream.
type run struct {
	stream wire.Stream
	size   int           // of the longest report
	failed chan struct{} // closed with err set
	once   sync.Once     // of that
	err    error
	done   chan struct{}
}

// fail ends the reading for good; the first reason counts.
func (r *run) fail(err error) {
	r.once.Do(func() {
		r.err = err
		close(r.failed)
	})
}

func newDriver(t wire.Transport, info pad.Info, dec model.Decoder, opt Options) *driver {
	d := &driver{t: t, info: info, dec: dec, opt: opt, queue: make(chan pad.Sample, 4096), presses: make(chan pad.Key, 16)}
	d.base = pad.Evidence{Model: info.Model, VID: info.VID, PID: info.PID, Serial: info.Serial, Firmware: info.Firmware, Encryption: "none"}
	d.life, d.die = context.WithCancel(context.Background())
	d.acc = newAccount(d.base)
	return d
}

// Info is constant.
func (d *driver) Info() pad.Info { return d.info }

// Begin makes the pad ready and starts to listen.
func (d *driver) Begin(ctx context.Context) error {
	d.ctl.Lock()
	defer d.ctl.Unlock()
	d.finish()
	ev := d.base
	d.books(newAccount(ev), false, time.Time{})
	if d.life.Err() != nil {
		return pad.ErrGone
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	from := d.opt.Now().Add(d.opt.Settle)
	d.begun = true
	if d.fam != nil {
		f, err := d.fam.begin(ctx, &ev)
		if err != nil {
			return d.judge(err)
		}
		if f.After(from) {
			from = f
		}
	}
	d.mu.Lock()
	d.dec.Reset()
	d.mu.Unlock()
	d.books(newAccount(ev), true, from)
	if err := d.acquire(); err != nil {
		return d.judge(err)
	}
	d.own = d.run
	return nil
}

// books opens the accounts of a capture.
func (d *driver) books(a *account, listen bool, from time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.acc, d.listen, d.from = a, listen, from
	d.buttons.forget()
	d.drain()
}

// drain wipes what nobody has read.
func (d *driver) drain() {
	for {
		select {
		case <-d.queue:
		default:
			return
		}
	}
}

// Read gives the next sample.
func (d *driver) Read(ctx context.Context) (pad.Sample, error) {
	if d.life.Err() != nil {
		return pad.Sample{}, pad.ErrGone
	}
	select {
	case s := <-d.queue:
		return s, nil
	default:
	}
	d.mu.Lock()
	r := d.run
	d.mu.Unlock()
	if r == nil {
		return pad.Sample{}, pad.ErrGone
	}
	select {
	case s := <-d.queue:
		return s, nil
	case <-ctx.Done():
		return pad.Sample{}, ctx.Err()
	case <-d.life.Done():
		return pad.Sample{}, pad.ErrGone
	case <-r.failed:
		return pad.Sample{}, r.err
	}
}

// Evidence of the capture since Begin.
func (d *driver) Evidence() pad.Evidence {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.acc.evidence()
}

// End stops listening and wipes.
func (d *driver) End() {
	d.ctl.Lock()
	defer d.ctl.Unlock()
	d.finish()
}

// finish ends a capture, if there is one; ctl is held.
func (d *driver) finish() {
	if !d.begun {
		return
	}
	d.begun = false
	d.mu.Lock()
	d.listen = false
	d.mu.Unlock()
	if d.own != nil && d.own == d.run {
		d.release()
	}
	d.own = nil
	if d.fam != nil {
		d.fam.end()
	}
	d.books(newAccount(d.base), false, time.Time{})
}

// Close releases the pad; a Read in progress ends with ErrGone.
func (d *driver) Close() error {
	d.die()
	d.ctl.Lock()
	defer d.ctl.Unlock()
	if d.closed {
		return nil
	}
	d.finish()
	d.closed = true
	if d.run != nil {
		d.halt()
	}
	d.users = 0
	err := d.t.Close()
	if d.onGone != nil {
		d.onGone()
	}
	if err != nil {
		return fmt.Errorf("closing the pad: %w", err)
	}
	return nil
}

// acquire starts the stream for its first user; ctl is held.
func (d *driver) acquire() error {
	if d.closed {
		return pad.ErrGone
	}
	if d.run != nil {
		select {
		case <-d.run.failed:
			d.halt()
		default:
		}
	}
	if d.run == nil {
		s, err := d.t.Stream(max(d.dec.Size(), 8))
		if err != nil {
			return err
		}
		d.setRun(&run{stream: s, size: max(512, d.dec.Size()), failed: make(chan struct{}), done: make(chan struct{})})
		d.users = 0
		go d.pump(d.run)
	}
	d.users++
	return nil
}

// release stops the stream after its last user; ctl is held.
func (d *driver) release() {
	if d.users--; d.users <= 0 {
		d.users = 0
		d.halt()
	}
}

// halt stops the stream and waits for its reader; ctl is held.
func (d *driver) halt() {
	d.run.stream.Stop()
	<-d.run.done
	d.setRun(nil)
}

func (d *driver) setRun(r *run) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.run = r
}

// judge turns an error of the cable into one of the house and buries a pad
// that is gone.
func (d *driver) judge(err error) error {
	switch {
	case d.life.Err() != nil:
		return pad.ErrGone
	case errors.Is(err, wire.ErrGone):
		d.die()
		return pad.ErrGone
	}
	return err
}

// pump reads until the stream ends. It alone reads, and it reads on after an
// error of its own: only the stream's error says that no transfer is left.
func (d *driver) pump(r *run) {
	defer close(r.done)
	buf := make([]byte, r.size)
	for {
		n, err := r.stream.Read(buf)
		if err != nil {
			if !errors.Is(err, wire.ErrClosed) {
				r.fail(d.broke(err))
			}
			return
		}
		at := d.opt.Now()
		if err := d.handle(buf[:n], at); err != nil {
			r.fail(err)
		}
		clear(buf[:n])
	}
}

// spoil ends the capture under way: its reader gets err behind what has come.
func (d *driver) spoil(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.run != nil {
		d.run.fail(err)
	}
}

// broke asks a pad whose stream has ended whether it is still there.
func (d *driver) broke(err error) error {
	if d.life.Err() != nil || errors.Is(err, wire.ErrGone) {
		return d.judge(wire.ErrGone)
	}
	if alive := d.t.Alive(); alive != nil && !errors.Is(alive, wire.ErrStall) {
		return d.judge(wire.ErrGone)
	}
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

// handle works one report off. An error ends the capture.
func (d *driver) handle(b []byte, at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out [2]model.Reading
	if at.Before(d.from) {
		if d.listen {
			d.acc.ev.Discarded++
		}
		return nil
	}
	if d.listen {
		d.acc.raw(b)
	}
	n, err := d.dec.Decode(b, &out)
	defer clear(out[:])
	if err != nil {
		if !d.listen {
			return nil
		}
		if errors.Is(err, model.ErrClear) {
			d.acc.ev.Rejected++
			return err
		}
		return d.acc.refuse(err)
	}
	for i := range out[:n] {
		// Without a clock the first of two samples is one period older.
		when := at
		if n == 2 && i == 0 && d.info.Rate > 0 {
			when = at.Add(-time.Duration(float64(time.Second) / d.info.Rate))
		}
		if err := d.hand(&out[i], when); err != nil {
			return err
		}
	}
	return nil
}

// hand gives one reading to whom it belongs: a button, or the capture.
func (d *driver) hand(r *model.Reading, at time.Time) error {
	s, ok, err := d.acc.take(r, at)
	if err != nil && !d.listen {
		d.acc = newAccount(d.base) // between captures only the place matters
		return nil
	}
	if err != nil {
		return d.acc.refuse(err)
	}
	if !ok {
		return nil
	}
	key, mine := d.buttons.touch(s)
	if key != "" {
		d.press(key)
	}
	if mine || !d.listen {
		return nil
	}
	select {
	case d.queue <- s:
	default:
		d.acc.lost += 1 + s.Lost
	}
	return nil
}
