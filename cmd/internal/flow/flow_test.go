//go:build virtualpad

package flow_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/trial"
	"moqian/pad"
	"moqian/pad/virtual"
	"moqian/render/watermark"
	"moqian/sign"
	"moqian/sign/signtest"
	"moqian/store"
	"moqian/store/auth"
)

// A key for marks that comes while the desk is open, at New Year or from head
// office, is the next voucher's.
func TestMarkKeyChanges(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	var ids []string
	for i := range 2 {
		s := r.begin(t, "2101", &screen{})
		r.toSign(t, s, r.examples(t, "2101"))
		if err := r.SetMarkKey(ctx, watermark.Key{byte(i + 1)}); err != nil { // too late for this one
			t.Fatal(err)
		}
		f := proof.Examine(ctx, r.sign(t, s, 1).PDF, proof.Options{At: time.Now()})
		ids = append(ids, f.Voucher.MarkKey)
	}
	if ids[0] == manifest.KeyID(watermark.Key{1}) || ids[1] != manifest.KeyID(watermark.Key{1}) {
		t.Errorf("marked under the keys %q", ids)
	}
}

// Every type, from the entry to a file that stands up to a strict look.
func TestEveryType(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	roots, err := r.Roots()
	if err != nil {
		t.Fatal(err)
	}
	key, err := r.MarkKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, typ := range r.desk.Types() {
		sc := &screen{}
		s := r.begin(t, typ.Code, sc)
		r.toSign(t, s, r.examples(t, typ.Code))
		n := len(s.View().Filled.Signers())
		var res *flow.Result
		for k := range n {
			if res != nil {
				t.Fatal("a result before the last signer")
			}
			res = r.sign(t, s, uint64(10*i+k+1))
		}
		f := proof.Examine(ctx, res.PDF, proof.Options{Roots: roots, MarkKey: &key, At: time.Now()})
		if f.Verdict != sign.Valid || f.Mark.Binding.State != "match" || !f.Voucher.Test || f.Voucher.Signers != n {
			t.Errorf("%s: %s, mark %s, %+v, %v", typ.Code, f.Verdict, f.Mark.Binding.State, f.Voucher, f.Problems)
		}
		held, err := r.Store.Outbox().PDF(ctx, res.Item.ID)
		if err != nil || !bytes.Equal(held, res.PDF) {
			t.Errorf("%s: the queue holds other bytes: %v", typ.Code, err)
		}
		if s.Step() != flow.Filed || sc.views[len(sc.views)-1].Result != res || sc.samples == 0 || res.Slip == "" {
			t.Errorf("%s: step %d, %d samples shown, slip %q", typ.Code, s.Step(), sc.samples, res.Slip)
		}
		if err := s.Cancel(ctx, "late"); err != nil {
			t.Error("cancelling a filed session:", err)
		}
	}
	found, err := r.Store.Outbox().Search(ctx, store.Query{Teller: "t0001"})
	if err != nil || len(found) != len(r.desk.Types()) {
		t.Errorf("%d vouchers found again, %v", len(found), err)
	}
}

func TestStepsOutOfOrder(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	s := r.begin(t, "2101", flow.Dark{})
	p := fast(1)
	defer p.Close()
	_, err := s.Open(ctx, p.Device)
	wantErr(t, err, flow.ErrStep)
	wantErr(t, s.ConfirmPage(), flow.ErrStep)
	wantErr(t, s.Approve(ctx, "s0001", []byte("x"), ""), flow.ErrStep)
	r.toSign(t, s, r.examples(t, "2101"))
	_, err = s.Enter(ctx, nil)
	wantErr(t, err, flow.ErrStep)
	box, err := s.Open(ctx, p.Device)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Open(ctx, p.Device)
	wantErr(t, err, flow.ErrStep)
	wantErr(t, s.Back(), flow.ErrStep)
	_, err = box.Accept(ctx)
	wantErr(t, err, flow.ErrEmpty)
	if err := s.Cancel(ctx, "test"); err != nil {
		t.Fatal(err)
	}
	_, err = box.Accept(ctx)
	wantErr(t, err, flow.ErrStep)
	_, err = r.desk.Begin("t0001", "9999", flow.Dark{})
	wantErr(t, err, flow.ErrType)
}

func TestProblemsKeepTheEntry(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	for _, c := range []struct{ field, value string }{
		{"amount", "1.234"}, {"account", "6222021234567890129"}, {"name", "王\U00031351"},
	} {
		s := r.begin(t, "2101", flow.Dark{})
		problems, err := s.Enter(ctx, r.examples(t, "2101", c.field, c.value))
		if err != nil || len(problems) != 1 || problems[0].Field != c.field ||
			problems[0].Text.ZH == "" || problems[0].Text.EN == "" || s.Step() != flow.Entry {
			t.Errorf("%s: %+v, %v", c.field, problems, err)
		}
		if err := s.Cancel(ctx, "test"); err != nil {
			t.Error(err)
		}
	}
}

// An edit voids the approval, and so does going back.
func TestApproval(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	s := r.begin(t, "2102", flow.Dark{})
	if _, err := s.Enter(ctx, r.examples(t, "2102")); err != nil || s.Step() != flow.Approval {
		t.Fatal(s.Step(), err)
	}
	wantErr(t, s.Approve(ctx, "s0001", []byte("wrong-password"), trial.Code), auth.ErrWrong)
	wantErr(t, s.Approve(ctx, "t0001", []byte(trial.Password), trial.Code), auth.ErrSamePerson)
	wantErr(t, s.Approve(ctx, "t0002", []byte(trial.Password), trial.Code), auth.ErrRole)
	if s.Step() != flow.Approval {
		t.Fatal("a refused approval went on")
	}
	if err := s.Approve(ctx, "s0001", []byte(trial.Password), trial.Code); err != nil {
		t.Fatal(err)
	}
	number := s.Number()
	if err := s.Back(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enter(ctx, r.examples(t, "2102", "amount", "66666.60")); err != nil || s.Step() != flow.Approval {
		t.Fatalf("after an edit the step is %d, %v", s.Step(), err)
	}
	if s.Number() != number {
		t.Error("an edit took another number")
	}
}

func TestCancelBurnsTheNumber(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	s := r.begin(t, "2101", flow.Dark{})
	r.toSign(t, s, r.examples(t, "2101"))
	number := s.Number()
	if err := s.Cancel(ctx, "customer"); err != nil {
		t.Fatal(err)
	}
	log, err := r.Store.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if last := log[len(log)-1]; last.Action != "cancel" || last.Voucher != number || last.Detail["reason"] != "customer" {
		t.Errorf("the log ends with %+v", last)
	}
	next := r.begin(t, "2101", flow.Dark{})
	r.toSign(t, next, r.examples(t, "2101"))
	if next.Number() == number {
		t.Error("a burnt number was given again")
	}
}

// What keeps the box closed is found before the customer signs.
func TestNotReady(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		part  flow.Part
		want  error
		spoil func(*rig)
	}{
		{"expired certificate", flow.Certificate, sign.ErrExpired, func(r *rig) { r.clock.turn(6 * 365 * 24 * time.Hour) }},
		{"clock behind the log", flow.Storage, store.ErrClock, func(r *rig) { r.clock.turn(-time.Hour) }},
	} {
		r := newRig(t, nil)
		s := r.begin(t, "2101", flow.Dark{})
		r.toSign(t, s, r.examples(t, "2101"))
		c.spoil(r)
		p := fast(1)
		_, err := s.Open(ctx, p.Device)
		var n *flow.NotReady
		if !errors.As(err, &n) || n.Part != c.part || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		p.Close()
	}
	other, err := signtest.New("another root", "TEST", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(foreign, other.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(s *config.Site) { s.Roots = foreign })
	s := r.begin(t, "2101", flow.Dark{})
	r.toSign(t, s, r.examples(t, "2101"))
	p := fast(1)
	defer p.Close()
	_, err = s.Open(ctx, p.Device)
	wantErr(t, err, flow.ErrChain)
	r = newRig(t, func(s *config.Site) { s.Floor, s.Ballast = 1<<60, 0 })
	_, err = r.begin(t, "2101", flow.Dark{}).Enter(ctx, r.examples(t, "2101"))
	wantErr(t, err, store.ErrFull)
}

// Unplugged in mid-signature: wiped, told, and the next pad takes over.
func TestUnplugged(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	sc := &screen{}
	s := r.begin(t, "2103", sc)
	r.toSign(t, s, r.examples(t, "2103"))
	p := virtual.Open(virtual.Synthetic(3), virtual.Options{Fast: true, UnplugAfter: 50})
	box, err := s.Open(ctx, p.Device)
	if err != nil {
		t.Fatal(err)
	}
	wantErr(t, write(t, p, box), pad.ErrGone)
	_, err = box.Accept(ctx)
	wantErr(t, err, flow.ErrEmpty)
	if err := box.Discard(ctx, "pad"); err != nil {
		t.Fatal(err)
	}
	if res := r.sign(t, s, 4); res == nil {
		t.Error("no voucher with the second pad")
	}
}

// The customer signs again; only the last ink counts.
func TestSignAgain(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	s := r.begin(t, "2103", flow.Dark{})
	r.toSign(t, s, r.examples(t, "2103"))
	p := fast(5)
	defer p.Close()
	box, err := s.Open(ctx, p.Device)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(t, p, box); err != nil {
		t.Fatal(err)
	}
	if o, err := box.Ink(); err != nil || len(o) == 0 {
		t.Error("no final ink to look at:", err)
	}
	p.Load(virtual.Synthetic(6))
	if err := write(t, p, box); err != nil {
		t.Fatal(err)
	}
	res, err := box.Accept(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Accept(ctx); !errors.Is(err, flow.ErrStep) {
		t.Error("a second accept:", err)
	}
	if res.Strokes == 0 {
		t.Error("no strokes")
	}
}

func TestReplayIsNoted(t *testing.T) {
	r, ctx := newRig(t, nil), context.Background()
	for range 2 {
		s := r.begin(t, "2103", flow.Dark{})
		r.toSign(t, s, r.examples(t, "2103"))
		r.sign(t, s, 7)
	}
	log, err := r.Store.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if log[len(log)-1].Detail["signer1_replay_of"] == "" {
		t.Error("the same reports twice and no word of it")
	}
}
