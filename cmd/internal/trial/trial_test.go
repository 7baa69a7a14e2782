//go:build virtualpad

package trial

import (
	"bytes"
	"os"
	"sync"
	"testing"
	"time"

	"moqian/sign/pfx"
)

// Two first starts at once end with one pair of key and root that fit.
func TestPrepareAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := Prepare(dir, time.Now()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	site, err := Prepare(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p12, err := os.ReadFile(site.Key)
	if err != nil {
		t.Fatal(err)
	}
	key, err := pfx.Load(p12, []byte(PIN))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile(Root(dir))
	if err != nil {
		t.Fatal(err)
	}
	chain := key.Chain()
	if len(chain) != 2 || !bytes.Contains(chain[0].RawSubject, []byte("TEST")) || chain[0].CheckSignatureFrom(chain[1]) != nil || len(root) == 0 {
		t.Error("key and root do not fit, or nothing says TEST")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d things in the folder, want the trial's alone: %v", len(left), left)
	}
}
