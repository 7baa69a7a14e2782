package proof

import (
	"crypto/ed25519"
	"encoding/hex"
	"strconv"

	"moqian/cmd/internal/manifest"
	"moqian/render/ink"
	"moqian/render/watermark"
)

// Public is what the public part of the mark says, which needs no secret.
type Public struct {
	// State: match (signed, unchanged, for this voucher), foreign (for another),
	// altered, absent; unchecked where the file has no voucher data to compare.
	State watermark.State `json:"state"`
	// Handle and Key as the ink names them; Key is the name of a public key (see
	// watermark.PublicKeyID), hex.
	Handle string `json:"handle"`
	Key    string `json:"key"`
	// Registered: the key is one that the caller gave. Else only the voucher's
	// data name it, and the signature of the teller's certificate vouches for it.
	Registered bool `json:"registered"`
	// Room is how many bits the ink has for the part.
	Room int `json:"room"`
	// Marked is what the voucher's data say became of it: signed, no room, …
	Marked watermark.PublicState `json:"marked,omitempty"`
}

// oldest year of a key that a master is asked for.
const oldest = 2020

// markKey picks the key of a voucher's marks: the one that its data name, from
// those given or derived from the master; else the first given. nil: there is
// none.
func (e *examiner) markKey(d *manifest.Data) *watermark.Key {
	keys := e.options.markKeys()
	if d != nil && d.MarkKey != "" {
		for i := range keys {
			if manifest.KeyID(keys[i]) == d.MarkKey {
				return &keys[i]
			}
		}
	}
	if m := e.options.MarkMaster; m != nil && d != nil {
		if k := derived(*m, d); k != nil {
			return k
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return &keys[0]
}

// derived is the branch's key of the year that the voucher names: of its own
// year, or of one before, where a new key came late.
func derived(master [32]byte, d *manifest.Data) *watermark.Key {
	if len(d.Business) < 4 {
		return nil
	}
	year, err := strconv.Atoi(d.Business[:4])
	if err != nil {
		return nil
	}
	for y := year; y >= oldest; y-- {
		if k := watermark.Derive(master, d.Branch, y); manifest.KeyID(k) == d.MarkKey {
			return &k
		}
	}
	k := watermark.Derive(master, d.Branch, year)
	return &k
}

func (o Options) markKeys() []watermark.Key {
	if o.MarkKey == nil {
		return o.MarkKeys
	}
	return append([]watermark.Key{*o.MarkKey}, o.MarkKeys...)
}

// readAny reads ink that no data describe, with the first key that finds a mark.
func (e *examiner) readAny(in Ink, second bool) (Binding, Robust) {
	var b Binding
	var r Robust
	for i, k := range e.options.markKeys() {
		f := e.search(k).Binding(in, func(in []ink.Outline) watermark.Reading { return watermark.Read(in, k, nil) })
		now := binding(f.Reading)
		var layer2 Robust
		if second {
			shown := f.Outlines
			if f.State == watermark.Absent {
				shown = in.Shown()
			}
			layer2 = readRobust(shown, k)
		}
		if i == 0 || now.State != watermark.Absent || layer2.Found {
			b, r = now, layer2
		}
		if b.State != watermark.Absent || r.Found {
			break
		}
	}
	return b, r
}

// public reads the public part of ink i with the keys given and the one that the
// voucher's data name.
func (e *examiner) public(in []ink.Outline, d *manifest.Data, i int) Public {
	keys := append([]ed25519.PublicKey(nil), e.options.MarkPublic...)
	registered := len(keys)
	var context *[32]byte
	p := Public{State: watermark.Absent}
	if d != nil {
		if k, err := hex.DecodeString(d.MarkPublic); err == nil && len(k) == ed25519.PublicKeySize {
			keys = append(keys, k)
		}
		c := d.Context(i)
		context, p.Marked = &c, d.Signers[i].Mark.Public
	}
	r := watermark.ReadPublic(in, keys, context)
	p.State, p.Room, p.Handle = r.State, r.Room, hex.EncodeToString(r.Handle)
	if r.Key != nil {
		id := watermark.PublicKeyID(r.Key)
		p.Key = hex.EncodeToString(id[:])
		for _, k := range keys[:registered] {
			p.Registered = p.Registered || k.Equal(r.Key)
		}
	}
	return p
}

// worstPublic is that of the ink whose public part says least.
func worstPublic(list []SignerMark) Public {
	all := Public{State: watermark.Absent}
	for i, m := range list {
		if i == 0 || severity(m.Public.State) > severity(all.State) {
			all = m.Public
		}
	}
	return all
}

// publicProblems words what the public part says against the file: ink that the
// data call signed and that is not, or ink for another voucher.
func (e *examiner) publicProblems(m SignerMark) {
	who, en := RoleZH(m.Role), m.Role
	switch s := m.Public.State; {
	case s == watermark.Foreign:
		e.problem("ink-foreign", "笔迹中的公钥签名属于另一凭证："+who, "the signature in the ink was made for another voucher: "+en)
		e.refuse()
	case s == watermark.Altered, s == watermark.Absent && m.Public.Marked == watermark.Signed:
		e.problem("ink-altered", "笔迹中的公钥签名不成立，笔迹在签署后被改动："+who, "the signature in the ink does not hold, it was changed after marking: "+en)
		e.refuse()
	}
}
