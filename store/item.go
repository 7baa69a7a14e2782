package store

import "time"

// State of a voucher in the outbox. It moves down this list; the one step back is
// SENT to READY, when the archive turned out not to have what it had taken.
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
	Error    string    `json:"error,omitempty"`  // of the last try
	Place    string    `json:"place,omitempty"`  // where the archive put it
	Fault    Fault     `json:"fault,omitempty"`  // kind of the failed last try, "" if it did not fail
	Moved    time.Time `json:"moved,omitzero"`   // when the present state was reached
	Tried    time.Time `json:"tried,omitzero"`   // when the last try failed
	Renews   string    `json:"renews,omitempty"` // id of the item whose document this one renews
}

// Fault is the kind of a failed try: what a screen decides by. Error has the words.
type Fault string

const (
	FaultRefused     Fault = "refused"     // the archive will never take it as it is: somebody must look
	FaultLater       Fault = "later"       // the archive answered, but not now
	FaultUnreachable Fault = "unreachable" // nobody answered
	FaultLocal       Fault = "local"       // it could not be finished or read on this machine
	FaultLost        Fault = "lost"        // the archive said yes and did not have it later: it is sent again
)

func (f Fault) known() bool {
	switch f {
	case "", FaultRefused, FaultLater, FaultUnreachable, FaultLocal, FaultLost:
		return true
	}
	return false
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
