package ui

import (
	"context"
	"errors"
	"sync"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
)

// ownScreen is the screen of the pad itself. It leads the customer where the
// customer has no window; with one it stays as it is.
type ownScreen struct {
	mu   sync.Mutex
	ps   *flow.PadScreen // nil: none
	dev  *pad.Device
	stop context.CancelFunc
}

// at is the pad's screen, nil when there is none to lead a customer.
func (o *ownScreen) at() *flow.PadScreen {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ps
}

// startPadScreen takes the screen of the pad that is there, once a desk is open.
func (a *App) startPadScreen() {
	dev := a.dev
	if dev == nil || a.desk == nil || !a.oneWindow() || a.o.PadScreenOff || a.inline {
		return
	}
	if a.own.dev == dev && a.own.at() != nil {
		return
	}
	a.stopPadScreen()
	ps, err := a.desk.PadScreen(dev, a.lang == "en")
	if err != nil {
		return // a pad without a screen: the window leads
	}
	ps.Show(a.view)
	ctx, stop := context.WithCancel(a.ctx)
	a.own.mu.Lock()
	a.own.ps, a.own.dev, a.own.stop = ps, dev, stop
	a.own.mu.Unlock()
	a.goes(func() {
		defer stop()
		err := ps.Run(ctx, func(k pad.Key) { a.bridge.later(func() { a.padKey(ps, k) }) })
		if errors.Is(err, pad.ErrGone) { // while nobody signs, nobody else would notice
			a.bridge.later(func() { a.unplugged(dev) })
		}
	})
}

// stopPadScreen lets go of it.
func (a *App) stopPadScreen() {
	a.own.mu.Lock()
	stop := a.own.stop
	a.own.ps, a.own.dev, a.own.stop = nil, nil, nil
	a.own.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// padKey is a key on the pad's screen.
func (a *App) padKey(from *flow.PadScreen, k pad.Key) {
	if a.own.at() != from || a.sess == nil || a.isLocked() {
		return
	}
	switch {
	case a.view.Step == flow.Confirm && k == pad.KeyConfirm:
		a.padRead()
	case a.view.Step == flow.Confirm && k == pad.KeyCancel:
		a.pageWrong()
	case a.view.Step == flow.Sign && k == pad.KeyConfirm:
		a.signedOff()
	case a.view.Step == flow.Sign && k == pad.KeyClear:
		a.resign()
	case a.view.Step == flow.Sign && k == pad.KeyCancel:
		a.padDeclined()
	}
}

// padRead: the customer confirmed the page, elements included, on the pad.
func (a *App) padRead() {
	r := &a.reader
	if a.busy || r.wrong {
		return
	}
	for i, f := range a.leaves { // the pad shows a page at a time, not a leaf
		if f.page == a.view.Page && f.last {
			r.reach = i + 1
			r.turn(a.o.Now(), r.reach)
		}
	}
	a.pageDone()
}

// padDeclined: the customer will not sign.
func (a *App) padDeclined() {
	if a.busy {
		return
	}
	a.say(kit.Look2, "fill-warning", a.t("c.wrong"), a.t("c.wrong.do"), 0)
	if a.view.Signer > 0 {
		a.endSession("customer", func() { a.open(newHome(a)) })
		return
	}
	a.closeBox("customer", func() { a.back() })
}

var (
	_ flow.Settler   = (*bridge)(nil)
	_ flow.Listener  = (*bridge)(nil)
	_ flow.Confirmer = (*bridge)(nil)
)

// Settled waits until the signer sees the box on the pad.
func (b *bridge) Settled(ctx context.Context) error {
	if p := b.app.own.at(); p != nil {
		return p.Settled(ctx)
	}
	return nil
}

// Listening hears that the box takes ink.
func (b *bridge) Listening() {
	if p := b.app.own.at(); p != nil {
		p.Listening()
	}
}

// Confirmed are the pictures that the customer confirmed on the pad.
func (b *bridge) Confirmed() []string {
	if p := b.app.own.at(); p != nil {
		return p.Confirmed()
	}
	return nil
}
