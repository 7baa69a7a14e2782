package sign_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
	"moqian/sign/signtest"
)

// hall is a bench with a time-stamping authority and revocation lists.
type hall struct {
	bench
	tsa      *signtest.TSA
	stampCA  *signtest.Authority
	tsaRoots *x509.CertPool
	crls     []*x509.RevocationList
}

func newHall(t testing.TB) hall {
	t.Helper()
	h := hall{bench: newBench(t), tsaRoots: x509.NewCertPool()}
	var err error
	if h.stampCA, err = signtest.New("TSA Root", "UNIT", now); err != nil {
		t.Fatal(err)
	}
	h.tsaRoots.AddCert(h.stampCA.Root)
	if h.tsa, err = h.stampCA.TSA("Test TSA", now.Add(-time.Minute), now.AddDate(5, 0, 0), func() time.Time { return now.Add(time.Minute) }); err != nil {
		t.Fatal(err)
	}
	h.crls = []*x509.RevocationList{h.crl(t, h.ca, nil), h.crl(t, h.stampCA, nil)}
	return h
}

func (h hall) crl(t testing.TB, a *signtest.Authority, revoked map[*big.Int]time.Time) *x509.RevocationList {
	t.Helper()
	der, err := a.CRL(now.Add(-time.Minute), now.AddDate(0, 1, 0), revoked)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sign.ParseCRL(der)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (h hall) options() sign.Options {
	return sign.Options{Roots: h.roots, TSARoots: h.tsaRoots, At: now.Add(2 * time.Minute)}
}

func (h hall) augment(t testing.TB, file []byte, level sign.Level) []byte {
	t.Helper()
	out, _, err := sign.Augment(context.Background(), file, h.how(level))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (h hall) how(level sign.Level) sign.AugmentOptions {
	return sign.AugmentOptions{Level: level, Stamper: h.tsa, Roots: h.roots, TSARoots: h.tsaRoots, CRLs: h.crls, At: now.Add(time.Minute)}
}

func TestLevels(t *testing.T) {
	h := newHall(t)
	file := signed(t, h.bench)
	before, err := sign.ByteRangeDigest(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		level           sign.Level
		want            string
		revisions, sigs int
	}{{sign.LevelB, "B-B", 2, 1}, {sign.LevelT, "B-T", 2, 1}, {sign.LevelLT, "B-LT", 3, 1}, {sign.LevelLTA, "B-LTA", 4, 2}} {
		t.Run(string(tt.level), func(t *testing.T) {
			out := h.augment(t, file, tt.level)
			r := sign.Verify(out, h.options())
			if r.Verdict != sign.Valid || len(r.Problems) > 0 || len(r.Signatures) != tt.sigs {
				t.Fatalf("%+v", r)
			}
			if s := r.Signatures[0]; s.Level != tt.want || s.LaterChanges == "forbidden" || tt.level != sign.LevelB && s.TimeSource != "timestamp" {
				t.Errorf("%+v", s)
			}
			if f, err := pdf.Parse(out); err != nil || len(f.Revisions()) != tt.revisions {
				t.Errorf("revisions: %v, %v", f, err)
			}
			after, err := sign.ByteRangeDigest(out)
			if err != nil || after != before {
				t.Errorf("the signed bytes changed: %v", err)
			}
			again := h.augment(t, out, tt.level)
			if tt.level != sign.LevelLTA && !bytes.Equal(again, out) {
				t.Error("augmenting again changed the file")
			}
		})
	}
}

// TestStages: what one call does, several can do.
func TestStages(t *testing.T) {
	h := newHall(t)
	out := signed(t, h.bench)
	for _, level := range []sign.Level{sign.LevelT, sign.LevelLT, sign.LevelLTA, sign.LevelLTA} {
		out = h.augment(t, out, level)
	}
	r := sign.Verify(out, h.options())
	if r.Verdict != sign.Valid || len(r.Signatures) != 3 || r.Signatures[0].Level != "B-LTA" {
		t.Errorf("%+v", r)
	}
}

// TestYears: what a level is for, years later.
func TestYears(t *testing.T) {
	h := newHall(t)
	file := signed(t, h.bench)
	revoked := h.crl(t, h.ca, map[*big.Int]time.Time{h.key.Chain()[0].SerialNumber: now.Add(time.Hour)})
	expired, past := now.AddDate(2, 0, 0), now.Add(-24*time.Hour)
	tests := []struct {
		name  string
		level sign.Level
		at    time.Time
		crl   *x509.RevocationList
		want  sign.Verdict
		code  string
	}{
		{"B-B after expiry", sign.LevelB, expired, nil, sign.Untrusted, "chain"},
		{"B-T after expiry", sign.LevelT, expired, nil, sign.Valid, ""},
		{"B-LTA after expiry", sign.LevelLTA, expired, nil, sign.Valid, ""},
		{"B-LTA after the TSA's expiry", sign.LevelLTA, now.AddDate(6, 0, 0), nil, sign.Untrusted, "timestamp-untrusted"},
		{"B-B revoked since", sign.LevelB, now.Add(2 * time.Hour), revoked, sign.Untrusted, "revoked"},
		{"B-B before it was revoked", sign.LevelB, now.Add(time.Minute), revoked, sign.Valid, ""},
		{"B-T revoked since", sign.LevelT, now.Add(2 * time.Hour), revoked, sign.Valid, ""},
		{"clock slow by a day", sign.LevelB, past, nil, sign.Untrusted, "chain"},
		{"clock slow by a day, time stamp", sign.LevelT, past, nil, sign.Untrusted, "timestamp-future"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := h.options()
			if o.At = tt.at; tt.crl != nil {
				o.CRLs = []*x509.RevocationList{tt.crl}
			}
			r := sign.Verify(h.augment(t, file, tt.level), o)
			if r.Verdict != tt.want || tt.code != "" && (len(r.Problems) == 0 || r.Problems[0].Code != tt.code) {
				t.Errorf("%s, %+v; want %s, %s", r.Verdict, r.Problems, tt.want, tt.code)
			}
		})
	}
}

func TestRevokedBefore(t *testing.T) {
	h := newHall(t)
	o := h.options()
	o.CRLs = []*x509.RevocationList{h.crl(t, h.ca, map[*big.Int]time.Time{h.key.Chain()[0].SerialNumber: now.Add(-time.Hour)})}
	r := sign.Verify(h.augment(t, signed(t, h.bench), sign.LevelT), o)
	if r.Verdict != sign.Untrusted || r.Signatures[0].Revocation != sign.RevocationRevoked {
		t.Errorf("%+v", r)
	}
	how := h.how(sign.LevelLT)
	how.CRLs = append(how.CRLs, o.CRLs...)
	if _, _, err := sign.Augment(context.Background(), signed(t, h.bench), how); err == nil {
		t.Error("a revoked signature became B-LT")
	}
}

// TestAugmentErrors: what is missing or wrong is said.
func TestAugmentErrors(t *testing.T) {
	h := newHall(t)
	file := signed(t, h.bench)
	tight, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 1500)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Replace(file, []byte("128000.50"), []byte("928000.50"), 1)
	down := errors.New("down")
	tests := []struct {
		name   string
		file   []byte
		change func(*sign.AugmentOptions)
		want   error
	}{
		{"no list", file, func(o *sign.AugmentOptions) { o.CRLs = nil }, sign.ErrNoRevocation},
		{"stale list", file, func(o *sign.AugmentOptions) { o.At = now.AddDate(0, 2, 0) }, nil},
		{"no room", tight, func(*sign.AugmentOptions) {}, sign.ErrReserve},
		{"broken", broken, func(*sign.AugmentOptions) {}, sign.ErrNotSound},
		{"unsigned", page(t, "x"), func(*sign.AugmentOptions) {}, sign.ErrNotSound},
		{"no authority", file, func(o *sign.AugmentOptions) { o.Stamper = nil }, nil},
		{"authority down", file, func(o *sign.AugmentOptions) { o.Stamper = failing{down} }, down},
		{"no roots", file, func(o *sign.AugmentOptions) { o.Roots, o.TSARoots = nil, nil }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := h.how(sign.LevelLT)
			tt.change(&o)
			out, _, err := sign.Augment(context.Background(), tt.file, o)
			if tt.name == "stale list" {
				// The time stamp is of now, so the list of now serves.
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || out != nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Stamp(context.Context, [32]byte) ([]byte, error) { return nil, f.err }

// TestLyingToken: a token that does not fit is not put in, and not believed
// where somebody else put it.
func TestLyingToken(t *testing.T) {
	h := newHall(t)
	file := signed(t, h.bench)
	h.tsa.Digest = make([]byte, 32)
	if _, _, err := sign.Augment(context.Background(), file, h.how(sign.LevelT)); err == nil {
		t.Error("a token over other data was taken")
	}
	h.tsa.Digest = nil
	h.tsa.Sent = func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	if _, _, err := sign.Augment(context.Background(), file, h.how(sign.LevelT)); err == nil {
		t.Error("a token with a bad signature was taken")
	}
	h.tsa.Sent = nil
	strange := newHall(t)
	out := strange.hallFor(h).augment(t, file, sign.LevelT)
	if r := sign.Verify(out, h.options()); r.Verdict != sign.Untrusted || r.Signatures[0].TimeSource != "claimed" {
		t.Errorf("a stranger's token: %+v", r)
	}
}

// hallFor is h with the time-stamping authority of another hall.
func (h hall) hallFor(other hall) hall {
	other.tsa, other.tsaRoots = h.tsa, h.tsaRoots
	return other
}

// TestTwoSignatories: the supervisor signs a prepared field under P=2.
func TestTwoSignatories(t *testing.T) {
	h := newHall(t)
	boss, err := h.ca.RSA("supervisor 010087", now.Add(-time.Minute), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	f := field()
	f.Certify, f.Prepare = 2, []sign.Field{{Name: "Supervisor", Rect: [4]float64{70, 10, 120, 40}}}
	first, err := sign.Sign(context.Background(), page(t, "x"), f, h.key, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r := sign.Verify(first, h.options()); r.Verdict != sign.Valid || len(r.Signatures) != 1 {
		t.Fatalf("the first signature: %+v", r)
	}
	second, err := sign.Sign(context.Background(), first, sign.Field{Name: "Supervisor", Time: now}, boss, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []sign.Level{sign.LevelB, sign.LevelT, sign.LevelLTA} {
		r := sign.Verify(h.augment(t, second, level), h.options())
		if r.Verdict != sign.Valid || len(r.Problems) > 0 || r.Signatures[0].LaterChanges != "allowed" {
			t.Errorf("%s: %+v", level, r)
		}
	}
	if _, err := sign.Sign(context.Background(), second, sign.Field{Name: "Third", Time: now}, boss, 0); !errors.Is(err, sign.ErrForbidden) {
		t.Errorf("a new field under P=2: %v", err)
	}
	if _, err := sign.Sign(context.Background(), signed(t, h.bench), sign.Field{Name: "Second", Time: now}, boss, 0); !errors.Is(err, sign.ErrForbidden) {
		t.Errorf("a second signature under P=1: %v", err)
	}
	if _, err := sign.Sign(context.Background(), second, sign.Field{Name: "Teller", Time: now}, boss, 0); err == nil {
		t.Error("a field was signed twice")
	}
}

// TestUncertified: foreign files with approval signatures take new fields.
func TestUncertified(t *testing.T) {
	h := newHall(t)
	out := page(t, "x")
	for i := range 3 {
		var err error
		f := sign.Field{Name: fmt.Sprintf("Sig%d", i), Time: now, Rect: [4]float64{10, 10, 20 + float64(i), 20}}
		if out, err = sign.Sign(context.Background(), out, f, h.key, 0); err != nil {
			t.Fatal(err)
		}
	}
	r := sign.Verify(h.augment(t, out, sign.LevelLTA), h.options())
	if r.Verdict != sign.Valid || len(r.Signatures) != 4 || r.Signatures[0].Kind != sign.KindApproval {
		t.Errorf("%+v", r)
	}
}

// TestIntermediate: chains over an authority below the root.
func TestIntermediate(t *testing.T) {
	h := newHall(t)
	below, err := h.ca.Below("Issuing CA")
	if err != nil {
		t.Fatal(err)
	}
	key, err := below.RSA("teller", now.Add(-time.Minute), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	out, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := sign.Augment(context.Background(), out, h.how(sign.LevelLT)); !errors.Is(err, sign.ErrNoRevocation) {
		t.Errorf("without the list of the issuing CA: %v", err)
	}
	h.crls = append(h.crls, h.crl(t, below, nil))
	r := sign.Verify(h.augment(t, out, sign.LevelLTA), h.options())
	if r.Verdict != sign.Valid || r.Signatures[0].Level != "B-LTA" || r.Signatures[0].Revocation != sign.RevocationGood {
		t.Errorf("%+v", r)
	}
}
