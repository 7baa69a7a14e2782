package upload_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// watched is an office whose log is signed, every other entry.
func watched(t *testing.T, a upload.Archive) *office {
	t.Helper()
	private, _, err := note.GenerateKey(nil, "ws/1")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, a)
	if err := o.s.Close(); err != nil {
		t.Fatal(err)
	}
	o.s, err = store.Open(t.TempDir(), store.Options{Key: machineKey(), Now: o.clock, Signer: signer, Every: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.s.Close() })
	o.Outbox, o.Audit, o.Branch, o.Origin = o.s.Outbox(), o.s.Audit(), "01001", "ws/1"
	return o
}

// Checkpoints that do not leave are told, with documents beside them and without.
func TestCheckpointsHeld(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults uploadtest.Faults
		why    error
	}{
		{"refused", uploadtest.Faults{Status: 403, Code: "AccessDenied", Part: ".note"}, upload.ErrRefused},
		{"not now", uploadtest.Faults{Status: 503, Code: "SlowDown", Part: ".note"}, upload.ErrLater},
		{"not there", uploadtest.Faults{Reset: 1, Part: ".note"}, upload.ErrUnreachable},
		{"nobody there", uploadtest.Faults{Reset: 1}, upload.ErrUnreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := uploadtest.NewBank(t, uploadtest.Faults{})
			a := newS3(t, b.URL, nil)
			o := watched(t, a)
			o.file(t, 5)
			b.Set(c.faults)
			for range 2 { // the second time only checkpoints wait, or everything
				if r := o.once(t); r.Checkpoints != 0 || r.Held < 2 || !errors.Is(r.WhyHeld, c.why) {
					t.Errorf("%+v", r)
				}
			}
			b.Set(uploadtest.Faults{})
			if r := o.once(t); r.Checkpoints < 2 || r.Held != 0 || r.WhyHeld != nil {
				t.Errorf("when it is well again: %+v", r)
			}
			if all, err := upload.Checkpoints(ctx, a, "01001", "ws/1"); err != nil || len(all) < 2 {
				t.Errorf("%d, %v", len(all), err)
			}
		})
	}
}

// A checkpoint is locked like a document.
func TestCheckpointsAreKept(t *testing.T) {
	w := newWire(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if r.Method != http.MethodPut {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		took(w, r, body)
	})
	yes := true
	o := watched(t, newS3(t, w.URL, func(o *upload.S3Options) { o.Retain, o.Unconditional = 10*365*24*time.Hour, &yes }))
	o.file(t, 3)
	if r := o.once(t); r.Checkpoints == 0 {
		t.Fatalf("%+v", r)
	}
	notes := 0
	for path, h := range w.puts {
		if !strings.HasSuffix(path, ".note") {
			continue
		}
		notes++
		until, err := time.Parse(time.RFC3339, h.Get("X-Amz-Object-Lock-Retain-Until-Date"))
		if err != nil || until.Before(time.Now().AddDate(9, 0, 0)) || h.Get("X-Amz-Object-Lock-Mode") != "COMPLIANCE" {
			t.Errorf("%s: %v, %v", path, h, err)
		}
	}
	if notes == 0 {
		t.Error("no checkpoint came")
	}
}
