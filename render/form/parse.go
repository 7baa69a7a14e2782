package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxJSON bounds a business type; the largest of ours has 14 KB.
const maxJSON = 1 << 20

// Parse reads a business type from JSON and checks it: unknown or doubled keys,
// ids used twice, rows that name no field or are too high for the page,
// examples that fail their own check are errors. The error names all faults.
func Parse(data []byte) (*Type, error) {
	if len(data) > maxJSON {
		return nil, fmt.Errorf("business type: %d bytes, at most %d", len(data), maxJSON)
	}
	if err := strictKeys(data); err != nil {
		return nil, fmt.Errorf("business type: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	t := new(Type)
	if err := d.Decode(t); err != nil {
		return nil, fmt.Errorf("business type: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("business type: something follows the object")
	}
	sum := sha256.Sum256(data)
	t.digest = hex.EncodeToString(sum[:])
	if err := t.validate(); err != nil {
		return nil, fmt.Errorf("business type %q: %w", t.Code, err)
	}
	return t, nil
}

// strictKeys refuses what encoding/json lets through: a key twice in an object,
// and keys that differ from ours in case only.
func strictKeys(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	var open []map[string]bool // nil: an array
	key := false               // the next string is a key
	for {
		token, err := d.Token()
		if err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
		case string:
			if key {
				seen := open[len(open)-1]
				if seen[v] || v != strings.ToLower(v) {
					return fmt.Errorf("key %q is doubled or unknown", v)
				}
				seen[v] = true
				key = false
				continue
			}
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}
