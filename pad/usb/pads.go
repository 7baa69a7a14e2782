package usb

import (
	"context"
	"crypto/rsa"
	"errors"
	"io"
	"sync"
	"time"

	"moqian/pad"
	"moqian/pad/usb/internal/drive"
	"moqian/pad/usb/internal/wire"
)

// ErrNoUSB: libusb could not start, or the program was built without cgo.
var ErrNoUSB = errors.New("USB 不可用 (USB is not available)")

// Policy says what is done about a cable that can be encrypted.
type Policy = drive.Policy

// The policies.
const (
	// Prefer encrypts where the pad can. The zero value.
	Prefer = drive.Prefer
	// Clear never encrypts.
	Clear = drive.Clear
	// Require refuses to capture on a clear cable.
	Require = drive.Require
)

// Row is one pad that is plugged in.
type Row = drive.Row

// Options of all pads. The zero value is right for a counter.
type Options struct {
	// Encryption of the cable; the zero value prefers it.
	Encryption Policy
	// Now and Random replace the clock and the source of keys; nil: the real
	// ones.
	Now    func() time.Time
	Random io.Reader
	// PrivateKey makes the key (RSA, 2048 bits) to which a pad of the newer kind
	// seals its session key; nil makes a new one for each pad.
	PrivateKey func() (*rsa.PrivateKey, error)
	// Only leaves out pads for which it is false; nil takes every pad.
	Only func(vid, pid uint16) bool
	// Poll is how often Next looks; 0 is one second.
	Poll time.Duration
	// Settle is how long after the start of a capture reports are left-overs
	// of the pad's own queue; 0 is 20 ms, negative none.
	Settle time.Duration
	// NoDetach leaves the kernel's driver where it is; for stacks that cannot
	// detach (umockdev).
	NoDetach bool
}

func (o Options) drive() drive.Options {
	return drive.Options{Now: o.Now, Random: o.Random, PrivateKey: o.PrivateKey, Encryption: o.Encryption, Settle: o.Settle, Poll: o.Poll, Only: o.Only}
}

// Pads opens pads. Its methods may be called from any goroutine.
type Pads struct {
	opt     Options
	watcher *drive.Watcher

	mu   sync.Mutex // guards bus and refs
	bus  wire.Bus
	refs int
}

// New makes a Pads. It touches no USB before it is asked to.
func New(opt Options) *Pads {
	p := &Pads{opt: opt}
	p.watcher = drive.NewWatcher(p.start, opt.drive())
	return p
}

// Open opens the first pad that is plugged in now. Errors: pad.ErrNone,
// pad.ErrDenied (its text names the udev rule), pad.ErrBusy, ErrNoUSB, or what
// is wrong with the pad that is there. The caller closes the device.
func Open(ctx context.Context, opt Options) (*pad.Device, error) { return New(opt).Open(ctx) }

// Open opens the first pad that is plugged in now.
func (p *Pads) Open(ctx context.Context) (*pad.Device, error) {
	return drive.First(ctx, p.start, p.opt.drive())
}

// Next waits for a pad that can be opened, looking about once a second; call it
// again after a pad is gone and closed. It returns ctx.Err() when ctx ends.
func (p *Pads) Next(ctx context.Context) (*pad.Device, error) { return p.watcher.Next(ctx) }

// Why says what stood in the way when Next last looked: pad.ErrNone,
// pad.ErrDenied, pad.ErrBusy, …; nil after it found a pad.
func (p *Pads) Why() error { return p.watcher.Why() }

// List says which pads are plugged in and what each can state. It opens each
// for a moment; one that is in use is listed as busy.
func (p *Pads) List(ctx context.Context) ([]Row, error) {
	bus, err := p.start()
	if err != nil {
		return nil, err
	}
	rows, err := drive.List(ctx, bus, p.opt.drive())
	return rows, errors.Join(err, bus.Close())
}

// start gives a share of the one bus.
func (p *Pads) start() (wire.Bus, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refs == 0 {
		bus, err := newBus(p.opt)
		if err != nil {
			return nil, err
		}
		p.bus = bus
	}
	p.refs++
	return &share{Bus: p.bus, p: p}, nil
}

// share is one user's hold on the bus.
type share struct {
	wire.Bus
	p    *Pads
	once sync.Once
}

// Close lets go; the last one closes the bus.
func (s *share) Close() (err error) {
	s.once.Do(func() {
		s.p.mu.Lock()
		defer s.p.mu.Unlock()
		if s.p.refs--; s.p.refs == 0 {
			err = s.p.bus.Close()
			s.p.bus = nil
		}
	})
	return err
}
