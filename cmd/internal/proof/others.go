package proof

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"slices"

	"moqian/cmd/internal/manifest"
	"moqian/render/ink"
	"moqian/render/watermark"
	object "moqian/sign/pdf"
)

// asked says that the caller wants marks read.
func (o Options) asked() bool {
	return len(o.markKeys()) > 0 || o.MarkMaster != nil || len(o.MarkPublic) > 0
}

// unread says what follows when not all of a file's drawings could be read; the
// others are judged when it is true. A voucher is refused, and so is a file of
// which marks were asked and that draws more than is looked at.
func (e *examiner) unread(err error, d *manifest.Data) bool {
	if d != nil {
		e.problem("ink", "笔迹无法读取", "the ink cannot be read: "+err.Error())
		e.Mark.Binding.State = watermark.Unchecked
		e.refuse()
		return false
	}
	more, asked := errors.Is(err, object.ErrBudget), e.options.asked()
	if more || asked {
		e.problem("ink-unread", "页面图形未能全部读取，其中的笔迹未核验", "not all drawings could be read, ink in them was not checked: "+err.Error())
	}
	if more && asked {
		e.refuse()
	}
	return true
}

// likely are the inks of a file that names none.
func likely(list []Ink) (inks, rest []Ink) {
	for _, k := range list {
		if len(inks) < maxInks && k.Plausible() {
			inks = append(inks, k)
		} else {
			rest = append(rest, k)
		}
	}
	return inks, rest
}

// others looks for marks beside the signers' inks. In a voucher none belongs
// there, of whatever voucher it is.
func (e *examiner) others(list []Ink, d *manifest.Data, key *watermark.Key) {
	list = Candidates(list)
	keys := e.options.MarkPublic
	if d != nil {
		if k, err := hex.DecodeString(d.MarkPublic); err == nil && len(k) == ed25519.PublicKeySize {
			keys = append(keys[:len(keys):len(keys)], k)
		}
	}
	var s *Search
	if key != nil {
		s = e.search(*key)
	}
	for i, k := range list {
		if e.ctx.Err() != nil {
			return
		}
		m := SignerMark{Where: k.Where, Binding: Binding{State: watermark.Unchecked, Altered: []int{}}, Public: Public{State: watermark.Absent}}
		if s != nil {
			m.Binding = binding(s.Binding(k, func(in []ink.Outline) watermark.Reading { return readFor(in, *key, d) }).Reading)
		}
		if i < fullInks && len(keys) > 0 && k.Plausible() {
			r := k.Public(k.Outlines, keys, nil)
			m.Public = Public{State: r.State, Handle: hex.EncodeToString(r.Handle), Room: r.Room}
		}
		if s != nil && m.Binding.State != watermark.Absent || m.Public.State != watermark.Absent {
			e.Mark.Others = append(e.Mark.Others, m)
			e.extra(m, d)
		}
	}
	if slices.ContainsFunc(e.searches, func(s *Search) bool { return s.Cut }) {
		e.problem("ink-unread", "页面图形过多，其中的笔迹未全部核验", "there are more drawings than are searched for ink")
		if d != nil {
			e.refuse()
		}
	}
}

// search under a key, the same for all inks of the file.
func (e *examiner) search(key watermark.Key) *Search {
	for _, s := range e.searches {
		if s.key == key {
			return s
		}
	}
	s := NewSearch(key)
	e.searches = append(e.searches, s)
	return s
}

// extra words a mark that is beside the signers' inks.
func (e *examiner) extra(m SignerMark, d *manifest.Data) {
	if d == nil {
		return
	}
	id := m.Binding.Handle
	if id == "" {
		id = m.Public.Handle
	}
	h, _ := hex.DecodeString(id)
	of, ofEN := "另一凭证", "another voucher"
	if n := manifest.NumberOf(h); e.sameHandle(h) {
		of, ofEN = "本凭证", "this voucher"
	} else if n != "" {
		of, ofEN = "凭证 "+n, "voucher "+n
	}
	e.problem("mark-foreign", "签名栏以外另有"+of+"的笔迹", "ink of "+ofEN+" stands beside the signers' own: "+m.Where)
	e.refuse()
}

// readFor reads ink for the signer whose context fits best.
func readFor(in []ink.Outline, key watermark.Key, d *manifest.Data) watermark.Reading {
	if d == nil {
		return watermark.Read(in, key, nil)
	}
	var best watermark.Reading
	for i := range d.Signers {
		c := d.Context(i)
		if r := watermark.Read(in, key, &c); i == 0 || severity(r.State) < severity(best.State) {
			best = r
		}
		if best.State == watermark.Absent {
			break
		}
	}
	return best
}
