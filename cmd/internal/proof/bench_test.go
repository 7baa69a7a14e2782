package proof_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"moqian/assets"
	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/pdf"
	"moqian/sign"
)

// BenchmarkBatch makes a batch of vouchers from entry to signature, one an
// operation, with other names and amounts each; run it with -cpu 1,2,4 -benchtime
// 1000x: vouchers a second should grow with the cores.
func BenchmarkBatch(b *testing.B) {
	bn := newBench(b)
	raw, err := assets.FS.ReadFile("forms/2101.json")
	if err != nil {
		b.Fatal(err)
	}
	typ, err := form.Parse(raw)
	if err != nil {
		b.Fatal(err)
	}
	outlines := scrawl(1, 10)
	var serial atomic.Int64
	one := func() error {
		n := int(serial.Add(1)) % 9000
		values := typ.Examples()
		values["amount"] = fmt.Sprintf("%d.%02d", 1000+7*n, n%100)
		filled, problems := typ.Fill(values, now)
		if len(problems) > 0 {
			return fmt.Errorf("%v", problems)
		}
		no, err := form.NewNumber("01001", "03", now, n+1)
		if err != nil {
			return err
		}
		h := form.Header{Number: no, Time: now, Business: typ.ExampleDay, Branch: "01001", Workstation: "03", Teller: "010023", Trial: true}
		sheet, err := render.Voucher(render.Form{Filled: filled, Header: h, Bank: form.Text{ZH: "示例银行"}, Branch: form.Text{ZH: "营业部"}, Code: receiptLike(n)}, bn.fonts)
		if err != nil {
			return err
		}
		file, err := bn.writer.Write(sheet.Pages, []render.Ink{{Area: sheet.Boxes[0], Outlines: outlines}}, pdf.Doc{Title: no, Lang: "zh-CN", Created: now.Format(time.RFC3339)})
		if err != nil {
			return err
		}
		_, err = sign.Sign(context.Background(), file, sign.Field{Name: "Teller", Time: now, Certify: 1}, bn.teller, 0)
		return err
	}
	if err := one(); err != nil { // the fonts are read
		b.Fatal(err)
	}
	at := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := one(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/time.Since(at).Seconds(), "vouchers/s")
}

// BenchmarkExamine is the whole judgement of a voucher, mark included.
func BenchmarkExamine(b *testing.B) {
	bn := newBench(b)
	file := bn.signed(b, voucher{code: "2101", serial: 1})
	o := bn.options()
	for b.Loop() {
		if r := proof.Examine(context.Background(), file, o); r.Verdict != sign.Valid {
			b.Fatal(r.Problems)
		}
	}
}
