// Package upload carries vouchers from the outbox to an archive: a Sender knows
// one kind of archive, the Worker knows the order of things. Folder is the
// archive in a directory.
//
// The order never changes: Finalise, then READY with the final bytes committed,
// then Send, then SENT. After a crash at any point the same bytes go to the same
// place again, and the archive says that they are there already. Nothing is
// deleted here on an archive's word alone: VERIFIED and PURGED need a later
// reading back, which this package does not do yet.
//
// It does not know what finishing a document means (time stamps: the caller's
// Finalise) and keeps no state of its own. Start at Worker.Once. Sizes are
// bytes.
package upload

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/oklog/ulid/v2"

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
// id and digest, so a repeat writes the same bytes to the same place. A nil
// error means that the bytes are durable there. Errors wrap ErrRefused, ErrLater
// or the context's. Send may be called from several goroutines.
type Sender interface {
	Send(ctx context.Context, it store.Item, pdf []byte) (Receipt, error)
}

// Key is the place of an item in any archive, slash-separated:
// branch/date/ULID-sha256.pdf. Parts that could lead elsewhere are ErrRefused.
func Key(it store.Item) (string, error) {
	_, errID := ulid.ParseStrict(it.ID)
	_, errDate := time.Parse(time.DateOnly, it.Business)
	if errID != nil || errDate != nil || !plain(it.Branch) || !plain(it.SHA256) || len(it.SHA256) != 64 {
		return "", fmt.Errorf("%w: no key from branch %q, date %q, id %q, digest %q",
			ErrRefused, it.Branch, it.Business, it.ID, it.SHA256)
	}
	return path.Join(it.Branch, it.Business, it.ID+"-"+it.SHA256+".pdf"), nil
}

func plain(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// Index is the small object beside each document by which it is found again; it
// holds nothing of the customer.
type Index struct {
	Voucher string `json:"voucher"`
	Date    string `json:"date"` // business date
	Teller  string `json:"teller"`
}
