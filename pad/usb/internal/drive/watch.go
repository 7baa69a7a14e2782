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

// refuser is the family of pads that cannot do what the policy requires.
type refuser struct{}

func (refuser) begin(context.Context, *pad.Evidence) (time.Time, error) {
	return time.Time{}, ErrNoCrypt
}

func (refuser) end() {}

// Row is one pad that is plugged in, for people and for `tellerctl pads`.
type Row struct {
	Maker    string  `json:"maker"`
	Model    string  `json:"model"`
	VID      uint16  `json:"vid"`
	PID      uint16  `json:"pid"`
	Port     string  `json:"port"`
	Serial   string  `json:"serial,omitempty"`
	Firmware string  `json:"firmware,omitempty"`
	WidthMM  float64 `json:"width_mm,omitempty"`
	HeightMM float64 `json:"height_mm,omitempty"`
	Levels   int     `json:"levels,omitempty"`
	RateHz   float64 `json:"rate_hz,omitempty"`
	Screen   string  `json:"screen,omitempty"`
	// State: "ready", "denied", "busy", "refused", "gone"; Why in words.
	State string `json:"state"`
	Why   string `json:"why,omitempty"`
	// Evidence lists what a capture on it can state.
	Evidence []string `json:"evidence,omitempty"`
	// Hardware says what was tried on a real one.
	Hardware string `json:"hardware,omitempty"`
}

// candidate: a pad we know, or a HID device that may turn out to be one.
func candidate(p wire.Port, opt Options) bool {
	if opt.Only != nil && !opt.Only(p.VID, p.PID) {
		return false
	}
	_, known := model.Find(p.VID, p.PID)
	return known || p.HID
}

// List opens each pad for a moment and says what it is. Devices that are no
// pads are left out.
func List(ctx context.Context, bus wire.Bus, opt Options) ([]Row, error) {
	ports, err := bus.Ports(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for pads: %w", err)
	}
	rows := []Row{}
	for _, p := range ports {
		if !candidate(p, opt) {
			continue
		}
		if r, ok := row(ctx, bus, p, opt); ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func row(ctx context.Context, bus wire.Bus, p wire.Port, opt Options) (Row, bool) {
	spec, known := model.Find(p.VID, p.PID)
	r := Row{Maker: spec.Maker, Model: spec.Model, VID: p.VID, PID: p.PID, Port: p.Path, State: "ready", Hardware: spec.Hardware}
	d, err := Open(ctx, bus, p, opt, nil)
	if err != nil {
		r.State, r.Why = state(err), err.Error()
		return r, known
	}
	info := d.Info()
	r.Maker, r.Model, r.Serial, r.Firmware = info.Maker, info.Model, info.Serial, info.Firmware
	r.WidthMM, r.HeightMM, r.Levels, r.RateHz = info.Width, info.Height, info.Levels, info.Rate
	if s, ok := d.Display(); ok {
		w, h := s.Size()
		r.Screen = fmt.Sprintf("%d×%d", w, h)
	}
	r.Evidence = abilities(spec, info)
	if err := d.Close(); err != nil {
		r.State, r.Why = "gone", err.Error()
	}
	return r, true
}

func state(err error) string {
	switch {
	case errors.Is(err, pad.ErrDenied):
		return "denied"
	case errors.Is(err, pad.ErrBusy):
		return "busy"
	case errors.Is(err, pad.ErrGone):
		return "gone"
	}
	return "refused"
}

func abilities(spec model.Spec, info pad.Info) []string {
	out := []string{"digest of reports"}
	if info.Serial != "" {
		out = append(out, "serial")
	}
	if spec.STU == nil {
		return append(out, "host clock, losses not provable")
	}
	out = append(out, "capability", "thresholds", "picture digests")
	switch spec.STU.Option {
	case model.OptionTimeSequence:
		out = append(out, "pad clock", "sequence")
	case model.OptionTime:
		out = append(out, "pad clock, losses not provable")
	default:
		out = append(out, "host clock, losses not provable")
	}
	return append(out, fmt.Sprintf("encryption v%d", spec.STU.Crypt))
}

// Watcher hands pads on as they are plugged in. One at a time: the next comes
// when the one before was closed, or is gone.
type Watcher struct {
	start func() (wire.Bus, error)
	opt   Options

	mu  sync.Mutex
	why error // why the last look found nothing
}

// NewWatcher makes a watcher. start makes a bus for each look: a bus that
// outlives a pad may never notice the next one (no udevd).
func NewWatcher(start func() (wire.Bus, error), opt Options) *Watcher {
	return &Watcher{start: start, opt: opt.withDefaults()}
}

// Next waits for a pad that can be opened, looking about once a second. It
// returns when ctx ends; Why then says what stood in the way.
func (w *Watcher) Next(ctx context.Context) (*pad.Device, error) {
	for {
		d, err := w.look(ctx)
		w.mu.Lock()
		w.why = err
		w.mu.Unlock()
		if err == nil {
			return d, nil
		}
		t := time.NewTimer(w.opt.Poll)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, ctx.Err()
		}
	}
}

// Why says why the last look opened nothing: pad.ErrNone, pad.ErrDenied,
// pad.ErrBusy, or what else was wrong with the pad that is there.
func (w *Watcher) Why() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why
}

// look opens the first pad that lets itself be opened.
func (w *Watcher) look(ctx context.Context) (*pad.Device, error) { return First(ctx, w.start, w.opt) }

// First opens the first pad there is. The bus lives as long as the device.
func First(ctx context.Context, start func() (wire.Bus, error), opt Options) (*pad.Device, error) {
	bus, err := start()
	if err != nil {
		return nil, err
	}
	d, err := first(ctx, bus, opt)
	if err != nil {
		_ = bus.Close() // nothing is open on it; the reason we came empty-handed matters more
		return nil, err
	}
	return d, nil
}

func first(ctx context.Context, bus wire.Bus, opt Options) (*pad.Device, error) {
	ports, err := bus.Ports(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for pads: %w", err)
	}
	why := pad.ErrNone
	for _, p := range ports {
		if !candidate(p, opt) {
			continue
		}
		d, err := Open(ctx, bus, p, opt, func() { _ = bus.Close() }) // the device's own Close reports what matters
		if err == nil {
			return d, nil
		}
		_, known := model.Find(p.VID, p.PID)
		if known || errors.Is(why, pad.ErrNone) && !errors.Is(err, model.ErrNotPad) {
			why = err
		}
	}
	return nil, why
}
