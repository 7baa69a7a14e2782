package station

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"moqian/cmd/internal/config"
	"moqian/store"
	"moqian/store/auth"
)

// ErrMode: the folder belongs to trial mode and the program does not, or the
// other way round.
var ErrMode = errors.New("this folder belongs to the other mode")

// Options of Open.
type Options struct {
	Dir   string
	Site  config.Site
	Trial bool
	// MachineKey unlocks the store: 32 bytes, wiped after use. fresh tells that
	// there is no store yet, so that a key may be made.
	MachineKey func(dir string, fresh bool) ([]byte, error)
	// Check looks at the store's file in a process of its own before it is
	// opened, so that a damaged one cannot take this one down; nil: not done.
	Check func(ctx context.Context, dir string) error
	// Factor is the second factor of logins, nil: TOTP as the site wants it.
	Factor auth.Factor
	// Cost of password hashes; zero: the default.
	Cost auth.Cost
	Now  func() time.Time
	Rand io.Reader
}

// Station is an open workstation folder. Close it.
type Station struct {
	Dir   string
	Site  config.Site
	Trial bool
	Store *store.Store
	Users *auth.Users

	now  func() time.Time
	rand io.Reader
}

// Open opens or creates the folder (0700). Errors are those of store.Open, and
// ErrMode.
func Open(ctx context.Context, o Options) (*Station, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the workstation's folder: %w", err)
	}
	if o.Check != nil && (exists(o.Dir, store.File) || store.Made(o.Dir)) {
		if err := o.Check(ctx, o.Dir); err != nil {
			return nil, err
		}
	}
	so, err := o.store()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(o.Dir, so)
	clear(so.Key)
	if err != nil {
		return nil, err
	}
	st := &Station{Dir: o.Dir, Site: o.Site, Trial: o.Trial, Store: s, now: o.Now, rand: o.Rand}
	err = st.claim(ctx)
	if err == nil {
		err = st.keepPublicKey(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if o.Factor == nil {
		o.Factor = auth.TOTP{Store: s, Required: o.Site.SecondFactor}
	}
	st.Users, err = auth.New(s, auth.Options{Cost: o.Cost, Now: o.Now, Rand: o.Rand, Factor: o.Factor})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return st, nil
}

// store gives the options of the store; its Key is to be wiped.
func (o Options) store() (store.Options, error) {
	// A store that is gone is not one that never was: its keys are not made anew.
	fresh := !exists(o.Dir, store.File) && !store.Made(o.Dir)
	signer, err := checkpointSigner(o.Dir, o.Site.BranchCode+"-"+o.Site.Workstation, fresh, o.Rand)
	if err != nil {
		return store.Options{}, err
	}
	key, err := o.MachineKey(o.Dir, fresh)
	if err != nil {
		return store.Options{}, err
	}
	return store.Options{Key: key, Now: o.Now, Rand: o.Rand, Floor: o.Site.Floor, Ballast: o.Site.Ballast, Signer: signer}, nil
}

// Restore puts a backup in the place of the folder's store; see store.Restore.
func Restore(ctx context.Context, o Options, path string, lose bool) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	so, err := o.store()
	if err != nil {
		return err
	}
	defer clear(so.Key)
	so.Merge = auth.Carry
	return store.Restore(ctx, o.Dir, path, so, lose, store.Entry{Actor: auth.System, Action: "restore", Outcome: "ok"})
}

// Close releases the store.
func (st *Station) Close() error { return st.Store.Close() }

// claim keeps trial and production apart.
func (st *Station) claim(ctx context.Context) error {
	const name = "station.mode"
	want := "production"
	if st.Trial {
		want = "trial"
	}
	got, found, err := st.Store.Setting(ctx, name)
	switch {
	case err != nil:
		return err
	case !found:
		return st.Store.SetSetting(ctx, name, []byte(want))
	case string(got) != want:
		return fmt.Errorf("%w: it was made in %s mode", ErrMode, got)
	}
	return nil
}

// ReceiptKey signs the codes on customers' copies: P-256, made at first use.
func (st *Station) ReceiptKey(ctx context.Context) (*ecdsa.PrivateKey, error) {
	b, err := st.secret(ctx, "station.receipt_key", func() ([]byte, error) {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		return x509.MarshalECPrivateKey(k)
	})
	if err != nil {
		return nil, err
	}
	defer clear(b)
	return x509.ParseECPrivateKey(b)
}

func (st *Station) secret(ctx context.Context, name string, make func() ([]byte, error)) ([]byte, error) {
	b, found, err := st.Store.Setting(ctx, name)
	if err != nil || found {
		return b, err
	}
	if b, err = make(); err != nil {
		return nil, err
	}
	return b, st.Store.SetSetting(ctx, name, b)
}

func exists(dir, name string) bool {
	_, err := os.Stat(dir + string(os.PathSeparator) + name)
	return err == nil
}
