package upload_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// The bytes here are the last ones when the archive loses a document between
// VERIFIED and PURGED: it is asked again before they are given up.
func TestPurgeLooksAgain(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	items := o.file(t, 4)
	o.once(t)
	o.advance(25 * time.Hour)
	if v, err := o.Verify(ctx); err != nil || v.Verified != 4 {
		t.Fatalf("%+v, %v", v, err)
	}
	o.advance(2 * time.Hour)
	b.Set(uploadtest.Faults{Error: 1})
	if n, err := o.Purge(ctx, 0); err != nil || n != 0 || o.states(t)[store.Verified] != 4 {
		t.Errorf("from an archive that cannot be read %d were purged, %v, %v", n, o.states(t), err)
	}
	b.Set(uploadtest.Faults{})
	place := func(i int) string {
		it, err := o.s.Outbox().Find(ctx, items[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		key, err := upload.Key(it)
		if err != nil {
			t.Fatal(err)
		}
		return "moqian/" + key
	}
	b.Drop(place(0))
	b.Replace(place(1), []byte("%PDF cut sh"))
	if n, err := o.Purge(ctx, 0); err != nil || n != 2 {
		t.Errorf("%d were purged, want 2, %v", n, err)
	}
	if m := o.states(t); m[store.Ready] != 2 || m[store.Purged] != 2 {
		t.Errorf("%v", m)
	}
	for i := range 2 {
		if it, _ := o.s.Outbox().Find(ctx, items[i].ID); it.Fault != store.FaultLost || it.Error == "" {
			t.Errorf("%+v", it)
		}
	}
	if r := o.once(t); r.Sent != 1 || r.Failed != 1 {
		t.Errorf("sent again: %+v", r)
	}
}

// Purge does not take Verify's word, not even a moment later.
func TestPurgeReadsInItsOwnRun(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	items := o.file(t, 5)
	o.once(t)
	o.advance(25 * time.Hour)
	if v, err := o.Verify(ctx); err != nil || v.Verified != 5 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, it := range items {
		key, _ := upload.Key(it)
		b.Drop("moqian/" + key)
	}
	if v, err := o.GiveUp(ctx, 0); err != nil || v.Purged != 0 || v.Lost != 5 {
		t.Errorf("%+v, %v", v, err)
	}
	for _, it := range items {
		if pdf, err := o.s.Outbox().PDF(ctx, it.ID); err != nil || !bytes.Equal(pdf, o.pdfs[it.Voucher]) {
			t.Errorf("the last copy is gone: %v", err)
		}
	}
}

// Only the archive that took a document is asked about it: another makes it
// neither VERIFIED nor lost nor PURGED.
func TestAnotherArchive(t *testing.T) {
	b, other := uploadtest.NewBank(t, uploadtest.Faults{}), uploadtest.NewBank(t, uploadtest.Faults{})
	dir, empty := t.TempDir(), t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	prefix := func(o *upload.S3Options) { o.Prefix = "another" }
	for _, c := range []struct {
		name     string
		to, from upload.Archive
		own      bool
	}{
		{"a folder", upload.Folder{Dir: dir}, upload.Folder{Dir: empty}, false},
		{"a folder's other name", upload.Folder{Dir: dir}, upload.Folder{Dir: link}, true},
		{"a bucket, not a folder", upload.Folder{Dir: dir}, newS3(t, b.URL, nil), false},
		{"a folder, not a bucket", newS3(t, b.URL, nil), upload.Folder{Dir: dir}, false},
		{"a bucket of that name elsewhere", newS3(t, b.URL, nil), newS3(t, other.URL, nil), false},
		{"another prefix", newS3(t, b.URL, nil), newS3(t, b.URL, prefix), false},
		{"the same", newS3(t, b.URL, nil), newS3(t, b.URL, nil), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, c.to)
			o.VerifyAfter = time.Nanosecond
			o.file(t, 3)
			o.once(t)
			look := func(state store.State, did func(upload.Verdict) int, run func() (upload.Verdict, error)) {
				t.Helper()
				for _, a := range []upload.Archive{c.from, c.to} {
					own := c.own || a == c.to
					o.Sender = a
					o.advance(time.Millisecond)
					v, err := run()
					if want := map[bool]int{true: 3}[own]; err != nil || did(v) != want || v.Elsewhere != 3-want || v.Lost+v.Failed > 0 {
						t.Errorf("%+v, %v", v, err)
					}
					if own {
						return
					}
					if m := o.states(t); m[state] != 3 {
						t.Errorf("another archive was asked: %v", m)
					}
				}
			}
			look(store.Sent, func(v upload.Verdict) int { return v.Verified }, func() (upload.Verdict, error) { return o.Verify(ctx) })
			look(store.Verified, func(v upload.Verdict) int { return v.Purged }, func() (upload.Verdict, error) { return o.GiveUp(ctx, 0) })
		})
	}
}

// The day between SENT and VERIFIED is the archive's; our clock can only make it
// longer.
func TestTheDayIsTheArchives(t *testing.T) {
	for _, c := range []struct {
		name               string
		sent, ours, theirs time.Duration // our clock off when it is sent; then both go on
		verified           int
	}{
		{"our clock was a day slow and is put right", -25 * time.Hour, 25 * time.Hour, 0, 0},
		{"our clock is a day fast", 0, 25 * time.Hour, 0, 0},
		{"a day later", 0, 25 * time.Hour, 25 * time.Hour, 2},
		{"our clock was put back", 0, -25 * time.Hour, 25 * time.Hour, 0},
	} {
		for _, kind := range []string{"s3", "folder"} {
			t.Run(kind+", "+c.name, func(t *testing.T) {
				b, dir := uploadtest.NewBank(t, uploadtest.Faults{}), t.TempDir()
				fresh := func() upload.Archive {
					if kind == "folder" {
						return upload.Folder{Dir: dir}
					}
					return newS3(t, b.URL, nil)
				}
				o := newOffice(t, fresh())
				o.advance(c.sent)
				o.file(t, 2)
				o.once(t)
				o.advance(c.ours)
				b.Age(c.theirs)
				ageFolder(t, dir, c.theirs)
				o.Sender = fresh() // it has asked nobody for the time yet
				if v, err := o.Verify(ctx); err != nil || v.Verified != c.verified || v.Waiting != 2-c.verified || v.Lost+v.Failed > 0 {
					t.Errorf("%+v, %v", v, err)
				}
				if v, err := o.GiveUp(ctx, 30*time.Hour); err != nil || v.Purged != 0 || o.states(t)[store.Purged] > 0 {
					t.Errorf("%+v, %v", v, err)
				}
				o.advance(100 * time.Hour)
				if v, err := o.GiveUp(ctx, 30*time.Hour); err != nil || v.Purged != 0 || v.Waiting != c.verified {
					t.Errorf("on our clock's word %+v, %v", v, err)
				}
			})
		}
	}
}

// A real server tells its time as the one made of memory does.
func TestTheDayIsTheGateways(t *testing.T) {
	g := uploadtest.Gateway(t, false)
	o := newOffice(t, newS3(t, g.URL, nil))
	o.file(t, 2)
	o.once(t)
	o.advance(25 * time.Hour)
	o.Sender = newS3(t, g.URL, nil)
	if v, err := o.Verify(ctx); err != nil || v.Waiting != 2 || v.Failed > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	o.VerifyAfter = 2 * time.Second
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && o.states(t)[store.Verified] < 2; time.Sleep(100 * time.Millisecond) {
		if v, err := o.Verify(ctx); err != nil || v.Failed+v.Lost > 0 {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	if m := o.states(t); m[store.Verified] != 2 {
		t.Errorf("it never gets old: %v", m)
	}
}

// ageFolder lets time pass for the files in a folder.
func ageFolder(t *testing.T, dir string, d time.Duration) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		at := time.Now().Add(-d)
		return os.Chtimes(name, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A 404 about something else than the document does not make it lost.
func TestMissingWhat(t *testing.T) {
	for _, c := range []struct {
		code  string
		fault store.Fault
		words string
	}{
		{"NoSuchKey", store.FaultLost, "does not have it"},
		{"XAdminUserNotFound", store.FaultRefused, "404 XAdminUserNotFound"},
		{"NoSuchBucket", store.FaultRefused, "404 NoSuchBucket"},
		{"-", store.FaultLater, "may not be the archive's"},
	} {
		t.Run(c.code, func(t *testing.T) {
			b := uploadtest.NewBank(t, uploadtest.Faults{})
			o := newOffice(t, newS3(t, b.URL, nil))
			o.bank = b
			o.VerifyAfter = time.Nanosecond
			id := o.file(t, 1)[0].ID
			o.once(t)
			b.Set(uploadtest.Faults{Missing: c.code})
			o.advance(time.Millisecond)
			v, err := o.Verify(ctx)
			if lost := c.fault == store.FaultLost; err != nil || (v.Lost == 1) != lost || (v.Failed == 1) == lost {
				t.Errorf("%+v, %v", v, err)
			}
			if it, _ := o.s.Outbox().Find(ctx, id); it.Fault != c.fault || !strings.Contains(it.Error, c.words) {
				t.Errorf("%s %q %q", it.State, it.Fault, it.Error)
			}
		})
	}
}

// An archive that moved has the documents all the same: what is found whole there
// counts, what is not found is not lost.
func TestAnotherAddress(t *testing.T) {
	dir, moved := t.TempDir(), t.TempDir()
	o := newOffice(t, upload.Folder{Dir: dir})
	o.VerifyAfter = time.Nanosecond
	o.file(t, 3)
	o.once(t)
	if err := os.CopyFS(moved, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	pdfs, err := filepath.Glob(filepath.Join(moved, "*", "*", "*.pdf"))
	if err != nil || len(pdfs) != 3 {
		t.Fatal(pdfs, err)
	}
	if err := os.Remove(pdfs[0]); err != nil {
		t.Fatal(err)
	}
	o.Sender = upload.Folder{Dir: moved}
	o.advance(time.Millisecond)
	if v, err := o.Verify(t.Context()); err != nil || v.Verified != 2 || v.Elsewhere != 1 || v.Lost+v.Failed > 0 {
		t.Errorf("%+v, %v", v, err)
	}
}
