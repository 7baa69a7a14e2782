package station

import (
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
const checkpointKey = "checkpoint.key"

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
	if err := durable.WriteFile(filepath.Join(dir, "checkpoint.pub"), []byte(public+"\n")); err != nil {
		return nil, err
	}
	if err := durable.WriteFile(path, []byte(private+"\n")); err != nil {
		return nil, err
	}
	return note.NewSigner(private)
}

// Verifier of the log's checkpoints, from checkpoint.pub.
func (st *Station) Verifier() (note.Verifier, error) {
	b, err := os.ReadFile(filepath.Join(st.Dir, "checkpoint.pub"))
	if err != nil {
		return nil, fmt.Errorf("reading the public key of the log's checkpoints: %w", err)
	}
	return note.NewVerifier(strings.TrimSpace(string(b)))
}
