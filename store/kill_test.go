//go:build !windows

package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Kill -9 while the store is kept: a child of this program files vouchers and in
// between compacts, backs up and restores its store, or brings an old one up, until
// it is killed at a random moment. Each time the store must open with everything
// that was promised. (Sending is killed in store/upload.)

const (
	killDir  = "MOQIAN_TEST_KEEP"
	killSeed = "MOQIAN_TEST_KEEP_SEED"
)

// TestKeepChild is the child.
func TestKeepChild(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("only the child of TestKillWhileKept has something to do here")
	}
	seed, err := strconv.ParseUint(os.Getenv(killSeed), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 5))
	o := Options{Key: testKey(), Now: time.Now}
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		it, _ := file(t, s, document(r.Uint64(), 1+r.IntN(60_000)))
		fmt.Printf("promise %s %s\n", it.ID, it.SHA256)
		if i%7 == 3 {
			it = inSent(t, s, it)
			for _, st := range []State{Verified, Purged} {
				it.State = st
				if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
					t.Fatal(err)
				}
			}
			fmt.Printf("gone %s\n", it.ID)
		}
		bak := filepath.Join(dir, fmt.Sprintf("bak%d-%d", seed, i))
		switch r.IntN(8) {
		case 0:
			_, _, err = s.Compact(ctx, Entry{})
		case 1:
			_, err = s.Backup(ctx, bak, Entry{})
		case 2:
			if _, err = s.Backup(ctx, bak, Entry{}); err != nil {
				break
			}
			s.Close()
			if err = Restore(ctx, dir, bak, o, false, Entry{}); err != nil {
				break
			}
			s, err = Open(dir, o)
		}
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(bak)
		fmt.Println("kept")
	}
}

// killed starts the child, lets it say some lines, and kills it somewhat later. It
// gives what it said.
func killed(t *testing.T, r *rand.Rand, dir string, seed int) (said []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKeepChild$")
	cmd.Env = append(os.Environ(), killDir+"="+dir, fmt.Sprintf("%s=%d", killSeed, seed))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	enough := r.IntN(12)
	pause := time.Duration(r.IntN(8000)) * time.Microsecond
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		if len(said) == enough+1 {
			time.Sleep(pause)
			cmd.Process.Kill()
		}
	}
	if cmd.Wait(); len(said) <= enough {
		t.Fatalf("the child ended by itself: %s", strings.Join(said, "\n"))
	}
	return said
}

func TestKillWhileKept(t *testing.T) {
	rounds := 20
	if os.Getenv("MOQIAN_TORTURE") == "1" {
		rounds = 1000
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(8, 8))
	sums, gone := map[string]string{}, map[string]bool{}
	version2(t, dir) // the first children are killed while they bring it up
	for round := range rounds {
		for _, line := range killed(t, r, dir, round) {
			switch f := strings.Fields(line); {
			case len(f) == 3 && f[0] == "promise":
				sums[f[1]] = f[2]
			case len(f) == 2 && f[0] == "gone":
				gone[f[1]] = true
			}
		}
		s, err := Open(dir, Options{Key: testKey(), Now: time.Now})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		left, _ := filepath.Glob(filepath.Join(dir, restoring+"*"))
		if more, _ := filepath.Glob(filepath.Join(dir, "*"+compacting)); len(left)+len(more) > 0 {
			t.Errorf("round %d: %q %q are left", round, left, more)
		}
		f, err := s.Check(ctx)
		if err != nil || f.Items < 41+len(sums) {
			t.Fatalf("round %d: %+v with %d promised, %v", round, f, len(sums), err)
		}
		for id, sum := range sums {
			it, err := s.Outbox().Find(ctx, id)
			if err != nil || it.SHA256 != sum || gone[id] && it.State != Purged {
				t.Fatalf("round %d: %s is %+v, %v", round, id, it, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if round%100 == 99 {
			t.Logf("%d rounds, %d vouchers promised", round+1, len(sums))
		}
		backups, _ := filepath.Glob(filepath.Join(dir, "bak*"))
		for _, path := range backups {
			os.Remove(path)
		}
	}
	t.Logf("%d rounds, %d vouchers promised, %d of them purged, none lost", rounds, len(sums), len(gone))
}

// An old store whose migration is killed is the old one or the new one.
func TestKillWhileMigrated(t *testing.T) {
	rounds := 10
	if os.Getenv("MOQIAN_TORTURE") == "1" {
		rounds = 300
	}
	r := rand.New(rand.NewPCG(9, 9))
	for round := range rounds {
		dir := t.TempDir()
		version2(t, dir)
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKeepChild$")
		cmd.Env = append(os.Environ(), killDir+"="+dir, killSeed+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		s, err := Open(dir, Options{Key: testKey(), Now: time.Now})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if f, err := s.Check(ctx); err != nil || f.Items < 41 {
			t.Errorf("round %d: %+v, %v", round, f, err)
		}
		s.Close()
	}
}
