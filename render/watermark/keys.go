package watermark

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// keys are the branch's subkeys, one for each use.
type keys struct{ mask, tag, piece, own, place, context, guard, fill []byte }

func derive(key Key) keys {
	sub := func(use string) []byte { return subkey(key, use) }
	return keys{mask: sub("mask"), tag: sub("tag"), piece: sub("piece"),
		own: sub("own"), place: sub("place"), context: sub("context"), guard: sub("guard"), fill: sub("fill")}
}

// Derive is the key of a branch for a year, from the institution's master: a
// workstation holds only its own of this year, and with it can make and read no
// other. A new year is the rotation; readers keep the old keys.
func Derive(master [32]byte, branch string, year int) Key {
	info := record("moqian mark key 1").bytes([]byte(branch)).ints(int64(year))
	k, err := hkdf.Key(sha256.New, master[:], nil, string(info), 32)
	if err != nil {
		panic("internal error: " + err.Error()) // 32 bytes are always within HKDF's limit
	}
	return Key(k)
}

// subkey is the key for one use.
func subkey(key Key, use string) []byte {
	k, err := hkdf.Key(sha256.New, key[:], nil, "moqian mark 1 "+use, 32)
	if err != nil {
		panic("internal error: " + err.Error()) // 32 bytes are always within HKDF's limit
	}
	return k
}

// record is a message of length-prefixed parts for a MAC: no two lists of parts
// give the same bytes.
type record []byte

func (r record) bytes(b []byte) record {
	return append(binary.AppendUvarint(r, uint64(len(b))), b...)
}

func (r record) ints(v ...int64) record {
	for _, x := range v {
		r = binary.AppendVarint(r, x)
	}
	return r
}

// name starts a record with what every MAC of a stroke covers.
func (m mark) name(index int) record {
	return record(nil).bytes(m.handle).ints(int64(index), int64(m.count))
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// stream is n keyed bits, one a byte, for a record: HMAC in counter mode over
// its digest.
func stream(key []byte, r record, n int) []byte {
	out := make([]byte, 0, n+7)
	seed := mac(key, []byte{0}, r)
	for c := uint32(0); len(out) < n; c++ {
		for _, b := range mac(key, []byte{1}, seed, binary.BigEndian.AppendUint32(nil, c)) {
			out = unpack(out, uint64(b), 8)
		}
	}
	return out[:n]
}

// unpack appends the n low bits of v, the highest first.
func unpack(out []byte, v uint64, n int) []byte {
	for i := n - 1; i >= 0; i-- {
		out = append(out, byte(v>>i&1))
	}
	return out
}

// pack is the inverse: it takes n bits off b.
func pack(b *[]byte, n int) (v uint64) {
	for _, x := range (*b)[:n] {
		v = v<<1 | uint64(x)
	}
	*b = (*b)[n:]
	return v
}
