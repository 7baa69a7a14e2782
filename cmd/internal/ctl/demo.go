//go:build virtualpad

package ctl

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"moqian/cmd/internal/durable"
	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/pad/virtual"
	"moqian/render/form"
	"moqian/store"
)

// demoOptions are the flags of demo.
type demoOptions struct {
	code, record, id, archive, pin, at string
	set                                settings
	signers                            int
	scale                              float64
	seed                               uint64
	fast                               bool
}

// settings are the words field=value.
type settings map[string]string

func (s settings) String() string { return "" }

func (s settings) Set(v string) error {
	field, value, ok := strings.Cut(v, "=")
	if !ok || field == "" {
		return errors.New("want field=value")
	}
	s[field] = value
	return nil
}

// DemoResult is what demo prints.
type DemoResult struct {
	Voucher string     `json:"voucher"`
	PDF     string     `json:"pdf"`
	Archive string     `json:"archive"`
	Root    string     `json:"root"`
	Steps   []DemoStep `json:"steps"`
	Strokes int        `json:"strokes"`
	Verify  proof.File `json:"verify"`
}

// DemoStep is one part of the way and its time.
type DemoStep struct {
	Name string  `json:"name"`
	MS   float64 `json:"ms"`
}

func (c *Console) demo(ctx context.Context, args []string) error {
	o := demoOptions{set: settings{}}
	f := c.flags("demo")
	dir := f.String("dir", "", "the trial `folder`; the same as --data")
	o.register(f)
	if _, err := c.parse("demo", f, args, 0, 0); err != nil {
		return err
	}
	if *dir != "" {
		c.common.data = *dir
	}
	if o.scale <= 0 || o.signers < 0 {
		return usagef("--scale is more than 0, --signers not less")
	}
	var r DemoResult
	err := c.with(ctx, func(st *station.Station) error {
		d := demonstration{c: c, st: st, o: o, r: &r, last: c.Now()}
		return d.run(ctx)
	})
	if err != nil {
		return err
	}
	err = c.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "TEST 测试: voucher %s is %s, mark %s, %d strokes\narchive: %s\n%s\n",
			r.Voucher, r.Verify.Verdict, r.Verify.Mark.Binding.State, r.Strokes, r.Archive, r.PDF)
	})
	if err == nil && r.Verify.Verdict != "valid" {
		return answer(exitNo)
	}
	return err
}

func (o *demoOptions) register(f *flag.FlagSet) {
	f.StringVar(&o.code, "type", "2101", "business `code`: 1101, 2101, 2102, 2103, 3101")
	f.Var(o.set, "set", "a `field=value`, again for each")
	f.IntVar(&o.signers, "signers", 0, "how many sign; 0: as the form says")
	f.StringVar(&o.record, "record", "", "`file` of handwriting to play")
	f.StringVar(&o.id, "id", "", "the record's `id`; the first without it")
	f.Float64Var(&o.scale, "scale", 1, "multiply the record's lengths")
	f.Uint64Var(&o.seed, "seed", 1, "of the synthetic track, without --record")
	f.BoolVar(&o.fast, "fast", false, "do not wait in real time")
	f.StringVar(&o.archive, "archive", "", "archive `URL`; the trial folder's without it")
	f.StringVar(&o.pin, "pin-file", "", "`file` with the PIN of another key")
}

// maxRecords bounds a file of handwriting, bytes.
const maxRecords = 64 << 20

// demonstration is one run.
type demonstration struct {
	c    *Console
	st   *station.Station
	o    demoOptions
	r    *DemoResult
	last time.Time
	desk *flow.Desk
	s    *flow.Session
	pad  *virtual.Pad
}

func (d *demonstration) step(name string) {
	now := d.c.Now()
	d.r.Steps = append(d.r.Steps, DemoStep{name, float64(now.Sub(d.last).Microseconds()) / 1000})
	d.last = now
}

func (d *demonstration) run(ctx context.Context) error {
	if err := d.open(ctx); err != nil {
		return err
	}
	d.step("open")
	res, err := d.transact(ctx)
	if err != nil {
		reason := "failed"
		if ctx.Err() != nil {
			reason = "interrupted"
		}
		return errors.Join(err, d.s.Cancel(context.WithoutCancel(ctx), reason))
	}
	for _, t := range res.Took {
		d.r.Steps = append(d.r.Steps, DemoStep{t.Name, float64(t.D.Microseconds()) / 1000})
	}
	d.last = d.c.Now()
	d.r.Voucher, d.r.Strokes, d.r.Root = res.Item.Voucher, res.Strokes, trial.Root(d.st.Dir)
	if err := d.deliver(ctx, res.Item); err != nil {
		return fmt.Errorf("voucher %s is filed and safe here, but: %w", res.Item.Voucher, err)
	}
	return nil
}

// open readies key, desk, pad and the teller's login.
func (d *demonstration) open(ctx context.Context) error {
	pin, err := d.c.pin(d.o.pin)
	if err != nil {
		return err
	}
	if pin == nil {
		pin = []byte(trial.PIN)
	}
	key, err := d.st.OpenKey(pin)
	if err != nil {
		return fmt.Errorf("opening the key: %w", err)
	}
	if d.desk, err = d.st.Desk(ctx, key); err != nil {
		return err
	}
	track, err := d.track(0)
	if err != nil {
		return err
	}
	d.pad = virtual.Open(track, virtual.Options{Fast: d.o.fast, Serial: "TRIAL-1"})
	if _, err = d.st.Users.Login(ctx, "t0001", []byte(trial.Password), trial.Code); err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	d.s, err = d.desk.Begin("t0001", d.o.code, flow.Dark{})
	if errors.Is(err, flow.ErrType) {
		return usagef("%v; the codes: 1101, 2101, 2102, 2103, 3101", err)
	}
	return err
}

// track of signer i: the record, or a synthetic one.
func (d *demonstration) track(i int) (virtual.Track, error) {
	if d.o.record == "" {
		return virtual.Synthetic(d.o.seed + uint64(i)), nil
	}
	b, err := readBounded(d.c.path(d.o.record), maxRecords)
	if err != nil {
		return virtual.Track{}, fmt.Errorf("reading the record: %w", err)
	}
	t, err := virtual.ReadTrack(b, virtual.ReadOptions{ID: d.o.id, Scale: d.o.scale})
	if err != nil {
		return virtual.Track{}, fmt.Errorf("record file %s: %w", filepath.Base(d.o.record), err)
	}
	return t, nil
}

// transact goes from the entry to the filed voucher.
func (d *demonstration) transact(ctx context.Context) (*flow.Result, error) {
	entries, err := d.entries()
	if err != nil {
		return nil, err
	}
	problems, err := d.s.Enter(ctx, entries)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, formError(problems)
	}
	d.step("entry")
	if d.s.Step() == flow.Approval {
		if err := d.s.Approve(ctx, "s0001", []byte(trial.Password), trial.Code); err != nil {
			return nil, fmt.Errorf("approving: %w", err)
		}
		d.step("approval")
	}
	for d.s.Step() == flow.Confirm {
		if err := d.s.ConfirmPage(); err != nil {
			return nil, err
		}
	}
	d.step("confirm")
	signers := len(d.s.View().Filled.Signers())
	if d.o.signers > 0 && d.o.signers != signers {
		return nil, usagef("--signers %d: with these entries %d sign", d.o.signers, signers)
	}
	var res *flow.Result
	for i := range signers {
		if res, err = d.sign(ctx, i); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// sign lets one customer write and takes the ink.
func (d *demonstration) sign(ctx context.Context, i int) (*flow.Result, error) {
	if i > 0 {
		track, err := d.track(i)
		if err != nil {
			return nil, err
		}
		d.pad.Load(track)
	}
	box, err := d.s.Open(ctx, d.pad.Device)
	if err != nil {
		return nil, err
	}
	d.step("ready")
	done := d.pad.Done()
	recording, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-done:
			stop()
		case <-recording.Done():
		}
	}()
	if err := box.Record(recording); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.step("write")
	defer func() { d.last = d.c.Now() }()
	return box.Accept(ctx)
}

// deliver copies the PDF out, uploads and verifies.
func (d *demonstration) deliver(ctx context.Context, it store.Item) error {
	pdf, err := d.st.Store.Outbox().PDF(ctx, it.ID)
	if err != nil {
		return err
	}
	d.r.PDF = filepath.Join(d.st.Dir, "vouchers", it.Voucher+".pdf")
	if err := durable.WriteFile(d.r.PDF, pdf); err != nil {
		return fmt.Errorf("writing the voucher out: %w", err)
	}
	l := d.c.line()
	l.Address = d.o.archive
	to, err := d.c.archive(d.st, l)
	if err != nil {
		return err
	}
	w, err := d.st.Worker(to, l)
	if err != nil {
		return err
	}
	if _, err := w.Once(ctx); err != nil {
		return fmt.Errorf("uploading: %w", err)
	}
	if it, err = d.st.Store.Outbox().Find(ctx, it.ID); err != nil {
		return err
	}
	if it.State == store.Queued || it.State == store.Ready {
		return fmt.Errorf("uploading: %s", it.Error)
	}
	d.r.Archive = it.Place
	d.step("upload")
	roots, err := d.st.Roots()
	if err != nil {
		return err
	}
	o := proof.Options{Roots: roots, At: d.c.Now()}
	if err := stationMarks(ctx, d.st, &o, true); err != nil {
		return err
	}
	d.r.Verify = proof.Examine(ctx, pdf, o)
	d.r.Verify.File = d.r.PDF
	d.step("verify")
	return nil
}

// entries are the type's examples with what --set says.
func (d *demonstration) entries() (map[string]string, error) {
	t, _ := d.desk.Type(d.o.code)
	in := t.Examples()
	for field, value := range d.o.set {
		if _, ok := t.Find(field); !ok {
			return nil, usagef("--set %s: type %s has the fields %s", field, t.Code, strings.Join(fieldIDs(t), ", "))
		}
		in[field] = value
	}
	if d.o.signers > 0 {
		for i, s := range t.Signers {
			if _, set := d.o.set[s.NameField]; i >= d.o.signers && !set {
				delete(in, s.NameField)
			}
		}
	}
	return in, nil
}

func fieldIDs(t *form.Type) []string {
	ids := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		ids[i] = f.ID
	}
	return ids
}

// formError is wrong entries as one error.
func formError(problems []form.Problem) error {
	var b strings.Builder
	for i, p := range problems {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s %s", p.Field, p.Text.ZH, p.Text.EN)
	}
	return usage{b.String()}
}
