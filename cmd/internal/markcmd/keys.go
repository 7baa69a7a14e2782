package markcmd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"

	"moqian/cmd/internal/keyfile"
	"moqian/render/watermark"
)

// Keygen writes a fresh key file, 0600, for trials or a bank without a head
// office; it never overwrites one.
func Keygen(path string) error {
	var k watermark.Key
	defer clear(k[:])
	if _, err := rand.Read(k[:]); err != nil {
		return fmt.Errorf("making a mark key: %w", err)
	}
	return keyfile.Write(path, k)
}

// Master writes head office's master, 0600; it never overwrites one.
func Master(path string) error {
	var m [32]byte
	defer clear(m[:])
	if _, err := rand.Read(m[:]); err != nil {
		return fmt.Errorf("making a master: %w", err)
	}
	return keyfile.SaveMaster(path, m)
}

var branchCode = regexp.MustCompile(`^\d{5}$`)

// Derive writes the key of a branch (5 digits) for a year, from a master's file.
// Its ID is what the branch's vouchers of that year name.
func Derive(master, branch string, year int, path string) (id string, err error) {
	if !branchCode.MatchString(branch) || year < 2020 || year > 9999 {
		return "", fmt.Errorf("%w: branch %.10q, year %d", errName, branch, year)
	}
	m, err := keyfile.LoadMaster(master)
	if err != nil {
		return "", err
	}
	defer clear(m[:])
	n := keyfile.Named{Branch: branch, Year: year, Key: watermark.Derive(m, branch, year)}
	defer clear(n.Key[:])
	return n.ID(), keyfile.Save(path, n)
}

// errName: a branch or a year is none.
var errName = fmt.Errorf("%w: a branch has 5 digits, a year is 2020 or later", ErrUse)

// ErrUse: a word of the call is wrong.
var ErrUse = errors.New("wrong use")
