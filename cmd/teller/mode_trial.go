//go:build virtualpad

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/cmd/teller/ui"
	"moqian/cmd/teller/wizard"
	"moqian/pad"
	"moqian/pad/virtual"
	"moqian/store/auth"
)

func modeSite(dir string) (config.Site, error) { return trial.Prepare(dir, time.Now()) }

func mode(o station.Options) station.Options {
	o.Trial, o.Factor, o.Cost = true, auth.Trial{}, trial.Cost()
	return o
}

// surface of the software pad in mm: the proportions of a signature box.
const surfaceW, surfaceH = 72, 30

// prepare adds the people of trial mode and the software pad.
func prepare(ctx context.Context, st *station.Station, o *ui.Options) error {
	if err := trial.Accounts(ctx, st.Users); err != nil {
		return err
	}
	p := &softPads{ctx: ctx, plug: make(chan struct{}, 1)}
	p.plug <- struct{}{}
	o.Pads, o.Factor = p, true
	o.Trial = &ui.Trial{Password: trial.Password, Code: trial.Code, PIN: trial.PIN, Pen: p.pen, Replay: p.replay, Task: p.task, Cable: p.cable}
	for _, who := range trial.People() {
		o.Trial.People = append(o.Trial.People, [2]string{string(who.Role), who.Name})
	}
	return nil
}

// softPads is the software pad on its imaginary cable.
type softPads struct {
	ctx  context.Context
	plug chan struct{}

	mu   sync.Mutex // guards hand and gone
	hand *virtual.Hand
	gone chan struct{}
}

// Next opens the pad as soon as it is plugged in.
func (p *softPads) Next(ctx context.Context) (*pad.Device, error) {
	select {
	case <-p.plug:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hand = virtual.OpenHand(surfaceW, surfaceH, virtual.Options{Serial: "TRIAL"})
	p.gone = make(chan struct{})
	return p.hand.Device, nil
}

// Gone tells when the cable was pulled.
func (p *softPads) Gone(d *pad.Device) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

func (p *softPads) pen(x, y, pressure float64, down bool) {
	p.mu.Lock()
	h := p.hand
	p.mu.Unlock()
	if h != nil {
		h.Pen(x, y, pressure, down)
	}
}

// cable pulls it or plugs it in.
func (p *softPads) cable() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hand == nil {
		select {
		case p.plug <- struct{}{}:
		default:
		}
		return
	}
	p.hand.Unplug()
	close(p.gone)
	p.hand = nil
}

// replay plays the nth record found, or one made from a seed.
func (p *softPads) replay(n int) {
	p.mu.Lock()
	h := p.hand
	p.mu.Unlock()
	if h == nil {
		return
	}
	t, ok := record(n)
	if !ok {
		t = virtual.Synthetic(uint64(n))
	}
	go h.Play(p.ctx, t) // ends with the context, the pad or the track
}

// task plays a step of the calibration, in real time.
func (p *softPads) task(s wizard.Step) {
	p.mu.Lock()
	h := p.hand
	p.mu.Unlock()
	if h == nil {
		return
	}
	go func() { // ends with the context, the pad or the step
		from := time.Now()
		for _, r := range wizard.Demo(h.Info(), s, 1) {
			select {
			case <-time.After(time.Until(from.Add(r.T))):
			case <-p.ctx.Done():
				return
			}
			h.Pen(r.X, r.Y, r.P, r.Phase == pad.Down)
		}
	}()
}

// record is the nth handwriting record of the folder in MOQIAN_INK_DATA.
func record(n int) (virtual.Track, bool) {
	dir := os.Getenv("MOQIAN_INK_DATA")
	if dir == "" {
		return virtual.Track{}, false
	}
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".jsonl") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		return virtual.Track{}, false
	}
	b, err := os.ReadFile(files[n%len(files)])
	if err != nil {
		return virtual.Track{}, false
	}
	ids, err := virtual.IDs(b)
	if err != nil || len(ids) == 0 {
		return virtual.Track{}, false
	}
	t, err := virtual.ReadTrack(b, virtual.ReadOptions{ID: ids[n/len(files)%len(ids)]})
	return t, err == nil && !errors.Is(err, fs.ErrNotExist)
}
