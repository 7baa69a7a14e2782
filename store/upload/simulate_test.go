package upload_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// TestSimulate lets chance decide what happens to a workstation and its bank, step
// by step, and holds what must always be true against it after each step.
func TestSimulate(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { simulate(t, rand.New(rand.NewPCG(seed, 7))) })
	}
}

func simulate(t *testing.T, chance *rand.Rand) {
	b := uploadtest.NewBank(t, uploadtest.Faults{})
	conditions := chance.IntN(2) == 0
	o := newOffice(t, newS3(t, b.URL, nil))
	o.bank = b
	days := []string{"2026-11-24", "2026-11-25"}
	for step := range 25 {
		name := "nothing"
		switch chance.IntN(6) {
		case 0, 1:
			name = "file"
			o.fileOn(t, days[chance.IntN(2)], 1+chance.IntN(4))
		case 2:
			name = "a bad round"
			share := func() float64 { return chance.Float64() * 0.2 }
			f := uploadtest.Faults{Reset: share(), Error: share(), Lose: share(), Twice: share(), NoConditions: !conditions}
			if chance.IntN(3) == 0 {
				f = uploadtest.Faults{Lose: 0.5, Error: 0.5, Part: ".json", NoConditions: !conditions}
			}
			b.Set(f)
			o.Once(ctx) // it may fail in every way
			b.Set(uploadtest.Faults{NoConditions: !conditions})
		case 3:
			name = "another program"
			w := *o.Worker
			w.Sender = newS3(t, b.URL, nil)
			o.Worker = &w
		case 4:
			name = "verify and purge"
			o.advance(25 * time.Hour)
			if v, err := o.Verify(ctx); err != nil || v.Lost > 0 {
				t.Errorf("step %d: %+v, %v", step, v, err)
			}
			if _, err := o.Purge(ctx, 0); err != nil {
				t.Error(err)
			}
		case 5:
			name = "a good round"
			if r := o.once(t); r.Failed > 0 {
				t.Errorf("step %d: %+v", step, r)
			}
		}
		consistent(t, fmt.Sprintf("step %d, %s", step, name), o, b)
	}
	o.once(t)
	holds(t, o, b.Objects())
}

// consistent: what a row says is sent lies in the bank, byte for byte, with an
// index that tells of it; what is not purged can be read here.
func consistent(t *testing.T, when string, o *office, b *uploadtest.Bank) {
	t.Helper()
	all, err := o.s.Outbox().List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	objects := b.Objects()
	indexed := indexedIn(t, objects)
	for _, it := range all {
		key, _ := upload.Key(it)
		switch it.State {
		case store.Sent, store.Verified, store.Purged:
			if !bytes.Equal(objects["moqian/"+key], o.pdfs[it.Voucher]) {
				t.Fatalf("%s: %s is %s and the bank has %d bytes", when, it.Voucher, it.State, len(objects["moqian/"+key]))
			}
			if indexed[key] != it.Voucher {
				t.Fatalf("%s: %s is %s and the index says %q", when, it.Voucher, it.State, indexed[key])
			}
		}
		if it.State == store.Purged {
			continue
		}
		if pdf, err := o.s.Outbox().PDF(ctx, it.ID); err != nil || !bytes.Equal(pdf, o.pdfs[it.Voucher]) {
			t.Fatalf("%s: %s is %s and cannot be read: %v", when, it.Voucher, it.State, err)
		}
	}
}
