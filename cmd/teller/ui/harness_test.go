//go:build virtualpad

package ui

import (
	"context"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"moqian/assets"
	"moqian/cmd/internal/ctl"
	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/pad/virtual"
	"moqian/render/form"
	"moqian/store/auth"
	"moqian/store/upload"
)

// bench is a whole workstation in a temporary folder with its windows in the
// toolkit's test driver: no screen, no goroutines, real store, desk and pad.
type bench struct {
	*App
	t    *testing.T
	st   *station.Station
	hand *virtual.Hand
	now  time.Time
}

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 3, 18, 6, 5, 32, 0, time.UTC)}
	clock := func() time.Time { b.now = b.now.Add(20 * time.Millisecond); return b.now }
	dir := t.TempDir()
	site, err := trial.Prepare(dir, b.now)
	if err != nil {
		t.Fatal(err)
	}
	site.Floor = 1
	b.st, err = station.Open(t.Context(), station.Options{Dir: dir, Site: site, Trial: true, MachineKey: ctl.MachineKey(site),
		Factor: auth.Trial{}, Cost: trial.Cost(), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.st.Close() })
	if err := trial.Accounts(t.Context(), b.st.Users); err != nil {
		t.Fatal(err)
	}
	o := b.options(site.Bank.ZH, clock)
	b.App, err = build(test.NewTempApp(t), o, true)
	if err != nil {
		t.Fatal(err)
	}
	b.App.ctx = context.Background()
	b.win.Resize(fyne.NewSize(1366, 768))
	b.plug()
	return b
}

func (b *bench) options(bank string, clock func() time.Time) Options {
	line := station.Line{Getenv: os.Getenv}
	to, err := b.st.Archive(line)
	if err != nil {
		b.t.Fatal(err)
	}
	w, err := b.st.Worker(to, line)
	if err != nil {
		b.t.Fatal(err)
	}
	return Options{Bank: form.Text(b.st.Site.Bank), Branch: form.Text(b.st.Site.Branch), Window: "01", Version: "0.1.0", Lang: "zh",
		Store: b.st.Store, Users: b.st.Users, Factor: true, Assets: assets.FS, Now: clock, Floor: 1 << 20,
		Free: func() (int64, error) { return 38 << 30, nil },
		Send: func(ctx context.Context) (upload.Result, error) { return w.Once(ctx) },
		Desk: func(ctx context.Context, pin []byte) (*flow.Desk, error) {
			key, err := b.st.OpenKey(pin)
			if err != nil {
				return nil, err
			}
			return b.st.Desk(ctx, key)
		},
		Preview: func(context.Context, []byte, int) ([]image.Image, error) {
			return []image.Image{image.NewRGBA(image.Rect(0, 0, 210, 297))}, nil
		},
		Trial: &Trial{People: [][2]string{{"teller", "t0001"}, {"teller", "t0002"}, {"supervisor", "s0001"}},
			Password: trial.Password, Code: trial.Code, PIN: trial.PIN,
			Pen: func(x, y, p float64, down bool) { b.hand.Pen(x, y, p, down) }, Replay: func(int) {}}}
}

func (b *bench) plug() {
	b.hand = virtual.OpenHand(72, 30, virtual.Options{Fast: true})
	b.plugged(b.hand.Device, make(chan struct{}))
}

// keys presses keys by the words on their caps; a word in quotes is typed.
func (b *bench) keys(all ...string) {
	b.t.Helper()
	names := map[string]fyne.KeyName{"Enter": fyne.KeyReturn, "Esc": fyne.KeyEscape, "↑": fyne.KeyUp, "↓": fyne.KeyDown,
		"PgUp": fyne.KeyPageUp, "PgDn": fyne.KeyPageDown, "Tab": fyne.KeyTab, "Backspace": fyne.KeyBackspace}
	for _, k := range all {
		switch {
		case k[0] == '"':
			for _, r := range k[1 : len(k)-1] {
				b.shell.sink.TypedRune(r)
			}
		case len(k) > 4 && k[:5] == "Ctrl ":
			b.typedShortcut(k, nil)
		default:
			n, ok := names[k]
			if !ok {
				n = fyne.KeyName(k)
			}
			b.shell.sink.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
}

// login comes to the home page.
func (b *bench) login() {
	b.t.Helper()
	b.keys(`"t0001"`, "Enter", `"moqian-trial"`, "Enter", `"135790"`, `"246810"`, "Enter")
	if _, ok := b.page.(*home); !ok {
		b.t.Fatalf("after login: %T", b.page)
	}
}

// approve is the supervisor's word.
func (b *bench) approved() { b.keys(`"s0001"`, "Enter", `"moqian-trial"`, "Enter", `"135790"`) }

// confirmAll presses the customer's button on every page.
func (b *bench) confirmAll() {
	for n := 0; b.view.Step == flow.Confirm && n < 20; n++ {
		b.customerKey(fyne.KeyReturn)
	}
}

// write signs in the open box with a synthetic hand.
func (b *bench) write(seed uint64) {
	b.t.Helper()
	if b.rec == nil {
		b.t.Fatal("the box is not open")
	}
	r := b.rec
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.done <- r.box.Record(ctx) }()
	track := virtual.Synthetic(seed)
	n := len(track.Samples)
	for b.bridge.state().samples == 0 { // until the recording has begun
		b.hand.Pen(30, 15, 0, false)
		time.Sleep(time.Millisecond)
	}
	b.hand.Play(ctx, track)
	// The hover reports before count too, so wait until the last one has come.
	for last := -1; last < n || last != b.bridge.state().samples || b.bridge.state().down; time.Sleep(50 * time.Millisecond) {
		last = b.bridge.state().samples
	}
	b.bridge.mu.Lock()
	b.bridge.pen.at = time.Now().Add(-time.Hour)
	b.bridge.mu.Unlock()
}

// shot keeps a picture of the teller's window where MOQIAN_UI_SHOTS names a
// folder, to be looked at.
func (b *bench) shot(name string) image.Image {
	b.t.Helper()
	b.redraw()
	if os.Getenv("MOQIAN_UI_SHOTS") == "" {
		return nil
	}
	img := b.win.Canvas().Capture()
	save(b.t, name, img)
	return img
}

func save(t *testing.T, name string, img image.Image) {
	dir := os.Getenv("MOQIAN_UI_SHOTS")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

var _ fs.FS = assets.FS
