package upload_test

import (
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

// Right after Verify nothing is read twice.
func TestPurgeTrustsVerify(t *testing.T) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	o := newOffice(t, newS3(t, b.URL, nil))
	o.file(t, 5)
	o.once(t)
	o.advance(25 * time.Hour)
	if v, err := o.Verify(ctx); err != nil || v.Verified != 5 {
		t.Fatalf("%+v, %v", v, err)
	}
	before := b.Requests()
	if n, err := o.Purge(ctx, 0); err != nil || n != 5 || b.Requests() != before {
		t.Errorf("%d purged with %d requests, %v", n, b.Requests()-before, err)
	}
}
