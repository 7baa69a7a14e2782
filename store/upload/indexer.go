package upload

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"moqian/store"
)

// index writes the index of what a group has sent: one object for each branch and
// date. Documents whose index the archive did not take are failed tries, so their
// rows stay READY. That is all there is to remember: the next round, after a
// restart too, finds the documents there already and writes their index again.
func (r *round) index(ctx context.Context, all []outcome) {
	p, ok := r.w.Sender.(Packing)
	if !ok {
		return // Send has done it
	}
	folders := map[string][]int{}
	for i, o := range all {
		if o.err != nil {
			continue
		}
		if key, err := Key(o.it); err != nil {
			all[i].err = err
		} else {
			folders[path.Dir(key)] = append(folders[path.Dir(key)], i)
		}
	}
	for _, at := range folders {
		items := make([]store.Item, len(at))
		for i, n := range at {
			items[i] = all[n].it
		}
		if err := r.sendIndex(ctx, p, items); err != nil {
			for _, n := range at {
				all[n].err = fmt.Errorf("sending voucher %s: %w", all[n].it.Voucher, err)
			}
		}
	}
}

// indexTries is how often an index is sent before its documents are left to the
// next round: a thousand of them depend on the one.
const indexTries = 3

// indexGrace is how long an index may take after its round was cancelled.
const indexGrace = 5 * time.Second

func (r *round) sendIndex(ctx context.Context, p Packing, items []store.Item) (err error) {
	late, cancel := outlive(ctx, indexGrace)
	defer cancel()
	for try := range indexTries {
		if err = p.SendIndex(late, items...); !errors.Is(err, ErrLater) {
			return err
		}
		if try == indexTries-1 || r.w.sleep(ctx, r.w.pause(try)) != nil {
			break
		}
	}
	return err
}

// outlive gives a context that ends some time after ctx does.
func outlive(ctx context.Context, after time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if pause(late, after) == nil {
			cancel()
		}
	})
	return late, func() { stop(); cancel() }
}
