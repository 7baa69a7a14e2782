// Package keyfile reads and writes the file of a branch's key for marks: JSON
//
//	{"schema": "moqian-mark-key 1", "key": "64 hex digits"}
//
// with mode 0600. Start with Read and Write. It knows no mark.
package keyfile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"moqian/render/watermark"
)

const schema = "moqian-mark-key 1"

type file struct {
	Schema string `json:"schema"`
	Key    string `json:"key"`
}

// Read gives the key in a file. The bytes read are overwritten.
func Read(path string) (watermark.Key, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return watermark.Key{}, fmt.Errorf("reading the mark key: %w", err)
	}
	defer clear(b)
	var f file
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil || f.Schema != schema {
		return watermark.Key{}, fmt.Errorf("mark key %s: not a file of schema %q", filepath.Base(path), schema)
	}
	k, err := hex.DecodeString(f.Key)
	if err != nil || len(k) != 32 {
		return watermark.Key{}, fmt.Errorf("mark key %s: the key is not 64 hex digits", filepath.Base(path))
	}
	defer clear(k)
	return watermark.Key(k), nil
}

// Write makes a new file (0600); it never overwrites one.
func Write(path string, k watermark.Key) error {
	b, err := json.Marshal(file{schema, hex.EncodeToString(k[:])})
	if err != nil {
		return err
	}
	defer clear(b)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the mark key: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
