package auth

// Role of an account.
type Role string

const (
	Teller     Role = "teller"     // signs with customers
	Supervisor Role = "supervisor" // approves, and looks after accounts and the store
	Auditor    Role = "auditor"    // reads the log, changes nothing
)

// Right is something an account may or may not do.
type Right string

const (
	Sign    Right = "sign"    // enter a transaction and take it to the archive
	Approve Right = "approve" // give the second person's word
	Manage  Right = "manage"  // accounts, calibration, settings
	Keep    Right = "keep"    // backup, restore, compact, retry
	ReadLog Right = "log"     // list, verify and export the operation log
)

// May is the table of roles and rights.
func (r Role) May(what Right) bool {
	switch r {
	case Teller:
		return what == Sign
	case Supervisor:
		return what == Sign || what == Approve || what == Manage || what == Keep || what == ReadLog
	case Auditor:
		return what == ReadLog
	}
	return false
}

func (r Role) known() bool { return r == Teller || r == Supervisor || r == Auditor }
