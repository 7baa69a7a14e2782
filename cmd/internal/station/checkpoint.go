package station

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"moqian/cmd/internal/durable"
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
	b, err := os.ReadFile(filepath.Join(st.Dir, checkpointKey))
	if err == nil {
		defer clear(b)
		return verifierOf(strings.TrimSpace(string(b)))
	}
	if errors.Is(err, fs.ErrNotExist) {
		b, err = os.ReadFile(filepath.Join(st.Dir, checkpointPub))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the public key of the log's checkpoints: %w", err)
	}
	return note.NewVerifier(strings.TrimSpace(string(b)))
}

// verifierOf gives what verifies the signatures of a key in the form of
// note.GenerateKey: PRIVATE+KEY+name+hash+base64 of 1 and the seed of an Ed25519 key.
func verifierOf(private string) (note.Verifier, error) {
	bad := errors.New("the key of the log's checkpoints is not one")
	parts := strings.SplitN(private, "+", 5)
	if len(parts) != 5 {
		return nil, bad
	}
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	defer clear(raw)
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, bad
	}
	secret := ed25519.NewKeyFromSeed(raw[1:])
	defer clear(secret)
	public, err := note.NewEd25519VerifierKey(parts[2], secret.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, bad
	}
	return note.NewVerifier(public)
}
