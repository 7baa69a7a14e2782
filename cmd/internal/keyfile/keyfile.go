// Package keyfile reads and writes the files of keys for marks, and keeps the
// ring of keys that a workstation has. A branch's key of a year:
//
//	{"schema": "moqian-mark-key 1", "branch": "01001", "year": 2026, "id": "8 hex digits", "key": "64 hex digits"}
//
// where branch, year and id may be left out (a key made by chance for trials),
// and head office's master, from which the branches' keys are derived and which
// no workstation ever holds:
//
//	{"schema": "moqian-mark-master 1", "master": "64 hex digits"}
//
// Both have mode 0600. Public keys for ink are PEM, see PublicKeys. Start with
// Read, Load and Ring. It knows no mark.
package keyfile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"moqian/cmd/internal/manifest"
	"moqian/render/watermark"
)

const (
	schema       = "moqian-mark-key 1"
	schemaMaster = "moqian-mark-master 1"
	// mostBytes of a key file.
	mostBytes = 1 << 16
)

// Named is a key and whose it is.
type Named struct {
	// Branch and Year the key is for; empty and 0: not said.
	Branch string
	Year   int
	Key    watermark.Key
}

// ID names the key without giving it away.
func (n Named) ID() string { return manifest.KeyID(n.Key) }

type file struct {
	Schema string `json:"schema"`
	Branch string `json:"branch,omitempty"`
	Year   int    `json:"year,omitempty"`
	ID     string `json:"id,omitempty"`
	Key    string `json:"key,omitempty"`
	Master string `json:"master,omitempty"`
}

// Read gives the key in a file. The bytes read are overwritten.
func Read(path string) (watermark.Key, error) {
	n, err := Load(path)
	return n.Key, err
}

// Load is Read with the key's name.
func Load(path string) (Named, error) {
	f, err := open(path, schema)
	if err != nil {
		return Named{}, err
	}
	k, err := secret(path, f.Key)
	if err != nil {
		return Named{}, err
	}
	n := Named{Branch: f.Branch, Year: f.Year, Key: k}
	if f.ID != "" && f.ID != n.ID() {
		return Named{}, fmt.Errorf("mark key %s: it is not the key of id %s", filepath.Base(path), f.ID)
	}
	return n, nil
}

// LoadMaster gives the master in a file.
func LoadMaster(path string) ([32]byte, error) {
	f, err := open(path, schemaMaster)
	if err != nil {
		return [32]byte{}, err
	}
	return secret(path, f.Master)
}

// IsMaster says whether a file is a master's.
func IsMaster(path string) bool {
	_, err := open(path, schemaMaster)
	return err == nil
}

func open(path, schema string) (file, error) {
	in, err := os.Open(path)
	if err != nil {
		return file{}, fmt.Errorf("reading the mark key: %w", err)
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, mostBytes))
	if err != nil {
		return file{}, fmt.Errorf("reading the mark key: %w", err)
	}
	defer clear(b)
	f, ok := parse(b, schema)
	if !ok {
		return file{}, fmt.Errorf("mark key %s: not a file of schema %q", filepath.Base(path), schema)
	}
	return f, nil
}

func parse(b []byte, schema string) (f file, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	err := dec.Decode(&f)
	return f, err == nil && f.Schema == schema
}

func secret(path, text string) ([32]byte, error) {
	k, err := hex.DecodeString(text)
	if err != nil || len(k) != 32 {
		return [32]byte{}, fmt.Errorf("mark key %s: the key is not 64 hex digits", filepath.Base(path))
	}
	defer clear(k)
	return [32]byte(k), nil
}

// Write makes a new file (0600) of a key without a name; it never overwrites
// one.
func Write(path string, k watermark.Key) error { return Save(path, Named{Key: k}) }

// Save makes a new file (0600) of a key; it never overwrites one.
func Save(path string, n Named) error {
	return write(path, file{Schema: schema, Branch: n.Branch, Year: n.Year, ID: n.ID(), Key: hex.EncodeToString(n.Key[:])})
}

// SaveMaster makes a new file (0600) of a master; it never overwrites one.
func SaveMaster(path string, m [32]byte) error {
	return write(path, file{Schema: schemaMaster, Master: hex.EncodeToString(m[:])})
}

func write(path string, k file) error {
	b, err := json.Marshal(k)
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

// PublicKeys reads the Ed25519 keys for ink in a PEM file, from PUBLIC KEY and
// CERTIFICATE blocks. That a certificate is trusted is for the caller to know:
// it is the register that counts.
func PublicKeys(path string) ([]ed25519.PublicKey, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading public keys: %w", err)
	}
	out, err := parsePublicKeys(b)
	if err != nil {
		return nil, fmt.Errorf("reading public keys: %s: %w", filepath.Base(path), err)
	}
	return out, nil
}

func parsePublicKeys(b []byte) (out []ed25519.PublicKey, err error) {
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		k, err := publicKey(block)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	if len(out) == 0 {
		return nil, errors.New("no key in PEM")
	}
	return out, nil
}

func publicKey(block *pem.Block) (ed25519.PublicKey, error) {
	var k any
	var err error
	if block.Type == "CERTIFICATE" {
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			k = c.PublicKey
		}
	} else {
		k, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil {
		return nil, err
	}
	e, ok := k.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("a key is %T, not Ed25519", k)
	}
	return e, nil
}

// PublicPEM is a public key as PublicKeys reads it.
func PublicPEM(k ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}
