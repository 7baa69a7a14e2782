package uploadtest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"moqian/store"
	"moqian/store/upload"
)

// sendTogether sends n vouchers from seed on and gives them; their index is left.
func sendTogether(t *testing.T, a upload.Archive, seed, n int) (upload.Packing, []store.Item) {
	t.Helper()
	p, ok := a.(upload.Packing)
	if !ok {
		t.Fatalf("%T cannot pack", a)
	}
	items := make([]store.Item, n)
	for i := range items {
		it, pdf := Item(seed+i, 500)
		it.Teller = fmt.Sprintf("t000%d", i%2)
		if r, err := p.SendDocument(ctx, it, pdf); err != nil || r.Already || r.Place == "" {
			t.Fatalf("sending %s: %+v, %v", it.Voucher, r, err)
		}
		items[i] = it
	}
	return p, items
}

func countKeys(t *testing.T, a upload.Archive, prefix, suffix string) (n int) {
	t.Helper()
	keys, err := a.List(ctx, prefix)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if strings.HasSuffix(key, suffix) {
			n++
		}
	}
	return n
}

func isFoundByPacks(t *testing.T, a upload.Archive) {
	p, items := sendTogether(t, a, 50, 7)
	first := store.Query{Voucher: items[0].Voucher}
	if found, err := upload.Find(ctx, a, "01001", first); err != nil || len(found) != 0 {
		t.Errorf("before its index: %+v, %v", found, err)
	}
	// What a crash may lead to: packs that overlap, one written twice, an index of
	// one's own besides.
	for _, part := range [][]store.Item{items[:4], items[2:6], items[:4], items[6:], items[:1]} {
		if err := p.SendIndex(ctx, part...); err != nil {
			t.Fatal(err)
		}
	}
	if n := countKeys(t, a, "01001/2026-11-24/", ".json"); n != 4 {
		t.Errorf("%d index objects, want two packs and two of single documents", n)
	}
	for _, c := range []struct {
		q    store.Query
		want int
	}{
		{first, 1}, {store.Query{Voucher: items[3].Voucher, Date: "2026-11-24"}, 1}, {store.Query{Date: "2026-11-24"}, 7},
		{store.Query{Teller: "t0001"}, 3}, {store.Query{Date: "2026-11-25"}, 0},
	} {
		found, err := upload.Find(ctx, a, "01001", c.q)
		if err != nil || len(found) != c.want {
			t.Errorf("%+v: found %d, %v, want %d", c.q, len(found), err, c.want)
		}
		for i, f := range found {
			if i > 0 && found[i-1].Key >= f.Key {
				t.Errorf("%+v: %s after %s", c.q, f.Key, found[i-1].Key)
			}
			if pdf, err := upload.Fetch(ctx, a, f.Item); err != nil || len(pdf) != 500 {
				t.Errorf("fetching %s: %v", f.Key, err)
			}
		}
	}
	other := items[1]
	other.Business = "2026-11-25"
	for _, bad := range [][]store.Item{nil, {items[0], other}} {
		if err := p.SendIndex(ctx, bad...); !errors.Is(err, upload.ErrRefused) {
			t.Errorf("an index of %d: %v", len(bad), err)
		}
	}
}

// A broken pack does not hide what other index objects tell, and it is told of as
// soon as it may hide something.
func findsBesideBroken(t *testing.T, a upload.Archive) {
	p, items := sendTogether(t, a, 60, 4)
	if err := p.SendIndex(ctx, items[:3]...); err != nil {
		t.Fatal(err)
	}
	half := "01001/2026-11-24/index-01KB000000000000000000000X-" + strings.Repeat("ab", 32) + ".json"
	if _, err := a.Put(ctx, half, bytes.Repeat([]byte("["), 70)); err != nil {
		t.Fatal(err)
	}
	q := store.Query{Date: "2026-11-24"}
	if found, err := upload.Find(ctx, a, "01001", q); !errors.Is(err, upload.ErrAltered) || len(found) != 3 {
		t.Errorf("one document is without an index: found %d, %v", len(found), err)
	}
	if err := p.SendIndex(ctx, items[3]); err != nil {
		t.Fatal(err)
	}
	if found, err := upload.Find(ctx, a, "01001", q); err != nil || len(found) != 4 {
		t.Errorf("all have an index: found %d, %v", len(found), err)
	}
}
