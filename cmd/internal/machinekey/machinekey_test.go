//go:build !windows

package machinekey

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// conform checks what every holder must do.
func conform(t *testing.T, h Holder) {
	t.Helper()
	dir := t.TempDir()
	const id = "00112233445566778899aabbccddeeff"
	if _, err := h.Get(dir, id); !errors.Is(err, ErrNone) {
		t.Errorf("an empty holder: %v", err)
	}
	key := bytes.Repeat([]byte{7, 0, 0xff, 9}, 8)
	for _, key := range [][]byte{key, append([]byte{1}, key[1:]...)} { // a second one replaces the first
		if err := h.Put(dir, id, key); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Get(dir, id); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%x, %v", got, err)
		}
	}
	if err := h.Forget(dir, id); err != nil {
		t.Error(err)
	}
	if _, err := h.Get(dir, id); !errors.Is(err, ErrNone) {
		t.Errorf("after Forget: %v", err)
	}
	if err := h.Forget(dir, id); !errors.Is(err, ErrNone) {
		t.Errorf("Forget again: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		t.Errorf("%s is left", f)
	}
}

func TestFileConforms(t *testing.T) { conform(t, File{}) }

func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, keyFile)
	for _, c := range []struct {
		text string
		mode os.FileMode
	}{
		{strings.Repeat("ab", 32), 0o644},
		{strings.Repeat("ab", 31), 0o600},
		{strings.Repeat("xy", 32), 0o600},
		{"", 0o600},
	} {
		os.Remove(path)
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := File{}.Get(dir, "")
		if err == nil || errors.Is(err, ErrNone) {
			t.Errorf("%q %s: %v", c.text, c.mode, err)
		}
		if err != nil && c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("the error shows the key: %v", err)
		}
		if _, err := (Keeper{Holders: []Holder{File{}}}).MachineKey(dir, true); err == nil {
			t.Errorf("%q: a bad file was replaced by a fresh key", c.text)
		}
	}
}

// emulator starts swtpm with a state of its own.
func emulator(t *testing.T) TPM {
	t.Helper()
	program, err := exec.LookPath("swtpm")
	if err != nil {
		t.Skip("NOT TESTED: the TPM holder; swtpm is missing (apt-get install swtpm)")
	}
	state, socket := t.TempDir(), filepath.Join(t.TempDir(), "s")
	cmd := exec.Command(program, "socket", "--tpm2", "--tpmstate", "dir="+state,
		"--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	// The socket's file is there a moment before anybody listens on it.
	for range 2400 {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return TPM{Open: func() (transport.TPMCloser, error) { return linuxudstpm.Open(socket) }}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("swtpm does not listen: %s", out.String())
	return TPM{}
}

func TestTPMConforms(t *testing.T) { conform(t, emulator(t)) }

// A blob opens on its own board only, and a damaged one nowhere.
func TestTPMOfAnotherBoard(t *testing.T) {
	dir := t.TempDir()
	here, there := emulator(t), emulator(t)
	if err := here.Put(dir, "", bytes.Repeat([]byte{5}, Size)); err != nil {
		t.Fatal(err)
	}
	if key, err := there.Get(dir, ""); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("another board: %x, %v", key, err)
	}
	path := filepath.Join(dir, tpmFile)
	good, _ := os.ReadFile(path)
	for _, bad := range [][]byte{nil, good[:1], good[:40], good[:len(good)-1], append(good[:len(good):len(good)], 0)} {
		os.WriteFile(path, bad, 0o600)
		if key, err := here.Get(dir, ""); err == nil || errors.Is(err, ErrNone) {
			t.Errorf("%d of %d bytes: %x, %v", len(bad), len(good), key, err)
		}
	}
	bad := bytes.Clone(good)
	bad[20] ^= 1
	os.WriteFile(path, bad, 0o600)
	if key, err := here.Get(dir, ""); err == nil {
		t.Errorf("a changed blob: %x", key)
	}
}

// TestKeyringConforms runs this test program again on a bus and a keyring of its
// own.
func TestKeyringConforms(t *testing.T) {
	if os.Getenv("MOQIAN_KEYRING_CHILD") == "1" {
		dir := t.TempDir()
		var err error
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
			if err = (Keyring{}).Put(dir, "ready", make([]byte, Size)); err == nil {
				break // it is unlocked
			}
		}
		if err != nil {
			t.Fatalf("the keyring does not open: %v", err)
		}
		if err := (Keyring{}).Forget(dir, "ready"); err != nil {
			t.Fatal(err)
		}
		conform(t, Keyring{})
		return
	}
	for _, p := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("NOT TESTED: the keyring holder; %s is missing (apt-get install dbus gnome-keyring)", p)
		}
	}
	cmd := exec.Command("dbus-run-session", "--", "sh", "-c",
		// In front: a question before it has its name on the bus would start another
		// one, locked.
		`printf pw | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null 2>&1; exec "$0" -test.run '^TestKeyringConforms$' -test.v`, os.Args[0])
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "MOQIAN_KEYRING_CHILD=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestKeyringConforms")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// shut is a holder that has the key and does not give it.
type shut struct{ File }

func (shut) Name() string                       { return "shut" }
func (shut) Get(string, string) ([]byte, error) { return nil, errors.New("locked") }

// broken is a holder that does not give back what was put in.
type broken struct{ File }

func (broken) Name() string                       { return "broken" }
func (broken) Get(string, string) ([]byte, error) { return nil, ErrNone }
func (broken) Put(string, string, []byte) error   { return nil }
func (broken) Forget(string, string) error        { return ErrNone }

func TestKeeper(t *testing.T) {
	dir := t.TempDir()
	k := Keeper{Holders: []Holder{TPM{Open: noTPM}, broken{}, File{}}}
	if _, err := k.MachineKey(dir, false); !errors.Is(err, ErrLost) {
		t.Errorf("no key and no fresh store: %v", err)
	}
	key, err := k.MachineKey(dir, true)
	if err != nil || len(key) != Size {
		t.Fatal(err)
	}
	if where, err := k.Where(dir); err != nil || where != "file" {
		t.Errorf("it lies in %q, %v", where, err)
	}
	for _, fresh := range []bool{false, true} {
		if again, err := k.MachineKey(dir, fresh); err != nil || !bytes.Equal(again, key) {
			t.Errorf("the second time: %v", err)
		}
	}
	if st, err := os.Stat(filepath.Join(dir, keyFile)); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	// A holder that has a key and does not give it must not lead to a fresh one.
	if _, err := (Keeper{Holders: []Holder{shut{}}}).MachineKey(t.TempDir(), true); err == nil || errors.Is(err, ErrLost) {
		t.Errorf("a shut holder: %v", err)
	}
}

func noTPM() (transport.TPMCloser, error) { return nil, os.ErrNotExist }

func TestInstallMovesTheKey(t *testing.T) {
	dir := t.TempDir()
	file := Keeper{Holders: []Holder{File{}}}
	key, err := file.MachineKey(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	both := Keeper{Holders: []Holder{emulator(t), File{}}}
	if kept, err := both.Install(dir, key); err != nil || kept != "" {
		t.Fatalf("kept %q, %v", kept, err)
	}
	if where, err := both.Where(dir); err != nil || where != "tpm" {
		t.Errorf("it lies in %q, %v", where, err)
	}
	if _, err := file.MachineKey(dir, false); !errors.Is(err, ErrLost) {
		t.Errorf("the file still has it: %v", err)
	}
	if again, err := both.MachineKey(dir, false); err != nil || !bytes.Equal(again, key) {
		t.Errorf("%v", err)
	}
}

func TestEscrow(t *testing.T) {
	head, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	k := Keeper{Holders: []Holder{File{}}, Escrow: head.Recipient().String()}
	key, err := k.MachineKey(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(filepath.Join(dir, EscrowFile))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Recover(bytes.NewReader(sealed), head.String()); err != nil || !bytes.Equal(got, key) {
		t.Errorf("recovered %v", err)
	}
	other, _ := age.GenerateX25519Identity()
	if _, err := Recover(bytes.NewReader(sealed), other.String()); err == nil {
		t.Error("another identity opened it")
	}
	k.MachineKey(dir, false)
	if again, _ := os.ReadFile(filepath.Join(dir, EscrowFile)); !bytes.Equal(again, sealed) {
		t.Error("the copy was made anew for the same recipient")
	}
	k.Escrow = other.Recipient().String()
	if _, err := k.MachineKey(dir, false); err != nil {
		t.Fatal(err)
	}
	sealed, _ = os.ReadFile(filepath.Join(dir, EscrowFile))
	if got, err := Recover(bytes.NewReader(sealed), other.String()); err != nil || !bytes.Equal(got, key) {
		t.Errorf("for the new recipient: %v", err)
	}
	k.Escrow = "age1nonsense"
	if _, err := k.MachineKey(dir, false); err == nil {
		t.Error("a recipient that is none was taken")
	}
	for _, bad := range []string{"", "# for x\n", "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n"} {
		if _, err := Recover(strings.NewReader(bad), other.String()); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
}
