//go:build !linux && !windows

package store

import "errors"

// freeBytes is not known here: a store with a floor refuses rather than guess.
func freeBytes(string) (int64, error) {
	return 0, errors.ErrUnsupported
}
