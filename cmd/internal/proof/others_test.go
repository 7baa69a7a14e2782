package proof_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/ink"
	"moqian/render/watermark"
	"moqian/sign"
)

// drawing is ink as a figure in the page: mm from the upper left corner, so that
// the file has its numbers in points with two decimals.
func drawing(in []ink.Outline, height float64, dx, dy int32) []render.Item {
	black := render.Color{}
	pt := func(p ink.Point) render.Pt {
		return render.Pt{X: float64(p.X+dx) * 25.4 / 7200, Y: height - float64(p.Y+dy)*25.4/7200}
	}
	var out []render.Item
	for _, o := range in {
		var segs []render.Seg
		for _, c := range o.Contours {
			segs = append(segs, render.Seg{Op: 'M', P: [3]render.Pt{pt(c.Start)}})
			for _, v := range c.Curves {
				segs = append(segs, render.Seg{Op: 'C', P: [3]render.Pt{pt(v.A), pt(v.B), pt(v.P)}})
			}
			segs = append(segs, render.Seg{Op: 'Z'})
		}
		out = append(out, render.Path{Segs: segs, Fill: &black})
	}
	return out
}

// A marked ink in the page of another voucher refuses it, under a good signature:
// with the branch's key, and without by the part that a public key signed.
func TestStolenInkBesideOwn(t *testing.T) {
	b := newBench(t)
	_, b.signer, _ = ed25519.GenerateKey(nil)
	stolen, _, err := b.embed(scrawl(99, 9), watermark.Payload{Handle: []byte{7, 7, 7, 7}, Context: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	unmarked := scrawl(98, 9)
	for name, c := range map[string]struct {
		in      []ink.Outline
		key     bool
		verdict sign.Verdict
	}{
		"stolen": {stolen, true, sign.Invalid}, "stolen, without the key": {stolen, false, sign.Invalid},
		"unmarked": {unmarked, true, sign.Valid}, "none": {nil, true, sign.Valid},
	} {
		v := voucher{code: "2101", serial: 3, dressed: true, paint: func(p []render.Page) {
			p[0].Items = append(p[0].Items, drawing(c.in, p[0].H, 1000, 20000)...)
		}}
		o := b.options()
		if !c.key {
			o.MarkKey = nil
		}
		f := proof.Examine(t.Context(), b.signed(t, v), o)
		if f.Verdict != c.verdict || strings.Contains(codes(f), "mark-foreign") != (c.verdict == sign.Invalid) {
			t.Errorf("%s: %s %+v", name, f.Verdict, f.Problems)
		}
		if c.verdict == sign.Invalid && (len(f.Mark.Others) != 1 || !strings.HasPrefix(f.Mark.Others[0].Where, "page 1")) {
			t.Errorf("%s: %+v", name, f.Mark.Others)
		}
		if want := map[bool]watermark.State{true: watermark.Foreign}[name == "stolen"]; want != "" && f.Mark.Binding.State != want {
			t.Errorf("%s: %s", name, f.Mark.Binding.State)
		}
	}
}

// A page that draws more than is looked at is told, and is no mark that is absent.
func TestBombIsTold(t *testing.T) {
	b := newBench(t)
	page := strings.Repeat("0 0 m f ", 300_000)
	out := signedPage(t, b, page)
	o := b.options()
	f := proof.Examine(t.Context(), out, o)
	if f.Verdict != sign.Invalid || f.Mark.Binding.State != watermark.Unchecked || !strings.Contains(codes(f), "ink-unread") {
		t.Errorf("with a key: %s %s %s", f.Verdict, f.Mark.Binding.State, codes(f))
	}
	o.MarkKey = nil
	f = proof.Examine(t.Context(), out, o)
	if f.Verdict != sign.Valid || f.Mark.Binding.State != watermark.Unchecked || !strings.Contains(codes(f), "ink-unread") {
		t.Errorf("without a key: %s %s %s", f.Verdict, f.Mark.Binding.State, codes(f))
	}
	f = proof.Examine(t.Context(), signedPage(t, b, "0 0 m f"), b.options())
	if f.Verdict != sign.Valid || strings.Contains(codes(f), "ink-unread") {
		t.Errorf("a page: %s %s", f.Verdict, codes(f))
	}
}

// signedPage is a signed page of another program.
func signedPage(t *testing.T, b *bench, content string) []byte {
	t.Helper()
	out, err := sign.Sign(t.Context(), drawn(t, content).Bytes(), sign.Field{Name: "Sig", Time: now}, b.teller, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Of what cannot be handwriting only strokes that name a voucher are read, and
// that there was more than is searched is told.
func TestSearchIsBounded(t *testing.T) {
	var c strings.Builder
	for i := range 6000 {
		c.WriteString("q 1 0 0 1 ")
		c.WriteString(strings.Repeat("1", 1+i%3) + " 0 cm 0 0 m " + strings.Repeat("1 9 2 7 3 3 c ", 20) + "f Q\n")
	}
	_, others, err := proof.AllInks(drawn(t, c.String()))
	if err != nil || len(others) == 0 {
		t.Fatalf("%d inks, %v", len(others), err)
	}
	s := proof.NewSearch(watermark.Key{1})
	for _, k := range others {
		if f := s.Binding(k, func(in []ink.Outline) watermark.Reading { return watermark.Read(in, watermark.Key{1}, nil) }); f.State != watermark.Absent {
			t.Errorf("%s: %+v", k.Where, f.Reading)
		}
	}
	if !s.Cut {
		t.Error("nobody says that the search ended early")
	}
	if n := len(slices.DeleteFunc(proof.SecondLayer(others), func(ok bool) bool { return !ok })); n > 4 {
		t.Errorf("%d inks are read for the robust layer", n)
	}
}

// The robust layer goes by size: ink that a matrix made small is read as large as
// it is shown, and a page-wide drawing is not read.
func TestSecondLayerGoesBySize(t *testing.T) {
	stroke := "0 0 m " + strings.Repeat("1000 2000 3000 2000 4000 0 c 3000 50 1000 50 0 0 c ", 40) + "f "
	for content, want := range map[string]bool{
		"q .01 0 0 .01 50 300 cm " + stroke + "Q": true, "q .2 0 0 .2 0 0 cm " + stroke + "Q": false,
		"q .01 0 0 .01 50 300 cm 0 0 m 10 20 30 20 40 0 c " + strings.Repeat("1 1 2 2 3 3 c ", 20) + "f Q": false,
	} {
		_, others, err := proof.AllInks(drawn(t, content))
		if err != nil || len(others) != 1 || proof.SecondLayer(others)[0] != want {
			t.Fatalf("%.40s: %d inks, want %v; %v", content, len(others), want, err)
		}
		if c := others[0].Shown()[0].Contours[0].Curves[0]; want && c.P.X-others[0].Shown()[0].Contours[0].Start.X != 4000 {
			t.Errorf("shown as %+v", c)
		}
	}
}
