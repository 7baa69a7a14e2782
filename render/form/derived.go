package form

import "strings"

// How a Derived comes about.
const (
	Join  = "join"  // the values of Of that are there, with Sep between them
	Birth = "birth" // date of birth in the identity number Of[0]
	Sex   = "sex"   // 男 or 女 by the identity number Of[0]
)

// Derived is a printed value that follows from entries, so that nobody types
// it: 居民身份证 1101**********1237 in one cell.
type Derived struct {
	ID    string   `json:"id"`
	Label Text     `json:"label"`
	Kind  string   `json:"kind"`
	Of    []string `json:"of"`            // fields, or derived values before this one
	Sep   string   `json:"sep,omitempty"` // of a Join; empty: a space
	// Masked hides numbers on every copy, as the customer copy does.
	Masked bool `json:"masked,omitempty"`
}

// derive computes a derived value; nothing comes of entries that are empty.
func (f Filled) derive(d Derived, masked bool) (Value, bool) {
	if d.Kind == Join {
		return f.join(d, masked || d.Masked)
	}
	id, ok := f.values[d.Of[0]]
	if !ok {
		return Value{Shown: blank}, false
	}
	s := born(id.Raw).Format(dayLayout)
	if d.Kind == Sex {
		s = "女"
		if (id.Raw[16]-'0')%2 == 1 { // GB 11643: odd sequence numbers are men's
			s = "男"
		}
	}
	return Value{Raw: s, Shown: s}, true
}

func (f Filled) join(d Derived, masked bool) (Value, bool) {
	look := f.Value
	if masked {
		look = f.Masked
	}
	var parts []Value
	for _, id := range d.Of {
		if v, ok := look(id); ok {
			parts = append(parts, v)
		}
	}
	switch len(parts) {
	case 0:
		return Value{Shown: blank}, false
	case 1:
		return parts[0], true
	}
	sep := d.Sep
	if sep == "" {
		sep = " "
	}
	var texts []string
	for _, v := range parts {
		texts = append(texts, v.Line())
	}
	s := strings.Join(texts, sep)
	return Value{Raw: s, Shown: s}, true
}
