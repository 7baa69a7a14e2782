package upload_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// indexesOf gives the keys of the index objects, in order.
func indexesOf(objects map[string][]byte) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(objects)), func(key string) bool { return !strings.HasSuffix(key, ".json") })
}

// A flood shares few index objects, and one voucher has its own beside it.
func TestFloodSharesItsIndex(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	o.file(t, 120)
	o.once(t)
	holds(t, o, b.Objects())
	if n := len(indexesOf(b.Objects())); n > 60 {
		t.Errorf("%d index objects for 120 vouchers", n)
	}
	it := o.file(t, 1)[0]
	o.once(t)
	it, _ = o.s.Outbox().Find(ctx, it.ID)
	key, _ := upload.Key(it)
	if _, ok := b.Objects()["moqian/"+upload.IndexKey(key)]; !ok {
		t.Error("the one voucher has no index beside it")
	}
	holds(t, o, b.Objects())
}

// No index, not SENT: the rows stay READY, say why, and all is indexed when the
// bank is well again, by a program that knows nothing of the first one's troubles.
func TestIndexIsOwed(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults uploadtest.Faults
		fault  store.Fault
		stored bool // the index
	}{
		{"refused", uploadtest.Faults{Status: 403, Code: "AccessDenied"}, store.FaultRefused, false},
		{"not now", uploadtest.Faults{Status: 503, Code: "SlowDown"}, store.FaultLater, false},
		{"nobody answers", uploadtest.Faults{Reset: 1}, store.FaultUnreachable, false},
		{"taken, and the answer lost", uploadtest.Faults{Lose: 1}, store.FaultUnreachable, true},
		{"another ETag", uploadtest.Faults{BadETag: true}, store.FaultLater, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := uploadtest.NewBank(t, uploadtest.Faults{})
			no := false
			o := newOffice(t, newS3(t, b.URL, func(o *upload.S3Options) { o.Unconditional = &no }))
			o.bank = b
			o.file(t, 9)
			c.faults.Part = ".json"
			b.Set(c.faults)
			if r := o.once(t); r.Failed != 9 || r.Sent != 0 {
				t.Errorf("%+v", r)
			}
			all, _ := o.s.Outbox().List(ctx)
			for _, it := range all {
				if it.State != store.Ready || it.Fault != c.fault || it.Place != "" || !strings.Contains(it.Error, "its index") {
					t.Errorf("%s %q %q", it.State, it.Fault, it.Error)
				}
			}
			if n := len(indexesOf(b.Objects())); n > 0 != c.stored {
				t.Errorf("%d index objects", n)
			}
			if n := b.Requests(); n > 9+9*3 {
				t.Errorf("%d requests for nine vouchers", n)
			}
			b.Set(uploadtest.Faults{})
			fresh := upload.Worker{Outbox: o.s.Outbox(), Sender: newS3(t, b.URL, nil), Now: o.clock}
			if r, err := fresh.Once(ctx); err != nil || r.Already != 9 {
				t.Errorf("when the bank is well again: %+v, %v", r, err)
			}
			holds(t, o, b.Objects())
		})
	}
}

// picky takes no index of one date.
type picky struct {
	*upload.S3
	date string
}

func (p picky) SendIndex(ctx context.Context, items ...store.Item) error {
	if items[0].Business == p.date {
		return upload.ErrRefused
	}
	return p.S3.SendIndex(ctx, items...)
}

// The trouble with one date's index is not another date's.
func TestIndexOfEachDate(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	a := newS3(t, b.URL, nil)
	o := newOffice(t, picky{a, "2026-11-25"})
	o.file(t, 3)
	o.fileOn(t, "2026-11-25", 4)
	if r := o.once(t); r.Sent != 3 || r.Failed != 4 {
		t.Errorf("%+v", r)
	}
	o.Sender = a
	if r := o.once(t); r.Already != 4 || r.Failed != 0 {
		t.Errorf("%+v", r)
	}
	holds(t, o, b.Objects())
}

// Verify wants the index too: what tells nothing of a document is written again.
func TestVerifyWantsTheIndex(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(b *uploadtest.Bank, key string)
		lost  int
	}{
		{"kept", func(*uploadtest.Bank, string) {}, 0},
		{"forgotten", func(b *uploadtest.Bank, key string) { b.Drop(key) }, 6},
		{"cut off", func(b *uploadtest.Bank, key string) { b.Replace(key, b.Objects()[key][:60]) }, 6},
		{"altered", func(b *uploadtest.Bank, key string) {
			b.Replace(key, []byte(strings.Replace(string(b.Objects()[key]), "t0001", "t0002", 1)))
		}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := uploadtest.NewBank(t, uploadtest.Faults{})
			o := newOffice(t, newS3(t, b.URL, nil))
			o.bank = b
			o.file(t, 6)
			o.once(t)
			for _, key := range indexesOf(b.Objects()) {
				c.spoil(b, key)
			}
			o.advance(25 * time.Hour)
			v, err := o.Verify(ctx)
			if err != nil || v.Lost != c.lost || v.Verified != 6-c.lost {
				t.Errorf("%+v, %v", v, err)
			}
			if r := o.once(t); r.Already != c.lost {
				t.Errorf("sent again: %+v", r)
			}
			if c.name == "kept" || c.name == "forgotten" {
				holds(t, o, b.Objects())
			}
			// Find tells of all, whatever became of the first index.
			found, err := upload.Find(ctx, newS3(t, b.URL, nil), "01001", store.Query{Date: day})
			if err != nil || len(found) != 6 {
				t.Errorf("found %d, %v", len(found), err)
			}
		})
	}
}

// A round that is ended notes what the archive took, index and all, and no more.
func TestIndexWhenCancelled(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{Slow: 5 * time.Millisecond})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	o.file(t, 200)
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for b.Requests() < 40 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := o.Once(over); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	indexed := indexedIn(t, b.Objects())
	all, _ := o.s.Outbox().List(ctx)
	sent := 0
	for _, it := range all {
		key, _ := upload.Key(it)
		if it.State == store.Sent {
			sent++
			if indexed[key] != it.Voucher {
				t.Errorf("voucher %s is SENT and has no index", it.Voucher)
			}
		}
	}
	if sent == 0 || sent == 200 {
		t.Errorf("%d of 200 were sent before the end", sent)
	}
	o.once(t)
	holds(t, o, b.Objects())
}
