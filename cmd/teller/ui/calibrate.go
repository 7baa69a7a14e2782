package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/cmd/teller/wizard"
	"moqian/pad"
	"moqian/store"
)

// calibrate is the wizard of a pad: eight steps, each measured and judged, and a
// summary from which the result is kept for this pad. It shows package wizard
// and pumps the pad into it.
type calibrate struct {
	a      *App
	w      *wizard.Wizard // nil: no pad
	dev    *pad.Device
	before *pad.Calibration // kept earlier for this pad
	sum    bool             // the summary is shown
	kept   bool

	stop  context.CancelFunc // of the pump, nil: it does not run
	ended chan struct{}
	ink   *kit.InkView

	mu     sync.Mutex // guards everything below
	stroke int
	asked  bool // a frame is on its way
	words  bool // it is to show words too
	drawn  time.Time
	shown  *pad.Point // on the pad's own screen
}

func newCalibrate(a *App) *calibrate {
	p := &calibrate{a: a}
	light := a.look
	light.P = kit.Light()
	p.ink = light.NewInkView()
	p.begin()
	return p
}

// begin takes the pad that is there.
func (p *calibrate) begin() {
	a := p.a
	p.close()
	p.w, p.dev, p.sum, p.kept, p.before = nil, a.dev, false, false, nil
	if a.dev == nil {
		return
	}
	a.stopPadScreen() // the wizard shows its crosses there
	p.w = wizard.New(a.dev.Info())
	if a.o.Calibrated != nil {
		if c, err := a.o.Calibrated(a.ctx, a.dev.Info()); err == nil {
			p.before = c
		}
	}
	a.dev.Calibrate(nil) // the readings as they are
	p.pump()
}

// pump reads the pad until the page is left or the pad is lost.
func (p *calibrate) pump() {
	a, dev, lost := p.a, p.dev, p.a.devLost
	ctx, stop := context.WithCancel(a.ctx)
	p.stop, p.ended = stop, make(chan struct{})
	ended := p.ended
	if a.inline {
		close(ended)
		return
	}
	a.goes(func() {
		capture := new(pad.Capture)
		from := time.Now()
		err := capture.Record(ctx, dev, func(s pad.Sample) { p.sample(s, time.Since(from)) })
		capture.Discard()
		close(ended)
		if err != nil && ctx.Err() == nil {
			a.bridge.later(func() { p.gone(dev, lost) })
		}
	})
}

// gone is the end of the pad.
func (p *calibrate) gone(dev *pad.Device, lost chan struct{}) {
	a := p.a
	if a.dev == dev {
		a.dev, a.padLost = nil, true
		close(lost)
	}
	p.begin()
	a.redraw()
}

// close ends the pump and wipes what was written. The page calls it when it is
// left.
func (p *calibrate) close() {
	if p.stop != nil {
		p.stop()
		<-p.ended
		p.stop = nil
	}
	if p.w != nil {
		p.w.Wipe()
	}
	p.ink.Wipe()
	p.a.startPadScreen()
}

// frameEvery is how often the page's words follow the pen at most.
const frameEvery = 200 * time.Millisecond

// sample comes from the pump.
func (p *calibrate) sample(s pad.Sample, host time.Duration) {
	changed := p.w.Add(s, host)
	i := p.dev.Info()
	if s.Phase == pad.Down {
		k := float32(1 / i.Width)
		t := kit.Touch{X: float32(s.X-i.Width/2) * k, Y: float32(s.Y-i.Height/2) * k, R: 0.25 * k}
		p.mu.Lock()
		n := p.stroke
		p.mu.Unlock()
		p.ink.Add(n, []kit.Touch{t}, nil)
	}
	p.mu.Lock()
	if s.Phase != pad.Down {
		p.stroke++
	}
	ask := !p.asked
	p.asked = true
	if changed || time.Since(p.drawn) > frameEvery {
		p.words, p.drawn = true, time.Now()
	}
	p.mu.Unlock()
	if ask {
		p.a.bridge.later(p.frame)
	}
}

func (p *calibrate) frame() {
	p.mu.Lock()
	words := p.words
	p.asked, p.words = false, false
	p.mu.Unlock()
	if p.a.page != page(p) {
		return
	}
	if words {
		p.a.shell.draw()
	}
	p.ink.Draw()
	p.guide()
}

func (p *calibrate) view() wizard.View {
	if p.w == nil {
		return wizard.View{}
	}
	return p.w.View()
}

func (p *calibrate) head() (string, string) { return "9005", p.a.t("sys.9005") }

func (p *calibrate) rune(rune) {}

func (p *calibrate) key(fyne.KeyName, bool) bool { return false }

func (p *calibrate) acts() []act {
	a := p.a
	if p.w == nil {
		return []act{onRight("Esc", a.t("key.back"), func() { a.open(newHome(a)) })}
	}
	word, _ := p.next()
	c := []act{on("Enter", word, p.enter)}
	if !p.sum {
		c = append(c, on("F9", a.t("g.redo"), p.redo))
	}
	if a.o.Trial != nil && a.o.Trial.Task != nil && !p.sum {
		c = append(c, on("F3", a.t("g.replay"), func() { a.o.Trial.Task(p.view().Step) }))
	}
	c = append(c, act{keys: []string{"PgUp", "PgDn"}, word: a.t("g.steps"), do: p.turn})
	if a.o.Export != nil {
		c = append(c, on("F8", a.t("g.export"), p.export))
	}
	return append(c, onRight("Esc", a.t("g.leave"), p.escape))
}

// next is what Enter does now and, when it does nothing, why.
func (p *calibrate) next() (word, reason string) {
	a, v := p.a, p.view()
	_, ok := p.w.Calibration()
	switch {
	case p.sum && p.kept:
		return a.t("g.close"), ""
	case p.sum && !ok:
		return a.t("g.keep"), a.t("g.keep.no")
	case p.sum:
		return a.t("g.keep"), ""
	case v.Result != nil && v.Step == wizard.Steps-1:
		return a.t("g.tosum"), ""
	case v.Result != nil:
		return a.t("g.next", "s", p.stepName(v.Step+1)), ""
	case v.Ready:
		return a.t("g.finish"), ""
	}
	return a.t("g.finish"), a.t("g.wait")
}

func (p *calibrate) stepName(s wizard.Step) string {
	return p.a.t("g.step." + fmt.Sprint(int(s)+1))
}

func (p *calibrate) enter() {
	if _, reason := p.next(); reason != "" {
		return
	}
	v := p.view()
	switch {
	case p.sum && p.kept:
		p.a.open(newHome(p.a))
		return
	case p.sum:
		p.keep()
		return
	case v.Result == nil:
		p.w.Finish()
	case v.Step == wizard.Steps-1:
		p.sum = true
	default:
		p.to(v.Step + 1)
	}
	p.a.shell.draw()
	p.guide()
}

func (p *calibrate) to(s wizard.Step) {
	p.sum = false
	p.w.Go(s)
	p.ink.Wipe()
}

func (p *calibrate) redo() {
	p.w.Again()
	p.ink.Wipe()
	p.a.shell.draw()
	p.guide()
}

// turn looks at another step; what is measured there stays.
func (p *calibrate) turn(key string) {
	v := p.view()
	switch {
	case key == "PgUp" && p.sum:
		p.to(wizard.Steps - 1)
	case key == "PgUp" && v.Step > 0:
		p.to(v.Step - 1)
	case key == "PgDn" && v.Step == wizard.Steps-1:
		p.sum = true
	case key == "PgDn" && !p.sum:
		p.to(v.Step + 1)
	}
	p.a.shell.draw()
	p.guide()
}

func (p *calibrate) escape() {
	a := p.a
	if _, n := p.view().Verdict(); n == 0 || p.kept {
		a.open(newHome(a))
		return
	}
	a.ask(a.t("g.ask"), a.t("g.ask.yes"), a.t("g.ask.no"), func() { a.open(newHome(a)) })
}

// keep stores the calibration of this pad; from the next box on it is used.
func (p *calibrate) keep() {
	a := p.a
	c, ok := p.w.Calibration()
	if !ok || a.o.Calibrate == nil {
		return
	}
	c.Made, c.Operator = a.o.Now().UTC().Truncate(time.Second), a.user.Name
	var err error
	a.aside(func(ctx context.Context) { err = a.o.Calibrate(ctx, c) }, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("g.keep"), a.sentence(err), 0)
			return
		}
		p.kept = true
		a.say(kit.Good, "fill-check-circle", a.t("g.kept"), a.t("g.kept.do", "p", c.Pad), 5*time.Second)
	})
}

// sheet is the printed form of the results: what was measured, of which pad,
// when and by whom.
type sheet struct {
	Schema   string                `json:"schema"`
	Pad      string                `json:"pad"`
	Firmware string                `json:"firmware,omitempty"`
	Made     time.Time             `json:"made"`
	Operator string                `json:"operator"`
	Verdict  pad.Verdict           `json:"verdict"`
	Steps    map[string]*sheetStep `json:"steps"`
	Keep     *pad.Calibration      `json:"calibration,omitempty"`
}

type sheetStep struct {
	Verdict pad.Verdict       `json:"verdict"`
	Numbers map[string]string `json:"numbers"`
}

// export writes the results as a file for the administrator.
func (p *calibrate) export() {
	a, v := p.a, p.view()
	i := p.dev.Info()
	worst, _ := v.Verdict()
	s := sheet{Schema: "moqian/calibration-sheet/1", Pad: i.ID(), Firmware: i.Firmware, Made: a.o.Now().UTC(),
		Operator: a.user.Name, Verdict: worst, Steps: map[string]*sheetStep{}}
	for n, r := range v.All {
		if r == nil {
			continue
		}
		step := &sheetStep{r.Verdict, map[string]string{}}
		for _, f := range r.Facts {
			step.Numbers[f.Name] = f.Value
		}
		s.Steps[a.texts.in("en", "g.step."+fmt.Sprint(n+1))] = step
	}
	if c, ok := p.w.Calibration(); ok {
		s.Keep = &c
	}
	var where string
	var err error
	a.aside(func(ctx context.Context) {
		var b []byte
		if b, err = json.MarshalIndent(s, "", "  "); err != nil {
			return
		}
		if where, err = a.o.Export("calibration-"+a.o.Now().UTC().Format("20060102-150405")+".json", b); err == nil {
			err = a.o.Store.Audit().Append(ctx, store.Entry{Actor: s.Operator, Action: "export", Pad: s.Pad, Outcome: "ok"})
		}
	}, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("g.export"), a.sentence(err), 0)
			return
		}
		a.say(kit.Good, "fill-check-circle", a.t("q.exported"), where, 8*time.Second)
	})
}

// guide shows the cross on the pad's own screen, where it has one.
func (p *calibrate) guide() {
	if p.dev == nil {
		return
	}
	d, ok := p.dev.Display()
	if !ok {
		return
	}
	at := p.view().Target
	p.mu.Lock()
	same := p.shown == at || p.shown != nil && at != nil && *p.shown == *at
	p.shown = at
	p.mu.Unlock()
	if same {
		return
	}
	w, h := d.Size()
	f := crossFrame(w, h, p.dev.Info(), at)
	p.a.aside(func(ctx context.Context) { _ = d.Show(ctx, f) }, func() {})
}

// crossFrame is a white frame with a black cross at a place in mm, nil: none.
func crossFrame(w, h int, i pad.Info, at *pad.Point) pad.Frame {
	f := pad.Frame{W: w, H: h, Pix: make([]byte, 3*w*h)}
	for k := range f.Pix {
		f.Pix[k] = 255
	}
	if at == nil || i.Width <= 0 || i.Height <= 0 {
		return f
	}
	cx, cy, arm := int(at.X/i.Width*float64(w)), int(at.Y/i.Height*float64(h)), w/30
	for d := -arm; d <= arm; d++ {
		for _, px := range [][2]int{{cx + d, cy}, {cx, cy + d}} {
			if x, y := px[0], px[1]; x >= 0 && x < w && y >= 0 && y < h {
				copy(f.Pix[3*(y*w+x):], []byte{0, 0, 0})
			}
		}
	}
	return f
}
