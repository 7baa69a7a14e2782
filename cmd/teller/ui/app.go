package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
	"moqian/store"
	"moqian/store/auth"
)

// App is the windows. All fields but those named are the toolkit goroutine's.
type App struct {
	o      Options
	fy     fyne.App
	win    fyne.Window
	cust   *customerWindow // nil: one window
	bridge *bridge
	texts  texts
	lang   string
	look   kit.Look
	theme  [2]*kit.Theme // light, dark
	inline bool          // tests: nothing runs in other goroutines

	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup
	jobs chan func()
	busy bool

	pending []job // begun while busy

	shell *shell
	page  page
	over  []overlay // the last is on top

	user   auth.Account
	desk   *flow.Desk
	sess   *flow.Session
	view   flow.View
	rec    *recording
	ink    map[string]*kit.InkView
	pages  []image.Image // of the view, at pageDPI
	leaves []leaf        // the pages as the customer reads them
	large  bool          // the customer asked for large type
	reader reader
	thanks thanks
	today  map[string]fact   // by voucher
	void   map[string]string // reasons, by voucher
	pace   pace

	geo    sync.Mutex // guards boxGeo
	boxGeo geometry

	dev      *pad.Device
	devLost  chan struct{} // closed when dev is given up
	handed   bool          // one window: the keyboard is the customer's
	padLost  bool
	own      ownScreen // of the pad
	items    []store.Item
	offline  bool
	offAt    time.Time
	notice   *notice
	sending  bool
	freezing *freezer // while a page is made into a picture
	slide    int      // seconds of the idle screen
	title    string
	fits     fits
	nReplay  int
	keyed    time.Time
	keyTimes []time.Duration
}

// fact is what the list of today shows beside the queue's row. The queue keeps
// no names; see remember.
type fact struct {
	name string
	fen  int64
}

// New builds the windows of a fyne application without showing them.
func New(fy fyne.App, o Options) (*App, error) {
	return build(fy, o, false)
}

func build(fy fyne.App, o Options, inline bool) (*App, error) {
	t, err := loadTexts(o.Assets)
	if err != nil {
		return nil, err
	}
	regular, err := fs.ReadFile(o.Assets, "fonts/NotoSansSC-Regular.ttf")
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	bold, err := fs.ReadFile(o.Assets, "fonts/NotoSansSC-Bold.ttf")
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	a := &App{o: o, fy: fy, texts: t, lang: o.Lang, inline: inline, jobs: make(chan func(), 16), today: map[string]fact{}, void: map[string]string{}}
	if a.lang == "" {
		a.lang = "zh"
	}
	a.ctx, a.stop = context.WithCancel(context.Background())
	icons := func(name string) []byte {
		b, err := fs.ReadFile(o.Assets, "icons/"+name+".svg")
		if err != nil {
			return nil
		}
		return b
	}
	a.theme = [2]*kit.Theme{kit.NewTheme(kit.Light(), regular, bold), kit.NewTheme(kit.Dark(), regular, bold)}
	a.look = kit.Look{P: a.theme[0].P, K: 1, Icons: icons}
	fy.Settings().SetTheme(a.theme[0])
	a.bridge = &bridge{app: a}
	light := a.look
	a.ink = map[string]*kit.InkView{customerInk: light.NewInkView(), tellerInk: light.NewInkView(), paneInk: light.NewInkView()}
	a.restore()
	a.win = fy.NewWindow(a.t("app.name"))
	a.win.SetPadded(false)
	a.shell = newShell(a)
	a.page = newLogin(a)
	a.win.SetContent(a.shell.root)
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 1366, 768
	}
	a.win.Resize(fyne.NewSize(o.Width, o.Height))
	a.listen(a.win, a)
	return a, nil
}

// Run shows the windows, starts the goroutines and returns when the teller's
// window was closed and everything has ended.
func (a *App) Run() {
	if !a.o.One && (a.o.Two != nil || secondScreen(a.fy)) {
		a.cust = newCustomerWindow(a)
	}
	a.fy.Lifecycle().SetOnStarted(func() {
		a.start()
		a.redraw()
		a.focus()
	})
	a.win.SetMaster()
	a.win.Show()
	if a.cust != nil {
		a.cust.show()
	}
	a.fy.Run()
	a.stop()
	a.endRecording()
	a.wg.Wait()
	if a.sess != nil {
		_ = a.sess.Cancel(context.WithoutCancel(a.ctx), "closed")
	}
}

func (a *App) start() {
	a.goes(func() {
		for {
			select {
			case f := <-a.jobs:
				f()
			case <-a.ctx.Done():
				return
			}
		}
	})
	a.goes(func() {
		select {
		case <-a.o.Quit:
			a.bridge.later(a.fy.Quit)
		case <-a.ctx.Done():
		}
	})
	a.goes(a.waitForPads)
	a.goes(a.keepSending)
	a.goes(a.ticks)
}

// goes starts a goroutine that Run waits for.
func (a *App) goes(f func()) {
	a.wg.Add(1)
	go func() { defer a.wg.Done(); f() }()
}

// work does something that may take time, one thing after the other, then goes
// on with the page. The page takes keys meanwhile: whoever types ahead loses
// nothing, and what must not happen twice asks busy first.
func (a *App) work(do func(context.Context), then func()) {
	if a.inline {
		do(a.ctx)
		then()
		return
	}
	if a.busy {
		a.pending = append(a.pending, job{do, then})
		return
	}
	a.busy = true
	a.jobs <- func() {
		do(a.ctx)
		a.bridge.later(func() { a.worked(then) })
	}
}

// aside does something that may take time beside the session: the page goes on
// taking keys.
func (a *App) aside(do func(context.Context), then func()) {
	if a.inline {
		do(a.ctx)
		then()
		return
	}
	a.goes(func() {
		do(a.ctx)
		a.bridge.later(func() {
			then()
			a.shell.draw()
		})
	})
}

// job is something that may take time, and what follows.
type job struct {
	do   func(context.Context)
	then func()
}

// worked ends a job and begins the one that waits.
func (a *App) worked(then func()) {
	a.busy = false
	then()
	if len(a.pending) > 0 && !a.busy {
		j := a.pending[0]
		a.pending = a.pending[1:]
		a.work(j.do, j.then)
	}
	a.shell.draw()
}

// waitForPads opens the next pad whenever there is none.
func (a *App) waitForPads() {
	if a.o.Pads == nil {
		return
	}
	for {
		dev, err := a.o.Pads.Next(a.ctx)
		if a.ctx.Err() != nil {
			if dev != nil {
				_ = dev.Close()
			}
			return
		}
		if err != nil {
			a.bridge.later(func() { a.say(kit.Bad, "bold-plugs", a.t("p.busy"), a.sentence(err), 0) })
			if !a.sleep(5 * time.Second) {
				return
			}
			continue
		}
		lost := make(chan struct{})
		a.bridge.later(func() { a.plugged(dev, lost) })
		var gone <-chan struct{}
		if w, ok := a.o.Pads.(Watcher); ok {
			gone = w.Gone(dev)
		}
		select {
		case <-lost:
		case <-gone:
			a.bridge.later(func() { a.unplugged(dev) })
			select {
			case <-lost:
			case <-a.ctx.Done():
			}
		case <-a.ctx.Done():
		}
		_ = dev.Close()
	}
}

func (a *App) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-a.ctx.Done():
		return false
	}
}

// ticks moves the clock and everything that counts seconds. Where the toolkit is
// too slow for one a second, seconds are left out: they must not pile up before
// what a person waits for.
func (a *App) ticks() {
	var asked atomic.Bool
	for a.sleep(time.Second) {
		if asked.CompareAndSwap(false, true) {
			a.bridge.later(func() { asked.Store(false); a.tick() })
		}
	}
}

func (a *App) tick() {
	if !a.bridge.state().down {
		a.shell.top()
	}
	if a.notice != nil && !a.notice.until.IsZero() && a.o.Now().After(a.notice.until) {
		a.notice = nil
		a.shell.draw()
	}
	if p, ok := a.page.(interface{ tick() }); ok {
		p.tick()
	}
	a.thanksTick()
}

// show takes over a view of the session and leads to its page.
func (a *App) show(v flow.View) {
	old := a.view
	a.view = v
	a.followed(old)
}

// sentence tells an error to the teller.
func (a *App) sentence(err error) string {
	var late *flow.NotReady
	if errors.As(err, &late) && late.Part == flow.Pad && errors.Is(err, pad.ErrGone) {
		return a.t("p.none.do")
	}
	return a.pick(sentence(err))
}

// redraw builds everything anew.
func (a *App) redraw() {
	a.shell.draw()
	a.redrawCustomer()
}

// open goes to a page.
func (a *App) open(p page) {
	if old, ok := a.page.(interface{ close() }); ok && a.page != p {
		old.close()
	}
	a.page = p
	a.over = nil
	a.redraw()
}

// clear drops the transaction.
func (a *App) endSession(reason string, then func()) {
	s := a.sess
	a.endRecording()
	if s == nil {
		then()
		return
	}
	a.work(func(ctx context.Context) { _ = s.Cancel(ctx, reason) }, func() {
		a.sess, a.view, a.pages = nil, flow.View{}, nil
		a.reader = reader{}
		then()
	})
}

// oneWindow says that customer and teller share a window.
func (a *App) oneWindow() bool { return a.cust == nil }

var _ fyne.CanvasObject = (*fyne.Container)(nil)

func stack(o ...fyne.CanvasObject) *fyne.Container { return container.NewStack(o...) }
