package upload

import (
	"context"
	"errors"
	"sync"
	"time"

	"moqian/store"
)

// Verdict of Verify and GiveUp.
type Verdict struct {
	Verified  int `json:"verified"`  // read back whole, SHA-256 equal
	Lost      int `json:"lost"`      // the archive has not what it took: they are READY again
	Failed    int `json:"failed"`    // could not be read now
	Waiting   int `json:"waiting"`   // not due yet, by our clock or by the archive's
	Elsewhere int `json:"elsewhere"` // due, sent to another archive than this, which has them not: left alone
	Purged    int `json:"purged"`    // bytes given up
}

// Verify reads back each document that was SENT at least VerifyAfter ago, by our
// clock and by the archive's own, and compares its SHA-256. What is equal is
// VERIFIED. What the archive does not have, or has otherwise, is READY again with
// the fault "lost", and the log says so. What was sent to another archive, or to
// this one under another address, counts too where it is found here; where it is
// not it is left alone: this one cannot tell. A Sender that cannot be read verifies nothing.
func (w *Worker) Verify(ctx context.Context) (Verdict, error) {
	age := cmpOr(w.VerifyAfter, 24*time.Hour)
	return w.readBack(ctx, store.Sent, age, &reading{to: store.Verified, action: "verify"}, together)
}

// readBack reads what has been in a state for long enough.
func (w *Worker) readBack(ctx context.Context, from store.State, age time.Duration, r *reading, together int) (v Verdict, err error) {
	a, ok := w.Sender.(Archive)
	if !ok {
		return v, nil
	}
	all, waiting, err := w.pendingSince(ctx, from, age)
	v.Waiting = waiting
	if err != nil {
		return v, err
	}
	if len(all) == 0 {
		return v, nil
	}
	r.w, r.archive, r.shelves, r.age, r.verdict = w, a, shelves{archive: a}, age, v
	return r.back(ctx, all, together)
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
				if c, found := r.verify(ctx, it); ctx.Err() == nil && r.heard(c.Item.Fault, found) {
					r.moves.add(c)
				}
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

// reading is one run of Verify or GiveUp.
type reading struct {
	w       *Worker
	archive Archive
	shelves shelves
	moves   *group[store.Change]
	age     time.Duration // that the archive must have had a document
	to      store.State   // of what the archive has
	action  string        // in the log

	mu      sync.Mutex // guards what follows
	verdict Verdict
	silent  int // reads in a row that found nobody
	broken  bool
}

// finding is what reading a document back came to.
type finding int

const (
	answered  finding = iota // to be recorded
	young                    // not due by the archive's own clock
	elsewhere                // sent to another archive, and not here
)

// heard counts a finding, and says whether it is to be recorded.
func (r *reading) heard(fault store.Fault, f finding) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch f {
	case young:
		r.verdict.Waiting++
	case elsewhere:
		r.verdict.Elsewhere++
	}
	if r.silent++; fault != store.FaultUnreachable {
		r.silent = 0
	}
	return f == answered
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
		case c.Item.State == store.Purged:
			r.verdict.Purged++
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
func (r *reading) verify(ctx context.Context, it store.Item) (store.Change, finding) {
	err := r.holds(ctx, it)
	if errors.Is(err, ErrYoung) {
		return store.Change{}, young
	}
	if errors.Is(err, ErrAbsent) || errors.Is(err, ErrAltered) {
		if key, bad := Key(it); bad == nil && !own(r.archive, it.Place, key) {
			return store.Change{}, elsewhere
		}
	}
	from := it.State
	it.Fault, it.Error = FaultOf(err), ""
	switch {
	case err == nil:
		it.State = r.to
	case errors.Is(err, ErrAbsent), errors.Is(err, ErrAltered):
		it.State, it.Place, it.Error = store.Ready, "", words(err)
	default:
		it.Error = words(err)
	}
	return store.Change{Item: it, Entry: store.Entry{Action: r.action}, From: from}, answered
}

// holds says whether the archive has a document, for long enough, and its index.
func (r *reading) holds(ctx context.Context, it store.Item) error {
	get := r.archive.Get
	if w, ok := r.archive.(Witness); ok {
		get = func(ctx context.Context, key string) ([]byte, error) { return w.GetAged(ctx, key, r.age) }
	}
	if _, err := fetch(ctx, get, it); err != nil {
		return err
	}
	return r.shelves.check(ctx, it)
}

// mostPurged is how many documents are deleted in one transaction.
const mostPurged = 64

// Purge is GiveUp for those who want to know only how many were purged.
func (w *Worker) Purge(ctx context.Context, keep time.Duration) (n int, err error) {
	v, err := w.GiveUp(ctx, keep)
	return v.Purged, err
}

// GiveUp gives up the bytes of documents that were VERIFIED at least keep ago and
// that the archive has had for as long by its own clock; their rows stay. These are
// the last bytes here: each is read back whole once more in this very run, for the
// archive may have lost it meanwhile. What it does not have, or has otherwise, is
// READY again as after Verify; what was sent to another archive and is not found
// here is left alone. A
// Sender that cannot be read purges nothing.
func (w *Worker) GiveUp(ctx context.Context, keep time.Duration) (Verdict, error) {
	return w.readBack(ctx, store.Verified, keep, &reading{to: store.Purged, action: "purge"}, mostPurged)
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
