package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
)

// sealOf is a file identifier made from the bytes of an update and from its
// trailer with the first identifier alone.
func sealOf(body []byte, trailer Dict, first Object) String {
	rest := maps.Clone(trailer)
	for _, k := range []Name{"Index", "W", "Type", "Length"} { // of a stream
		delete(rest, k)
	}
	rest["ID"] = first
	sum := sha256.Sum256(append(append([]byte{}, body...), Format(rest)...))
	return sum[:16]
}

// sealID makes the second file identifier of a trailer, and the first where there
// is none.
func sealID(trailer Dict, body []byte) {
	id, ok := trailer["ID"].(Array)
	if !ok || len(id) != 2 {
		id = Array{sealOf(body, trailer, nil), nil}
	}
	trailer["ID"] = Array{id[0], sealOf(body, trailer, id[0])}
}

// Sealed says whether revision i is, byte for byte, an update that FinishSealed
// wrote: its second identifier fits its bytes, and its trailer is written as this
// package writes one. Anybody can make such a seal; it finds accidents, not
// forgers.
func (f *File) Sealed(i int) bool {
	r := f.revisions[i]
	id, ok := r.Trailer["ID"].(Array)
	if !ok || len(id) != 2 || r.body <= r.Start || !Equal(id[1], sealOf(f.bytes[r.Start:r.body], r.Trailer, id[0])) {
		return false
	}
	if i > 0 {
		if was, ok := f.revisions[i-1].Trailer["ID"].(Array); ok && (len(was) != 2 || !Equal(was[0], id[0])) {
			return false // §14.4: the first one stays
		}
	}
	if r.Stream {
		return true
	}
	tail := append(append([]byte("trailer\n"), Format(r.Trailer)...), fmt.Sprintf("\nstartxref\n%d\n%%%%EOF\n", r.frames[0][0])...)
	return bytes.Equal(f.bytes[r.body:r.End], tail)
}
