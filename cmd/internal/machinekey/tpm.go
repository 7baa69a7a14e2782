package machinekey

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"

	"moqian/cmd/internal/durable"
)

// TPM seals the key to this board's TPM 2.0, under its storage key; the sealed
// blob lies in machine.tpm in the folder and opens nowhere else. No PCRs are
// bound: an update of the firmware must not stop the queue.
type TPM struct {
	// Open connects to the TPM; nil is the system's.
	Open func() (transport.TPMCloser, error)
}

const tpmFile = "machine.tpm"

// Name is "tpm".
func (TPM) Name() string { return "tpm" }

func (TPM) file() string { return tpmFile }

// Get unseals. Without a TPM the file is nobody's: ErrUnusable.
func (t TPM) Get(dir, _ string) (key []byte, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, tpmFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	private, rest, err := unmarshal[tpm2.TPM2BPrivate](raw)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", tpmFile, err)
	}
	public, rest, err := unmarshal[tpm2.TPM2BPublic](rest)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("reading %s: it is not a sealed key", tpmFile)
	}
	err = t.with(func(dev transport.TPM, srk parent) error {
		loaded, err := again(func() (*tpm2.LoadResponse, error) {
			return tpm2.Load{ParentHandle: srk.auth(), InPrivate: *private, InPublic: *public}.Execute(dev)
		})
		if err != nil {
			return fmt.Errorf("loading the sealed key, which opens on its own board only: %w", err)
		}
		defer flush(dev, loaded.ObjectHandle)
		out, err := again(func() (*tpm2.UnsealResponse, error) {
			return tpm2.Unseal{ItemHandle: tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name,
				Auth: srk.session(tpm2.AESEncryption(128, tpm2.EncryptOut))}}.Execute(dev)
		})
		if err == nil {
			key = out.OutData.Buffer
		}
		return err
	})
	return key, err
}

// Put seals.
func (t TPM) Put(dir, _ string, key []byte) error {
	var blob []byte
	err := t.with(func(dev transport.TPM, srk parent) error {
		made, err := again(func() (*tpm2.CreateResponse, error) {
			return tpm2.Create{
				ParentHandle: tpm2.AuthHandle{Handle: srk.handle, Name: srk.name, Auth: srk.session(tpm2.AESEncryption(128, tpm2.EncryptIn))},
				InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
					Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: key}),
				}},
				InPublic: tpm2.New2B(tpm2.TPMTPublic{Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256,
					ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true}}),
			}.Execute(dev)
		})
		if err == nil {
			blob = append(tpm2.Marshal(made.OutPrivate), tpm2.Marshal(made.OutPublic)...)
		}
		return err
	})
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, tpmFile), blob)
}

// Forget removes the blob.
func (TPM) Forget(dir, _ string) error {
	err := os.Remove(filepath.Join(dir, tpmFile))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	return err
}

// parent is the loaded storage key.
type parent struct {
	handle tpm2.TPMHandle
	name   tpm2.TPM2BName
	public tpm2.TPMTPublic
}

func (p parent) auth() tpm2.AuthHandle {
	return tpm2.AuthHandle{Handle: p.handle, Name: p.name, Auth: tpm2.PasswordAuth(nil)}
}

// session encrypts what goes over the bus to the TPM, under a secret that only
// this TPM can read: the key is not seen by who listens there.
func (p parent) session(encryption tpm2.AuthOption) tpm2.Session {
	return tpm2.HMAC(tpm2.TPMAlgSHA256, 16, encryption, tpm2.Salted(p.handle, p.public))
}

// with connects and makes the storage key, the same each time.
func (t TPM) with(f func(transport.TPM, parent) error) error {
	open := t.Open
	if open == nil {
		open = openTPM
	}
	dev, err := open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	defer dev.Close()
	srk, err := again(func() (*tpm2.CreatePrimaryResponse, error) {
		return tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(dev)
	})
	if err != nil {
		return fmt.Errorf("%w: its storage key: %w", ErrUnusable, err)
	}
	defer flush(dev, srk.ObjectHandle)
	public, err := srk.OutPublic.Contents()
	if err != nil {
		return fmt.Errorf("%w: its storage key: %w", ErrUnusable, err)
	}
	return f(dev, parent{srk.ObjectHandle, srk.Name, *public})
}

func flush(dev transport.TPM, h tpm2.TPMHandle) { tpm2.FlushContext{FlushHandle: h}.Execute(dev) }

// again repeats a command that the TPM says it was too busy for.
func again[R any](f func() (R, error)) (r R, err error) {
	for range 50 {
		r, err = f()
		if !errors.Is(err, tpm2.TPMRCRetry) && !errors.Is(err, tpm2.TPMRCYielded) {
			return r, err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return r, err
}

// unmarshal reads one sized structure and gives what follows it.
func unmarshal[T tpm2.Marshallable, P interface {
	*T
	tpm2.Unmarshallable
}](raw []byte) (*T, []byte, error) {
	if len(raw) < 2 {
		return nil, nil, errors.New("too short")
	}
	n := 2 + int(raw[0])<<8 + int(raw[1])
	if len(raw) < n {
		return nil, nil, errors.New("too short")
	}
	v, err := tpm2.Unmarshal[T, P](raw[:n])
	return v, raw[n:], err
}
