package upload

import (
	"context"
	"sync"
	"time"
)

// group gathers what several goroutines want recorded and does it in one go, so
// that it costs one wait for the disk. It lingers before it begins: each such
// wait makes ext4 write out whatever else is new on the disk, and an archive on
// the same disk stands still meanwhile (0.6 of rclone's speed without).
type group[T any] struct {
	do   func(context.Context, []T) error
	most int           // at once
	wait time.Duration // how long to gather, or longer, see patience

	todo chan T
	done sync.WaitGroup
	err  error // the first of do, to be read after close
}

func newGroup[T any](ctx context.Context, most int, wait time.Duration, do func(context.Context, []T) error) *group[T] {
	g := &group[T]{do: do, most: most, wait: wait, todo: make(chan T, most)}
	g.done.Go(func() {
		linger := wait
		for first := range g.todo {
			all := g.gather(first, linger)
			begin := time.Now()
			if err := do(ctx, all); err != nil && g.err == nil {
				g.err = err
			}
			linger = g.patience(time.Since(begin))
		}
	})
	return g
}

// patience is how long to gather after a recording that took some time: on a disk
// that is busy the recordings take a fifth of the time, not all of it. Five times
// wait is the most.
func (g *group[T]) patience(took time.Duration) time.Duration {
	return min(max(g.wait, 4*took), 5*g.wait)
}

// gather takes what comes until there is enough, time is up, or all is in.
func (g *group[T]) gather(first T, linger time.Duration) []T {
	all := []T{first}
	up := time.NewTimer(linger)
	defer up.Stop()
	for len(all) < g.most {
		select {
		case next, open := <-g.todo:
			if !open {
				return all
			}
			all = append(all, next)
		case <-up.C:
			return all
		}
	}
	return all
}

// add hands something in; it waits when too much is waiting.
func (g *group[T]) add(what T) { g.todo <- what }

// close waits until all that was handed in is done, and gives the first error.
func (g *group[T]) close() error {
	close(g.todo)
	g.done.Wait()
	return g.err
}
