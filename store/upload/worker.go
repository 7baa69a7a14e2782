package upload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"moqian/store"
)

// Worker empties an outbox into an archive.
type Worker struct {
	Outbox *store.Outbox
	Sender Sender
	// Finalise gives the final bytes of a QUEUED document, for example with a
	// time stamp; nil takes the bytes as they were filed. It may be called again
	// for a document when a crash comes before READY.
	Finalise func(ctx context.Context, id string, pdf []byte) ([]byte, error)
	// Now is the clock, used for Result.Seconds only.
	Now func() time.Time
	// Sleep waits or gives the context's error; nil is a real timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// Jitter gives a number from 0 to 1; nil is math/rand. It keeps thousands of
	// workstations from coming back in the same second.
	Jitter func() float64
	// Least and Most bound the pause after a round with failures; 1 s and 10 min
	// if zero.
	Least, Most time.Duration
}

// Result of a round.
type Result struct {
	Sent    int     `json:"sent"`    // taken by the archive now
	Already int     `json:"already"` // were there, byte for byte
	Failed  int     `json:"failed"`  // still here
	Bytes   int64   `json:"bytes"`   // of those sent now
	Seconds float64 `json:"seconds"`
}

// Once tries each QUEUED and READY voucher once, oldest first; one that fails
// does not keep the others back, its row tells why. The error is for what stops
// the round: a queue that cannot be read or written, a cancelled context.
func (w *Worker) Once(ctx context.Context) (r Result, err error) {
	if w.Outbox == nil || w.Sender == nil || w.Now == nil {
		return r, errors.New("upload: Worker needs Outbox, Sender and Now")
	}
	begin := w.Now()
	defer func() { r.Seconds = w.Now().Sub(begin).Seconds() }()
	all, err := w.Outbox.List(ctx)
	if err != nil {
		return r, err
	}
	var unwritten error
	for _, it := range all {
		if it.State != store.Queued && it.State != store.Ready {
			continue
		}
		if err := ctx.Err(); err != nil {
			return r, err
		}
		receipt, err := w.deliver(ctx, &it)
		switch {
		case err == nil && receipt.Already:
			r.Already++
		case err == nil:
			r.Sent++
			r.Bytes += int64(it.Bytes)
		case ctx.Err() != nil:
			return r, ctx.Err()
		default:
			r.Failed++
			if err := w.failed(ctx, it, err); err != nil && unwritten == nil {
				unwritten = err
			}
		}
	}
	return r, unwritten
}

// deliver takes one voucher as far as SENT; it follows the item's state.
func (w *Worker) deliver(ctx context.Context, it *store.Item) (Receipt, error) {
	if it.State == store.Queued {
		if err := w.finalise(ctx, it); err != nil {
			return Receipt{}, err
		}
	}
	pdf, err := w.Outbox.PDF(ctx, it.ID)
	if err != nil {
		return Receipt{}, err
	}
	receipt, err := w.Sender.Send(ctx, *it, pdf)
	if err != nil {
		return Receipt{}, fmt.Errorf("sending voucher %s: %w", it.Voucher, err)
	}
	sent := *it
	sent.State, sent.Place, sent.Tries, sent.Error = store.Sent, receipt.Place, it.Tries+1, ""
	e := store.Entry{Action: "upload"}
	if receipt.Already {
		e.Detail = map[string]string{"already": "true"}
	}
	return receipt, w.Outbox.Move(ctx, sent, e)
}

func (w *Worker) finalise(ctx context.Context, it *store.Item) error {
	pdf, err := w.Outbox.PDF(ctx, it.ID)
	if err != nil {
		return err
	}
	if w.Finalise != nil {
		if pdf, err = w.Finalise(ctx, it.ID, pdf); err != nil {
			return fmt.Errorf("finishing voucher %s: %w", it.Voucher, err)
		}
	}
	if err := w.Outbox.Commit(ctx, it.ID, pdf, store.Entry{}); err != nil {
		return err
	}
	*it, err = w.Outbox.Find(ctx, it.ID)
	return err
}

// failed writes a try that failed into row and log. The row has the cause; the
// log only its kind, for a server's words may hold anything.
func (w *Worker) failed(ctx context.Context, it store.Item, cause error) error {
	e := store.Entry{Action: "upload", Outcome: "failed"}
	if errors.Is(cause, ErrRefused) {
		e.Outcome = "refused"
	}
	it.Tries++
	it.Error = strings.ToValidUTF8(cause.Error()[:min(len(cause.Error()), 300)], "")
	return w.Outbox.Move(ctx, it, e)
}

// Watch calls Once until ctx ends, every interval while all goes well and after
// a growing pause while something fails. told, if not nil, hears of each round.
// It returns the context's error.
func (w *Worker) Watch(ctx context.Context, interval time.Duration, told func(Result, error)) error {
	for failures := 0; ; {
		r, err := w.Once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if told != nil {
			told(r, err)
		}
		pause := interval
		if err != nil || r.Failed > 0 {
			pause = w.pause(failures)
			failures++
		} else {
			failures = 0
		}
		if err := w.sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// pause after n+1 rounds with failures: doubled each time up to Most, of which
// between half and all is waited.
func (w *Worker) pause(n int) time.Duration {
	least, most := w.Least, w.Most
	if least <= 0 {
		least = time.Second
	}
	if most <= 0 {
		most = 10 * time.Minute
	}
	d := most
	if n < 30 && least<<n < most {
		d = least << n
	}
	jitter := w.Jitter
	if jitter == nil {
		jitter = rand.Float64
	}
	return d/2 + time.Duration(jitter()*float64(d/2))
}

func (w *Worker) sleep(ctx context.Context, d time.Duration) error {
	if w.Sleep != nil {
		return w.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
