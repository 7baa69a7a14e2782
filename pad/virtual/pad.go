//go:build virtualpad

package virtual

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"sync"
	"time"

	"moqian/pad"
	"moqian/pad/internal"
)

// Options of a software pad. The zero value plays in real time without faults.
type Options struct {
	// Fast delivers as fast as it is read: no waiting.
	Fast bool
	// Lag is the time between the pen's movement and its report. Sample.T is
	// the pen's time and does not change with it.
	Lag time.Duration
	// Drop says whether report i (from 0) of a track is lost on the way; see
	// DropRate. nil loses none.
	Drop func(i int) bool
	// UnplugAfter this many delivered samples, counted over all captures, the
	// pad is gone; 0: never.
	UnplugAfter int
	// Serial the pad reports.
	Serial string
	// Now and Sleep replace the clock; nil is the real one. Sleep returns at
	// once with an error when its context ends.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// DropRate loses each report with the given probability, 0 to 1; the same seed
// loses the same ones.
func DropRate(rate float64, seed uint64) func(int) bool {
	r := rand.New(rand.NewPCG(seed, 0))
	return func(int) bool { return r.Float64() < rate }
}

// Pad is an open software pad: hand its Device on, keep the Pad to watch and
// to load.
type Pad struct {
	*pad.Device
	player *player
}

// Open makes a pad that plays the track in its first capture. The track's
// samples now belong to the pad.
func Open(t Track, opt Options) *Pad {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	p := &player{opt: opt, info: info(t, opt), digest: sha256.New()}
	p.life, p.end = context.WithCancel(context.Background())
	p.load(t)
	return &Pad{Device: pad.New(internal.Seal[pad.Driver](p)), player: p}
}

func info(t Track, opt Options) pad.Info {
	return pad.Info{Maker: "Moqian", Model: "virtual", Serial: opt.Serial,
		Width: max(t.Width, minWidth), Height: max(t.Height, minHeight),
		Levels: t.Levels, Rate: t.Rate, Virtual: true}
}

// Load gives the pad the track of the next capture, in place of one that has
// not begun; what is left of an earlier one is overwritten at the next Begin.
// The surface stays as it was opened: the track should lie on it.
func (p *Pad) Load(t Track) { p.player.load(t) }

// Done is closed when every sample of the track loaded last has been delivered
// and taken: the reader has come back for more. Take it before the capture.
func (p *Pad) Done() <-chan struct{} {
	p.player.mu.Lock()
	defer p.player.mu.Unlock()
	return p.player.next.done
}

// reel is a track with the news of its end.
type reel struct {
	samples []pad.Sample
	done    chan struct{}
}

// player is the driver. Begin, Read and Evidence come from one goroutine; load
// and Close from any.
type player struct {
	opt  Options
	info pad.Info
	life context.Context // ends with Close or the unplugging
	end  context.CancelFunc

	mu    sync.Mutex // guards next, fresh and now.samples' content
	next  reel
	fresh bool // next has not begun

	now       reel
	at        int // next sample of now
	told      bool
	start     time.Time
	delivered int // over all captures
	lost      int // dropped directly before the next sample
	ev        pad.Evidence
	digest    hash.Hash
}

func (p *player) Info() pad.Info { return p.info }

func (p *player) load(t Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fresh {
		pad.Wipe(p.next.samples)
	}
	p.next = reel{samples: t.Samples, done: make(chan struct{})}
	p.fresh = true
	if p.life.Err() != nil {
		pad.Wipe(t.Samples)
	}
}

// Begin threads the track that waits, or none.
func (p *player) Begin(ctx context.Context) error {
	if p.life.Err() != nil {
		return pad.ErrGone
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	pad.Wipe(p.now.samples)
	p.now.samples = nil
	if p.fresh {
		p.now, p.told, p.fresh = p.next, false, false
	}
	p.at, p.lost = 0, 0
	p.start = p.opt.Now()
	p.ev = pad.Evidence{Model: p.info.Model, Serial: p.info.Serial, Virtual: true}
	p.digest.Reset()
	return nil
}

// Read delivers the next sample when its time has come.
func (p *player) Read(ctx context.Context) (pad.Sample, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(p.life, stop)()
	for {
		if err := p.alive(ctx); err != nil {
			return pad.Sample{}, err
		}
		when, ok := p.peek()
		if !ok {
			p.over()
			<-ctx.Done()
			continue
		}
		if err := p.wait(ctx, when); err != nil {
			continue
		}
		if s, ok := p.draw(); ok {
			return s, nil
		}
	}
}

// alive tells the two ends apart: the pad's comes first.
func (p *player) alive(ctx context.Context) error {
	if p.life.Err() != nil {
		return pad.ErrGone
	}
	return ctx.Err()
}

func (p *player) peek() (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at >= len(p.now.samples) {
		return 0, false
	}
	return p.now.samples[p.at].T, true
}

func (p *player) wait(ctx context.Context, t time.Duration) error {
	if p.opt.Fast {
		return nil
	}
	d := p.start.Add(t + p.opt.Lag).Sub(p.opt.Now())
	if d <= 0 {
		return nil
	}
	return p.opt.Sleep(ctx, d)
}

// draw takes a sample off the track, where it leaves zeros; not ok: it was
// dropped, or the pad was closed.
func (p *player) draw() (pad.Sample, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life.Err() != nil {
		return pad.Sample{}, false
	}
	i := p.at
	s := p.now.samples[i]
	p.now.samples[i] = pad.Sample{}
	p.at++
	if p.opt.Drop != nil && p.opt.Drop(i) {
		p.lost++
		return pad.Sample{}, false
	}
	p.report(&s)
	p.delivered++
	if p.delivered == p.opt.UnplugAfter {
		p.unplug()
	}
	return s, true
}

// over tells that the track has been delivered and taken.
func (p *player) over() {
	if !p.told && p.now.done != nil {
		close(p.now.done)
		p.told = true
	}
}

// unplug overwrites what was not played; p.mu is held.
func (p *player) unplug() {
	p.end()
	pad.Wipe(p.now.samples)
	if p.fresh {
		pad.Wipe(p.next.samples)
	}
}

// Evidence states the identity, the clock and the digest of the reports.
func (p *player) Evidence() pad.Evidence {
	ev := p.ev
	ev.Reports = hex.EncodeToString(p.digest.Sum(nil))
	return ev
}

// Close unplugs for good.
func (p *player) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unplug()
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
