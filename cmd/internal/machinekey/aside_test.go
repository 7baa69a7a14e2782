//go:build !windows

package machinekey

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// ring is a holder without a file, as the keyring is.
type ring map[string]string

func (ring) Name() string { return "ring" }
func (r ring) Get(_, id string) ([]byte, error) {
	if k, ok := r[id]; ok {
		return []byte(k), nil
	}
	return nil, ErrNone
}
func (r ring) Put(_, id string, key []byte) error { r[id] = string(key); return nil }
func (r ring) Forget(_, id string) error          { delete(r, id); return nil }

func someKey(b byte) []byte { return bytes.Repeat([]byte{b}, Size) }

// Each key that another takes the place of stays, under the next number, and can
// be read by the same holders.
func TestInstallKeepsTheOld(t *testing.T) {
	for _, h := range []Holder{File{}, ring{}} {
		dir := t.TempDir()
		k := Keeper{Holders: []Holder{h}}
		first, err := k.MachineKey(dir, true)
		if err != nil {
			t.Fatal(err)
		}
		want := [][]byte{first, someKey(2), someKey(3)}
		for i, key := range [][]byte{someKey(2), someKey(3), someKey(4), someKey(4)} {
			kept, err := k.Install(dir, key)
			if name := []string{"machine.old.1", "machine.old.2", "machine.old.3", ""}[i]; err != nil || kept != name {
				t.Errorf("%s: kept as %q, want %q, %v", h.Name(), kept, name, err)
			}
			if got, err := k.MachineKey(dir, false); err != nil || !bytes.Equal(got, key) {
				t.Errorf("%s: not in force: %v", h.Name(), err)
			}
			for j := range min(i+1, 3) {
				got, err := k.MachineKey(filepath.Join(dir, []string{"machine.old.1", "machine.old.2", "machine.old.3"}[j]), false)
				if err != nil || !bytes.Equal(got, want[j]) {
					t.Errorf("%s: key %d of %d is not kept: %v", h.Name(), j, i, err)
				}
			}
		}
	}
}

// A file that its holder does not take, or a blob of a board that is gone, is
// kept as it is.
func TestInstallKeepsWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{keyFile: "torn", tpmFile: "a blob of another board"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := Keeper{Holders: []Holder{TPM{Open: noTPM}, File{}}}
	kept, err := k.Install(dir, someKey(5))
	if err != nil || kept != "machine.old.1" {
		t.Fatalf("%q, %v", kept, err)
	}
	for name, text := range map[string]string{keyFile: "torn", tpmFile: "a blob of another board"} {
		if b, err := os.ReadFile(filepath.Join(dir, kept, name)); err != nil || string(b) != text {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if got, err := k.MachineKey(dir, false); err != nil || !bytes.Equal(got, someKey(5)) {
		t.Error(err)
	}
}

// The escrow copy follows the key that is in force, whatever brought it there; a
// copy of another key, or one that is torn, is kept and replaced.
func TestEscrowFollowsTheKey(t *testing.T) {
	head, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, EscrowFile)
	k := Keeper{Holders: []Holder{File{}}, Escrow: head.Recipient().String()}
	if _, err := k.MachineKey(dir, true); err != nil {
		t.Fatal(err)
	}
	first, _ := os.ReadFile(path)
	is := func(when string, want []byte) {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Recover(bytes.NewReader(b), head.String()); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: the copy is not of the key in force: %v", when, err)
		}
		if err := k.EscrowOf(dir); err != nil {
			t.Errorf("%s: doctor: %v", when, err)
		}
	}
	if _, err := k.Install(dir, someKey(2)); err != nil {
		t.Fatal(err)
	}
	is("installed", someKey(2))
	if b, _ := os.ReadFile(path + ".1"); !bytes.Equal(b, first) {
		t.Error("the copy of the first key is gone")
	}
	if err := (File{}).Put(dir, "", someKey(3)); err != nil {
		t.Fatal(err)
	}
	if err := k.EscrowOf(dir); !errors.Is(err, ErrStale) {
		t.Errorf("a copy of another key: %v", err)
	}
	k.Proven = func(string, []byte) error { return errors.New("not this store's") }
	before, _ := os.ReadFile(path)
	if _, err := k.MachineKey(dir, false); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a key that is not the store's took the place of the copy")
	}
	k.Proven = nil
	if _, err := k.MachineKey(dir, false); err != nil {
		t.Fatal(err)
	}
	is("put there by hand", someKey(3))
	whole, _ := os.ReadFile(path)
	old := whole[strings.Index(string(whole), "-----BEGIN"):]
	for what, b := range map[string][]byte{
		"torn":          whole[:len(whole)-40],
		"without a mac": append([]byte("# for "+k.Escrow+"\n"), old...),
		"empty":         nil,
	} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := k.EscrowOf(dir); !errors.Is(err, ErrStale) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := k.MachineKey(dir, false); err != nil {
			t.Fatal(err)
		}
		is(what, someKey(3))
	}
	if bytes.Contains(whole, someKey(3)) || strings.Contains(string(whole), strings.Repeat("03", Size)) {
		t.Error("the key lies in the copy in clear")
	}
}

// Whatever stands in machine.age: it is this key's only as it was written.
func FuzzEscrowHeader(f *testing.F) {
	key := someKey(7)
	sealed := []byte("-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n")
	whole := append(header("age1x", sealed, key), sealed...)
	for _, b := range [][]byte{whole, whole[:30], nil, sealed, []byte("# for age1x\n# mac zz\n"), []byte("# for \n# mac \n")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		to, ours := ofKey(b, key)
		written := to == "age1x" && bytes.HasSuffix(b, sealed) && len(b) == len(whole) // hexadecimal is read in both cases
		if ours && !written || !ours && bytes.Equal(b, whole) {
			t.Errorf("%q is for %q, ours %v", b, to, ours)
		}
	})
}
