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
	// OutOfRange counts reports of a pen out of reach: no loss. Discarded counts
	// reports that lay in the cable before the capture began, also no loss, or
	// came while the pad changed its picture inside an encrypted session: there
	// the next sample's Lost counts them too.
	OutOfRange int `json:"out_of_range,omitempty"`
	Discarded  int `json:"discarded,omitempty"`
	// Reports is the SHA-256 over the raw reports in order, in hex. Equal
	// digests of two captures betray a replay; different ones prove nothing:
	// a replay under another session key, or with its clock set on, differs.
	Reports string `json:"reports_sha256"`
	// Identities are all that the pad says of itself, with what each is worth.
	Identities []Identity `json:"identities,omitempty"`
	// Capability as the pad stated it, in its own counts.
	Capability *Capability `json:"capability,omitempty"`
	// Counters that every report carried: "clock", "sequence", both joined by
	// "+", or "none". Without a sequence a loss cannot be proved, and with an
	// own clock the times are the pad's.
	Counters string `json:"counters,omitempty"`
	// Session is the number of the encrypted session in hex, Encryption its
	// kind, "none" for a clear cable. It hides the samples on the cable; it does
	// not prove which device is at its end.
	Session    string `json:"session,omitempty"`
	Encryption string `json:"encryption,omitempty"`
	// Thresholds of pressure, in counts, that begin and end a stroke.
	Thresholds *Thresholds `json:"thresholds,omitempty"`
	// Calibration is the id of the calibration that was applied.
	Calibration string `json:"calibration,omitempty"`
	// Pictures are digests (Frame.Digest) of what the pad's screen showed, the
	// one from before the capture first.
	Pictures []string `json:"pictures_sha256,omitempty"`
	// Keys that were pressed on the pad's screen during the capture, in order.
	Keys []Key `json:"keys,omitempty"`
	// Confirmed are digests of the pictures that were confirmed with a key on
	// the pad's own screen before this capture, in order. Who leads the customer
	// fills it in; the pad does not know what a key means.
	Confirmed []string `json:"confirmed_sha256,omitempty"`
}

// Identity is one thing a pad calls itself.
type Identity struct {
	// Kind: "uid2", "eserial", "uid", "usb serial".
	Kind  string `json:"kind"`
	Value string `json:"value"`
	// Worth is WorthHardware, WorthString or WorthNone.
	Worth string `json:"worth"`
}

// What an identity is worth as evidence. None of them proves a device: a
// gadget can imitate each.
const (
	// WorthHardware: fixed in the pad, no host can write it.
	WorthHardware = "hardware"
	// WorthString: from a USB descriptor; anybody can build one.
	WorthString = "descriptor"
	// WorthNone: any host can write it.
	WorthNone = "host-writable"
)

// Capability is what a pad states about itself.
type Capability struct {
	MaxX        int `json:"max_x"`
	MaxY        int `json:"max_y"`
	MaxPressure int `json:"max_pressure"`
	ScreenW     int `json:"screen_w,omitempty"`
	ScreenH     int `json:"screen_h,omitempty"`
	RateHz      int `json:"rate_hz,omitempty"`
	PerInch     int `json:"per_inch,omitempty"`
	Encodings   int `json:"encodings,omitempty"`
}

// Thresholds of pressure in counts.
type Thresholds struct {
	On  int `json:"on"`
	Off int `json:"off"`
}
