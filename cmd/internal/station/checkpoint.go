package station

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"moqian/cmd/internal/durable"
	"moqian/store"
	"moqian/store/upload"
)

// checkpointKey signs the heads of the operation log. It lies apart from the
// machine key; checkpoint.pub beside it is for whoever verifies.
const (
	checkpointKey = "checkpoint.key"
	checkpointPub = "checkpoint.pub"
)

// checkpointSigner reads the key or makes it with a fresh store; nil where an
// older store has none.
func checkpointSigner(dir, name string, fresh bool, random io.Reader) (note.Signer, error) {
	path := filepath.Join(dir, checkpointKey)
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		defer clear(b)
		s, err := note.NewSigner(strings.TrimSpace(string(b)))
		if err != nil {
			return nil, fmt.Errorf("the key of the log's checkpoints: %w", err)
		}
		return s, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("reading the key of the log's checkpoints: %w", err)
	case !fresh:
		return nil, nil
	}
	private, public, err := note.GenerateKey(random, "moqian-"+name)
	if err != nil {
		return nil, err
	}
	if err := durable.WriteFile(filepath.Join(dir, checkpointPub), []byte(public+"\n")); err != nil {
		return nil, err
	}
	if err := durable.WriteFile(path, []byte(private+"\n")); err != nil {
		return nil, err
	}
	return note.NewSigner(private)
}

// Verifier of the log's checkpoints: from their key, or where it is not here from
// checkpoint.pub, which anybody could replace who can write the folder.
// fs.ErrNotExist where the workstation has neither.
func (st *Station) Verifier() (note.Verifier, error) {
	public, err := publicKey(st.Dir)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(public)
}

// Verifiers is Verifier, for checkpoints of earlier keys too: those of the
// workstations whose backups were restored here.
func (st *Station) Verifiers(ctx context.Context) (note.Verifier, error) {
	present, err := st.Verifier()
	if err != nil {
		return nil, err
	}
	all, err := st.publicKeys(ctx)
	if err != nil {
		return nil, err
	}
	var older []note.Verifier
	for _, public := range all {
		v, err := note.NewVerifier(public)
		if err != nil {
			return nil, fmt.Errorf("an earlier key of the log's checkpoints: %w", err)
		}
		if v.Name() != present.Name() || v.KeyHash() != present.KeyHash() {
			older = append(older, v)
		}
	}
	return store.OneOf(present, older...), nil
}

// ArchivedCheckpoints fetches those that an archive has of this workstation's log.
func (st *Station) ArchivedCheckpoints(ctx context.Context, from upload.Archive) ([][]byte, error) {
	return upload.Checkpoints(ctx, from, st.Site.BranchCode, st.origin())
}

// checkpointKeys is the setting with the public keys that signed the log, one a
// line, the first one first. Being in the store they are in its backups.
const checkpointKeys = "station.checkpoint_keys"

func (st *Station) publicKeys(ctx context.Context) ([]string, error) {
	b, _, err := st.Store.Setting(ctx, checkpointKeys)
	return strings.Fields(string(b)), err
}

// Signed says whether the workstation ever had a key for its log's checkpoints.
func (st *Station) Signed(ctx context.Context) bool {
	all, err := st.publicKeys(ctx)
	return err != nil || len(all) > 0
}

// keepPublicKey puts the public key among those that signed the log.
func (st *Station) keepPublicKey(ctx context.Context) error {
	public, err := publicKey(st.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := st.publicKeys(ctx)
	if err != nil || slices.Contains(all, public) {
		return err
	}
	err = st.Store.SetSetting(ctx, checkpointKeys, []byte(strings.Join(append(all, public), "\n")))
	if errors.Is(err, store.ErrFull) {
		return nil // it opens all the same; at the next start
	}
	return err
}

// publicKey is the public key of a folder's checkpoints as note writes it.
func publicKey(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, checkpointKey))
	if err == nil {
		defer clear(b)
		return publicOf(strings.TrimSpace(string(b)))
	}
	if errors.Is(err, fs.ErrNotExist) {
		b, err = os.ReadFile(filepath.Join(dir, checkpointPub))
	}
	if err != nil {
		return "", fmt.Errorf("reading the public key of the log's checkpoints: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// publicOf gives the public half of a key in the form of note.GenerateKey:
// PRIVATE+KEY+name+hash+base64 of 1 and the seed of an Ed25519 key.
func publicOf(private string) (string, error) {
	bad := errors.New("the key of the log's checkpoints is not one")
	parts := strings.SplitN(private, "+", 5)
	if len(parts) != 5 {
		return "", bad
	}
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	defer clear(raw)
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", bad
	}
	secret := ed25519.NewKeyFromSeed(raw[1:])
	defer clear(secret)
	public, err := note.NewEd25519VerifierKey(parts[2], secret.Public().(ed25519.PublicKey))
	if err != nil {
		return "", bad
	}
	return public, nil
}
