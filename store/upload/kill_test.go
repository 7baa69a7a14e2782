//go:build !windows

package upload_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// Kill -9. A child of this program files vouchers and sends them, telling each
// promise on its standard output, until it is killed at a random moment, again
// and again on the same folder. At the end every promised voucher is in the
// archive, once, byte for byte.

const (
	killDir  = "MOQIAN_TEST_KILL"
	killURL  = "MOQIAN_TEST_URL"
	killMode = "MOQIAN_TEST_UNCONDITIONAL"
)

// TestKillChild is the child.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("only the child of TestKill has something to do here")
	}
	s, err := store.Open(dir, store.Options{Key: machineKey(), Now: time.Now})
	if err != nil {
		fmt.Printf("broken %v\n", err)
		return
	}
	fmt.Println("open")
	w := killWorker(t, s)
	go func() {
		for {
			if _, err := w.Once(ctx); err != nil {
				fmt.Printf("broken %v\n", err)
			}
			// What was verified at once is purged at once: the third and fourth
			// step are cut off as well.
			w.Verify(ctx)
			w.Purge(ctx, 0)
			time.Sleep(time.Millisecond)
		}
	}()
	for {
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			fmt.Printf("broken %v\n", err)
			return
		}
		pdf := noise(uint64(serial), 20_000)
		it, err := s.Outbox().File(ctx, store.Item{Voucher: fmt.Sprintf("0100103261124%04d7", serial), Business: day,
			Branch: "01001", Teller: "t0001"}, serial, pdf, store.Entry{Actor: "t0001"})
		if err != nil {
			fmt.Printf("broken %v\n", err)
			return
		}
		fmt.Printf("filed %s %s\n", it.Voucher, it.SHA256)
		time.Sleep(2 * time.Millisecond)
	}
}

func killWorker(t testing.TB, s *store.Store) *upload.Worker {
	unconditional := os.Getenv(killMode) == "1"
	a := newS3(t, os.Getenv(killURL), func(o *upload.S3Options) { o.Unconditional = &unconditional })
	return &upload.Worker{Outbox: s.Outbox(), Sender: a, Now: time.Now, Workers: 4, VerifyAfter: time.Nanosecond}
}

// killRound starts the child, waits for its first promise, kills it after a
// while, and notes its promises: voucher → digest.
func killRound(t *testing.T, env []string, wait time.Duration, promised map[string]string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKillChild$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	opened := false
	var told []string // of it the end is shown where something is wrong
	for lines := bufio.NewScanner(out); lines.Scan(); {
		told = append(told, lines.Text())
		switch f := strings.Fields(lines.Text()); {
		case len(f) > 0 && f[0] == "open":
			opened = true
			time.AfterFunc(wait, func() { cmd.Process.Kill() })
		case len(f) == 3 && f[0] == "filed" && len(f[2]) == 64:
			promised[f[1]] = f[2]
		case len(f) > 0 && f[0] == "broken":
			t.Errorf("the child: %s", lines.Text())
			cmd.Process.Kill()
		}
	}
	err = cmd.Wait()
	if !opened {
		t.Fatalf("the store did not open again: %v\nstdout: %s\nstderr: %s", err,
			strings.Join(told[max(len(told)-20, 0):], "\n"), said.String())
	}
}

// keepFailed leaves a copy of the store of a test that failed, as it is then, and
// says where.
func keepFailed(t *testing.T, dir string) {
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		kept, err := os.MkdirTemp("", "moqian-kill-")
		if err == nil {
			err = os.CopyFS(filepath.Join(kept, "store"), os.DirFS(dir))
		}
		t.Logf("the store is kept in %s, %v", kept, err)
	})
}

func kill(t *testing.T, url, unconditional string, rounds int, objects func() map[string][]byte) {
	dir := t.TempDir()
	keepFailed(t, dir)
	env := []string{killDir + "=" + dir, killURL + "=" + url, killMode + "=" + unconditional}
	promised := map[string]string{}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rounds {
		killRound(t, env, time.Duration(5+r.IntN(120))*time.Millisecond, promised)
		if i%100 == 99 {
			t.Logf("%d rounds, %d promises", i+1, len(promised))
		}
		if t.Failed() {
			t.Fatalf("in round %d", i+1)
		}
	}
	s := openStore(t, dir)
	for _, e := range env[1:] {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	w := killWorker(t, s)
	if result, err := w.Once(ctx); err != nil || result.Failed > 0 {
		t.Fatalf("the last round: %+v, %v", result, err)
	}
	if v, err := w.Verify(ctx); err != nil || v.Lost+v.Failed+v.Waiting > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	lost, copies := 0, map[string]int{}
	held := objects()
	for key, data := range held {
		if it, ok := upload.ItemOfKey(strings.TrimPrefix(key, "moqian/")); ok {
			sum := sha256.Sum256(data)
			if got := hex.EncodeToString(sum[:]); got != it.SHA256 {
				t.Errorf("%s holds other bytes", key)
			}
			copies[it.SHA256]++
		}
	}
	for voucher, sum := range promised {
		if copies[sum] != 1 {
			lost++
			t.Errorf("voucher %s is in the archive %d times", voucher, copies[sum])
		}
	}
	all, err := s.Outbox().List(ctx)
	if err != nil || len(all) < len(promised) || len(all) != len(copies) {
		t.Errorf("%d rows, %d promised, %d in the archive, %v", len(all), len(promised), len(copies), err)
	}
	indexed := indexedIn(t, held)
	for _, it := range all {
		if key, err := upload.Key(it); err != nil || indexed[key] != it.Voucher {
			t.Errorf("voucher %s is %s, and the index says %q, %v", it.Voucher, it.State, indexed[key], err)
		}
	}
	t.Logf("%d rounds, %d promises, %d lost, %d index objects", rounds, len(promised), lost, len(indexesOf(held)))
}

func TestKill(t *testing.T) {
	rounds := 50
	if os.Getenv("MOQIAN_TORTURE") == "1" {
		rounds = 1000
	}
	t.Run("conditions", func(t *testing.T) {
		g := uploadtest.Gateway(t, false)
		kill(t, g.URL, "0", rounds, g.Objects(t))
	})
	t.Run("no conditions", func(t *testing.T) {
		g := uploadtest.Gateway(t, false)
		kill(t, g.URL, "1", rounds, g.Objects(t))
	})
}

// The gateway itself is killed in mid-round and started again.
func TestKillGateway(t *testing.T) {
	g := uploadtest.Gateway(t, false)
	o := newOffice(t, newS3(t, g.URL, nil))
	o.file(t, 150)
	for i := range 4 {
		over, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			o.Once(over)
			close(done)
		}()
		time.Sleep(time.Duration(10+20*i) * time.Millisecond)
		g.Kill()
		<-done
		cancel()
		g.Restart(t)
	}
	for range 5 {
		if r := o.once(t); r.Failed == 0 {
			break
		}
	}
	holds(t, o, g.Objects(t)())
	if m := o.states(t); m[store.Sent] != 150 {
		t.Errorf("%v", m)
	}
}
