package upload

import (
	"context"
	"errors"
	"sync"
	"time"

	"moqian/store"
)

// Verdict of Verify.
type Verdict struct {
	Verified int `json:"verified"` // read back whole, SHA-256 equal
	Lost     int `json:"lost"`     // the archive has not what it took: they are READY again
	Failed   int `json:"failed"`   // could not be read now
	Waiting  int `json:"waiting"`  // SENT less than VerifyAfter ago
}

// Verify reads back each document that was SENT at least VerifyAfter ago and
// compares its SHA-256. What is equal is VERIFIED. What the archive does not have,
// or has otherwise, is READY again with the fault "lost", and the log says so.
// A Sender that cannot be read verifies nothing.
func (w *Worker) Verify(ctx context.Context) (v Verdict, err error) {
	a, ok := w.Sender.(Archive)
	if !ok {
		return v, nil
	}
	due, waiting, err := w.pendingSince(ctx, store.Sent, cmpOr(w.VerifyAfter, 24*time.Hour))
	v.Waiting = waiting
	if err != nil || len(due) == 0 {
		return v, err
	}
	r := &reading{w: w, archive: a, shelves: shelves{archive: a}, to: store.Verified, action: "verify"}
	v, err = r.back(ctx, due, together)
	v.Waiting = waiting
	return v, err
}

// back reads documents back, and records what came of it, some together.
func (r *reading) back(ctx context.Context, due []store.Item, together int) (Verdict, error) {
	w := r.w
	r.moves = newGroup(context.WithoutCancel(ctx), together, linger, r.record)
	work := make(chan store.Item)
	var workers sync.WaitGroup
	for range min(w.workers(), len(due)) {
		workers.Go(func() {
			for it := range work {
				c, fault := r.verify(ctx, it)
				if ctx.Err() != nil {
					continue
				}
				r.heard(fault)
				r.moves.add(c)
			}
		})
	}
	for _, it := range due {
		if ctx.Err() != nil || r.over() {
			break
		}
		work <- it
	}
	close(work)
	workers.Wait()
	err := r.moves.close()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return r.verdict, err
}

// reading is one run of Verify or Purge.
type reading struct {
	w       *Worker
	archive Archive
	shelves shelves
	moves   *group[store.Change]
	to      store.State // of what the archive has
	action  string      // in the log

	mu      sync.Mutex // guards what follows
	verdict Verdict
	silent  int // reads in a row that found nobody
	broken  bool
}

func (r *reading) heard(fault store.Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.silent++; fault != store.FaultUnreachable {
		r.silent = 0
	}
}

func (r *reading) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken || r.silent >= unreachableLimit
}

func (r *reading) record(ctx context.Context, all []store.Change) error {
	refused, err := r.w.Outbox.MoveAll(ctx, all...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.broken = true
		return err
	}
	for _, c := range all {
		switch {
		case refused[c.Item.ID] != nil:
		case c.Item.Fault == "":
			r.verdict.Verified++
		case c.Item.Fault == store.FaultLost:
			r.verdict.Lost++
		default:
			r.verdict.Failed++
		}
	}
	return nil
}

// verify reads one document back and says what to record.
func (r *reading) verify(ctx context.Context, it store.Item) (store.Change, store.Fault) {
	var err error
	if since := r.w.Now().Sub(it.Moved); it.State != store.Verified || since < 0 || since > freshly {
		_, err = Fetch(ctx, r.archive, it)
		if err == nil {
			err = r.shelves.check(ctx, it)
		}
	}
	it.Fault, it.Error = FaultOf(err), ""
	e := store.Entry{Action: r.action}
	switch {
	case err == nil:
		it.State = r.to
	case errors.Is(err, ErrAbsent), errors.Is(err, ErrAltered):
		it.State, it.Place, it.Error = store.Ready, "", words(err)
	default:
		it.Error = words(err)
	}
	return store.Change{Item: it, Entry: e}, it.Fault
}

// freshly is how long a reading back counts for Purge.
const freshly = time.Hour

// mostPurged is how many documents are deleted in one transaction.
const mostPurged = 64

// Purge gives up the bytes of documents that were VERIFIED at least keep ago; their
// rows stay. These are the last bytes here: what was read back more than an hour
// ago is read back once more, for the archive may have lost it meanwhile. What it
// does not have, or has otherwise, is READY again as after Verify. A Sender that
// cannot be read purges nothing.
func (w *Worker) Purge(ctx context.Context, keep time.Duration) (n int, err error) {
	a, ok := w.Sender.(Archive)
	if !ok {
		return 0, nil
	}
	due, _, err := w.pendingSince(ctx, store.Verified, keep)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	r := &reading{w: w, archive: a, shelves: shelves{archive: a}, to: store.Purged, action: "purge"}
	v, err := r.back(ctx, due, mostPurged)
	return v.Verified, err
}

// skewed is an archive that knows how far its clock is from ours.
type skewed interface{ Skew() time.Duration }

// pendingSince gives the items in a state that reached it at least age ago. A
// clock that runs ahead of the archive's does not make them older; one that was
// put back makes them wait.
func (w *Worker) pendingSince(ctx context.Context, s store.State, age time.Duration) (due []store.Item, waiting int, err error) {
	if w.Outbox == nil || w.Now == nil {
		return nil, 0, errors.New("upload: Worker needs Outbox and Now")
	}
	all, err := w.Outbox.Pending(ctx)
	if err != nil {
		return nil, 0, err
	}
	now := w.Now()
	if a, ok := w.Sender.(skewed); ok {
		now = now.Add(min(a.Skew(), 0))
	}
	for _, it := range all {
		switch {
		case it.State != s:
		case now.Sub(it.Moved) < age:
			waiting++
		default:
			due = append(due, it)
		}
	}
	return due, waiting, nil
}
