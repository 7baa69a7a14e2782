package store

import "time"

// State of a voucher in the outbox. It only moves down this list.
type State string

const (
	Queued   State = "QUEUED"   // durable here
	Ready    State = "READY"    // final bytes and digest committed; sending may begin
	Sent     State = "SENT"     // the archive said yes
	Verified State = "VERIFIED" // read back a day later, SHA-256 equal
	Purged   State = "PURGED"   // bytes gone here, the row stays
)

// Item is a row of the outbox; the PDF is kept beside it.
type Item struct {
	ID       string    `json:"id"`       // ULID, given by File
	Voucher  string    `json:"voucher"`  // 18 digits
	Type     string    `json:"type"`     // business type code
	Business string    `json:"business"` // business date 2006-01-02
	Branch   string    `json:"branch"`
	Teller   string    `json:"teller"`
	Test     bool      `json:"test"`
	State    State     `json:"state"`
	Bytes    int       `json:"bytes"`
	SHA256   string    `json:"sha256"` // of the bytes now held
	Filed    time.Time `json:"filed"`
	Tries    int       `json:"tries,omitempty"`
	Error    string    `json:"error,omitempty"` // of the last try
	Place    string    `json:"place,omitempty"` // where the archive put it
}

// Entry is a line of the operation log: never handwriting, names or whole
// account numbers.
type Entry struct {
	Time    time.Time         `json:"time"`
	Actor   string            `json:"actor"`  // account or "system"
	Action  string            `json:"action"` // file, burn, login, approve, upload …
	Voucher string            `json:"voucher,omitempty"`
	Type    string            `json:"type,omitempty"`
	Pad     string            `json:"pad,omitempty"`
	Outcome string            `json:"outcome"` // ok, refused, failed
	Detail  map[string]string `json:"detail,omitempty"`
}
