package upload

import (
	"context"
	"sync"
)

// group gathers what several goroutines want recorded and does it in one go, so
// that it costs one wait for the disk. While one go is under way the next
// gathers: nobody waits for a timer.
type group[T any] struct {
	do   func(context.Context, []T) error
	most int // at once

	todo chan T
	done sync.WaitGroup
	err  error // the first of do, to be read after close
}

func newGroup[T any](ctx context.Context, most int, do func(context.Context, []T) error) *group[T] {
	g := &group[T]{do: do, most: most, todo: make(chan T, most)}
	g.done.Go(func() {
		for first := range g.todo {
			if err := do(ctx, g.gather(first)); err != nil && g.err == nil {
				g.err = err
			}
		}
	})
	return g
}

// gather takes what waits already.
func (g *group[T]) gather(first T) []T {
	all := []T{first}
	for len(all) < g.most {
		select {
		case next, open := <-g.todo:
			if !open {
				return all
			}
			all = append(all, next)
		default:
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
