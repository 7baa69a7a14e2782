package auth

import (
	"encoding/json"
	"strings"
)

// Carry decides, as a store.Merge, what becomes of accounts and code generators when
// a backup takes the place of a store that can still be read: passwords are those of
// the newer of the two, wrong tries and used codes are never fewer, and a lock of
// either stays. take is false for every other setting.
func Carry(name string, older, newer []byte) (value []byte, take bool, err error) {
	switch {
	case strings.HasPrefix(name, keyPrefix):
		value, err = carryAccount(older, newer)
	case strings.HasPrefix(name, totpPrefix):
		value, err = carryGenerator(older, newer)
	default:
		return nil, false, nil
	}
	return value, err == nil, err
}

func carryAccount(older, newer []byte) ([]byte, error) {
	if older == nil || newer == nil {
		return append(older, newer...), nil
	}
	a, err := decodeRecord(older)
	if err != nil {
		return nil, err
	}
	b, err := decodeRecord(newer)
	if err != nil {
		return nil, err
	}
	b.Barred, b.Locked, b.Tries = a.Barred || b.Barred, a.Locked || b.Locked, max(a.Tries, b.Tries)
	return json.Marshal(b)
}

// carryGenerator: an empty value is that of a generator that was taken away.
func carryGenerator(older, newer []byte) ([]byte, error) {
	if newer == nil {
		return older, nil
	}
	if len(older) == 0 || len(newer) == 0 {
		return newer, nil
	}
	a, err := decodeGenerator(older)
	if err != nil {
		return nil, err
	}
	b, err := decodeGenerator(newer)
	if err != nil {
		return nil, err
	}
	if a.Secret == b.Secret {
		b.Last = max(a.Last, b.Last)
	}
	return json.Marshal(b)
}
