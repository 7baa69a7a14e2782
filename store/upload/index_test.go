package upload

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"moqian/store"
)

// packedItems are n documents of one branch and date.
func packedItems(n int) []store.Item {
	items := make([]store.Item, n)
	for i := range items {
		items[i] = store.Item{ID: fmt.Sprintf("01KB0000000000000000%06d", i), Business: "2026-11-24", Branch: "01001",
			SHA256: fmt.Sprintf("%064x", i), Voucher: fmt.Sprintf("%018d", i), Teller: "t0001"}
	}
	return items
}

func TestPack(t *testing.T) {
	items := packedItems(5)
	items[3].Renews = items[0].ID
	key, data, err := pack(items)
	if err != nil || !isPack(key) || path.Dir(key) != "01001/2026-11-24" {
		t.Fatal(key, err)
	}
	all, err := ReadIndex(key, data)
	if err != nil || len(all) != 5 {
		t.Fatal(all, err)
	}
	for i, f := range all {
		want, _ := Key(items[i])
		if f.Key != want || f.Index != indexOf(items[i]) || f.Item != items[i] {
			t.Errorf("%d is %+v, want %+v", i, f, items[i])
		}
	}
	slices.Reverse(items)
	again, same, err := pack(append(items, items[0]))
	if err != nil || again != key || !bytes.Equal(same, data) {
		t.Errorf("in another order, one twice: %s\n%s, %v", again, same, err)
	}
	other, _, err := pack(items[1:])
	if err != nil || other == key {
		t.Errorf("other documents: %s, %v", other, err)
	}
	if bytes.Contains(data, []byte("sha256")) || bytes.Count(data, []byte("\n")) != 7 {
		t.Errorf("a pack is an array with a line for each:\n%s", data)
	}
}

// One document keeps the index object that it has had from the first version on.
func TestPackOfOne(t *testing.T) {
	it := packedItems(1)[0]
	key, data, err := pack([]store.Item{it})
	want, _ := Key(it)
	if err != nil || key != IndexKey(want) || string(data) != `{"voucher":"000000000000000000","date":"2026-11-24","teller":"t0001"}` {
		t.Errorf("%s: %s, %v", key, data, err)
	}
	if all, err := ReadIndex(key, data); err != nil || len(all) != 1 || all[0].Item != it {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestPackRefuses(t *testing.T) {
	branch, date, id := packedItems(2), packedItems(2), packedItems(2)
	branch[1].Branch, date[1].Business, id[1].ID = "01002", "2026-11-25", "x"
	for name, items := range map[string][]store.Item{
		"nothing": nil, "two branches": branch, "two dates": date, "no id": id, "too many": packedItems(MostPacked + 1),
	} {
		if key, _, err := pack(items); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %s, %v", name, key, err)
		}
	}
	if _, data, err := pack(packedItems(MostPacked)); err != nil || len(data) > maxPack/2 {
		t.Errorf("a full pack has %d bytes, %v", len(data), err)
	}
}

func TestReadIndexRefuses(t *testing.T) {
	key, data, _ := pack(packedItems(3))
	own, single, _ := pack(packedItems(1))
	foreign := bytes.Replace(data, []byte("01001/2026-11-24/01KB0000000000000000000002"), []byte("01002/2026-11-24/01KB0000000000000000000002"), 1)
	for _, c := range []struct {
		name, key string
		data      []byte
	}{
		{"half of a pack", key, data[:len(data)/2]},
		{"a byte changed", key, bytes.Replace(data, []byte("t0001"), []byte("t0002"), 1)},
		{"another's name", strings.Replace(key, "index-01", "index-00", 1), data},
		{"an empty array", key, []byte("[]")},
		{"a document of another branch", packKey("01001/2026-11-24/01KB0000000000000000000000-", foreign), foreign},
		{"zeros", key, make([]byte, len(data))},
		{"half of a single one", own, single[:20]},
		{"too long", own, append(single[:len(single):len(single)], bytes.Repeat([]byte(" "), maxIndex)...)},
		{"not an index", "01001/log/x.note", single},
		{"no document's", "01001/2026-11-24/x.json", single},
	} {
		if all, err := ReadIndex(c.key, c.data); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %+v, %v", c.name, all, err)
		}
	}
}

func FuzzIndex(f *testing.F) {
	for _, n := range []int{1, 3} {
		key, data, _ := pack(packedItems(n))
		f.Add(key, data)
	}
	f.Add("01001/2026-11-24/x.json", []byte(`{`))
	f.Fuzz(func(t *testing.T, key string, data []byte) {
		all, err := ReadIndex(key, data)
		if err != nil {
			if !errors.Is(err, ErrAltered) {
				t.Error(err)
			}
			return
		}
		if len(data) > maxPack || !isPack(key) && len(data) > maxIndex {
			t.Error("a long index was taken")
		}
		for _, f := range all {
			if again, err := Key(f.Item); err != nil || again != f.Key || path.Dir(again) != path.Dir(key) {
				t.Errorf("%s tells of %q, %v", key, f.Key, err)
			}
		}
	})
}
