package proof_test

import (
	"context"
	"testing"

	"moqian/sign"
	"moqian/sign/signtest"
)

// TestSizes: what a voucher of one page weighs with a time stamp, by curves of
// ink (540 is the median of recorded signatures, 1,000 the largest tenth) and
// signatories.
func TestSizes(t *testing.T) {
	b := newBench(t)
	from, to := now.AddDate(0, 0, -1), now.AddDate(1, 0, 0)
	boss, err := b.ca.P256("主管 010087", from, to)
	if err != nil {
		t.Fatal(err)
	}
	rsaTeller, err := b.ca.RSA("柜员 010023", from, to)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name          string
		teller        *signtest.Key
		boss          sign.Key
		inks, strokes int
		most          int
	}{
		{"usual", b.teller, nil, 1, 9, 55_500},
		{"RSA", rsaTeller, nil, 1, 9, 57_000},
		{"much ink", b.teller, nil, 1, 16, 60_000},
		{"two signatories", b.teller, boss, 1, 9, 59_000},
		{"two signatories, much ink", b.teller, boss, 1, 14, 60_000},
		{"two customers", b.teller, nil, 2, 9, 60_400},
		{"two customers, two signatories", b.teller, boss, 2, 9, 63_500},
	}
	for _, tt := range tests {
		b.teller = tt.teller
		file, seal := b.made(t, voucher{code: "2101", serial: 1, inks: tt.inks, strokes: tt.strokes, dressed: true})
		f := sign.Field{Name: "Teller", Time: now, Certify: 1, Rect: rectOf(seal), Location: "示例支行营业部"}
		room, ctx := 0, context.Background()
		if tt.boss != nil {
			f.Certify, f.Prepare, room = 2, []sign.Field{{Name: "Supervisor"}}, sign.Room(tt.teller)
		}
		out, err := sign.Sign(ctx, file, f, tt.teller, room)
		if err == nil && tt.boss != nil {
			out, err = sign.Sign(ctx, out, sign.Field{Name: "Supervisor", Time: now}, tt.boss, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-32s %d bytes, %d of them the page", tt.name, len(out), len(file))
		if len(out) > tt.most {
			t.Errorf("%s: %d bytes, %d are allowed", tt.name, len(out), tt.most)
		}
	}
}
