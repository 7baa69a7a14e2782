//go:build virtualpad

package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// probe measures how long a sample takes to the framebuffer: it maps the file
// that Xvfb keeps its screen in and waits for the pixel of a sample to go dark.
// It keeps durations only.
type probe struct {
	pix          []byte
	left         int
	stride, w, h int
	ask          chan shot
	done         sync.WaitGroup

	mu   sync.Mutex // guards took and lost; late is run's until done
	took []time.Duration
	late []time.Duration // how long the watcher itself waited for a processor
	lost int
}

// shot is a pixel of the screen that a sample will darken.
type shot struct {
	x, y int
	at   time.Time
}

// probeFlags are the command line's in trial builds.
func probeFlags(set *flag.FlagSet, f *flags) {
	set.StringVar(&f.probe, "probe", "", "measure the way from sample to screen in this `file` of Xvfb -fbdir; the figures are printed at the end")
	set.IntVar(&f.probeX, "probe-x", 0, "where the customer's window begins on that screen, `pixels` from the left")
}

// openProbe maps the screen's file: an X window dump that changes by itself.
func openProbe(path string, left int) (*probe, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, err
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(head[4*i:])) }
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start := field(0) + 12*field(19)
	all, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping the screen: %w", err)
	}
	p := &probe{pix: all[start:], left: left, w: field(4), h: field(5), stride: field(12), ask: make(chan shot, 64)}
	p.done.Go(p.run)
	return p, nil
}

func (p *probe) dark(x, y int) bool {
	i := y*p.stride + 4*x
	return p.pix[i] < 120 && p.pix[i+1] < 120 && p.pix[i+2] < 120
}

// saw is told of each sample; a pixel that is dark already tells nothing.
func (p *probe) saw(x, y int, at time.Time) {
	x += p.left
	if x < 0 || y < 0 || x >= p.w || y >= p.h || p.dark(x, y) {
		return
	}
	select {
	case p.ask <- shot{x, y, at}:
	default:
	}
}

// run waits for one pixel after the other, watching all that are asked for.
func (p *probe) run() {
	var open []shot
	const beat = 250 * time.Microsecond
	tick := time.NewTicker(beat)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case s, more := <-p.ask:
			if !more {
				return
			}
			open = append(open, s)
		case <-tick.C:
			now := time.Now()
			if len(open) > 0 {
				p.late = append(p.late, max(0, now.Sub(last)-beat))
			}
			last = now
			open = slices.DeleteFunc(open, func(s shot) bool {
				seen, late := p.dark(s.x, s.y), now.Sub(s.at) > time.Second
				p.mu.Lock()
				defer p.mu.Unlock()
				if seen {
					p.took = append(p.took, now.Sub(s.at))
				} else if late {
					p.lost++
				}
				return seen || late
			})
		}
	}
}

// print says what was measured.
func (p *probe) print(w io.Writer, frames int) {
	close(p.ask)
	p.done.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.took)
	n := len(p.took)
	if n == 0 {
		fmt.Fprintf(w, "latency: nothing was measured, %d pixels never went dark\n", p.lost)
		return
	}
	slices.Sort(p.late)
	share := func(d []time.Duration, q float64) float64 {
		return float64(d[int(q*float64(len(d)-1))].Microseconds()) / 1000
	}
	at := func(q float64) float64 { return share(p.took, q) }
	if len(p.late) > 0 {
		fmt.Fprintf(w, "floor ms: the watcher of this run woke late by p90 %.1f p99 %.1f max %.1f\n",
			share(p.late, 0.9), share(p.late, 0.99), share(p.late, 1))
	}
	fmt.Fprintf(w, "latency ms: n %d p50 %.1f p90 %.1f p99 %.1f max %.1f not seen %d frames %d\n", n, at(0.5), at(0.9), at(0.99), at(1), p.lost, frames)
}

// startProbe connects a probe to the windows, if one is asked for.
func startProbe(f flags) (saw func(x, y int, at time.Time), stop func(frames int), err error) {
	if f.probe == "" {
		return nil, func(int) {}, nil
	}
	p, err := openProbe(f.probe, f.probeX)
	if err != nil {
		return nil, nil, err
	}
	return p.saw, func(frames int) { p.print(os.Stdout, frames) }, nil
}
