// Package uploadtest holds what tests of archives need: the checks that every
// upload.Archive must pass (Conform), an S3 server made of memory that can fail
// in all the ways servers do (Bank), and starters for real servers (Gateway,
// Ceph). Only tests import it. Start at Conform.
package uploadtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"moqian/store"
	"moqian/store/upload"
)

// Item is a voucher of n bytes that differs by seed, as the outbox would hand it
// out.
func Item(seed, n int) (store.Item, []byte) {
	pdf := bytes.Repeat([]byte(fmt.Sprintf("%%PDF-1.7 of %d\n", seed)), n/12+1)[:n]
	sum := sha256.Sum256(pdf)
	var id ulid.ULID
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	id.SetTime(ulid.Timestamp(at))
	id.SetEntropy([]byte(fmt.Sprintf("%010d", seed)))
	return store.Item{
		ID: id.String(), Voucher: fmt.Sprintf("0100103261124%04d7", seed), Type: "2101",
		Business: "2026-11-24", Branch: "01001", Teller: "t0001", State: store.Ready,
		Bytes: n, SHA256: hex.EncodeToString(sum[:]), Filed: at,
	}, pdf
}

// Conform checks an archive that is empty, accepts no TEST items, and is made
// anew by open for each check.
func Conform(t *testing.T, open func(t *testing.T) upload.Archive) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, upload.Archive)
	}{
		{"sends once", sendsOnce},
		{"sends the same from many sides", sendsFromManySides},
		{"refuses other bytes", refusesOtherBytes},
		{"refuses what it must not take", refusesBadItems},
		{"is found again", isFoundAgain},
		{"is found again by packs", isFoundByPacks},
		{"finds beside broken packs", findsBesideBroken},
		{"says what is absent", saysAbsent},
		{"lists in order", listsInOrder},
		{"keeps checkpoints", keepsCheckpoints},
		{"obeys its context", obeysContext},
		{"can be probed twice", probesTwice},
		{"takes a large one", takesLarge},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

var ctx = context.Background()

func send(t *testing.T, a upload.Archive, it store.Item, pdf []byte, already bool) upload.Receipt {
	t.Helper()
	r, err := a.Send(ctx, it, pdf)
	if err != nil {
		t.Fatalf("sending %s: %v", it.Voucher, err)
	}
	if r.Already != already || r.Place == "" {
		t.Errorf("receipt of %s is %+v, already should be %v", it.Voucher, r, already)
	}
	return r
}

func sendsOnce(t *testing.T, a upload.Archive) {
	it, pdf := Item(1, 40_000)
	first := send(t, a, it, pdf, false)
	second := send(t, a, it, pdf, true)
	if first.Place != second.Place || !strings.HasSuffix(first.Place, ".pdf") {
		t.Errorf("places %q and %q", first.Place, second.Place)
	}
	got, err := upload.Fetch(ctx, a, it)
	if err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
	key, _ := upload.Key(it)
	keys, err := a.List(ctx, "01001/")
	if err != nil || len(keys) != 2 || keys[0] != upload.IndexKey(key) || keys[1] != key {
		t.Errorf("keys %q, %v", keys, err)
	}
	raw, err := a.Get(ctx, upload.IndexKey(key))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil || len(fields) != 3 ||
		fields["voucher"] != it.Voucher || fields["date"] != it.Business || fields["teller"] != it.Teller {
		t.Errorf("index %s, %v: want voucher, date, teller only", raw, err)
	}
}

func sendsFromManySides(t *testing.T, a upload.Archive) {
	it, pdf := Item(2, 20_000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := a.Send(ctx, it, pdf); err != nil && !errors.Is(err, upload.ErrLater) {
				t.Errorf("one of eight senders: %v", err)
			}
		})
	}
	all.Wait()
	send(t, a, it, pdf, true)
	if keys, err := a.List(ctx, "01001/"); err != nil || len(keys) != 2 {
		t.Errorf("keys %q, %v", keys, err)
	}
	if got, err := upload.Fetch(ctx, a, it); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
}

func refusesOtherBytes(t *testing.T, a upload.Archive) {
	it, pdf := Item(3, 10_000)
	key, _ := upload.Key(it)
	for _, other := range [][]byte{append([]byte("x"), pdf[1:]...), append(pdf[:len(pdf):len(pdf)], 'x')} {
		it, pdf := Item(3+len(other), 10_000)
		key, _ = upload.Key(it)
		if _, err := a.Put(ctx, key, other); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Send(ctx, it, pdf); !errors.Is(err, upload.ErrRefused) {
			t.Errorf("sending where other bytes lie: %v", err)
		}
		if _, err := upload.Fetch(ctx, a, it); !errors.Is(err, upload.ErrAltered) {
			t.Errorf("fetching other bytes: %v", err)
		}
		if got, err := a.Get(ctx, key); err != nil || !bytes.Equal(got, other) {
			t.Errorf("the other bytes were overwritten: %v", err)
		}
	}
}

func refusesBadItems(t *testing.T, a upload.Archive) {
	for _, c := range []struct {
		name  string
		spoil func(*store.Item)
	}{
		{"TEST", func(it *store.Item) { it.Test = true }},
		{"another digest", func(it *store.Item) { it.SHA256 = strings.Repeat("0", 64) }},
		{"a branch that climbs", func(it *store.Item) { it.Branch = "../x" }},
		{"no date", func(it *store.Item) { it.Business = "today" }},
		{"no id", func(it *store.Item) { it.ID = "" }},
	} {
		it, pdf := Item(4, 1000)
		c.spoil(&it)
		if _, err := a.Send(ctx, it, pdf); !errors.Is(err, upload.ErrRefused) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if keys, err := a.List(ctx, "01001/"); err != nil || len(keys) != 0 {
		t.Errorf("refusals left %q, %v", keys, err)
	}
}

func isFoundAgain(t *testing.T, a upload.Archive) {
	for i := range 6 {
		it, pdf := Item(10+i, 2000)
		it.Teller = fmt.Sprintf("t000%d", i%2)
		if i >= 4 {
			it.Business = "2026-11-25"
		}
		if i == 5 {
			it.Renews = "01KB000000000000000000000X"
		}
		send(t, a, it, pdf, false)
	}
	first, pdf := Item(10, 2000)
	for _, c := range []struct {
		q    store.Query
		want int
	}{
		{store.Query{Voucher: first.Voucher}, 1},
		{store.Query{Voucher: first.Voucher, Date: "2026-11-25"}, 0},
		{store.Query{Date: "2026-11-24"}, 4},
		{store.Query{Date: "2026-11-25"}, 2},
		{store.Query{Teller: "t0001"}, 3},
		{store.Query{Teller: "t0001", Date: "2026-11-24"}, 2},
		{store.Query{Teller: "nobody"}, 0},
	} {
		found, err := upload.Find(ctx, a, "01001", c.q)
		if err != nil || len(found) != c.want {
			t.Errorf("%+v: found %d, %v, want %d", c.q, len(found), err, c.want)
		}
	}
	found, err := upload.Find(ctx, a, "01001", store.Query{Voucher: first.Voucher})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if got, err := upload.Fetch(ctx, a, found[0].Item); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("fetched what was found: %d bytes, %v", len(got), err)
	}
	if found, err := upload.Find(ctx, a, "01001", store.Query{Date: "2026-11-25", Teller: "t0001"}); err != nil ||
		len(found) != 1 || found[0].Index.Renews == "" {
		t.Errorf("a renewal: %+v, %v", found, err)
	}
	if _, err := upload.Find(ctx, a, "01001", store.Query{Account: "6222"}); !errors.Is(err, upload.ErrRefused) {
		t.Errorf("by account: %v", err)
	}
}

func saysAbsent(t *testing.T, a upload.Archive) {
	it, _ := Item(20, 100)
	if _, err := upload.Fetch(ctx, a, it); !errors.Is(err, upload.ErrAbsent) {
		t.Errorf("fetching what was never sent: %v", err)
	}
	if _, err := a.Get(ctx, "01001/nothing"); !errors.Is(err, upload.ErrAbsent) {
		t.Errorf("getting what was never put: %v", err)
	}
	if keys, err := a.List(ctx, "09999/"); err != nil || len(keys) != 0 {
		t.Errorf("listing an unknown branch: %q, %v", keys, err)
	}
}

func listsInOrder(t *testing.T, a upload.Archive) {
	for _, key := range []string{"b/2", "b/10", "a/1", "b/1/x"} {
		if _, err := a.Put(ctx, key, []byte(key)); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := a.List(ctx, "b/")
	if want := []string{"b/1/x", "b/10", "b/2"}; err != nil || fmt.Sprint(keys) != fmt.Sprint(want) {
		t.Errorf("keys %q, %v, want %q", keys, err, want)
	}
}

func keepsCheckpoints(t *testing.T, a upload.Archive) {
	if all, err := upload.Checkpoints(ctx, a, "01001", "moqian/ws-1"); err != nil || len(all) != 0 {
		t.Errorf("before any: %d, %v", len(all), err)
	}
	for i, key := range []string{"000000000064-aa.note", "000000000128-bb.note"} {
		for _, already := range []bool{false, true} {
			r, err := a.Put(ctx, "01001/log/moqian-ws-1/"+key, []byte{byte(i)})
			if err != nil || r.Already != already {
				t.Errorf("%+v, %v", r, err)
			}
		}
	}
	if all, err := upload.Checkpoints(ctx, a, "01001", "moqian/ws-1"); err != nil || len(all) != 2 || all[1][0] != 1 {
		t.Errorf("checkpoints %v, %v", all, err)
	}
}

func obeysContext(t *testing.T, a upload.Archive) {
	over, cancel := context.WithCancel(ctx)
	cancel()
	it, pdf := Item(30, 1000)
	if _, err := a.Send(over, it, pdf); !errors.Is(err, context.Canceled) {
		t.Errorf("sending: %v", err)
	}
	if _, err := a.Get(over, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("getting: %v", err)
	}
}

func probesTwice(t *testing.T, a upload.Archive) {
	first, err := a.Probe(ctx)
	if err != nil || first.Kind == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := a.Probe(ctx)
	first.Skew, second.Skew = 0, 0
	if err != nil || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("first %+v, then %+v, %v", first, second, err)
	}
}

func takesLarge(t *testing.T, a upload.Archive) {
	it, pdf := Item(40, 20<<20)
	send(t, a, it, pdf, false)
	if got, err := upload.Fetch(ctx, a, it); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
}
