package store

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"
)

// row is what is stored of an item. Seq is the log index of the entry that came
// with the document's present bytes: it is bound into their encryption.
//
// Accounts are the hidden account numbers of an item that is QUEUED. Their index
// has no order, each is a page somewhere: it is written when the item is
// committed, which nobody waits for.
type row struct {
	Item
	Seq      int64    `json:"seq"`
	Accounts [][]byte `json:"accounts,omitempty"`
}

func decodeRow(raw []byte) (row, error) {
	var r row
	if err := strict(raw, &r); err != nil {
		return row{}, fmt.Errorf("%w: a row: %w", ErrDamaged, err)
	}
	if err := r.check(); err != nil {
		return row{}, fmt.Errorf("%w: a row: %w", ErrDamaged, err)
	}
	return r, nil
}

// seqMark stands before the number in the JSON of a row. In a string it cannot
// stand: quotes are escaped there.
const seqMark = `"seq":`

// seqOf reads the Seq of a row and nothing else: decoding a row takes as long as
// decrypting its document.
func seqOf(raw []byte) (int64, error) {
	_, rest, found := bytes.Cut(raw, []byte(seqMark))
	end := bytes.IndexAny(rest, ",}")
	if !found || end < 0 {
		return 0, fmt.Errorf("%w: a row without a sequence", ErrDamaged)
	}
	n, err := strconv.ParseInt(string(rest[:end]), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: a row of sequence %q", ErrDamaged, rest[:end])
	}
	return n, nil
}

func (r row) check() error {
	if _, err := ulid.ParseStrict(r.ID); err != nil {
		return fmt.Errorf("id %q: %w", r.ID, err)
	}
	if r.State.rank() < 0 {
		return fmt.Errorf("state %q", r.State)
	}
	if sum, err := hex.DecodeString(r.SHA256); err != nil || len(sum) != 32 {
		return fmt.Errorf("sha256 %q", r.SHA256)
	}
	if r.Bytes <= 0 || r.Tries < 0 || r.Seq < 0 {
		return fmt.Errorf("bytes %d, tries %d, sequence %d", r.Bytes, r.Tries, r.Seq)
	}
	if !r.Fault.known() {
		return fmt.Errorf("fault %q", r.Fault)
	}
	if len(r.Accounts) > 0 && r.State != Queued {
		return fmt.Errorf("accounts of an item that is %s", r.State)
	}
	return r.Item.check()
}

// check says whether an item may be filed: what names, folders and indexes are
// made of must be plain.
func (it Item) check() error {
	if !digits(it.Voucher, 18) {
		return fmt.Errorf("voucher number %q is not 18 digits", it.Voucher)
	}
	if err := checkBusiness(it.Business); err != nil {
		return err
	}
	if !plainName(it.Branch) {
		return fmt.Errorf("branch %q is not 1 to 32 letters, digits, - or _", it.Branch)
	}
	return nil
}

func checkBusiness(date string) error {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return fmt.Errorf("business date %q is not a date like 2006-01-02", date)
	}
	return nil
}

func digits(s string, n int) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) == n
}

func plainName(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 32
}

func decodeEntry(raw []byte) (Entry, error) {
	var e Entry
	if err := strict(raw, &e); err != nil {
		return Entry{}, fmt.Errorf("%w: a log entry: %w", ErrDamaged, err)
	}
	if e.Action == "" {
		return Entry{}, fmt.Errorf("%w: a log entry without an action", ErrDamaged)
	}
	return e, nil
}

// strict decodes one JSON value and nothing after it.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("bytes after the end")
	}
	return nil
}
