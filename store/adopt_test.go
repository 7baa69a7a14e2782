package store

import (
	"bytes"
	"errors"
	"testing"
)

// A voucher that was lost with its disk comes back under its own number, and
// that number and those before it are not given again.
func TestAdopt(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	pdf := document(7, 5000)
	it, err := s.Outbox().Adopt(ctx, Filing{Item: item(41), Serial: 41, PDF: pdf})
	if err != nil || it.State != Queued || it.ID == "" || it.SHA256 != digest(pdf) {
		t.Fatal(it, err)
	}
	if held, err := s.Outbox().PDF(ctx, it.ID); err != nil || !bytes.Equal(held, pdf) {
		t.Error(err)
	}
	if n, err := s.Outbox().Reserve(ctx, day); err != nil || n != 42 {
		t.Errorf("the next serial is %d, %v", n, err)
	}
	for _, c := range []struct {
		name   string
		serial int
		pdf    []byte
		want   error
	}{
		{"twice", 41, pdf, ErrDuplicate}, {"in use", 42, pdf, ErrReserved},
		{"no document", 50, nil, nil}, {"no serial", 0, pdf, nil},
	} {
		_, err := s.Outbox().Adopt(ctx, Filing{Item: item(c.serial), Serial: c.serial, PDF: c.pdf})
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if n, _, err := s.Audit().Verify(ctx); err != nil || n == 0 {
		t.Error(n, err)
	}
	log, err := s.Audit().All(ctx)
	if err != nil || log[len(log)-1].Action != "adopt" {
		t.Errorf("the log ends with %+v, %v", log[len(log)-1], err)
	}
}
