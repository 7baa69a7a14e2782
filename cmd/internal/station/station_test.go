package station

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/machinekey"
	"moqian/store"
	"moqian/store/auth"
)

func open(t *testing.T, dir string, trial bool) (*Station, error) {
	t.Helper()
	site := config.Default()
	site.Floor, site.Ballast = 0, 0
	return Open(context.Background(), Options{Dir: dir, Site: site, Trial: trial, MachineKey: fileKey,
		Cost: auth.Cost{Time: 1, MemoryK: 64, Threads: 1}})
}

func TestOpenTwiceKeepsEverything(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	var mark [2][32]byte
	var receipt [2]string
	for i := range 2 {
		st, err := open(t, dir, false)
		if err != nil {
			t.Fatal(err)
		}
		k, err := st.MarkKey(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r, err := st.ReceiptKey(ctx)
		if err != nil {
			t.Fatal(err)
		}
		mark[i], receipt[i] = k, r.X.String()
		if v, err := st.Verifier(); err != nil || v.Name() != "moqian-00001-01" {
			t.Error(v, err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if mark[0] != mark[1] || receipt[0] != receipt[1] || mark[0] == [32]byte{} {
		t.Error("keys changed between two starts")
	}
	for _, name := range []string{"machine.key", "checkpoint.key", store.File} {
		i, err := os.Stat(filepath.Join(dir, name))
		if err != nil || i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", name, i.Mode(), err)
		}
	}
	db, err := os.ReadFile(filepath.Join(dir, store.File))
	if err != nil || bytes.Contains(db, mark[0][:]) {
		t.Error("the key of the marks lies in clear in the store", err)
	}
	if _, err := open(t, dir, true); !errors.Is(err, ErrMode) {
		t.Error("trial opened a production folder:", err)
	}
}

func TestCheckComesFirst(t *testing.T) {
	dir := t.TempDir()
	st, err := open(t, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), Options{Dir: dir, MachineKey: fileKey,
		Check: func(context.Context, string) error { return store.ErrDamaged }})
	if !errors.Is(err, store.ErrDamaged) {
		t.Error(err)
	}
}

func TestPool(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "x.pem")
	if err := os.WriteFile(bad, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Pool(bad); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Error(err)
	}
	if _, err := Pool(bad + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if p, err := Pool(""); err != nil || p == nil {
		t.Error(p, err)
	}
}

func TestArchiveAddresses(t *testing.T) {
	st, err := open(t, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	env := func(string) string { return "k" }
	for _, c := range []struct {
		address string
		ok      bool
	}{
		{"dir:" + t.TempDir(), true}, {"s3://b/p?endpoint=http://127.0.0.1:1&region=r", true},
		{"", false}, {"ftp://x", false}, {"s3:///p", false}, {"s3://b?endpoint=http://127.0.0.1:1&colour=red", false},
	} {
		_, err := st.Archive(Line{Address: c.address, Getenv: env})
		if (err == nil) != c.ok {
			t.Errorf("%q: %v", c.address, err)
		}
	}
}

func TestFontsAndTypes(t *testing.T) {
	if _, err := Fonts([]string{filepath.Join(t.TempDir(), "none")}); err != nil {
		t.Error("a missing folder of rare fonts stopped the start:", err)
	}
	if _, err := search([]string{t.TempDir()}, "HanaMinA"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	types, err := Types()
	if err != nil || len(types) < 5 {
		t.Error(len(types), err)
	}
}

func fileKey(dir string, fresh bool) ([]byte, error) {
	return machinekey.Keeper{Holders: []machinekey.Holder{machinekey.File{}}}.MachineKey(dir, fresh)
}
