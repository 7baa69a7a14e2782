//go:build virtualpad

package flow_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/trial"
	"moqian/pad"
	"moqian/pad/usb/padtest"
	"moqian/render/form"
	"moqian/render/padview"
	vouchers "moqian/render/pdf"
	"moqian/sign/pdf"
)

// long is for waits that only a hung test sees the end of.
const long = 3 * time.Minute

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
	}
}

// counter is a desk, a pad with a screen, and the teller's side of a session
// that a customer leads with the pad's keys.
type counter struct {
	*rig
	pen  *padtest.Pad
	ps   *flow.PadScreen
	make *padview.Maker
	s    *flow.Session
	keys chan pad.Key
	ran  chan error
	stop context.CancelFunc
}

func newCounter(t *testing.T, model string, secret bool) *counter {
	t.Helper()
	c := &counter{rig: newRig(t, nil), pen: padtest.Open(t, model, secret), keys: make(chan pad.Key, 16), ran: make(chan error, 1)}
	var err error
	if c.ps, err = c.desk.PadScreen(c.pen.Device, false); err != nil {
		t.Fatal(err)
	}
	d, _ := c.pen.Display()
	w, h := d.Size()
	if c.make, err = padview.New(w, h, c.desk.Fonts(), padview.Options{Trial: true}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	c.stop = stop
	go func() { c.ran <- c.ps.Run(ctx, func(k pad.Key) { c.keys <- k }) }()
	t.Cleanup(stop)
	return c
}

// ended waits for the screen's goroutine and gives its error.
func (c *counter) ended(t *testing.T) error {
	t.Helper()
	c.stop()
	select {
	case err := <-c.ran:
		return err
	case <-time.After(long):
		t.Fatal("Run does not return")
		return nil
	}
}

// enter leads the teller up to what the customer reads.
func (c *counter) enter(t *testing.T, code string, sc flow.Screen, change ...string) {
	t.Helper()
	c.s = c.begin(t, code, sc)
	problems, err := c.s.Enter(t.Context(), c.examples(t, code, change...))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if c.s.Step() == flow.Approval {
		if err := c.s.Approve(t.Context(), "s0001", []byte(trial.Password), trial.Code); err != nil {
			t.Fatal(err)
		}
	}
}

// sees waits until the pad shows a picture and its keys count.
func (c *counter) sees(t *testing.T, what string, p padview.Picture) {
	t.Helper()
	until(t, what, func() bool { return c.pen.Shows(p.Frame) })
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	if err := c.ps.Settled(ctx); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// listens waits until the pad draws ink: from then on it is captured.
func (c *counter) listens(t *testing.T) {
	t.Helper()
	until(t, "the pad's ink", c.pen.Inks)
}

func (c *counter) tap(t *testing.T, p padview.Picture, k pad.Key) {
	t.Helper()
	i := slices.IndexFunc(p.Buttons, func(b pad.Button) bool { return b.Key == k })
	if i < 0 {
		t.Fatalf("no key %s in the picture", k)
	}
	c.pen.Tap(p.Buttons[i])
}

func (c *counter) key(t *testing.T, want pad.Key) {
	t.Helper()
	select {
	case k := <-c.keys:
		if k != want {
			t.Fatalf("key %q, want %q", k, want)
		}
	case <-time.After(long):
		t.Fatalf("key %q does not come", want)
	}
}

// read turns all pages with the pad's keys; the session follows. It gives the
// digests of what was confirmed.
func (c *counter) read(t *testing.T) (digests []string) {
	t.Helper()
	v := c.s.View()
	lists, err := c.make.Pages(v.Filled, v.Pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		for j, p := range list {
			c.sees(t, "a page", p)
			digests = append(digests, p.Frame.Digest())
			if j < len(list)-1 {
				c.tap(t, p, pad.KeyNext)
				continue
			}
			c.tap(t, p, pad.KeyConfirm)
			c.key(t, pad.KeyConfirm)
			if err := c.s.ConfirmPage(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return digests
}

// open opens the box and begins to record; the end of the recording comes
// through the channel.
func (c *counter) open(t *testing.T) (*flow.Box, padview.Picture, context.CancelFunc, chan error) {
	t.Helper()
	box, err := c.s.Open(t.Context(), c.pen.Device)
	if err != nil {
		t.Fatal(err)
	}
	pic, err := c.make.Box(c.s.View().Filled, c.s.View().Signer)
	if err != nil {
		t.Fatal(err)
	}
	stop, done := record(t, box)
	return box, pic, stop, done
}

func record(t *testing.T, box *flow.Box) (context.CancelFunc, chan error) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- box.Record(ctx) }()
	t.Cleanup(stop)
	return stop, done
}

func (c *counter) returned(t *testing.T, done chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(long):
		t.Fatal("Record does not return")
		return nil
	}
}

// The customer reads, signs and confirms on the pad alone. What was shown and
// confirmed stands in the voucher.
func TestPadScreenLeadsToTheVoucher(t *testing.T) {
	for _, c := range []struct {
		model  string
		secret bool
	}{{"STU-430", false}, {"STU-430", true}, {"STU-540", true}} {
		n := newCounter(t, c.model, c.secret)
		idle, err := n.make.Idle(form.Text(n.Site.Bank), form.Text(n.Site.Branch))
		if err != nil {
			t.Fatal(err)
		}
		n.sees(t, "the idle picture", idle)
		if n.pen.Pictures() != 1 {
			t.Errorf("%d pictures were sent for one", n.pen.Pictures())
		}
		n.enter(t, "2103", n.ps)
		read := n.read(t)
		box, pic, stop, done := n.open(t)
		n.sees(t, "the box", pic)
		n.listens(t)
		n.pen.Stroke(60)
		n.tap(t, pic, pad.KeyConfirm)
		n.key(t, pad.KeyConfirm)
		stop()
		if err := n.returned(t, done); err != nil {
			t.Fatal(err)
		}
		res, err := box.Accept(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		thanks, err := n.make.Thanks()
		if err != nil {
			t.Fatal(err)
		}
		n.sees(t, "the thanks", thanks)
		ev := evidence(t, res.PDF)
		if !slices.Equal(ev.Confirmed, read) || !slices.Equal(ev.Keys, []pad.Key{pad.KeyConfirm}) ||
			!slices.Contains(ev.Pictures, pic.Frame.Digest()) || ev.Lost != 0 || ev.Samples == 0 || (ev.Encryption != "none") != c.secret {
			t.Errorf("%s: %d of %d pages confirmed, keys %v, %d pictures, %d samples, %d lost, %s", c.model, len(ev.Confirmed), len(read),
				ev.Keys, len(ev.Pictures), ev.Samples, ev.Lost, ev.Encryption)
		}
		if err := n.ended(t); err != nil {
			t.Error(err)
		}
		if n.pen.Inks() || !n.pen.Shows(idle.Frame) {
			t.Error("the pad is not left idle")
		}
	}
}

// evidence of the first signer as the voucher tells it.
func evidence(t *testing.T, file []byte) pad.Evidence {
	t.Helper()
	doc, err := pdf.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	values, err := vouchers.ReadData(doc)
	if err != nil {
		t.Fatal(err)
	}
	d, err := manifest.Read(values)
	if err != nil {
		t.Fatal(err)
	}
	return d.Signers[0].Pad
}

// Clear begins the signature anew: what was written before is not in it.
func TestPadScreenClear(t *testing.T) {
	n := newCounter(t, "STU-430", true)
	n.enter(t, "2103", n.ps)
	n.read(t)
	box, pic, stop, done := n.open(t)
	n.sees(t, "the box", pic)
	n.listens(t)
	n.pen.Stroke(200)
	n.tap(t, pic, pad.KeyClear)
	n.key(t, pad.KeyClear)
	stop()
	if err := n.returned(t, done); err != nil {
		t.Fatal(err)
	}
	before := n.pen.Pictures()
	stop, done = record(t, box)
	until(t, "the box without ink", func() bool { return n.pen.Pictures() > before })
	n.sees(t, "the box again", pic)
	n.listens(t)
	n.pen.Stroke(20)
	n.tap(t, pic, pad.KeyConfirm)
	n.key(t, pad.KeyConfirm)
	stop()
	if err := n.returned(t, done); err != nil {
		t.Fatal(err)
	}
	res, err := box.Accept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if ev := evidence(t, res.PDF); ev.Samples > 40 || !slices.Equal(ev.Keys, []pad.Key{pad.KeyConfirm}) || ev.Lost != 0 {
		t.Errorf("%d samples, keys %v, %d lost: the first signature is in it", ev.Samples, ev.Keys, ev.Lost)
	}
}

// Pulled while a picture uploads: the screen's goroutine and the recording say
// so, and the next pad leads on from there.
func TestPadScreenUnpluggedDuringUpload(t *testing.T) {
	n := newCounter(t, "STU-430", false)
	n.enter(t, "2103", n.ps)
	n.read(t)
	wait, err := n.make.Wait()
	if err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the picture between", wait)
	pictures := n.pen.Pictures()
	n.pen.HoldPicture()
	box, _, _, done := n.open(t)
	until(t, "the upload", n.pen.Uploading)
	n.pen.Unplug()
	if err := n.returned(t, done); !errors.Is(err, pad.ErrGone) {
		t.Errorf("recording: %v", err)
	}
	if err := n.ended(t); !errors.Is(err, pad.ErrGone) {
		t.Errorf("the screen: %v", err)
	}
	if n.pen.Pictures() != pictures {
		t.Error("the upload was over: nothing was tested")
	}
	if err := box.Discard(t.Context(), "pad"); err != nil {
		t.Fatal(err)
	}
	if res := n.sign(t, n.s, 9); res == nil {
		t.Error("no voucher with the next pad")
	}
}

// The customer refuses, while reading and at the box.
func TestPadScreenCancel(t *testing.T) {
	n := newCounter(t, "STU-430", false)
	n.enter(t, "2103", n.ps)
	v := n.s.View()
	lists, err := n.make.Pages(v.Filled, v.Pages)
	if err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the first page", lists[0][0])
	n.tap(t, lists[0][0], pad.KeyCancel)
	n.key(t, pad.KeyCancel)
	if err := n.s.Back(); err != nil {
		t.Fatal(err)
	}
	if _, err := n.s.Enter(t.Context(), n.examples(t, "2103")); err != nil {
		t.Fatal(err)
	}
	n.read(t)
	if got := n.ps.Confirmed(); len(got) == 0 {
		t.Error("nothing confirmed")
	}
	_, pic, stop, done := n.open(t)
	n.sees(t, "the box", pic)
	n.listens(t)
	n.tap(t, pic, pad.KeyCancel)
	n.key(t, pad.KeyCancel)
	stop()
	if err := n.returned(t, done); err != nil {
		t.Fatal(err)
	}
	if err := n.s.Cancel(t.Context(), "customer"); err != nil {
		t.Fatal(err)
	}
	wait, err := n.make.Wait()
	if err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the end", wait)
	if len(n.ps.Confirmed()) != 0 && n.s.Step() != flow.Ended {
		t.Error("the session goes on")
	}
}

// A form with two signers has a box for each, in order.
func TestPadScreenTwoSigners(t *testing.T) {
	n := newCounter(t, "STU-540", false)
	n.enter(t, "1101", n.ps)
	n.read(t)
	signers := len(n.s.View().Filled.Signers())
	var res *flow.Result
	for i := range signers {
		box, pic, stop, done := n.open(t)
		n.sees(t, "the box", pic)
		n.listens(t)
		n.pen.Stroke(30 + i)
		n.tap(t, pic, pad.KeyConfirm)
		n.key(t, pad.KeyConfirm)
		stop()
		if err := n.returned(t, done); err != nil {
			t.Fatal(err)
		}
		var err error
		if res, err = box.Accept(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if signers != 2 || res == nil {
		t.Errorf("%d signers, result %v", signers, res != nil)
	}
}

// A screen of 100 rows would need 81 pictures for an application of three pages:
// reading is for another screen then, and the pad shows the box alone.
func TestPadScreenTooSmallToRead(t *testing.T) {
	n := newCounter(t, "STU-300", false)
	n.enter(t, "1101", n.ps)
	wait, err := n.make.Wait()
	if err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the request to wait", wait)
	for n.s.Step() == flow.Confirm {
		if err := n.s.ConfirmPage(); err != nil {
			t.Fatal(err)
		}
	}
	box, pic, stop, done := n.open(t)
	n.sees(t, "the box", pic)
	n.listens(t)
	n.pen.Stroke(20)
	n.tap(t, pic, pad.KeyConfirm)
	n.key(t, pad.KeyConfirm)
	stop()
	if err := n.returned(t, done); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(n.ps.Confirmed()) != 0 {
		t.Error("pages that the pad never showed are confirmed on it")
	}
}

// A key of a picture that is no longer shown moves nothing: neither when the
// teller went back nor when the session ended meanwhile.
func TestPadScreenStaleKey(t *testing.T) {
	n := newCounter(t, "STU-430", false)
	n.enter(t, "2103", n.ps)
	v := n.s.View()
	lists, err := n.make.Pages(v.Filled, v.Pages)
	if err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the first page", lists[0][0])
	release := n.pen.HoldPicture()
	if err := n.s.Back(); err != nil { // the idle picture is on its way, the page still stands
		t.Fatal(err)
	}
	until(t, "the upload", n.pen.Uploading)
	n.tap(t, lists[0][0], pad.KeyNext)
	n.tap(t, lists[0][0], pad.KeyCancel)
	if !n.pen.Read(t.Context()) {
		t.Fatal("nobody reads the pad")
	}
	release()
	idle, err := n.make.Idle(form.Text(n.Site.Bank), form.Text(n.Site.Branch))
	if err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the idle picture", idle)
	if _, err := n.s.Enter(t.Context(), n.examples(t, "2103")); err != nil {
		t.Fatal(err)
	}
	n.sees(t, "the first page again", lists[0][0])
	select {
	case k := <-n.keys:
		t.Errorf("key %q of a picture that was gone", k)
	default:
	}
	if len(n.ps.Confirmed()) != 0 {
		t.Error("a page was confirmed by a stale key")
	}
}

// A pad without a screen has none.
func TestNoPadScreen(t *testing.T) {
	r := newRig(t, nil)
	p := fast(1)
	defer p.Close()
	if _, err := r.desk.PadScreen(p.Device, false); !errors.Is(err, flow.ErrNoScreen) {
		t.Errorf("%v", err)
	}
}
