package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func TestSecondOpenIsLocked(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	s := open(t, dir, clock.now)
	o := Options{Key: testKey(), Now: clock.now, Wait: 120 * time.Millisecond}
	_, err := Open(dir, o)
	wantErr(t, "second Open", err, ErrLocked)
	if !strings.Contains(err.Error(), "120ms") {
		t.Errorf("%v does not say how long it waited", err)
	}
	s.Close()
	open(t, dir, clock.now)
}

// What a killed process leaves locked for a while (its memory may be looked at, its
// check may read on) is waited for.
func TestOpenWaits(t *testing.T) {
	for _, c := range []struct {
		name string
		held *bolt.Options
	}{
		{"somebody writes", options()},
		{"somebody reads", reading(lockWait)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, clock := t.TempDir(), newClock()
			s := open(t, dir, clock.now)
			it, _ := file(t, s, document(1, 1000))
			s.Close()
			db, _, err := openBolt(filepath.Join(dir, File), c.held)
			if err != nil {
				t.Fatal(err)
			}
			opened := make(chan error)
			go func() {
				s, err := Open(dir, Options{Key: testKey(), Now: clock.now, Wait: time.Minute})
				if err == nil {
					_, err = s.Outbox().PDF(ctx, it.ID)
					err = errors.Join(err, s.Close())
				}
				opened <- err
			}()
			select {
			case err := <-opened:
				t.Errorf("opened while it was held: %v", err)
			case <-time.After(300 * time.Millisecond): // three times what it waited once
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				if err := <-opened; err != nil {
					t.Errorf("after it was let go: %v", err)
				}
			}
		})
	}
}
