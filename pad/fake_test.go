package pad

import (
	"context"
	"sync"
	"time"
)

// fake is a driver whose readings the test writes; after the last one it
// blocks, or fails with err.
type fake struct {
	script []Sample
	err    error
	i      int
	ended  chan struct{} // closed when the script is over, if not nil
	once   sync.Once
}

func (f *fake) Info() Info { return Info{Model: "fake", Width: 100, Height: 60} }

func (f *fake) Begin(context.Context) error { f.i = 0; return nil }

func (f *fake) Read(ctx context.Context) (Sample, error) {
	if f.i < len(f.script) {
		f.i++
		return f.script[f.i-1], nil
	}
	if f.ended != nil {
		f.once.Do(func() { close(f.ended) })
	}
	if f.err != nil {
		return Sample{}, f.err
	}
	<-ctx.Done()
	return Sample{}, ctx.Err()
}

func (f *fake) Evidence() Evidence { return Evidence{Model: "fake", Rejected: 2, Reports: "digest"} }

func (f *fake) Close() error { return nil }

func device(f *fake) *Device { return &Device{driver: f} }

func line(n int) []Sample {
	s := make([]Sample, n)
	for i := range s {
		s[i] = Sample{T: time.Duration(i) * time.Millisecond, X: 1 + float64(i), Y: 2, P: 0.5, Phase: Down}
	}
	return s
}

// record plays the whole script into c and ends it as a teller would.
func record(c *Capture, f *fake) error { return recordOn(c, device(f), f) }

func recordOn(c *Capture, d *Device, f *fake) error {
	f.ended, f.once = make(chan struct{}), sync.Once{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func(over chan struct{}) { <-over; cancel() }(f.ended)
	return c.Record(ctx, d, nil)
}
