package upload_test

import (
	"context"
	"sync"
	"testing"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// Rounds of two programs at once, as over the socket: each leaves the other's
// vouchers alone, none fails, and all arrive.
func TestRoundsAtOnce(t *testing.T) {
	stamp := func(_ context.Context, _ string, pdf []byte) ([]byte, error) { return pdf, nil }
	for name, finalise := range map[string]func(context.Context, string, []byte) ([]byte, error){"as filed": nil, "finished": stamp} {
		t.Run(name, func(t *testing.T) {
			b := uploadtest.NewBank(t, uploadtest.Faults{})
			o := newOffice(t, newS3(t, b.URL, nil))
			o.Finalise = finalise
			o.file(t, 150)
			var results [3]upload.Result
			var wg sync.WaitGroup
			for i := range results {
				wg.Go(func() {
					r, err := o.Once(ctx)
					if results[i] = r; err != nil || r.Failed > 0 {
						t.Errorf("%+v, %v", r, err)
					}
				})
			}
			wg.Wait()
			sum := 0
			for _, r := range results {
				sum += r.Sent + r.Already
			}
			if m := o.states(t); sum != 150 || m[store.Sent] != 150 {
				t.Errorf("%v, counted %+v", m, results)
			}
			holds(t, o, b.Objects())
		})
	}
}

// late sends when it is told, and fails then.
type late struct {
	*upload.S3
	started, goOn chan struct{}
}

func (l late) SendDocument(context.Context, store.Item, []byte) (upload.Receipt, error) {
	close(l.started)
	<-l.goOn
	return upload.Receipt{}, upload.ErrUnreachable
}

// What a slow round finds out does not undo what another has done meanwhile.
func TestSlowRoundUndoesNothing(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	a := newS3(t, b.URL, nil)
	o := newOffice(t, a)
	id := o.file(t, 1)[0].ID
	slow := *o.Worker
	l := late{a, make(chan struct{}), make(chan struct{})}
	slow.Sender = l
	var wg sync.WaitGroup
	wg.Go(func() {
		if r, err := slow.Once(ctx); err != nil || r.Failed > 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	<-l.started
	if r := o.once(t); r.Sent != 1 {
		t.Errorf("%+v", r)
	}
	close(l.goOn)
	wg.Wait()
	if it, err := o.s.Outbox().Find(ctx, id); err != nil || it.State != store.Sent || it.Fault != "" {
		t.Errorf("%+v, %v", it, err)
	}
}
