package pad

import "time"

// Evidence is what a capture can state about itself, for the voucher's data
// and the log. It holds counts and digests, never a sample.
type Evidence struct {
	Model    string `json:"model"`
	VID      uint16 `json:"vid"`
	PID      uint16 `json:"pid"`
	Serial   string `json:"serial,omitempty"`
	Firmware string `json:"firmware,omitempty"`
	// Virtual: the software pad; the voucher is TEST.
	Virtual bool `json:"virtual,omitempty"`
	// First and Last are the device clock of the first and last report.
	First time.Duration `json:"first_ns"`
	Last  time.Duration `json:"last_ns"`
	// Samples handed on, Gaps (places where reports are missing), Lost (the
	// reports missing there), Rejected (reports that failed their check).
	Samples  int `json:"samples"`
	Gaps     int `json:"gaps"`
	Lost     int `json:"lost"`
	Rejected int `json:"rejected"`
	// Reports is the SHA-256 over the raw reports in order, in hex. Equal
	// digests of two captures betray a replay; different ones prove nothing.
	Reports string `json:"reports_sha256"`
}
