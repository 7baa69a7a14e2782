//go:build virtualpad

package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/store"
	"moqian/store/auth"
)

// headOffice writes an age identity beside the folders and an escrow copy of key
// for it, named copy.
func headOffice(t *testing.T, dir string) (seal func(key []byte, name string)) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "id.txt"), []byte(id.String()+"\n"))
	return func(key []byte, name string) {
		sealed, err := machinekey.Seal(key, id.Recipient().String())
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), sealed)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// keyOf gives the key of the folder d.
func keyOf(t *testing.T, dir string) []byte {
	t.Helper()
	key, err := machinekey.File{}.Get(filepath.Join(dir, "d"), "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// No recovery shuts a living folder; what it replaces elsewhere is kept.
func TestRecoverSparesTheLiving(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, dir, time.Now, "queue", "fill", "--count", "1", "--size", "20000"); code != 0 {
		t.Fatal(stderr)
	}
	seal, right, wrong := headOffice(t, dir), keyOf(t, dir), bytes.Repeat([]byte{9}, machinekey.Size)
	seal(right, "right.age")
	seal(wrong, "wrong.age")
	recoverFrom := func(name string) (int, string, string) {
		t.Helper()
		return run(t, dir, time.Now, "recover", name, "--identity", "id.txt")
	}

	code, _, stderr := recoverFrom("wrong.age")
	if code != exitEnv || !strings.Contains(stderr, "nothing was changed") || !strings.Contains(stderr, "hint: nothing needs recovering") {
		t.Errorf("a living folder: %d %s", code, stderr)
	}
	if code, stdout, stderr := recoverFrom("right.age"); code != 0 || !strings.Contains(stdout, "already") {
		t.Errorf("its own key: %d %s%s", code, stdout, stderr)
	}
	if !bytes.Equal(keyOf(t, dir), right) {
		t.Fatal("the key of a living folder was replaced")
	}

	path := filepath.Join(dir, "d", "machine.key")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := recoverFrom("wrong.age"); code != exitEnv || !strings.Contains(stderr, "hint: give this workstation's own") {
		t.Errorf("no key here, another store's recovered: %d %s", code, stderr)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key that does not open the store was put beside it")
	}
	if code, stdout, stderr := recoverFrom("right.age"); code != 0 || strings.Contains(stdout, "kept") {
		t.Errorf("the lost key: %d %s%s", code, stdout, stderr)
	}

	if err := (machinekey.File{}).Put(filepath.Join(dir, "d"), "", wrong); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run(t, dir, time.Now, "recover", "right.age", "--identity", "id.txt", "--json")
	var got struct {
		Recovered bool
		Kept      string
	}
	if err := json.Unmarshal([]byte(stdout), &got); code != 0 || err != nil || !got.Recovered {
		t.Fatalf("a wrong key here: %d %s%s %v", code, stdout, stderr, err)
	}
	kept, err := machinekey.File{}.Get(filepath.Join(dir, "d", got.Kept), "")
	if err != nil || !bytes.Equal(kept, wrong) || got.Kept == "" {
		t.Errorf("the key that was there is not kept in %q: %v", got.Kept, err)
	}
	if code, _, stderr := run(t, dir, time.Now, "queue", "list"); code != 0 {
		t.Errorf("after it: %s", stderr)
	}
}

// A damaged store says nothing of its key: one that is here stays, one that is
// missing can be had for restoring a backup.
func TestRecoverBesideADamagedStore(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, dir, time.Now, "queue", "fill", "--count", "1", "--size", "20000"); code != 0 {
		t.Fatal(stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "backup", "bk"); code != 0 {
		t.Fatal(stderr)
	}
	seal, right := headOffice(t, dir), keyOf(t, dir)
	seal(right, "right.age")
	seal(bytes.Repeat([]byte{9}, machinekey.Size), "wrong.age")
	write(t, filepath.Join(dir, "d", store.File), bytes.Repeat([]byte{1}, 40000))
	if code, _, stderr := run(t, dir, time.Now, "recover", "wrong.age", "--identity", "id.txt"); code != exitEnv || !bytes.Equal(keyOf(t, dir), right) {
		t.Errorf("%d %s", code, stderr)
	}
	if err := os.Remove(filepath.Join(dir, "d", "machine.key")); err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{{"recover", "right.age", "--identity", "id.txt"}, {"restore", "bk"}, {"queue", "list"}} {
		if code, _, stderr := run(t, dir, time.Now, line...); code != 0 {
			t.Errorf("%v: %d %s", line, code, stderr)
		}
	}
}

// While a program has the store open no key is touched, over its socket or beside
// it.
func TestRecoverWhileAProgramRuns(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, dir, time.Now, "queue", "list"); code != 0 {
		t.Fatal(stderr)
	}
	right := keyOf(t, dir)
	headOffice(t, dir)(right, "right.age")
	site, err := trial.Prepare(filepath.Join(dir, "d"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	st, err := station.Open(context.Background(), station.Options{Dir: filepath.Join(dir, "d"), Site: site, Trial: true,
		MachineKey: MachineKey(site), Factor: auth.Trial{}})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := os.Remove(filepath.Join(dir, "d", "machine.key")); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := run(t, dir, time.Now, "recover", "right.age", "--identity", "id.txt")
	if code != exitEnv || !strings.Contains(stderr, "in use by another process") {
		t.Errorf("beside it: %d %s", code, stderr)
	}
	var out, said bytes.Buffer
	c := &Console{Out: &out, Err: &said, Getenv: func(string) string { return "" }, Now: time.Now, Dir: dir, Station: st}
	if code := c.Run(context.Background(), []string{"recover", "right.age", "--identity", "id.txt"}); code != exitEnv {
		t.Errorf("in it: %d %s", code, said.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "d", "machine.key")); err == nil {
		t.Error("a key was written while a program had the store open")
	}
}

// A new machine: restore makes no key of its own, recover makes the escrow copy
// that of the key it brought, and the next disaster finds the right one.
func TestRestoreMakesNoKey(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, dir, time.Now, "queue", "fill", "--count", "1", "--size", "20000"); code != 0 {
		t.Fatal(stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "backup", "bk"); code != 0 {
		t.Fatal(stderr)
	}
	right := keyOf(t, dir)
	headOffice(t, dir)(right, "old.age")
	if err := os.Rename(filepath.Join(dir, "d"), filepath.Join(dir, "dead")); err != nil {
		t.Fatal(err)
	}

	code, _, stderr := run(t, dir, time.Now, "restore", "bk")
	if code != exitEnv || !strings.Contains(stderr, "recover it first") || !strings.Contains(stderr, "hint: tellerctl recover") {
		t.Errorf("without a key: %d %s", code, stderr)
	}
	for _, name := range []string{"machine.key", "machine.id", "checkpoint.key", machinekey.EscrowFile, store.File} {
		if _, err := os.Stat(filepath.Join(dir, "d", name)); err == nil {
			t.Errorf("a refused restore made %s", name)
		}
	}
	for _, line := range [][]string{{"recover", "old.age", "--identity", "id.txt"}, {"restore", "bk"}, {"queue", "list"}} {
		code, stdout, stderr := run(t, dir, time.Now, line...)
		if code != 0 {
			t.Errorf("%v: %d %s%s", line, code, stdout, stderr)
		}
	}
	if !bytes.Equal(keyOf(t, dir), right) {
		t.Error("another key is in force")
	}
	if code, stdout, stderr := run(t, dir, time.Now, "restore", "bk"); code != 0 || !strings.Contains(stdout, "kept as "+store.File+".replaced") {
		t.Errorf("over a store: %d %s%s", code, stdout, stderr)
	}
}

// A copy of another key is found and made anew when the folder is opened, and
// doctor says what stands in it.
func TestEscrowInSite(t *testing.T) {
	dir := t.TempDir()
	headOffice(t, dir)
	id, err := os.ReadFile(filepath.Join(dir, "id.txt"))
	if err != nil {
		t.Fatal(err)
	}
	who, err := age.ParseX25519Identity(strings.TrimSpace(string(id)))
	if err != nil {
		t.Fatal(err)
	}
	site, err := trial.Prepare(filepath.Join(dir, "d"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	site.Escrow = who.Recipient().String()
	o := station.Options{Dir: filepath.Join(dir, "d"), Site: site, Trial: true, MachineKey: MachineKey(site), Factor: auth.Trial{}}
	path := filepath.Join(dir, "d", machinekey.EscrowFile)
	stale, err := machinekey.Seal(bytes.Repeat([]byte{9}, machinekey.Size), site.Escrow)
	if err != nil {
		t.Fatal(err)
	}
	for _, before := range []func(){
		func() {},
		func() { write(t, path, append([]byte("# for "+site.Escrow+"\n"), stale...)) },
		func() { os.Remove(path) },
	} {
		before()
		st, err := station.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		c := &Console{Out: &bytes.Buffer{}, Getenv: func(string) string { return "" }, Now: time.Now, Dir: dir}
		if k := c.machineCheck(st.Dir, site); !k.OK || !strings.Contains(k.What, "machine.age is of it") {
			t.Errorf("doctor: %+v", k)
		}
		write(t, path, stale)
		if k := c.machineCheck(st.Dir, site); k.OK || k.Mend == "" {
			t.Errorf("doctor with a stale copy: %+v", k)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// A key that does not open the store leaves the copy alone.
	if err := (machinekey.File{}).Put(filepath.Join(dir, "d"), "", bytes.Repeat([]byte{8}, machinekey.Size)); err != nil {
		t.Fatal(err)
	}
	if _, err := station.Open(context.Background(), o); !errors.Is(err, store.ErrKey) {
		t.Errorf("a wrong key: %v", err)
	}
	if b, _ := os.ReadFile(path); !bytes.Equal(b, stale) {
		t.Error("a wrong key replaced the escrow copy")
	}
}
