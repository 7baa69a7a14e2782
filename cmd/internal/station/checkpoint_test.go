package station

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"moqian/cmd/internal/config"
	"moqian/store"
)

// Who verifies on the workstation itself takes the key, not the public half beside
// it that anybody could have replaced.
func TestVerifierIsOfTheKey(t *testing.T) {
	dir := t.TempDir()
	st := &Station{Dir: dir}
	if _, err := st.Verifier(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without any key: %v", err)
	}
	signer, err := checkpointSigner(dir, "01001-1", true, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	pub, err := os.ReadFile(filepath.Join(dir, checkpointPub))
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := note.GenerateKey(ones{}, signer.Name())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: "x\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	opens := func(what string) {
		t.Helper()
		v, err := st.Verifier()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opens("as made")
	write(checkpointPub, other+"\n")
	opens("with another public key")
	for _, bad := range []string{"", "x", "PRIVATE+KEY+a+00000000+AQ==", "PRIVATE+KEY+a+00000000+!"} {
		write(checkpointKey, bad)
		if _, err := st.Verifier(); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
	if err := os.Remove(filepath.Join(dir, checkpointKey)); err != nil {
		t.Fatal(err)
	}
	write(checkpointPub, string(pub))
	opens("with the public key only")
}

// A new machine gets the backup and the machine key of one that is dead, and a
// checkpoint key of its own: what the old one signed is verified there, twice over.
func TestCheckpointKeysOfDeadMachines(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	for i := range 3 {
		st, err := open(t, dir, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Store.Audit().Append(ctx, store.Entry{Action: "test", Outcome: "ok"}); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Store.Audit().Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		v, err := st.Verifiers(ctx)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := st.Store.Audit().Checkpoints(ctx)
		if err != nil || len(kept) < i+1 {
			t.Fatalf("%d checkpoints, %v", len(kept), err)
		}
		var signed [][]byte
		for _, k := range kept {
			signed = append(signed, k.Signed)
		}
		if _, err := st.Store.Audit().VerifyAgainst(ctx, v, signed...); err != nil {
			t.Errorf("machine %d: %v", i+1, err)
		}
		bak := filepath.Join(t.TempDir(), "bak")
		if _, err := st.Store.Backup(ctx, bak, store.Entry{}); err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		next := t.TempDir()
		key, err := os.ReadFile(filepath.Join(dir, "machine.key"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(next, "machine.key"), key, 0o600); err != nil {
			t.Fatal(err)
		}
		site := config.Default()
		site.Floor, site.Ballast = 0, 0
		if err := Restore(ctx, Options{Dir: next, Site: site, MachineKey: fileKey}, bak, false); err != nil {
			t.Fatal(err)
		}
		dir = next
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type ones struct{}

func (ones) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 1
	}
	return len(b), nil
}
