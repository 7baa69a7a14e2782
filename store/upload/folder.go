package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	// Limit, if not nil, bounds what is written.
	Limit *Limiter
}

// Send writes the document and then its index object, ending in .json, each
// under a temporary name that is synced and renamed. Other bytes under the key
// and TEST items are ErrRefused; whatever the file system says is ErrLater. A
// document of which only the beginning is there, left by a share that lost its
// power, is put aside under a name that begins with a dot, and written anew. The
// place of the receipt is an absolute path.
func (f Folder) Send(ctx context.Context, it store.Item, pdf []byte) (Receipt, error) {
	receipt, err := f.SendDocument(ctx, it, pdf)
	if err == nil {
		err = f.SendIndex(ctx, it)
	}
	if err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// SendDocument writes the document only.
func (f Folder) SendDocument(ctx context.Context, it store.Item, pdf []byte) (Receipt, error) {
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
	return f.Put(ctx, key, pdf)
}

// SendIndex writes an index object.
func (f Folder) SendIndex(ctx context.Context, items ...store.Item) error {
	key, data, err := pack(items)
	if err != nil {
		return err
	}
	if _, err := f.Put(ctx, key, data); err != nil {
		return fmt.Errorf("its index: %w", err)
	}
	return nil
}

// Put writes a small object once.
func (f Folder) Put(ctx context.Context, key string, data []byte) (Receipt, error) {
	if err := f.Limit.Wait(ctx, len(data)); err != nil {
		return Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return Receipt{}, err
	}
	name, err := f.name(key)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := f.makeDirs(filepath.Dir(name)); err != nil {
		return Receipt{}, folderError(err)
	}
	already, err := put(name, data)
	if err != nil {
		return Receipt{}, folderError(err)
	}
	return Receipt{Place: name, Already: already}, nil
}

// Get reads an object.
func (f Folder) Get(ctx context.Context, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, err := f.name(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := f.mounted(); err != nil {
		return nil, folderError(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, folderError(err)
	}
	return data, nil
}

// List gives the keys under a prefix.
func (f Folder) List(ctx context.Context, prefix string) ([]string, error) {
	if err := f.mounted(); err != nil {
		return nil, folderError(err)
	}
	dir := prefix[:strings.LastIndexByte(prefix, '/')+1]
	root, err := f.name(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	base, err := f.name("")
	if err != nil {
		return nil, err
	}
	var keys []string
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone while we looked, or never there
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(base, name)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(rel)
		if name != root && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.IsDir() && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
		return nil
	})
	if err != nil {
		return nil, folderError(err)
	}
	slices.Sort(keys)
	return keys, nil
}

// Probe writes, reads and syncs an object.
func (f Folder) Probe(ctx context.Context) (Abilities, error) {
	a := Abilities{Kind: "folder", Conditional: true, SHA256: true}
	if _, err := f.Put(ctx, "probe/probe", []byte(probeBytes)); err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	data, err := f.Get(ctx, "probe/probe")
	if err == nil && string(data) != probeBytes {
		err = ErrAltered
	}
	if err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	a.Notes = append(a.Notes, "a folder has no retention: who may write may delete")
	return a, nil
}

func folderError(err error) error {
	for _, own := range []error{ErrRefused, ErrLater, ErrAbsent, ErrYoung, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, own) {
			return err
		}
	}
	if errors.Is(err, errGone) {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	return fmt.Errorf("%w: %w", ErrLater, err)
}

// errGone: the folder itself is not there.
var errGone = errors.New("the folder is not there")

func (f Folder) mounted() error {
	st, err := os.Stat(f.Dir)
	if err == nil && !st.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// name is the file of a key; keys cannot lead out of Dir.
func (f Folder) name(key string) (string, error) {
	local := filepath.FromSlash(key)
	if key != "" && !filepath.IsLocal(local) {
		return "", fmt.Errorf("the key %q leads elsewhere", key)
	}
	return filepath.Abs(filepath.Join(f.Dir, local))
}

// makeDirs makes the folders between Dir and dir and makes their names durable,
// those of folders that are there too: a crash may have come before their sync.
func (f Folder) makeDirs(dir string) error {
	if err := f.mounted(); err != nil {
		return err
	}
	root, err := filepath.Abs(f.Dir)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == "." {
		return err
	}
	at := root
	for _, part := range strings.Split(rel, string(filepath.Separator)) {
		next := filepath.Join(at, part)
		if err := os.Mkdir(next, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := syncDir(at); err != nil {
			return err
		}
		at = next
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
	case bytes.Equal(old, data):
		return true, errors.Join(syncFile(name), syncDir(filepath.Dir(name)))
	case len(old) < len(data) && (bytes.HasPrefix(data, old) || len(bytes.Trim(old, "\x00")) == 0):
		if err := setAside(name); err != nil {
			return false, err
		}
	default:
		return false, fmt.Errorf("%w: other bytes lie at %s", ErrRefused, name)
	}
	base := filepath.Base(name)
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+base[:min(len(base), 26)]+"-*.tmp")
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

// setAside renames a half-written file to a name that means nothing.
func setAside(name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".half-*-"+filepath.Base(name))
	if err != nil {
		return err
	}
	f.Close()
	return os.Rename(name, f.Name())
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
