package say

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"moqian/store"
)

// Each error has a sentence of its own in both languages, found through wraps.
func TestSentences(t *testing.T) {
	seen := map[string]error{}
	for _, l := range lines() {
		got := Sentence(fmt.Errorf("doing: %w", l.err))
		if got != l.what {
			t.Errorf("%v: got the sentence of another error: %q", l.err, got.EN)
		}
		if first, ok := seen[got.EN]; ok {
			t.Errorf("%v and %v say the same", l.err, first)
		}
		seen[got.EN] = l.err
		if r, _ := utf8.DecodeRuneInString(got.ZH); !unicode.Is(unicode.Han, r) && r != '工' && r < 128 {
			t.Errorf("%v: no Chinese sentence: %q", l.err, got.ZH)
		}
		if (len(Hints(l.err)) == 0) != (l.hint == none) {
			t.Errorf("%v: no next step", l.err)
		}
	}
}

// Whatever the store refuses with is said in words of its own.
func TestStoreIsSaid(t *testing.T) {
	for _, err := range []error{store.ErrFull, store.ErrClock, store.ErrLocked, store.ErrNewer, store.ErrKey, store.ErrDamaged,
		store.ErrDuplicate, store.ErrReserved, store.ErrSerials, store.ErrPurged, store.ErrState, store.ErrNotFound,
		store.ErrNewerHere, store.ErrCheckpoint, store.ErrCipher, store.ErrNotBehind, store.ErrGone} {
		if s := Sentence(fmt.Errorf("opening: %w", err)); strings.HasPrefix(s.EN, "It was not done") {
			t.Errorf("%v has no sentence: %s", err, s.EN)
		}
	}
}

func TestUnknown(t *testing.T) {
	if s := Sentence(nil); !s.Empty() {
		t.Error(s)
	}
	if s := Sentence(errors.New("boiling")); s.ZH == "" || s.EN == "" {
		t.Error(s)
	}
	if h := Hints(errors.New("boiling")); h != nil {
		t.Error(h)
	}
	if h := Hints(fmt.Errorf("a: %w", store.ErrLocked)); len(h) != 1 {
		t.Error(h)
	}
}

// A clock behind the log: the sentence has the entry and both times.
func TestClockSaid(t *testing.T) {
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	s := Sentence(fmt.Errorf("reserving: %w", &store.ClockError{Now: at, Latest: at.Add(25 * time.Hour), Entry: 12, Action: "login"}))
	for _, text := range []string{s.ZH, s.EN} {
		for _, want := range []string{"2026-11-28 09:00", "2026-11-29 10:00", "12", "allow-clock"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q does not say %s", text, want)
			}
		}
	}
}
