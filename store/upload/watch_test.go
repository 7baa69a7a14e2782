package upload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

func TestWatchBacksOff(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{Status: 503, Code: "SlowDown"})
	no := false
	o := newOffice(t, newS3(t, b.URL, func(o *upload.S3Options) { o.Unconditional = &no }))
	o.Jitter = func() float64 { return 1 }
	o.file(t, 2)
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	var pauses []time.Duration
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		o.advance(d)
		if len(pauses) == 14 {
			cancel()
		}
		return ctx.Err()
	}
	if err := o.Watch(over, time.Minute, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Watch ended with %v", err)
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600} {
		if pauses[i] != want*time.Second {
			t.Errorf("pause %d is %v, want %v", i, pauses[i], want*time.Second)
		}
	}
	if n := b.Requests(); n > 2*14 {
		t.Errorf("%d requests in 14 rounds for 2 vouchers", n)
	}
}

func TestWatchLeavesRefusedAlone(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{Status: 403, Code: "AccessDenied"})
	no := false
	o := newOffice(t, newS3(t, b.URL, func(o *upload.S3Options) { o.Unconditional = &no }))
	o.file(t, 1)
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	rounds := 0
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		o.advance(time.Minute)
		if rounds++; rounds == 119 {
			cancel()
		}
		return ctx.Err()
	}
	o.Watch(over, time.Minute, nil)
	if n := b.Requests(); n < 2 || n > 4 {
		t.Errorf("%d requests in two hours, want one an hour", n)
	}
}

func TestProgress(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.file(t, 30)
	var last upload.Progress
	o.Told = func(p upload.Progress) {
		if p.Done < last.Done || p.Total != 30 {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
		o.advance(time.Second)
	}
	o.once(t)
	if last.Done != 30 || last.DoneBytes != last.TotalBytes || last.TotalBytes == 0 {
		t.Errorf("%+v", last)
	}
}

func TestCancelInMidRound(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{Slow: 5 * time.Millisecond})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.file(t, 100)
	over, cancel := context.WithTimeout(ctx, 60*time.Millisecond)
	defer cancel()
	if _, err := o.Once(over); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	all, _ := o.s.Outbox().List(ctx)
	for _, it := range all {
		if it.Fault != "" {
			t.Errorf("a cancelled try was put down as %q", it.Fault)
		}
	}
	if r := o.once(t); r.Failed != 0 {
		t.Errorf("%+v", r)
	}
	holds(t, o, b.Objects())
}

func TestWorkerRefusesNonsense(t *testing.T) {
	if _, err := (&upload.Worker{}).Once(ctx); err == nil {
		t.Error("an empty worker worked")
	}
	for _, o := range []upload.S3Options{
		{}, {Endpoint: "ftp://x", Bucket: "b", Now: time.Now}, {Endpoint: "http://x", Now: time.Now},
		{Endpoint: "http://x/path", Bucket: "b", Now: time.Now}, {Endpoint: "http://x", Bucket: "b"},
		{Endpoint: "http://x", Bucket: "b", Now: time.Now, Prefix: "../up"},
		{Endpoint: "http://x", Bucket: "b", Now: time.Now, Retain: -1},
	} {
		if _, err := upload.NewS3(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// What a folder on a share may look like after somebody's power cut.
func TestHalfWrittenFolder(t *testing.T) {
	dir := t.TempDir()
	o := newOffice(t, upload.Folder{Dir: dir})
	items := o.file(t, 4)
	if _, err := o.s.Outbox().CommitAll(ctx, store.Final{ID: items[0].ID}); err != nil {
		t.Fatal(err)
	}
	path := func(i int) string { k, _ := upload.Key(items[i]); return filepath.Join(dir, filepath.FromSlash(k)) }
	os.MkdirAll(filepath.Dir(path(0)), 0o700)
	pdf := func(i int) []byte { return o.pdfs[items[i].Voucher] }
	os.WriteFile(path(0), pdf(0)[:1000], 0o600)
	os.WriteFile(path(1), make([]byte, 500), 0o600)
	os.WriteFile(path(2), []byte("%PDF of somebody else"), 0o600)
	os.WriteFile(filepath.Join(filepath.Dir(path(3)), "."+filepath.Base(path(3))[:26]+"-1.tmp"), pdf(3)[:10], 0o600)
	if r := o.once(t); r.Sent != 3 || r.Failed != 1 {
		t.Errorf("%+v", r)
	}
	for _, i := range []int{0, 1, 3} {
		if got, err := os.ReadFile(path(i)); err != nil || !bytes.Equal(got, pdf(i)) {
			t.Errorf("%d: %d bytes, %v", i, len(got), err)
		}
	}
	it, _ := o.s.Outbox().Find(ctx, items[2].ID)
	if it.Fault != store.FaultRefused || !strings.Contains(it.Error, "other bytes") {
		t.Errorf("%+v", it)
	}
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	if r := o.once(t); r.Failed != 1 {
		t.Errorf("a share that is not mounted: %+v", r)
	}
	if it, _ := o.s.Outbox().Find(ctx, items[2].ID); it.Fault != store.FaultUnreachable {
		t.Errorf("%+v", it)
	}
}

func TestFaultOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want store.Fault
	}{
		{nil, ""}, {upload.ErrRefused, store.FaultRefused}, {upload.ErrLater, store.FaultLater},
		{fmt.Errorf("x: %w", upload.ErrUnreachable), store.FaultUnreachable}, {upload.ErrAbsent, store.FaultLost},
		{upload.ErrAltered, store.FaultLost}, {syscall.ENOSPC, store.FaultLocal}, {fs.ErrNotExist, store.FaultLocal},
	} {
		if got := upload.FaultOf(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
		if c.err != nil && c.want != store.FaultLocal {
			if zh, en, found := upload.Explain(c.err); !found || zh == "" || en == "" {
				t.Errorf("%v is not explained", c.err)
			}
		}
	}
	if !errors.Is(upload.ErrUnreachable, upload.ErrLater) {
		t.Error("unreachable is not later")
	}
}
