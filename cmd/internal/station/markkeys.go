package station

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/keyfile"
	"moqian/render/watermark"
)

const (
	ringSetting = "station.mark_keys"
	// oneKeySetting held the only key of older versions.
	oneKeySetting = "station.mark_key"
)

// ErrBranch: a mark key is another branch's.
var ErrBranch = errors.New("the mark key belongs to another branch")

// MarkRing is the workstation's keys for marks, kept in the store, encrypted
// under the machine key. Where head office handed none out, one is made for
// each year: a thief then has no other year's. Where it did and this year's is
// missing, last year's stays in force (a customer is not refused for it) and
// doctor says so.
func (st *Station) MarkRing(ctx context.Context) (keyfile.Ring, error) {
	r, err := st.ring(ctx)
	if err != nil {
		return r, err
	}
	if h, ok := r.InForce(st.year()); ok && h.Year == st.year() || r.HandedOut() && ok {
		return r, nil
	}
	h := keyfile.Held{Named: keyfile.Named{Branch: st.Site.BranchCode, Year: st.year()}, Local: true}
	if _, err := io.ReadFull(st.rand, h.Key[:]); err != nil {
		return r, err
	}
	r.Add(h)
	return r, st.keep(ctx, r)
}

func (st *Station) ring(ctx context.Context) (keyfile.Ring, error) {
	b, found, err := st.Store.Setting(ctx, ringSetting)
	if err != nil {
		return keyfile.Ring{}, err
	}
	defer clear(b)
	if found {
		return keyfile.ParseRing(b)
	}
	old, found, err := st.Store.Setting(ctx, oneKeySetting)
	if err != nil || !found {
		return keyfile.Ring{}, err
	}
	defer clear(old)
	if len(old) != 32 {
		return keyfile.Ring{}, keyfile.ErrRing
	}
	var r keyfile.Ring
	r.Add(keyfile.Held{Named: keyfile.Named{Branch: st.Site.BranchCode, Key: watermark.Key(old)}, Local: true})
	return r, nil
}

func (st *Station) keep(ctx context.Context, r keyfile.Ring) error {
	b, err := r.Bytes()
	if err != nil {
		return err
	}
	defer clear(b)
	return st.Store.SetSetting(ctx, ringSetting, b)
}

// year of business, in Beijing.
func (st *Station) year() int { return st.now().In(flow.Beijing()).Year() }

// MarkKeyInForce is the key to mark with, and whether it is this year's.
func (st *Station) MarkKeyInForce(ctx context.Context) (keyfile.Named, bool, error) {
	r, err := st.MarkRing(ctx)
	if err != nil {
		return keyfile.Named{}, false, err
	}
	defer r.Wipe()
	h, ok := r.InForce(st.year())
	if !ok {
		return keyfile.Named{}, false, errors.New("internal error: no key for marks")
	}
	return h.Named, h.Year == st.year(), nil
}

// MarkKey is the key to mark with.
func (st *Station) MarkKey(ctx context.Context) (watermark.Key, error) {
	n, _, err := st.MarkKeyInForce(ctx)
	return n.Key, err
}

// MarkKeys are all keys, to read marks of earlier years, the newest first.
func (st *Station) MarkKeys(ctx context.Context) ([]watermark.Key, error) {
	r, err := st.MarkRing(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Wipe()
	var out []watermark.Key
	for _, h := range r.All() {
		out = append(out, h.Key)
	}
	return out, nil
}

// AddMarkKey takes a key from head office. One that names no branch or year is
// taken as this branch's of this year; of another branch is ErrBranch. Older
// keys stay, to read with.
func (st *Station) AddMarkKey(ctx context.Context, n keyfile.Named) error {
	if n.Branch == "" {
		n.Branch = st.Site.BranchCode
	}
	if n.Year == 0 {
		n.Year = st.year()
	}
	if n.Branch != st.Site.BranchCode {
		return fmt.Errorf("%w: it is of %s, this is %s", ErrBranch, n.Branch, st.Site.BranchCode)
	}
	r, err := st.ring(ctx)
	if err != nil {
		return err
	}
	defer r.Wipe()
	r.Add(keyfile.Held{Named: n})
	return st.keep(ctx, r)
}

// SetMarkKey is AddMarkKey of a key without a name.
func (st *Station) SetMarkKey(ctx context.Context, k watermark.Key) error {
	return st.AddMarkKey(ctx, keyfile.Named{Key: k})
}

// MarkSigner is the workstation's Ed25519 key for the public part of marks,
// made at first use, kept like the others and never exported. Head office
// registers its public half.
func (st *Station) MarkSigner(ctx context.Context) (ed25519.PrivateKey, error) {
	seed, err := st.secret(ctx, "station.mark_signer", func() ([]byte, error) {
		b := make([]byte, ed25519.SeedSize)
		_, err := io.ReadFull(st.rand, b)
		return b, err
	})
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("the key that signs ink is damaged")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
