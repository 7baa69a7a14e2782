package upload

import (
	"strings"
	"testing"

	"moqian/store"
)

func FuzzItemOfKey(f *testing.F) {
	f.Add("01001/2026-11-24/01KB000000000000000000000X-" + strings.Repeat("ab", 32) + ".pdf")
	f.Add("../2026-11-24/01KB000000000000000000000X-" + strings.Repeat("ab", 32) + ".pdf")
	f.Add("a/b/c")
	f.Fuzz(func(t *testing.T, key string) {
		it, ok := ItemOfKey(key)
		if !ok {
			return
		}
		if again, err := Key(it); err != nil || again != key || strings.Contains(key, "..") {
			t.Errorf("%q gives %+v, which gives %q, %v", key, it, again, err)
		}
	})
}

func TestKey(t *testing.T) {
	good := store.Item{ID: "01KB000000000000000000000X", Business: "2026-11-24", Branch: "01001", SHA256: strings.Repeat("ab", 32)}
	if key, err := Key(good); err != nil || key != "01001/2026-11-24/01KB000000000000000000000X-"+strings.Repeat("ab", 32)+".pdf" {
		t.Errorf("%s, %v", key, err)
	}
	for _, spoil := range []func(*store.Item){
		func(it *store.Item) { it.ID = "x" }, func(it *store.Item) { it.Business = "2026-13-01" },
		func(it *store.Item) { it.Branch = "a/b" }, func(it *store.Item) { it.Branch = "" },
		func(it *store.Item) { it.SHA256 = it.SHA256[1:] },
	} {
		bad := good
		spoil(&bad)
		if key, err := Key(bad); err == nil {
			t.Errorf("%+v gives %s", bad, key)
		}
	}
}
