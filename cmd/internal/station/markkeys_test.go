package station

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"moqian/cmd/internal/keyfile"
	"moqian/render/watermark"
)

// at is a station whose clock stands on a day.
func at(t *testing.T, st *Station, day string) {
	t.Helper()
	d, err := time.Parse(time.RFC3339, day)
	if err != nil {
		t.Fatal(err)
	}
	st.now = func() time.Time { return d }
}

func keyOf(t *testing.T, st *Station) watermark.Key {
	t.Helper()
	k, err := st.MarkKey(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestRotationHere: without a head office a new key is made each year, by the
// calendar of Beijing, and the old ones stay for reading.
func TestRotationHere(t *testing.T) {
	ctx := context.Background()
	st, err := open(t, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	at(t, st, "2026-12-31T15:59:00Z")
	first := keyOf(t, st)
	at(t, st, "2026-12-31T16:00:00Z") // midnight in Beijing
	second := keyOf(t, st)
	if first == second || second != keyOf(t, st) {
		t.Error("no new key in the new year, or two")
	}
	all, err := st.MarkKeys(ctx)
	if err != nil || !slices.Equal(all, []watermark.Key{second, first}) {
		t.Errorf("%d keys, %v", len(all), err)
	}
	at(t, st, "2026-06-01T00:00:00Z") // a clock put back takes the old key again
	if keyOf(t, st) != first {
		t.Error("another key in the year that has one")
	}
}

// TestRotationHandedOut: with one, its keys count, those of another branch are
// refused, and a missing new year's key stops nobody.
func TestRotationHandedOut(t *testing.T) {
	ctx, master := context.Background(), [32]byte{1}
	st, err := open(t, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	branch := st.Site.BranchCode
	handed := func(branch string, year int) keyfile.Named {
		return keyfile.Named{Branch: branch, Year: year, Key: watermark.Derive(master, branch, year)}
	}
	at(t, st, "2026-03-01T00:00:00Z")
	made := keyOf(t, st)
	if err := st.AddMarkKey(ctx, handed("99998", 2026)); !errors.Is(err, ErrBranch) {
		t.Errorf("another branch's key: %v", err)
	}
	for _, year := range []int{2026, 2027} {
		if err := st.AddMarkKey(ctx, handed(branch, year)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		day   string
		year  int
		fresh bool
	}{{"2026-03-01T00:00:00Z", 2026, true}, {"2027-03-01T00:00:00Z", 2027, true}, {"2028-03-01T00:00:00Z", 2027, false}} {
		at(t, st, c.day)
		n, fresh, err := st.MarkKeyInForce(ctx)
		if err != nil || n != handed(branch, c.year) || fresh != c.fresh {
			t.Errorf("%s: key of %d, fresh %v, %v", c.day, n.Year, fresh, err)
		}
	}
	all, err := st.MarkKeys(ctx)
	if err != nil || !slices.Contains(all, made) || len(all) != 3 {
		t.Errorf("%d keys, the one made here among them: %v, %v", len(all), slices.Contains(all, made), err)
	}
	if err := st.SetMarkKey(ctx, watermark.Key{5}); err != nil || keyOf(t, st) != (watermark.Key{5}) {
		t.Error("a key without a name is not taken for this year", err)
	}
}

// TestOneKeyOfOldVersion: the only key of an older version stays for reading.
func TestOneKeyOfOldVersion(t *testing.T) {
	ctx := context.Background()
	st, err := open(t, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	old := watermark.Key{8, 31: 8}
	if err := st.Store.SetSetting(ctx, oneKeySetting, old[:]); err != nil {
		t.Fatal(err)
	}
	now := keyOf(t, st)
	all, err := st.MarkKeys(ctx)
	if err != nil || now == old || !slices.Equal(all, []watermark.Key{now, old}) {
		t.Errorf("%d keys, %v", len(all), err)
	}
	if err := st.Store.SetSetting(ctx, ringSetting, []byte("{")); err != nil {
		t.Fatal(err)
	}
	if _, err := st.MarkKey(ctx); !errors.Is(err, keyfile.ErrRing) {
		t.Errorf("a damaged ring: %v", err)
	}
}

func TestMarkSigner(t *testing.T) {
	ctx := context.Background()
	st, err := open(t, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	a, err := st.MarkSigner(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := st.MarkSigner(ctx); err != nil || !a.Equal(b) {
		t.Error("another key at the second call", err)
	}
	if err := st.Store.SetSetting(ctx, "station.mark_signer", []byte("short")); err != nil {
		t.Fatal(err)
	}
	if _, err := st.MarkSigner(ctx); err == nil {
		t.Error("took a damaged key")
	}
}
