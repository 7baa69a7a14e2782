package proof_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"moqian/assets"
	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/proof"
	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/ink"
	"moqian/render/pdf"
	"moqian/render/watermark"
	"moqian/sign"
	"moqian/sign/signtest"
)

var now = time.Date(2026, 3, 18, 14, 5, 32, 0, time.FixedZone("CST", 8*3600))

// bench is a branch with fonts, a CA, a teller and a mark key.
type bench struct {
	fonts  *render.Fonts
	writer *pdf.Writer
	ca     *signtest.Authority
	teller *signtest.Key
	mark   watermark.Key
	signer ed25519.PrivateKey // of ink; nil: nobody signs it
}

func newBench(t testing.TB) *bench {
	t.Helper()
	fonts, err := render.NewFonts(load(t, "NotoSansSC-Regular"), load(t, "NotoSansSC-Bold"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := signtest.New("示例银行测试根 CA", "TEST", now)
	if err != nil {
		t.Fatal(err)
	}
	teller, err := ca.P256("柜员 010023", now.Add(-time.Minute), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return &bench{fonts, pdf.NewWriter(fonts), ca, teller, watermark.Key{1, 2, 3}, nil}
}

func load(t testing.TB, name string) render.Font {
	t.Helper()
	b, err := assets.FS.ReadFile("fonts/" + name + ".ttf")
	if err != nil {
		t.Fatal(err)
	}
	return render.Font{Name: name, Data: b}
}

// receiptLike is a text as long as a receipt code's, and as random.
func receiptLike(seed int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	b := []byte("HTTPS://V.EXAMPLE.COM/R/")
	for range 190 {
		b = append(b, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[r.IntN(32)])
	}
	return string(b)
}

func (b *bench) options() proof.Options {
	roots := x509.NewCertPool()
	roots.AddCert(b.ca.Root)
	return proof.Options{Roots: roots, MarkKey: &b.mark, At: now}
}

// voucher is one to be made; change may spoil its inks and data before the
// pages are written.
type voucher struct {
	code   string
	serial int
	inks   int // more boxes than the type has, on free paper; 0: as many
	// strokes of each ink, 60 curves each; 0: nine.
	strokes int
	// dressed: with seals and the receipt code.
	dressed bool
	change  func(inks []render.Ink, d *manifest.Data)
	// paint puts more on the pages.
	paint func(pages []render.Page)
}

// made lays out, marks and writes a voucher without signing it.
func (b *bench) made(t testing.TB, v voucher) ([]byte, render.Area) {
	t.Helper()
	raw, err := assets.FS.ReadFile("forms/" + v.code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	typ, err := form.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	filled, problems := typ.Fill(typ.Examples(), now)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	no, err := form.NewNumber("01001", "03", now, v.serial)
	if err != nil {
		t.Fatal(err)
	}
	h := form.Header{Number: no, Time: now, Business: typ.ExampleDay, Branch: "01001", Workstation: "03", Teller: "010023", Trial: true}
	f := render.Form{Filled: filled, Header: h, Bank: form.Text{ZH: "示例银行"}, Branch: form.Text{ZH: "营业部"}}
	if v.dressed {
		f.Seal, f.SealFont = render.SealText{Arc: "示例银行股份有限公司示例支行", Number: "(1)"}, load(t, "NotoSerifSC-Bold-GB2312")
		f.Code = receiptLike(v.serial)
	}
	sheet, err := render.Voucher(f, b.fonts)
	if err != nil {
		t.Fatal(err)
	}
	d := manifest.Data{Number: no, Type: v.code, Business: typ.ExampleDay, Time: now, Branch: h.Branch, Workstation: h.Workstation,
		Teller: h.Teller, Trial: true, Text: sha256.Sum256(filled.Canonical(h)), Certificate: sha256.Sum256(b.teller.Chain()[0].Raw),
		MarkKey: manifest.KeyID(b.mark)}
	if b.signer != nil {
		d.MarkPublic = hex.EncodeToString(b.signer.Public().(ed25519.PublicKey))
	}
	for i := len(sheet.Boxes); i < v.inks; i++ {
		sheet.Boxes = append(sheet.Boxes, render.Area{X: 15 + 66*float64(i%2), Y: 200 + 30*float64(i/2), W: 60, H: 25})
	}
	for i, a := range sheet.Boxes {
		d.Signers = append(d.Signers, manifest.Signer{Role: []string{"customer", "guardian", "third", "fourth"}[i], Time: now, Page: a.Page, Box: manifest.BoxOf(a),
			Pad: pad.Evidence{Model: "virtual/pad", Virtual: true, Samples: 400, Last: 2 * time.Second, Reports: "00ff"}})
	}
	var inks []render.Ink
	strokes := v.strokes
	if strokes == 0 {
		strokes = 9
	}
	for i, a := range sheet.Boxes {
		p, err := d.Payload(i)
		if err != nil {
			t.Fatal(err)
		}
		out, margin, err := b.embed(scrawl(uint64(v.serial*8+i), strokes), p)
		if err != nil {
			t.Fatal(err)
		}
		d.Signers[i].Mark = margin
		inks = append(inks, render.Ink{Area: a, Outlines: out})
	}
	if v.change != nil {
		v.change(inks, &d)
	}
	if v.paint != nil {
		v.paint(sheet.Pages)
	}
	props, err := d.Properties()
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.writer.Write(sheet.Pages, inks, pdf.Doc{Title: "凭证 " + no, Lang: "zh-CN", Created: now.Format(time.RFC3339), Data: props})
	if err != nil {
		t.Fatal(err)
	}
	return out, sheet.Seal
}

// embed hides the exact layer, signed where there is a signer.
func (b *bench) embed(in []ink.Outline, p watermark.Payload) ([]ink.Outline, watermark.Margin, error) {
	k := watermark.Keys{Key: b.mark}
	if b.signer != nil {
		k.Signer = b.signer
	}
	return watermark.Mark(in, k, p, watermark.Options{Off: true})
}

func (b *bench) signed(t testing.TB, v voucher) []byte {
	t.Helper()
	file, _ := b.made(t, v)
	out, err := sign.Sign(context.Background(), file, sign.Field{Name: "Teller", Time: now, Certify: 1}, b.teller, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// scrawl is an ink of n made-up strokes inside a 60 × 25 mm box.
func scrawl(seed uint64, n int) []ink.Outline {
	r := rand.New(rand.NewPCG(seed, 7))
	var out []ink.Outline
	for i := range n {
		x, y := 1500+float64(i%5)*3000, 1800+float64(i/5)*3000
		c := ink.Contour{}
		const steps = 60
		at := func(u float64) ink.Point {
			a := 2 * math.Pi * u / steps
			d := 900 * (1 + 0.3*math.Sin(3*a) + 0.02*r.NormFloat64())
			return ink.Point{X: int32(x + d*math.Cos(a)), Y: int32(y + 0.6*d*math.Sin(a))}
		}
		c.Start = at(0)
		for j := range steps {
			u := float64(j)
			c.Curves = append(c.Curves, ink.Curve{A: at(u + 0.33), B: at(u + 0.67), P: at(u + 1)})
		}
		c.Curves[steps-1].P = c.Start
		out = append(out, ink.Outline{Contours: []ink.Contour{c}})
	}
	return out
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
