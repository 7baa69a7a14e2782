package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk is a folder on a file system of its own, of size bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("moqian-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("NOT TESTED: a full disk; mounting a small one needs root (%v)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmounting: %v", err)
		}
	})
	return dir
}

// stuff fills the disk to the last byte and gives a function that makes room.
func stuff(t *testing.T, dir string) func() {
	t.Helper()
	path := filepath.Join(dir, "stuffing")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size >= 1; size /= 4 {
		b := make([]byte, size)
		for {
			if _, err := f.Write(b); err != nil {
				break
			}
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDiskFull: at each step a full disk gives ErrFull and a sentence, what is
// stored stays readable and right, and with room again the step succeeds.
func TestDiskFull(t *testing.T) {
	big := document(7, 3_000_000)
	for _, c := range []struct {
		name string
		step func(s *Store, dir string, it Item, serial int) error
	}{
		{"reserve", func(s *Store, _ string, _ Item, _ int) error {
			for range 2000 { // free pages last for a while
				if _, err := s.Outbox().Reserve(ctx, "2026-11-25"); err != nil {
					return err
				}
			}
			return nil
		}},
		{"file", func(s *Store, _ string, _ Item, serial int) error {
			_, err := s.Outbox().File(ctx, item(serial), serial, big, Entry{})
			return err
		}},
		{"commit", func(s *Store, _ string, it Item, _ int) error {
			return s.Outbox().Commit(ctx, it.ID, big, Entry{})
		}},
		{"log", func(s *Store, _ string, _ Item, _ int) error {
			for range 300 {
				if err := s.Audit().Append(ctx, Entry{Action: "note", Detail: map[string]string{"x": strings.Repeat("y", 20_000)}}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"backup", func(s *Store, dir string, _ Item, _ int) error {
			_, err := s.Backup(ctx, filepath.Join(dir, "bak"), Entry{})
			return err
		}},
		{"compact", func(s *Store, _ string, _ Item, _ int) error {
			_, _, err := s.Compact(ctx, Entry{})
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := smallDisk(t, 40<<20)
			o := Options{Key: testKey(), Now: newClock().now}
			s, err := Open(dir, o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { s.Close() }()
			s.db.AllocSize = 64 << 10 // the file grows in small steps: the disk is what is full
			it, _ := file(t, s, document(1, 50_000))
			serial, err := s.Outbox().Reserve(ctx, day)
			if err != nil {
				t.Fatal(err)
			}
			room := stuff(t, dir)
			err = c.step(s, dir, it, serial)
			wantErr(t, c.name, err, ErrFull)
			if _, err := s.Outbox().PDF(ctx, it.ID); err != nil {
				t.Errorf("what is stored: %v", err)
			}
			verify(t, s)
			s.Close()
			room()
			if s, err = Open(dir, o); err != nil {
				t.Fatalf("opening again: %v", err)
			}
			if _, err := s.Check(ctx); err != nil {
				t.Error(err)
			}
			left, _ := filepath.Glob(filepath.Join(dir, "*.part"))
			if more, _ := filepath.Glob(filepath.Join(dir, "*.compact")); len(left)+len(more) > 0 {
				t.Errorf("%q %q are left", left, more)
			}
			if c.name == "file" { // its number was burnt when the program began anew
				if serial, err = s.Outbox().Reserve(ctx, day); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.step(s, dir, it, serial); err != nil {
				t.Errorf("with room again: %v", err)
			}
		})
	}
}

// The ballast is what a customer's signature is filed into when the disk has
// filled up meanwhile; after that nobody signs until there is room.
func TestBallastOnAFullDisk(t *testing.T) {
	dir := smallDisk(t, 24<<20)
	s, err := Open(dir, Options{Key: testKey(), Now: newClock().now, Ballast: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.db.AllocSize = 64 << 10
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	room := stuff(t, dir)
	it, err := s.Outbox().File(ctx, item(serial), serial, document(1, 1_500_000), Entry{})
	if err != nil {
		t.Fatalf("filing into the ballast: %v", err)
	}
	wantErr(t, "the next customer", s.Ready(ctx), ErrFull)
	_, err = s.Outbox().Reserve(ctx, day)
	wantErr(t, "the next number", err, ErrFull)
	inSent(t, s, it) // what is here can leave
	room()
	if err := s.Ready(ctx); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if space, err := s.Space(); err != nil || space.Ballast != 4<<20 {
		t.Errorf("the ballast was not laid again: %+v, %v", space, err)
	}
}

// A store that cannot be begun leaves nothing that a later start trips over.
func TestOpenOnAFullDisk(t *testing.T) {
	dir := smallDisk(t, 4<<20)
	room := stuff(t, dir)
	o := Options{Key: testKey(), Now: newClock().now}
	s, err := Open(dir, o)
	if err == nil {
		s.Close()
		t.Fatal("a store was begun on a full disk")
	}
	if !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	room()
	if s, err = Open(dir, o); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	s.Close()
}
