package upload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"moqian/store"
)

// Worker empties an outbox into an archive.
type Worker struct {
	Outbox *store.Outbox
	Sender Sender
	// Finalise gives the final bytes of a QUEUED document, for example with a
	// time stamp; nil takes the bytes as they were filed. It may be called again
	// for a document when a crash comes before READY, and from several goroutines.
	Finalise func(ctx context.Context, id string, pdf []byte) ([]byte, error)
	// Workers is how many documents are sent at once, 8 if zero: on two processors more made a
	// versitygw slower (1, 8, 32 connections: 684, 897, 582 documents a second), and a
	// workstation is one of thousands.
	Workers int
	// Now is the clock.
	Now func() time.Time
	// Sleep waits or gives the context's error; nil is a real timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// Jitter gives a number from 0 to 1; nil is math/rand. It keeps thousands of
	// workstations from coming back in the same second.
	Jitter func() float64
	// Least and Most bound the pause after a round with failures, and the time
	// until a document that failed is tried again by Watch; 1 s and 10 min if zero.
	Least, Most time.Duration
	// RefusedAfter is when Watch tries again what the archive refused, 1 h if zero.
	RefusedAfter time.Duration
	// VerifyAfter is how long after SENT Verify reads a document back, a day if zero.
	VerifyAfter time.Duration
	// Told, if not nil, hears how a round is going, after each group of documents
	// and from one goroutine at a time.
	Told func(Progress)

	// Audit, Branch and Origin, if set, let each round upload the checkpoints of
	// the log that wait; the Sender must be an Archive.
	Audit          *store.Audit
	Branch, Origin string
}

// Result of a round.
type Result struct {
	Sent    int     `json:"sent"`    // taken by the archive now
	Already int     `json:"already"` // were there, byte for byte
	Failed  int     `json:"failed"`  // still here, tried or not
	Bytes   int64   `json:"bytes"`   // of those sent now
	Seconds float64 `json:"seconds"`
	// Why is what the first of those tried that failed met, nil if none did; each
	// one's own reason stands in its row.
	Why error `json:"-"`

	Checkpoints int   `json:"checkpoints"`         // of the log, taken by the archive now
	Held        int   `json:"checkpoints_waiting"` // of the log, still here
	WhyHeld     error `json:"-"`                   // what the first of these met
}

// unreachableLimit is how many tries in a row may find nobody before the round
// ends: 20,000 documents must not each find out that the line is down.
const unreachableLimit = 16

// Once tries each QUEUED and READY voucher once, oldest first; one that fails
// does not keep the others back, its row tells why. When nobody answers, several
// times in a row, the rest is not tried. The error is for what stops the round:
// a queue that cannot be read or written, a cancelled context. Two rounds may run
// at once: each leaves alone, uncounted, what the other has moved.
func (w *Worker) Once(ctx context.Context) (r Result, err error) {
	return w.once(ctx, func(store.Item) bool { return true })
}

func (w *Worker) once(ctx context.Context, due func(store.Item) bool) (r Result, err error) {
	if w.Outbox == nil || w.Sender == nil || w.Now == nil || w.Workers < 0 {
		return r, errors.New("upload: Worker needs Outbox, Sender and Now")
	}
	begin := w.Now()
	defer func() { r.Seconds = w.Now().Sub(begin).Seconds() }()
	all, err := w.Outbox.Pending(ctx)
	if err != nil {
		return r, err
	}
	todo := all[:0]
	for _, it := range all {
		if it.State != store.Queued && it.State != store.Ready {
			continue
		}
		if !due(it) {
			r.Failed++
			continue
		}
		todo = append(todo, it)
	}
	n := r.Failed
	r, err = w.round(ctx, begin, todo)
	r.Failed += n
	if err == nil {
		err = w.checkpoints(ctx, &r)
	}
	return r, err
}

// checkpoints uploads those that wait, unless nobody answers anyhow.
func (w *Worker) checkpoints(ctx context.Context, r *Result) error {
	a, ok := w.Sender.(Archive)
	if !ok || w.Audit == nil || w.Branch == "" || w.Origin == "" {
		return nil
	}
	waiting, err := w.Audit.Waiting(ctx)
	if err != nil {
		return err
	}
	r.Held = len(waiting)
	if errors.Is(r.Why, ErrUnreachable) && r.Sent+r.Already == 0 {
		r.WhyHeld = r.Why
		return nil
	}
	r.Checkpoints, err = SendCheckpoints(ctx, a, w.Audit, w.Branch, w.Origin)
	r.Held = max(r.Held-r.Checkpoints, 0)
	if errors.Is(err, ErrLater) || errors.Is(err, ErrRefused) {
		r.WhyHeld = err
		return nil // they wait for the next round, like documents
	}
	return err
}

// round is one run over the documents.
type round struct {
	w     *Worker
	moves *group[outcome]

	mu     sync.Mutex // guards what follows
	result Result
	silent int   // tries in a row that found nobody
	broken error // what stops the round
	tally  tally
}

// outcome of one document, to be recorded.
type outcome struct {
	it      store.Item // as it was
	receipt Receipt
	err     error
}

// together is how many rows share one commit, and one index object, at most;
// linger is how long they are gathered, five times as long at most where the disk
// is slow, and so how long a document waits for its index. A crash in between costs
// nothing: the archive says what it has.
const (
	together = MostPacked
	linger   = 2 * time.Second

	// ahead is how many are made READY before the first is sent: enough for the
	// workers while the next are, four times as many each time.
	ahead     = 64
	mostAhead = 4096
)

func (w *Worker) round(ctx context.Context, begin time.Time, todo []store.Item) (Result, error) {
	r := &round{w: w, tally: newTally(begin, todo)}
	r.moves = newGroup(ctx, together, linger, r.record)
	work := make(chan *store.Item, together)
	var workers sync.WaitGroup
	for range min(w.workers(), len(todo)) {
		workers.Go(func() {
			var room []byte // for one document after the other
			defer func() { clear(room) }()
			for it := range work {
				if r.over(ctx) {
					r.count(func() { r.result.Failed++ })
					continue
				}
				receipt, err := r.deliver(ctx, it, &room)
				r.handIn(ctx, outcome{*it, receipt, err})
			}
		})
	}
	left := r.feed(ctx, todo, work)
	close(work)
	workers.Wait()
	r.moves.close()
	r.result.Failed += left
	if ctx.Err() != nil {
		return r.result, ctx.Err()
	}
	return r.result, r.broken
}

func (w *Worker) workers() int {
	if w.Workers == 0 {
		return 8
	}
	return w.Workers
}

// feed hands the documents to the workers. Where nothing is to be finished it
// makes them READY first, many in one commit. It gives how many it did not hand
// out.
func (r *round) feed(ctx context.Context, todo []store.Item, work chan<- *store.Item) (left int) {
	size := ahead
	for at := 0; at < len(todo); size = min(4*size, mostAhead) {
		if r.over(ctx) {
			return len(todo) - at
		}
		part := todo[at:min(at+size, len(todo))]
		if r.w.Finalise == nil {
			mine, err := r.ready(ctx, part)
			if err != nil {
				r.count(func() { r.broken = err })
				return len(todo) - at
			}
			at += len(part) - len(mine)
			part = mine
		}
		for i := range part {
			work <- &part[i]
		}
		at += len(part)
	}
	return 0
}

func (r *round) over(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ctx.Err() != nil || r.broken != nil || r.silent >= unreachableLimit
}

// handIn has an outcome recorded; the worker need not wait for the disk.
func (r *round) handIn(ctx context.Context, o outcome) {
	if o.err != nil && ctx.Err() != nil {
		r.count(func() { r.result.Failed++ })
		return
	}
	if errors.Is(o.err, store.ErrState) {
		r.leave(o.it)
		return
	}
	r.count(func() {
		if errors.Is(o.err, ErrUnreachable) {
			r.silent++
		} else {
			r.silent = 0
		}
	})
	r.moves.add(o)
}

// record has the index of a group of outcomes written, and then the outcomes into
// rows and log, in one commit. The row has the words of a failure; the log only
// its kind, for a server's words may hold anything. What the archive has taken is
// recorded even when ctx is cancelled.
func (r *round) record(ctx context.Context, all []outcome) error {
	r.index(ctx, all)
	changes := make([]store.Change, len(all))
	for i, o := range all {
		changes[i] = o.change()
	}
	refused, err := r.w.Outbox.MoveAll(context.WithoutCancel(ctx), changes...)
	r.count(func() {
		if err != nil {
			r.broken = err
			r.result.Failed += len(all)
			return
		}
		for _, o := range all {
			if refused[o.it.ID] != nil { // another round has recorded it
				r.tally.add(o.it.Bytes, true)
				continue
			}
			r.finished(o)
		}
		if r.w.Told != nil {
			r.w.Told(r.tally.progress(r.w.Now()))
		}
	})
	return err
}

func (o outcome) change() store.Change {
	moved, e := o.it, store.Entry{Action: "upload"}
	moved.Tries++
	switch {
	case o.err != nil:
		moved.Error, moved.Fault = words(o.err), FaultOf(o.err)
		e.Outcome = "failed"
		if moved.Fault == store.FaultRefused {
			e.Outcome = "refused"
		}
	default:
		moved.State, moved.Place, moved.Error, moved.Fault = store.Sent, o.receipt.Place, "", ""
		if o.receipt.Already {
			e.Detail = map[string]string{"already": "true"}
		}
	}
	return store.Change{Item: moved, Entry: e, From: o.it.State}
}

// words of an error, not too many.
func words(err error) string {
	s := err.Error()
	return strings.ToValidUTF8(s[:min(len(s), 300)], "")
}

func (r *round) finished(o outcome) {
	switch {
	case o.err == nil && o.receipt.Already:
		r.result.Already++
	case o.err == nil:
		r.result.Sent++
		r.result.Bytes += int64(o.it.Bytes)
	default:
		r.result.Failed++
		if r.result.Why == nil {
			r.result.Why = o.err
		}
	}
	r.tally.add(o.it.Bytes, o.err == nil)
}

func (r *round) count(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// deliver takes one voucher to the archive; it follows the item's state. The
// document stands in room, which is made larger where it must be.
func (r *round) deliver(ctx context.Context, it *store.Item, room *[]byte) (Receipt, error) {
	w := r.w
	if it.State == store.Queued {
		if err := r.finalise(ctx, it); err != nil {
			return Receipt{}, err
		}
	}
	pdf, err := w.Outbox.BytesInto(ctx, it.ID, *room)
	if err != nil {
		return Receipt{}, err
	}
	*room = pdf
	send := w.Sender.Send
	if p, ok := w.Sender.(Packing); ok {
		send = p.SendDocument
	}
	receipt, err := send(ctx, *it, pdf)
	if err != nil {
		return Receipt{}, fmt.Errorf("sending voucher %s: %w", it.Voucher, err)
	}
	return receipt, nil
}

// finalise is for a Worker with a Finalise; feed has done the others.
func (r *round) finalise(ctx context.Context, it *store.Item) error {
	w := r.w
	pdf, err := w.Outbox.PDF(ctx, it.ID)
	if err != nil {
		return err
	}
	if pdf, err = w.Finalise(ctx, it.ID, pdf); err != nil {
		return fmt.Errorf("finishing voucher %s: %w", it.Voucher, err)
	}
	if len(pdf) == 0 {
		return fmt.Errorf("finishing voucher %s: no bytes came back", it.Voucher)
	}
	now, err := w.Outbox.CommitAll(ctx, store.Final{ID: it.ID, PDF: pdf})
	if err == nil {
		*it = now[0]
	}
	return err
}

// Watch works until ctx ends, every interval while all goes well and after a
// growing pause while something fails. A document that failed is left alone for
// a growing time of its own, one that was refused for RefusedAfter. Each round
// also verifies what is due. told, if not nil, hears of each round. It returns
// the context's error.
func (w *Worker) Watch(ctx context.Context, interval time.Duration, told func(Result, error)) error {
	for failures := 0; ; {
		r, err := w.once(ctx, w.due)
		if err == nil {
			_, err = w.Verify(ctx)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if told != nil {
			told(r, err)
		}
		wait := interval
		if err != nil || r.Failed > 0 && r.Sent+r.Already == 0 {
			wait = w.pause(failures)
			failures++
		} else {
			failures = 0
		}
		if err := w.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// due says whether Watch should try an item now.
func (w *Worker) due(it store.Item) bool {
	since := w.Now().Sub(it.Tried)
	switch {
	case it.Fault == "" || it.Tried.IsZero() || since < 0: // a clock that was put back must not hold anything up
		return true
	case it.Fault == store.FaultRefused:
		return since >= cmpOr(w.RefusedAfter, time.Hour)
	case it.Fault == store.FaultUnreachable:
		return true // the round's own pause is for that
	}
	return since >= w.pause(it.Tries-1)
}

func cmpOr(d, or time.Duration) time.Duration {
	if d <= 0 {
		return or
	}
	return d
}

// pause after n+1 failures: doubled each time up to Most, of which between half
// and all is waited.
func (w *Worker) pause(n int) time.Duration {
	least, most := cmpOr(w.Least, time.Second), cmpOr(w.Most, 10*time.Minute)
	d := most
	if n = max(n, 0); n < 30 && least<<n < most {
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
	return pause(ctx, d)
}
