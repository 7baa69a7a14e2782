package upload

import (
	"context"
	"errors"

	"moqian/store"
)

var (
	// ErrRefused: the archive will never take this item (a permanent refusal).
	ErrRefused = errors.New("the archive refuses this voucher")
	// ErrLater: try again (a passing failure).
	ErrLater = errors.New("the archive cannot be reached now")
)

// Receipt is the archive's word.
type Receipt struct {
	Place   string // where it lies
	Already bool   // it was there before, byte for byte
}

// Sender delivers one item. It is idempotent: the key is made from the item's
// id and digest, so a repeat writes the same bytes to the same place.
type Sender interface {
	Send(ctx context.Context, it store.Item, pdf []byte) (Receipt, error)
}
