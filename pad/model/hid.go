package model

import (
	"errors"
	"fmt"
)

// Limits of a descriptor we are willing to follow.
const (
	maxDescriptor = 1 << 16
	maxFields     = 1024
	maxReportBits = 8 * 4096
	maxDepth      = 32
)

// ErrDescriptor: a HID report descriptor that breaks the rules of HID 1.11.
var ErrDescriptor = errors.New("malformed HID report descriptor")

// Kind of a report.
type Kind uint8

// Kinds, after the tags of their main items.
const (
	Input Kind = iota
	Output
	Feature
)

// String names the kind.
func (k Kind) String() string { return [3]string{"input", "output", "feature"}[k%3] }

// Field is one value of a report that is not constant.
type Field struct {
	Kind     Kind
	ReportID uint8
	// Page and Usage say what the value means.
	Page, Usage uint16
	// Offset in bits from the start of the report as it comes on the wire,
	// the id byte included; Size in bits.
	Offset, Size int
	// Array: the value is a usage, not a quantity.
	Array bool
	// Min, Max are logical; PhysMin, PhysMax in Unit times ten to Exponent.
	Min, Max, PhysMin, PhysMax int
	Unit                       uint32
	Exponent                   int
	// App counts the application collections and AppPage, AppUsage name this
	// one; Stylus: some collection around the field is a stylus, Finger: a
	// finger.
	App               int
	AppPage, AppUsage uint16
	Stylus, Finger    bool
}

// Descriptor is a parsed HID report descriptor.
type Descriptor struct {
	Fields []Field
	// Bytes is the length of a report by kind and id, the id byte included.
	Bytes map[ReportKey]int
	// Numbered: every report begins with its id.
	Numbered bool
}

// ReportKey names a report.
type ReportKey struct {
	Kind Kind
	ID   uint8
}

type hidGlobals struct {
	page             uint16
	min, max         int
	rawMax           uint32
	physMin, physMax int
	rawPhysMax       uint32
	unit             uint32
	exponent         int
	size, count      int
	id               uint8
}

type hidCollection struct {
	page, usage uint16
	app         bool
}

type hidParser struct {
	g      hidGlobals
	stack  []hidGlobals
	cols   []hidCollection
	apps   int
	usages []uint32
	uMin   uint32
	hasMin bool
	bits   map[ReportKey]int
	out    *Descriptor
}

// Parse reads a report descriptor. It stops at the first broken rule: half a
// descriptor is none.
func Parse(b []byte) (*Descriptor, error) {
	if len(b) == 0 || len(b) > maxDescriptor {
		return nil, fmt.Errorf("%w: %d bytes", ErrDescriptor, len(b))
	}
	p := &hidParser{bits: map[ReportKey]int{}, out: &Descriptor{Bytes: map[ReportKey]int{}}}
	for i := 0; i < len(b); {
		n := [4]int{0, 1, 2, 4}[b[i]&3]
		if b[i] == 0xFE {
			return nil, fmt.Errorf("%w: long item at byte %d", ErrDescriptor, i)
		}
		if i+1+n > len(b) {
			return nil, fmt.Errorf("%w: cut off in the item at byte %d", ErrDescriptor, i)
		}
		if err := p.item(b[i], b[i+1:i+1+n]); err != nil {
			return nil, fmt.Errorf("%w at byte %d", err, i)
		}
		i += 1 + n
	}
	if len(p.cols) > 0 {
		return nil, fmt.Errorf("%w: %d collections left open", ErrDescriptor, len(p.cols))
	}
	if len(p.out.Fields) == 0 {
		return nil, fmt.Errorf("%w: no field", ErrDescriptor)
	}
	for k, n := range p.bits {
		p.out.Bytes[k] = (n + 7) / 8
	}
	return p.out, nil
}

func (p *hidParser) item(prefix byte, data []byte) error {
	var u uint32
	for i, c := range data {
		u |= uint32(c) << (8 * i)
	}
	s := int(int32(u))
	if n := len(data); n > 0 && n < 4 {
		s = int(int32(u<<(32-8*n)) >> (32 - 8*n))
	}
	tag := prefix >> 4
	switch prefix >> 2 & 3 {
	case 0:
		return p.main(tag, u)
	case 1:
		return p.global(tag, u, s)
	case 2:
		return p.local(tag, u, len(data))
	}
	return fmt.Errorf("%w: reserved item type", ErrDescriptor)
}

func (p *hidParser) global(tag byte, u uint32, s int) error {
	switch tag {
	case 0:
		p.g.page = uint16(u)
	case 1:
		p.g.min = s
	case 2:
		p.g.max, p.g.rawMax = s, u
	case 3:
		p.g.physMin = s
	case 4:
		p.g.physMax, p.g.rawPhysMax = s, u
	case 5:
		p.g.exponent = int(int8(u<<4)) >> 4
	case 6:
		p.g.unit = u
	case 7:
		if u > 32 {
			return fmt.Errorf("%w: a field of %d bits", ErrDescriptor, u)
		}
		p.g.size = int(u)
	case 8:
		if u == 0 || u > 255 {
			return fmt.Errorf("%w: report id %d", ErrDescriptor, u)
		}
		if !p.out.Numbered && len(p.bits) > 0 {
			return fmt.Errorf("%w: report ids begin after the first field", ErrDescriptor)
		}
		p.g.id, p.out.Numbered = uint8(u), true
	case 9:
		if u > maxReportBits {
			return fmt.Errorf("%w: %d fields in one item", ErrDescriptor, u)
		}
		p.g.count = int(u)
	case 10:
		if len(p.stack) >= maxDepth {
			return fmt.Errorf("%w: too many pushes", ErrDescriptor)
		}
		p.stack = append(p.stack, p.g)
	case 11:
		if len(p.stack) == 0 {
			return fmt.Errorf("%w: pop without push", ErrDescriptor)
		}
		p.g, p.stack = p.stack[len(p.stack)-1], p.stack[:len(p.stack)-1]
	default:
		return fmt.Errorf("%w: unknown global item", ErrDescriptor)
	}
	return nil
}

func (p *hidParser) local(tag byte, u uint32, n int) error {
	if n < 4 {
		u |= uint32(p.g.page) << 16
	}
	switch tag {
	case 0:
		if len(p.usages) >= maxFields {
			return fmt.Errorf("%w: too many usages", ErrDescriptor)
		}
		p.usages = append(p.usages, u)
	case 1:
		p.uMin, p.hasMin = u, true
	case 2:
		if !p.hasMin || u < p.uMin || u-p.uMin > 0xffff {
			return fmt.Errorf("%w: usage range", ErrDescriptor)
		}
		for v := p.uMin; v <= u && len(p.usages) < maxFields; v++ {
			p.usages = append(p.usages, v)
		}
		p.hasMin = false
	case 3, 4, 5, 7, 8, 9, 10:
	default:
		return fmt.Errorf("%w: unknown local item", ErrDescriptor)
	}
	return nil
}

func (p *hidParser) main(tag byte, u uint32) error {
	defer func() { p.usages, p.hasMin = p.usages[:0], false }()
	switch tag {
	case 8:
		return p.fields(Input, u)
	case 9:
		return p.fields(Output, u)
	case 11:
		return p.fields(Feature, u)
	case 10:
		if len(p.cols) >= maxDepth {
			return fmt.Errorf("%w: collections too deep", ErrDescriptor)
		}
		c := hidCollection{app: u&0xff == 1}
		if len(p.usages) > 0 {
			c.page, c.usage = uint16(p.usages[0]>>16), uint16(p.usages[0])
		}
		if c.app {
			p.apps++
		}
		p.cols = append(p.cols, c)
		return nil
	case 12:
		if len(p.cols) == 0 {
			return fmt.Errorf("%w: a collection ends that did not begin", ErrDescriptor)
		}
		p.cols = p.cols[:len(p.cols)-1]
		return nil
	}
	return fmt.Errorf("%w: unknown main item", ErrDescriptor)
}

func (p *hidParser) fields(k Kind, flags uint32) error {
	key := ReportKey{k, p.g.id}
	at, begun := p.bits[key]
	if !begun && p.out.Numbered {
		at = 8
	}
	n := p.g.size * p.g.count
	if at+n > maxReportBits {
		return fmt.Errorf("%w: a report of more than %d bits", ErrDescriptor, maxReportBits)
	}
	p.bits[key] = at + n
	if flags&1 != 0 || p.g.size == 0 {
		return nil
	}
	f := p.field(k)
	f.Array = flags&2 == 0
	for i := range p.g.count {
		if len(p.out.Fields) >= maxFields {
			return fmt.Errorf("%w: more than %d fields", ErrDescriptor, maxFields)
		}
		u := uint32(0)
		if len(p.usages) > 0 {
			u = p.usages[min(i, len(p.usages)-1)]
		}
		if f.Array && len(p.usages) > 0 {
			u = p.usages[0]
		}
		f.Page, f.Usage = uint16(u>>16), uint16(u)
		f.Offset, f.Size = at+i*p.g.size, p.g.size
		p.out.Fields = append(p.out.Fields, f)
	}
	return nil
}

// field is what all fields of one main item share. A maximum is signed only if
// its minimum is negative.
func (p *hidParser) field(k Kind) Field {
	f := Field{Kind: k, ReportID: p.g.id, Min: p.g.min, Max: p.g.max, PhysMin: p.g.physMin, PhysMax: p.g.physMax,
		Unit: p.g.unit, Exponent: p.g.exponent, App: p.apps}
	if f.Min >= 0 {
		f.Max = int(p.g.rawMax)
	}
	if f.PhysMin >= 0 {
		f.PhysMax = int(p.g.rawPhysMax)
	}
	for _, c := range p.cols {
		if c.app {
			f.AppPage, f.AppUsage = c.page, c.usage
		}
		f.Stylus = f.Stylus || c.page == pageDigitizer && c.usage == usageStylus
		f.Finger = f.Finger || c.page == pageDigitizer && c.usage == usageFinger
	}
	return f
}
