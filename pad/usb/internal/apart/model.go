package apart

// Encoding flags of the capability report (section 1.5).
const (
	FlagZlib = 1
	Flag1    = 2
	Flag16   = 4
	Flag24   = 8
)

// Model is what one kind of pad says and can do.
type Model struct {
	Name             string
	PID, BCD         uint16
	Major, Minor     byte
	MaxX, MaxY       uint16
	MaxPressure      uint16
	Width, Height    int
	Rate             byte
	PerInch          uint16
	Flags            byte // as stated in the capability
	Encodings        byte // what it can do, in the same flags
	UID              uint32
	UID2, ESerial    string
	Bulk             bool
	Extended, Colour bool // the reports of the 540, of pads with colours
	Lengths          bool // modulus blocks carry a length, not their number
	Forgets          bool // EndCapture destroys the key
}

// VID is Wacom's.
const VID = 0x056a

// STU430 is a STU-430: 320 × 200, one bit, 9600 × 6000 sensor counts.
func STU430() Model {
	return Model{
		Name: "STU-430", PID: 0x00a4, BCD: 0x0101, Major: 1, Minor: 3,
		MaxX: 9600, MaxY: 6000, MaxPressure: 1023, Width: 320, Height: 200,
		Rate: 200, PerInch: 2540, Flags: FlagZlib | Flag1, Encodings: FlagZlib | Flag1,
		UID: 0x00c0ffee, UID2: "5JZQS00032",
	}
}

// STU540 is a STU-540: 800 × 480, 24 bit, bulk pipe, eSerial.
func STU540() Model {
	all := byte(FlagZlib | Flag1 | Flag16 | Flag24)
	return Model{
		Name: "STU-540", PID: 0x00a8, BCD: 0x0108, Major: 1, Minor: 8,
		MaxX: 10800, MaxY: 6480, MaxPressure: 1023, Width: 800, Height: 480,
		Rate: 200, PerInch: 2540, Flags: all, Encodings: all,
		UID: 0x01020304, UID2: "7AZQX01234", ESerial: "7AZQX01234567",
		Bulk: true, Extended: true, Colour: true,
	}
}

// A report's directions and which of the two pads has it.
const (
	get = 1 << iota
	set
	input
)

type kind uint8

const (
	both     kind = iota
	colour        // pads with colours
	extended      // the 540 alone
)

type report struct {
	id   byte
	size int // with the id
	dir  int
	kind kind
}

// reports is table 1.3 as far as it concerns the two models.
var reports = []report{
	{0x01, 7, input, both}, {0x03, 5, get, both}, {0x04, 2, set, both},
	{0x06, 9, get, extended}, {0x08, 17, get, both}, {0x09, 17, get, both},
	{0x0a, 5, get | set, both}, {0x0b, 11, get, both}, {0x0c, 3, get | set, extended},
	{0x0d, 2, get | set, extended}, {0x0e, 2, get | set, extended}, {0x0f, 14, get, extended},
	{0x10, 17, input, both}, {0x15, 5, set, both}, {0x16, 2, set, both},
	{0x20, 2, set, both}, {0x21, 2, get | set, both}, {0x22, 5, get | set, both},
	{0x23, 11, set, both}, {0x24, 11, set, both}, {0x25, 2, set, both},
	{0x26, 256, set, both}, {0x27, 2, set, both}, {0x28, 4, get | set, both},
	{0x29, 3, get | set, colour}, {0x2a, 9, get | set, both}, {0x2b, 3, get | set, colour},
	{0x2d, 5, get | set, both}, {0x2e, 4, get | set, colour}, {0x2f, 2, get | set, both},
	{0x32, 2, get | set, both}, {0x33, 17, input, both}, {0x34, 11, input, both},
	{0x40, 68, get | set, both}, {0x50, 17, get | input, both},
	{0x93, 13, get | set, extended}, {0x98, 9, get, extended},
}

// report finds a report that the model has.
func (m Model) report(id byte) (report, bool) {
	for _, r := range reports {
		if r.id == id && (r.kind == both || r.kind == colour && m.Colour || r.kind == extended && m.Extended) {
			return r, true
		}
	}
	return report{}, false
}

// listed says whether table 1.3 knows an id at all.
func listed(id byte) bool {
	switch {
	case id >= 0x08 && id <= 0x10, id >= 0x13 && id <= 0x16, id >= 0x20 && id <= 0x34, id >= 0x96 && id <= 0x9b:
		return true
	}
	switch id {
	case 0x01, 0x03, 0x04, 0x06, 0x1a, 0x1b, 0x40, 0x50, 0x80, 0x81, 0x92, 0x93, 0x94, 0xff:
		return true
	}
	return false
}

// descriptor is a HID report descriptor with all the model's reports, as
// vendor-defined bytes.
func (m Model) descriptor() []byte {
	d := []byte{0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08}
	for _, r := range reports {
		if _, ok := m.report(r.id); !ok {
			continue
		}
		n := r.size - 1
		d = append(d, 0x85, r.id, 0x96, byte(n), byte(n>>8))
		if r.dir&input != 0 {
			d = append(d, 0x09, 0x01, 0x81, 0x02)
		}
		if r.dir&(get|set) != 0 {
			d = append(d, 0x09, 0x01, 0xb1, 0x02)
		}
	}
	return append(d, 0xc0)
}

// state is the first byte of the status report (section 1.7).
type state byte

const (
	ready     state = 0
	image     state = 1
	capture   state = 2
	resetting state = 0xff
)

// accepts says whether a report is allowed in a state; where the table of
// section 1.7 is silent, it is.
func accepts(id byte, isSet bool, s state) bool {
	if s == resetting {
		return id == 0x03 && !isSet
	}
	if !isSet || !bound(id) {
		return true
	}
	switch id {
	case 0x26, 0x27:
		return s == image
	case 0x16:
		return s == capture
	case 0x0e, 0x93:
		return s == ready || s == capture
	}
	return s == ready
}

// bound says whether a set belongs to certain states only.
func bound(id byte) bool {
	switch id {
	case 0x04, 0x0c, 0x21, 0x28, 0x29, 0x2a, 0x2b, 0x2d, 0x2e, 0x2f, 0x32:
		return false
	}
	return true
}
