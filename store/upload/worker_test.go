package upload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// office is a store, an archive and a worker between them, with a clock that
// moves when told.
type office struct {
	*upload.Worker
	s    *store.Store
	mu   sync.Mutex // guards now
	now  time.Time
	pdfs map[string][]byte // voucher → bytes
	bank *uploadtest.Bank  // time passes there too, if it is set
}

func newOffice(t testing.TB, a upload.Sender) *office {
	t.Helper()
	o := &office{now: time.Now(), pdfs: map[string][]byte{}}
	s, err := store.Open(t.TempDir(), store.Options{Key: machineKey(), Now: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o.s = s
	o.Worker = &upload.Worker{Outbox: s.Outbox(), Sender: a, Now: o.clock, Workers: 4,
		Sleep: func(ctx context.Context, d time.Duration) error { o.advance(d); return ctx.Err() }}
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
	if o.bank != nil {
		o.bank.Age(d)
	}
}

const day = "2026-11-24"

// file files n vouchers.
func (o *office) file(t testing.TB, n int) []store.Item { t.Helper(); return o.fileOn(t, day, n) }

// fileOn files n vouchers of a business date.
func (o *office) fileOn(t testing.TB, day string, n int) []store.Item {
	t.Helper()
	var group []store.Filing
	for range n {
		serial, err := o.s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		v := fmt.Sprintf("010010326%s%04d7", strings.ReplaceAll(day[5:], "-", ""), serial)
		o.pdfs[v] = noise(uint64(len(o.pdfs)), 3000+serial)
		group = append(group, store.Filing{Serial: serial, PDF: o.pdfs[v], Item: store.Item{
			Voucher: v, Type: "2101", Business: day, Branch: "01001", Teller: "t0001"}})
	}
	items, err := o.s.Outbox().FileAll(ctx, group...)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func (o *office) states(t testing.TB) map[store.State]int {
	t.Helper()
	all, err := o.s.Outbox().List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m := map[store.State]int{}
	for _, it := range all {
		m[it.State]++
	}
	return m
}

// once runs a round that must not break.
func (o *office) once(t testing.TB) upload.Result {
	t.Helper()
	r, err := o.Once(ctx)
	if err != nil {
		t.Fatalf("a round: %v", err)
	}
	return r
}

// holds checks that the bank has each voucher once, byte for byte, and its index.
func holds(t testing.TB, o *office, objects map[string][]byte) {
	t.Helper()
	seen, indexed := map[string]int{}, indexedIn(t, objects)
	all, err := o.s.Outbox().List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range all {
		key, err := upload.Key(it)
		if err != nil {
			t.Fatal(err)
		}
		seen[key]++
		if got := objects["moqian/"+key]; !bytes.Equal(got, o.pdfs[it.Voucher]) {
			t.Errorf("voucher %s: the archive has %d bytes, want %d", it.Voucher, len(got), len(o.pdfs[it.Voucher]))
		}
		if indexed[key] != it.Voucher {
			t.Errorf("the index says of voucher %s: %q", it.Voucher, indexed[key])
		}
	}
	for key := range objects {
		key = strings.TrimPrefix(key, "moqian/")
		if strings.HasSuffix(key, ".pdf") && seen[key] != 1 {
			t.Errorf("the archive has %s, which is no voucher of ours", key)
		}
	}
}

// indexedIn reads all index objects: key of a document → voucher.
func indexedIn(t testing.TB, objects map[string][]byte) map[string]string {
	t.Helper()
	m := map[string]string{}
	for key, data := range objects {
		if key = strings.TrimPrefix(key, "moqian/"); !strings.HasSuffix(key, ".json") {
			continue
		}
		entries, err := upload.ReadIndex(key, data)
		if err != nil {
			t.Errorf("%s: %v", key, err)
		}
		for _, f := range entries {
			m[f.Key] = f.Index.Voucher
		}
	}
	return m
}

func TestLifeOfAVoucher(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	o.file(t, 5)
	if r := o.once(t); r.Sent != 5 || r.Failed != 0 || r.Bytes == 0 {
		t.Errorf("%+v", r)
	}
	holds(t, o, b.Objects())
	if v, err := o.Verify(ctx); err != nil || v.Verified != 0 || v.Waiting != 5 {
		t.Errorf("at once: %+v, %v", v, err)
	}
	o.advance(24*time.Hour - time.Second)
	if v, err := o.Verify(ctx); err != nil || v.Verified != 0 {
		t.Errorf("a second before a day: %+v, %v", v, err)
	}
	if n, err := o.Purge(ctx, 0); err != nil || n != 0 {
		t.Errorf("%d were purged on a 200 alone, %v", n, err)
	}
	o.advance(time.Second)
	if v, err := o.Verify(ctx); err != nil || v.Verified != 5 || v.Waiting != 0 {
		t.Errorf("after a day: %+v, %v", v, err)
	}
	if n, err := o.Purge(ctx, time.Hour); err != nil || n != 0 {
		t.Errorf("%d were purged too early, %v", n, err)
	}
	if n, err := o.Purge(ctx, 0); err != nil || n != 5 {
		t.Errorf("%d were purged, %v", n, err)
	}
	if m := o.states(t); m[store.Purged] != 5 {
		t.Errorf("%v", m)
	}
	if r := o.once(t); r.Sent+r.Already+r.Failed != 0 {
		t.Errorf("an empty queue: %+v", r)
	}
	if f, err := o.s.Check(ctx); err != nil || f.Documents != 0 {
		t.Errorf("%+v, %v", f, err)
	}
}

// Half of all requests fail, in every way at once. All arrive once, what was
// forgotten is sent again, and nothing is purged that the bank does not hold.
func TestHalfFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults uploadtest.Faults
	}{
		{"resets", uploadtest.Faults{Reset: 0.5}},
		{"500s", uploadtest.Faults{Error: 0.5}},
		{"stores and breaks off", uploadtest.Faults{Lose: 0.5}},
		{"forgets", uploadtest.Faults{Forget: 0.5}},
		{"lies", uploadtest.Faults{Lie: 1, NoConditions: true}},
		{"twice", uploadtest.Faults{Twice: 0.5}},
		{"slow", uploadtest.Faults{Slow: 20 * time.Millisecond, Error: 0.5}},
		{"all at once", uploadtest.Faults{Reset: 0.1, Error: 0.1, Lose: 0.1, Forget: 0.1, Twice: 0.1, Lie: 0.3}},
		{"all at once, without conditions", uploadtest.Faults{Reset: 0.1, Error: 0.1, Lose: 0.1, Forget: 0.1, Twice: 0.1, Lie: 0.3, NoConditions: true}},
	} {
		t.Run(c.name, func(t *testing.T) { halfFails(t, c.faults) })
	}
}

func halfFails(t *testing.T, f uploadtest.Faults) {
	const n = 30
	b := uploadtest.NewBank(t, f)
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	o.file(t, n)
	rounds := 0
	for ; rounds < 60; rounds++ {
		if _, err := o.Once(ctx); err != nil && !errors.Is(err, upload.ErrLater) {
			t.Fatal(err)
		}
		if rounds == 4 { // the bank gets better, or a liar could go on for ever
			b.Set(uploadtest.Faults{Error: 0.3, NoConditions: f.NoConditions})
		}
		o.advance(25 * time.Hour)
		if _, err := o.Verify(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Purge(ctx, 0); err != nil {
			t.Fatal(err)
		}
		purgedAreHeld(t, o, b)
		if o.states(t)[store.Purged] == n {
			break
		}
	}
	if m := o.states(t); m[store.Purged] != n {
		t.Errorf("after %d rounds %v", rounds, m)
	}
	holds(t, o, b.Objects())
	if most := n * 40; b.Requests() > most {
		t.Errorf("%d requests for %d vouchers, more than %d", b.Requests(), n, most)
	}
	if _, _, err := o.s.Audit().Verify(ctx); err != nil {
		t.Error(err)
	}
}

func purgedAreHeld(t testing.TB, o *office, b *uploadtest.Bank) {
	t.Helper()
	objects := b.Objects()
	all, err := o.s.Outbox().List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range all {
		key, _ := upload.Key(it)
		if it.State == store.Purged && !bytes.Equal(objects["moqian/"+key], o.pdfs[it.Voucher]) {
			t.Fatalf("voucher %s was purged and the bank does not hold it", it.Voucher)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults uploadtest.Faults
		fault  store.Fault
		words  string
		tries  int
	}{
		{"403", uploadtest.Faults{Status: 403, Code: "AccessDenied"}, store.FaultRefused, "403 AccessDenied", 3},
		{"400", uploadtest.Faults{Status: 400, Code: "InvalidRequest"}, store.FaultRefused, "400 InvalidRequest", 3},
		{"507", uploadtest.Faults{Status: 507, Code: "InsufficientStorage"}, store.FaultLater, "507 InsufficientStorage", 3},
		{"503", uploadtest.Faults{Status: 503, Code: "SlowDown"}, store.FaultLater, "503 SlowDown", 3},
		{"412 though nothing is there", uploadtest.Faults{Status: 412, Code: "PreconditionFailed"}, store.FaultLater, "both", 3},
		{"400 with a customer's number", uploadtest.Faults{Status: 400, Code: "A6222021001112223334"}, store.FaultRefused, "400 Bad Request", 3},
		{"no ETag", uploadtest.Faults{NoETag: true}, store.FaultLater, "ETag", 3},
		{"404 of a login page", uploadtest.Faults{Status: 404, Code: "<p>"}, store.FaultLater, "may not be the archive's", 3},
		{"404 of a user", uploadtest.Faults{Status: 404, Code: "XAdminUserNotFound"}, store.FaultRefused, "404 XAdminUserNotFound", 3},
		{"wrong ETag", uploadtest.Faults{BadETag: true}, store.FaultLater, "ETag", 3},
		{"resets", uploadtest.Faults{Reset: 1}, store.FaultUnreachable, "reached", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := uploadtest.NewBank(t, uploadtest.Faults{})
			no := false
			o := newOffice(t, newS3(t, b.URL, func(o *upload.S3Options) { o.Unconditional = &no }))
			o.bank = b
			o.file(t, 3)
			b.Set(c.faults)
			if r := o.once(t); r.Failed != 3 || r.Sent != 0 {
				t.Errorf("%+v", r)
			}
			all, err := o.s.Outbox().List(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range all {
				if it.State != store.Ready || it.Fault != c.fault || !strings.Contains(it.Error, c.words) || it.Tries != 1 || it.Tried.IsZero() {
					t.Errorf("%s %q %q, %d tries", it.State, it.Fault, it.Error, it.Tries)
				}
			}
			b.Set(uploadtest.Faults{})
			if r := o.once(t); r.Sent+r.Already != 3 {
				t.Errorf("when the bank is well again: %+v", r)
			}
			holds(t, o, b.Objects())
			if it, _ := o.s.Outbox().Find(ctx, all[0].ID); it.Fault != "" || it.Error != "" || it.State != store.Sent {
				t.Errorf("%+v", it)
			}
		})
	}
}

// A line that is down ends the round after a few tries.
func TestLineDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	l.Close()
	no := false
	o := newOffice(t, newS3(t, url, func(o *upload.S3Options) { o.Unconditional = &no }))
	o.file(t, 200)
	r := o.once(t)
	tried := 0
	all, _ := o.s.Outbox().List(ctx)
	for _, it := range all {
		tried += it.Tries
		if it.Fault != "" && it.Fault != store.FaultUnreachable {
			t.Errorf("%q: %s", it.Fault, it.Error)
		}
	}
	if r.Failed != 200 || tried > 40 {
		t.Errorf("%+v, %d were tried", r, tried)
	}
	if v, err := o.Verify(ctx); err != nil || v.Failed != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestForgottenAndAltered(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	items := o.file(t, 4)
	o.once(t)
	key := func(i int) string { k, _ := upload.Key(items[i]); return "moqian/" + k }
	b.Drop(key(0))
	b.Replace(key(1), []byte("%PDF of somebody else"))
	o.advance(25 * time.Hour)
	v, err := o.Verify(ctx)
	if err != nil || v.Verified != 2 || v.Lost != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	for i, want := range []string{"does not have it", "other bytes"} {
		if it, _ := o.s.Outbox().Find(ctx, items[i].ID); it.State != store.Ready || it.Fault != store.FaultLost || !strings.Contains(it.Error, want) {
			t.Errorf("%+v, want %q", it, want)
		}
	}
	if r := o.once(t); r.Sent != 1 || r.Failed != 1 {
		t.Errorf("sent again: %+v", r)
	}
	if it, _ := o.s.Outbox().Find(ctx, items[1].ID); it.Fault != store.FaultRefused {
		t.Errorf("where other bytes lie: %q %s", it.Fault, it.Error)
	}
	if n, err := o.Purge(ctx, 0); err != nil || n != 2 {
		t.Errorf("%d purged, %v", n, err)
	}
	log, _ := o.s.Audit().All(ctx)
	lost := 0
	for _, e := range log {
		if e.Action == "verify" && e.Detail["fault"] == "lost" && e.Outcome == "failed" {
			lost++
		}
	}
	if lost != 2 {
		t.Errorf("the log tells of %d losses", lost)
	}
}

func TestClockOfTheBank(t *testing.T) {
	for _, ahead := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		b := uploadtest.NewBank(t, uploadtest.Faults{Ahead: ahead})
		a := newS3(t, b.URL, nil)
		o := newOffice(t, a)
		o.file(t, 20)
		if r := o.once(t); r.Sent != 20 {
			t.Errorf("%v: %+v", ahead, r)
		}
		if off := (a.Skew() - ahead).Abs(); off > 5*time.Second {
			t.Errorf("%v: the skew is %v", ahead, a.Skew())
		}
		// Our clock jumps by a day, the bank's did not.
		o.advance(24 * time.Hour)
		if v, err := o.Verify(ctx); err != nil || v.Verified != 0 || v.Waiting != 20 {
			t.Errorf("%v: on our word alone %+v, %v", ahead, v, err)
		}
		// A bank that is behind says that our clock is ahead: it waits for longer.
		b.Age(24 * time.Hour)
		v, err := o.Verify(ctx)
		if want := map[bool]int{true: 20, false: 0}[ahead > 0]; err != nil || v.Verified != want {
			t.Errorf("%v: %+v, %v, want %d", ahead, v, err, want)
		}
	}
}

func TestFinalise(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	items := o.file(t, 3)
	bad := items[1].ID
	o.Finalise = func(_ context.Context, id string, pdf []byte) ([]byte, error) {
		if id == bad {
			return nil, errors.New("the time stamp authority is away")
		}
		return append(pdf, "stamped"...), nil
	}
	if r := o.once(t); r.Sent != 2 || r.Failed != 1 {
		t.Errorf("%+v", r)
	}
	if it, _ := o.s.Outbox().Find(ctx, bad); it.State != store.Queued || it.Fault != store.FaultLocal || !strings.Contains(it.Error, "away") {
		t.Errorf("%+v", it)
	}
	for i, data := range map[int][]byte{0: o.pdfs[items[0].Voucher], 2: o.pdfs[items[2].Voucher]} {
		it, _ := o.s.Outbox().Find(ctx, items[i].ID)
		if got, err := upload.Fetch(ctx, newS3(t, b.URL, nil), it); err != nil || !bytes.Equal(got, append(data[:len(data):len(data)], "stamped"...)) {
			t.Errorf("%d: %v", i, err)
		}
	}
	o.Finalise = func(context.Context, string, []byte) ([]byte, error) { return nil, nil }
	if r := o.once(t); r.Failed != 1 {
		t.Errorf("no bytes came back: %+v", r)
	}
}

func TestCheckpointsGoAlong(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	a := newS3(t, b.URL, nil)
	o := newOffice(t, a)
	o.Audit, o.Branch, o.Origin = o.s.Audit(), "01001", "ws/1"
	o.file(t, 1)
	o.once(t) // a store without a checkpoint key has none to send
	if all, err := upload.Checkpoints(ctx, a, "01001", "ws/1"); err != nil || len(all) != 0 {
		t.Errorf("%d, %v", len(all), err)
	}
}
