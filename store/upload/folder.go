package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"moqian/store"
)

// Folder is an archive in a directory, often a mounted share. A document
// appears under its key whole or not at all; names that begin with a dot are
// unfinished and mean nothing. Nothing is ever overwritten.
type Folder struct {
	// Dir must exist: a share that is not mounted must not be mistaken for an
	// empty one.
	Dir string
	// AcceptTest lets TEST items in.
	AcceptTest bool
}

// Send writes the document and then its index object, ending in .json, each
// under a temporary name that is synced and renamed. Other bytes under the key
// and TEST items are ErrRefused; whatever the file system says is ErrLater. The
// place of the receipt is an absolute path.
func (f Folder) Send(ctx context.Context, it store.Item, pdf []byte) (Receipt, error) {
	if err := ctx.Err(); err != nil {
		return Receipt{}, err
	}
	if it.Test && !f.AcceptTest {
		return Receipt{}, fmt.Errorf("%w: it is marked TEST", ErrRefused)
	}
	if sum := sha256.Sum256(pdf); hex.EncodeToString(sum[:]) != it.SHA256 {
		return Receipt{}, fmt.Errorf("%w: the bytes do not fit their digest", ErrRefused)
	}
	key, err := Key(it)
	if err != nil {
		return Receipt{}, err
	}
	index, err := json.Marshal(Index{it.Voucher, it.Business, it.Teller})
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: its index: %w", ErrRefused, err)
	}
	already, err := f.deliver(key, pdf, index)
	if err != nil {
		if !errors.Is(err, ErrRefused) {
			err = fmt.Errorf("%w: %w", ErrLater, err)
		}
		return Receipt{}, err
	}
	place, err := filepath.Abs(filepath.Join(f.Dir, filepath.FromSlash(key)))
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrLater, err)
	}
	return Receipt{Place: place, Already: already}, nil
}

func (f Folder) deliver(key string, pdf, index []byte) (already bool, err error) {
	name := filepath.Join(f.Dir, filepath.FromSlash(key))
	if err := f.makeDirs(filepath.Dir(name)); err != nil {
		return false, err
	}
	if already, err = put(name, pdf); err != nil {
		return false, err
	}
	_, err = put(strings.TrimSuffix(name, ".pdf")+".json", index)
	return already, err
}

// makeDirs makes branch and date below Dir and makes their names durable.
func (f Folder) makeDirs(dir string) error {
	if st, err := os.Stat(f.Dir); err != nil {
		return err
	} else if !st.IsDir() {
		return fmt.Errorf("%s is not a folder", f.Dir)
	}
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Mkdir(d, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := syncDir(filepath.Dir(d)); err != nil {
			return err
		}
	}
	return nil
}

// put writes a file once. Bytes that are there are synced too: a crash may have
// come between their renaming and the sync of the folder.
func put(name string, data []byte) (already bool, err error) {
	switch old, err := os.ReadFile(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, err
	case !bytes.Equal(old, data):
		return false, fmt.Errorf("%w: other bytes lie at %s", ErrRefused, name)
	default:
		return true, errors.Join(syncFile(name), syncDir(filepath.Dir(name)))
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)[:26]+"-*.tmp")
	if err != nil {
		return false, err
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if closing := tmp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return false, err
	}
	return false, syncDir(filepath.Dir(name))
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
