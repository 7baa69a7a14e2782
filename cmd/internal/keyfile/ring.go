package keyfile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"moqian/render/watermark"
)

// Ring is the keys of a workstation: the one in force marks, the others read
// what they marked.
type Ring struct{ held []Held }

// Held is a key in a ring.
type Held struct {
	Named
	// Local: the workstation made it itself, as no head office hands keys out.
	Local bool
}

// held in the store, which encrypts it.
type heldJSON struct {
	Branch string `json:"branch,omitempty"`
	Year   int    `json:"year,omitempty"`
	Local  bool   `json:"local,omitempty"`
	Key    string `json:"key"`
}

// ErrRing: the ring's bytes are damaged.
var ErrRing = errors.New("the keys of the marks are damaged")

// ParseRing reads what Bytes gave; nothing is an empty ring.
func ParseRing(b []byte) (Ring, error) {
	if len(b) == 0 {
		return Ring{}, nil
	}
	var list []heldJSON
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		return Ring{}, ErrRing
	}
	var r Ring
	for _, h := range list {
		k, err := hex.DecodeString(h.Key)
		if err != nil || len(k) != 32 {
			return Ring{}, ErrRing
		}
		r.held = append(r.held, Held{Named{h.Branch, h.Year, watermark.Key(k)}, h.Local})
		clear(k)
	}
	return r, nil
}

// Bytes of the ring, to be kept secret and wiped.
func (r Ring) Bytes() ([]byte, error) {
	list := []heldJSON{}
	for _, h := range r.held {
		list = append(list, heldJSON{h.Branch, h.Year, h.Local, hex.EncodeToString(h.Key[:])})
	}
	return json.Marshal(list)
}

// Add puts a key in; it is the newest of its year. A key that is there already
// becomes the newest.
func (r *Ring) Add(h Held) {
	r.held = slices.DeleteFunc(r.held, func(o Held) bool { return o.Key == h.Key })
	r.held = append(r.held, h)
}

// InForce is the key to mark with in a year: the newest of that year, else of
// the last year before that has one. Keys of later years wait.
func (r Ring) InForce(year int) (Held, bool) {
	best := -1
	for i, h := range r.held {
		if h.Year <= year && (best < 0 || h.Year >= r.held[best].Year) {
			best = i
		}
	}
	if best < 0 {
		return Held{}, false
	}
	return r.held[best], true
}

// HandedOut says whether head office ever gave a key: then none is made here.
func (r Ring) HandedOut() bool {
	return slices.ContainsFunc(r.held, func(h Held) bool { return !h.Local })
}

// All keys, the newest first.
func (r Ring) All() []Held {
	out := slices.Clone(r.held)
	slices.Reverse(out)
	return out
}

// Find the key of an id.
func (r Ring) Find(id string) (Held, error) {
	for _, h := range r.held {
		if h.ID() == id {
			return h, nil
		}
	}
	return Held{}, fmt.Errorf("no mark key of id %s here", id)
}

// Wipe overwrites the keys.
func (r *Ring) Wipe() {
	for i := range r.held {
		clear(r.held[i].Key[:])
	}
	r.held = nil
}
