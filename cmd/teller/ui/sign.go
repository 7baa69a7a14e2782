package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
	"moqian/render"
)

// settle is how long after pen-up the ink counts as finished.
const settle = 800 * time.Millisecond

// recording is an open box while the pad is pumped.
type recording struct {
	box    *flow.Box
	cancel context.CancelFunc
	done   chan error
	lost   chan struct{} // of the pad
	dev    *pad.Device
	at     render.Area // of the box
}

// signPage is step ④ as the teller sees it.
type signPage struct {
	a      *App
	failed string
	stats  *fyne.Container
	bar    *kit.Progress
}

func newSign(a *App) *signPage { return &signPage{a: a} }

func (p *signPage) head() (string, string)  { return p.a.taskHead() }
func (p *signPage) side() fyne.CanvasObject { return p.a.steps(3, p.a.view.Type) }
func (p *signPage) rune(rune)               {}

func (p *signPage) key(k fyne.KeyName, _ bool) bool { return p.a.handed && p.a.customerKey(k) }

func (p *signPage) acts() []act {
	a := p.a
	c := []act{on("Enter", a.t("s.accept.key"), a.accept), on("F9", a.t("s.clear"), a.resign)}
	if a.o.Trial != nil && a.o.Trial.Replay != nil {
		c = append(c, on("F3", a.t("s.replay"), a.replay))
	}
	if a.oneWindow() {
		word := a.t("key.hand")
		if a.handed {
			word = a.t("key.handback")
		}
		c = append(c, on("F11", word, a.hand))
	}
	c = append(c, on("F7", a.t("c.voice"), func() { a.speak("voice.2") }))
	return append(c, onRight("Esc", a.t("s.esc"), p.escape))
}

// escape goes back to the entry as long as nobody has signed.
func (p *signPage) escape() {
	a := p.a
	if a.view.Signer > 0 {
		a.ask(a.t("ask.dropsigned"), a.t("ask.drop.yes"), a.t("ask.drop.no2"), func() {
			a.endSession("teller", func() { a.open(newHome(a)) })
		})
		return
	}
	a.closeBox("teller", func() { a.back() })
}

// openBox proves the workstation and opens the box on the pad.
func (a *App) openBox() {
	if a.rec != nil || a.sess == nil || a.view.Step != flow.Sign || a.isLocked() {
		return
	}
	dev, s := a.dev, a.sess
	if dev == nil {
		a.redraw()
		return
	}
	a.bridge.Clear()
	at := boxOf(a.view)
	a.geo.Lock()
	a.boxGeo = newGeometry(at.W, at.H, dev.Info())
	a.geo.Unlock()
	lost := a.devLost
	var box *flow.Box
	var err error
	a.work(func(ctx context.Context) { box, err = s.Open(ctx, dev) }, func() {
		if err != nil {
			a.signFailed(err)
			return
		}
		a.record(box, dev, lost)
	})
}

// record pumps the pad into the box until it is accepted or cleared.
func (a *App) record(box *flow.Box, dev *pad.Device, lost chan struct{}) {
	ctx, cancel := context.WithCancel(a.ctx)
	r := &recording{box: box, cancel: cancel, done: make(chan error, 1), lost: lost, dev: dev, at: boxOf(a.view)}
	a.rec = r
	a.bridge.begin(box)
	run := func() {
		err := box.Record(ctx)
		r.done <- err
		if err != nil {
			a.bridge.later(func() { a.padFailed(r, err) })
		}
	}
	if a.inline {
		a.redraw()
		return
	}
	a.goes(run)
	a.goes(func() { a.settleInk(ctx, r) })
	a.redraw()
}

// settleInk shows the final ink a moment after each pen-up.
func (a *App) settleInk(ctx context.Context, r *recording) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	shown := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s := a.bridge.state(); s.rests() && s.strokes != shown {
			shown = s.strokes
			a.showFinal(r)
		}
	}
}

// finish ends the pump and waits for it.
func (r *recording) finish() error {
	r.cancel()
	return <-r.done
}

// endRecording stops the pump, if there is one.
func (a *App) endRecording() {
	if r := a.rec; r != nil {
		a.rec = nil
		_ = r.finish()
	}
}

// accept takes the ink when it is at rest.
func (a *App) accept() {
	if a.bridge.state().rests() {
		a.take()
	}
}

// signedOff is the customer's 签好了: it need not wait.
func (a *App) signedOff() {
	if s := a.bridge.state(); s.strokes > 0 && !s.down {
		a.take()
	}
}

// take closes the box on its ink; for the last signer the voucher is made and
// filed.
func (a *App) take() {
	r := a.rec
	if r == nil || a.busy {
		return
	}
	a.rec = nil
	var err error
	var res *flow.Result
	a.work(func(ctx context.Context) {
		if err = r.finish(); err == nil {
			res, err = r.box.Accept(ctx)
		}
	}, func() {
		if !errors.Is(err, flow.ErrEmpty) {
			a.bridge.Clear() // no surface keeps ink that was taken
		}
		switch {
		case errors.Is(err, flow.ErrEmpty):
			a.record(r.box, r.dev, r.lost)
		case err != nil:
			a.signFailed(err)
		case res == nil:
			a.openBox()
		}
	})
	a.redraw()
}

// resign clears the box: the customer begins anew.
func (a *App) resign() {
	a.closeBox("customer", a.openBox)
}

// closeBox discards the ink.
func (a *App) closeBox(why string, then func()) {
	r := a.rec
	if r == nil {
		then()
		return
	}
	a.rec = nil
	a.work(func(ctx context.Context) {
		_ = r.finish()
		_ = r.box.Discard(ctx, why)
	}, then)
}

// padFailed is the end of a recording that nobody asked for.
func (a *App) padFailed(r *recording, err error) {
	if a.rec != r {
		return
	}
	a.rec = nil
	if a.dev == r.dev {
		a.dev, a.padLost = nil, true
	}
	a.stopPadScreen()
	close(r.lost)
	a.work(func(ctx context.Context) { _ = r.box.Discard(ctx, "pad") }, func() { a.redraw() })
	a.say(kit.Bad, "bold-plugs", a.t("p.out"), a.t("p.out.do"), 0)
}

// plugged takes a new pad; an open signing goes on with an empty box.
func (a *App) plugged(dev *pad.Device, lost chan struct{}) {
	a.dev, a.devLost = dev, lost
	a.startPadScreen()
	if a.padLost {
		a.padLost = false
		a.say(kit.Good, "fill-check-circle", a.t("p.back"), a.t("p.back.do"), 5*time.Second)
	}
	if p, ok := a.page.(*calibrate); ok {
		p.begin()
	}
	a.redraw()
	a.openBox()
}

// unplugged hears that the pad went while no box was open.
func (a *App) unplugged(dev *pad.Device) {
	if a.dev != dev || a.rec != nil {
		return
	}
	a.dev, a.padLost = nil, true
	a.stopPadScreen()
	close(a.devLost)
	if p, ok := a.page.(*calibrate); ok {
		p.begin()
	}
	a.redraw()
}

// signFailed says why the box stays closed or the voucher was not made.
func (a *App) signFailed(err error) {
	var late *flow.NotReady
	ended := a.sess != nil && a.sess.Step() == flow.Ended
	what := a.t("s.failed")
	if errors.As(err, &late) {
		what = a.t("e.not." + string(late.Part))
	}
	do := a.sentence(err)
	if ended {
		do += a.t("s.failed.again")
		a.sess = nil
		a.open(newHome(a))
	}
	a.say(kit.Bad, "fill-x-circle", what, do, 0)
}

// replay has a piece of handwriting written by the software pad.
func (a *App) replay() {
	if a.rec == nil {
		return
	}
	a.nReplay++
	a.o.Trial.Replay(a.nReplay)
}

// penMoved refreshes the figures under the box.
func (a *App) penMoved() {
	p, ok := a.page.(*signPage)
	if !ok || p.stats == nil {
		return
	}
	p.fillStats()
	p.stats.Refresh()
}

func (p *signPage) fillStats() {
	a, l := p.a, p.a.look
	s := a.bridge.state()
	rate := "—"
	if d := s.last - s.first; d > 0.2 {
		rate = fmt.Sprintf("%.0f", float64(s.samples+s.lost-1)/d)
	}
	pair := func(label, value, unit string) fyne.CanvasObject {
		return kit.H(4, l.Text(label, 13, l.P.Ink2), l.Bold(value, 15, l.P.Ink), l.Text(unit, 13, l.P.Ink2))
	}
	p.stats.Objects = []fyne.CanvasObject{
		pair(a.t("s.strokes"), fmt.Sprint(s.strokes), ""),
		pair(a.t("s.time"), fmt.Sprintf("%.1f", max(0, s.last-s.first)), a.t("s.sec")),
		pair(a.t("s.rate"), rate, a.t("s.hz")),
		pair(a.t("s.lost"), fmt.Sprint(s.lost), ""),
	}
	if p.bar != nil {
		p.bar.Set(float32(s.p))
	}
}
