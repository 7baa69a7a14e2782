package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/padview"
)

// ErrNoScreen: the pad has no screen, or none with keys.
var ErrNoScreen = errors.New("the pad has no screen of its own")

const (
	// thanksFor is how long the last picture of a transaction stands.
	thanksFor = 10 * time.Second
	// idleEvery is how long each idle picture stands where there are several.
	idleEvery = 10 * time.Second
	// mostPictures that a customer turns on a pad. Where a voucher needs more,
	// the pad only takes the signature, and reading is for another screen.
	mostPictures = 40
	// inkThickness of the pad's own ink in its pixels.
	inkThickness = 2
)

// PadScreen is a session on the pad's own screen: pages, box and keys. It is a
// Screen; its pictures are made and sent by Run, in a goroutine of the caller's,
// so that nobody waits for the cable.
type PadScreen struct {
	d    *Desk
	dev  *pad.Device
	disp pad.Display
	keys pad.Buttons
	make *padview.Maker

	mu        sync.Mutex
	view      View
	at        int           // picture of the page shown
	newest    int           // counts changes of what is to be shown
	shown     int           // the change that the screen shows
	running   bool          // Run is
	written   bool          // ink since the box was shown
	changed   chan struct{} // closed and replaced with each change of the above
	confirmed []string      // digests of the pictures that were confirmed
	decided   int           // the change whose picture is the last of them

	// Run's goroutine only: the pictures of the voucher in view.
	of    *render.Page
	lists [][]padview.Picture
}

// PadScreen takes the screen of a pad. ErrNoScreen: it has none that can carry
// keys; padview.ErrSmall: nothing can be read on it.
func (d *Desk) PadScreen(dev *pad.Device, english bool) (*PadScreen, error) {
	disp, ok := dev.Display()
	keys, can := dev.Buttons()
	if !ok || !can {
		return nil, ErrNoScreen
	}
	w, h := disp.Size()
	m, err := padview.New(w, h, d.o.Fonts, padview.Options{English: english, Trial: d.o.Trial})
	if err != nil {
		return nil, err
	}
	return &PadScreen{d: d, dev: dev, disp: disp, keys: keys, make: m, changed: make(chan struct{}), newest: 1}, nil
}

var _ Screen = (*PadScreen)(nil)

// Show takes a view over; Run shows it.
func (p *PadScreen) Show(v View) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(v.Pages) == 0 || len(p.view.Pages) == 0 || &v.Pages[0] != &p.view.Pages[0] || v.Step < Confirm {
		p.at, p.confirmed = 0, nil
	} else if v.Page != p.view.Page {
		p.at = 0
	}
	p.view = v
	p.change()
}

// Sample notes that there is ink on the pad's screen.
func (p *PadScreen) Sample(s pad.Sample) {
	if s.Phase != pad.Down {
		return
	}
	p.mu.Lock()
	p.written = true
	p.mu.Unlock()
}

// Listening lets the pad draw the ink itself: a line that stands there was
// captured. A pad that refuses draws none; the capture goes on.
func (p *PadScreen) Listening() {
	p.mu.Lock()
	ok := p.running && p.shown == p.newest && p.view.Open
	p.mu.Unlock()
	if i, can := p.disp.(pad.Inker); ok && can {
		_ = i.Ink(true, 0, 0, 0, inkThickness) // a pad that is gone is told of by Record
	}
}

// Clear has the box shown anew, without the ink that the pad has drawn.
func (p *PadScreen) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.written {
		p.change()
	}
}

// change asks for another picture; p.mu is held.
func (p *PadScreen) change() {
	p.newest++
	p.tell()
}

// tell wakes everybody up; p.mu is held.
func (p *PadScreen) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Settled waits until the screen shows what it was told to, or Run has ended:
// of a pad that is gone whoever reads it hears. It returns ctx's error.
func (p *PadScreen) Settled(ctx context.Context) error {
	for {
		p.mu.Lock()
		ok, changed := !p.running || p.shown == p.newest, p.changed
		p.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Confirmed are the digests of the pictures that the customer confirmed with a
// key, for the evidence.
func (p *PadScreen) Confirmed() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.confirmed)
}

// Run shows pictures and waits for keys until ctx ends (nil) or the pad fails
// (pad.ErrGone, or what it refused). act hears what the customer decided and
// must not wait for the session: at Confirm "confirm" (this page) and "cancel",
// at Sign "confirm", "clear" and "cancel". Turning the pictures of a page is
// done here. It leaves the idle picture. Only one Run at a time.
func (p *PadScreen) Run(ctx context.Context, act func(pad.Key)) error {
	p.mu.Lock()
	p.running = true
	p.newest++
	p.mu.Unlock()
	err := p.attend(ctx, act)
	if ctx.Err() != nil && !errors.Is(err, pad.ErrGone) {
		err = p.leave(context.WithoutCancel(ctx))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	p.tell()
	return err
}

// attend runs while the pad is listened to: a key pressed before a picture was
// there must not wait in the pad for it.
func (p *PadScreen) attend(ctx context.Context, act func(pad.Key)) error {
	l, ok := p.disp.(pad.Listener)
	if !ok {
		return p.run(ctx, act)
	}
	ctx, stop := context.WithCancel(ctx)
	heard := make(chan error, 1)
	go func() {
		defer stop()
		heard <- l.Listen(ctx)
	}()
	err := p.run(ctx, act)
	stop()
	if gone := <-heard; gone != nil {
		return gone
	}
	return err
}

func (p *PadScreen) run(ctx context.Context, act func(pad.Key)) error {
	for {
		p.mu.Lock()
		n, v, at := p.newest, p.view, p.at
		p.mu.Unlock()
		pic, err := p.picture(v, at)
		if err == nil {
			_, idles := p.disp.(pad.Idler)
			err = p.put(ctx, pic, !(idles && v.Step == Entry)) // Idle shows it itself
		}
		if err != nil {
			return err
		}
		p.mu.Lock()
		p.shown, p.written = n, false
		p.tell()
		p.mu.Unlock()
		if err := p.stay(ctx, n, v, pic, act); err != nil {
			return err
		}
	}
}

// put prepares for a picture and, where show says so, sends it. No key of the
// picture before counts once it begins.
func (p *PadScreen) put(ctx context.Context, pic padview.Picture, show bool) error {
	if err := p.keys.SetButtons(); err != nil {
		return err
	}
	if show {
		if err := p.disp.Show(ctx, pic.Frame); err != nil {
			return err
		}
	}
	if i, ok := p.disp.(pad.Inker); ok { // on again when the box listens
		if err := i.Ink(false, 0, 0, 0, 0); err != nil {
			return fmt.Errorf("setting the pad's ink: %w", err)
		}
	}
	return p.keys.SetButtons(pic.Buttons...)
}

// leave puts the idle picture up for whoever comes next.
func (p *PadScreen) leave(ctx context.Context) error {
	pic, err := p.picture(View{}, 0)
	if err == nil {
		err = p.put(ctx, pic, true)
	}
	return err
}

// stay is while a picture stands: until another is wanted, or ctx ends.
func (p *PadScreen) stay(ctx context.Context, n int, v View, pic padview.Picture, act func(pad.Key)) error {
	ctx, stop := context.WithCancel(ctx)
	type press struct {
		key pad.Key
		err error
	}
	pressed := make(chan press, 1)
	await := func() {
		k, err := p.wait(ctx, v, pic)
		pressed <- press{k, err}
	}
	go await()
	waiting := true
	defer func() {
		stop()
		if waiting {
			<-pressed
		}
	}()
	for {
		p.mu.Lock()
		other, changed := p.newest != n, p.changed
		p.mu.Unlock()
		if other {
			return ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case got := <-pressed:
			if waiting = got.err == nil; !waiting {
				return got.err
			}
			p.decide(n, pic, got.key, act)
			go await()
		}
	}
}

// wait for a key of a picture; where there is none, for the end of ctx. The
// pictures between two customers change by themselves.
func (p *PadScreen) wait(ctx context.Context, v View, pic padview.Picture) (pad.Key, error) {
	switch {
	case len(pic.Buttons) > 0:
		return p.keys.Press(ctx)
	case v.Step == Filed:
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(thanksFor):
			return "", nil
		}
	}
	if i, ok := p.disp.(pad.Idler); ok && v.Step == Entry {
		if err := i.Idle(ctx, []pad.Frame{pic.Frame}, idleEvery); err != nil {
			return "", err
		}
	}
	<-ctx.Done()
	return "", ctx.Err()
}

// decide works a key off that was pressed on picture n. A key that the session
// does not follow may be pressed again; its picture is confirmed once.
func (p *PadScreen) decide(n int, pic padview.Picture, k pad.Key, act func(pad.Key)) {
	p.mu.Lock()
	reading := p.view.Step == Confirm
	switch {
	case p.newest != n: // the session went on meanwhile
		p.mu.Unlock()
		return
	case k == "": // thanks are over
		p.view = View{}
		p.change()
		p.mu.Unlock()
		return
	case reading && k != pad.KeyCancel && p.decided != n:
		p.decided = n
		p.confirmed = append(p.confirmed, pic.Frame.Digest())
	}
	if reading && k == pad.KeyNext {
		p.at++
		p.change()
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	act(k)
}

// picture of a view.
func (p *PadScreen) picture(v View, at int) (padview.Picture, error) {
	switch v.Step {
	case Entry:
		return p.make.Idle(p.d.o.Bank, p.d.o.Branch)
	case Filed:
		return p.make.Thanks()
	case Confirm:
		lists, err := p.reading(v)
		if err != nil {
			return padview.Picture{}, err
		}
		if v.Page < len(lists) {
			list := lists[v.Page]
			return list[min(at, len(list)-1)], nil
		}
	case Sign:
		if v.Open {
			return p.make.Box(v.Filled, v.Signer)
		}
	}
	return p.make.Wait()
}

// reading are the pictures of the voucher's pages, nil when there are too many.
func (p *PadScreen) reading(v View) ([][]padview.Picture, error) {
	if p.of == &v.Pages[0] {
		return p.lists, nil
	}
	lists, err := p.make.Pages(v.Filled, v.Pages)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	if n > mostPictures {
		lists = nil
	}
	p.of, p.lists = &v.Pages[0], lists
	return lists, nil
}
