package render_test

import (
	"errors"
	"io/fs"
	"math"
	"strings"
	"sync"
	"testing"

	"moqian/render"
	"moqian/render/form"
)

// Rare characters come from the fallbacks, and only a font without a bold face
// is thickened in a bold slot.
func TestRareCharacterFallsBack(t *testing.T) {
	needFallback(t)
	f := fonts(t)
	for _, c := range []struct {
		name, char string
		face       render.Face
		font       string
		thick      bool
	}{
		{"own face", "强", render.Bold, "NotoSansSC-Bold", false},
		{"bold fallback", "𠮷", render.Bold, "LXGWWenKai-Bold", false},
		{"regular fallback", "𠮷", render.Regular, "LXGWWenKai-Regular", false},
		{"no bold anywhere", "𪚥", render.Bold, "HanaMinA", true},
		{"not thick in a regular slot", "𪚥", render.Regular, "HanaMinA", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			runs, width, err := f.Split(c.face, 10, "甲"+c.char+"乙丙")
			if err != nil {
				t.Fatal(err)
			}
			mid := runs[0]
			if len(runs) > 1 {
				mid = runs[1]
			}
			if !strings.Contains(mid.Text, c.char) || f.Font(mid.Font).Name != c.font || mid.Thick != c.thick {
				t.Errorf("%+v from %s", runs, f.Font(mid.Font).Name)
			}
			if em := 10 * render.MMPerPt; math.Abs(width-4*em) > 1e-9 {
				t.Errorf("width %g mm, want four em", width)
			}
			if last := runs[len(runs)-1]; len(runs) == 3 && math.Abs(last.DX-2*10*render.MMPerPt) > 1e-9 {
				t.Errorf("last run at %g mm", last.DX)
			}
		})
	}
}

// lone has the two faces and one fallback that cannot be read.
func lone(t *testing.T, called *int) *render.Fonts {
	t.Helper()
	regular, err := asset("NotoSansSC-Regular")
	if err != nil {
		t.Fatal(err)
	}
	bold, err := asset("NotoSansSC-Bold")
	if err != nil {
		t.Fatal(err)
	}
	f, err := render.NewFonts(regular, bold, render.Fallback{Face: render.Regular, Load: func() (render.Font, error) {
		*called++
		return render.Font{}, fs.ErrNotExist
	}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMissingFallbackIsNoErrorUntilNeeded(t *testing.T) {
	called := 0
	f := lone(t, &called)
	if _, _, err := f.Split(render.Bold, 10, "常用字 and Latin"); err != nil || called != 0 {
		t.Fatalf("%v, loaded %d times", err, called)
	}
	for range 2 {
		_, _, err := f.Split(render.Bold, 10, "𠮷")
		var missing *render.MissingGlyph
		if !errors.As(err, &missing) || missing.Char != '𠮷' || !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("got %v", err)
		}
	}
	if called != 1 {
		t.Errorf("loaded %d times", called)
	}
}

// A voucher with a character that no font has names field and character.
func TestMissingGlyphNamesTheField(t *testing.T) {
	called := 0
	f := filled(t, "2101", map[string]string{"name": "刘𪚥强"})
	_, err := render.Voucher(f, lone(t, &called))
	var at *render.FieldError
	var missing *render.MissingGlyph
	if !errors.As(err, &at) || !errors.As(err, &missing) || at.Field != "name" || at.Label != "户名" || missing.Char != '𪚥' {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "刘") {
		t.Errorf("the error tells the name: %v", err)
	}
}

func TestDamagedFont(t *testing.T) {
	good, err := asset("NotoSansSC-Regular")
	if err != nil {
		t.Fatal(err)
	}
	bad := render.Font{Name: "Bad", Data: good.Data[:1000]}
	if _, err := render.NewFonts(good, bad); err == nil || !strings.Contains(err.Error(), "Bad") {
		t.Errorf("got %v", err)
	}
}

// Fonts serve several goroutines; run with -race.
func TestFontsAreSafeForConcurrentUse(t *testing.T) {
	f := fonts(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for r := rune(0x4E00); r < 0x4E40; r++ {
				runs, _, err := f.Split(render.Bold, 9, string(r))
				if err != nil {
					continue
				}
				if _, err := f.Glyph(runs[0].Font, r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestGlyphIsClosedCubics(t *testing.T) {
	f := fonts(t)
	runs, width, err := f.Split(render.Regular, 72/25.4, "国")
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Glyph(runs[0].Font, '国')
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(g.Advance-width) > 1e-9 {
		t.Errorf("advance %g em, width %g", g.Advance, width)
	}
	open := false
	for _, s := range g.Segs {
		switch {
		case s.Op == 'M' && open, s.Op != 'M' && !open, !strings.ContainsRune("MLCZ", rune(s.Op)):
			t.Fatalf("segment %c out of order", s.Op)
		}
		open = s.Op != 'Z'
	}
	b := pathBox(render.Path{Segs: g.Segs})
	if open || b.y0 > -0.7 || b.y1 < 0 || b.y0 < -1 || b.y1 > 0.2 {
		t.Errorf("outline spans %g to %g em, open %v", b.y0, b.y1, open)
	}
	if _, err := f.Glyph(99, 'A'); err == nil {
		t.Error("a font that does not exist has a glyph")
	}
}

// Copying gives back each entry: account without gaps, amount as printed, and
// on the customer copy nothing that is hidden there.
func TestSpansCarryTheEntries(t *testing.T) {
	name := longName
	f := filled(t, "2103", map[string]string{"payer": name, "payee_account": "11001042500059123456789", "amount": "128000.50"})
	var spans []string
	walk(sheet(t, f).Pages[0].Items, func(it render.Item) {
		if s, ok := it.(render.Span); ok {
			spans = append(spans, s.Actual)
			if shown := shownIn(s); strip(shown) != strip(s.Actual) {
				t.Errorf("span %q shows %q", s.Actual, shown)
			}
		}
	})
	count := map[string]int{}
	for _, s := range spans {
		count[s]++
	}
	for want, n := range map[string]int{name: 2, "11001042500059123456789": 1, "1100********6789": 1,
		"¥128,000.50": 2, "人民币壹拾贰万捌仟元零伍角": 2} {
		if count[want] != n {
			t.Errorf("%q is there %d times, want %d; spans %q", want, count[want], n, spans)
		}
	}
}

func strip(s string) string { return strings.ReplaceAll(s, " ", "") }

func shownIn(s render.Span) string {
	var b strings.Builder
	walk(s.Items, func(it render.Item) {
		if text, ok := it.(render.Text); ok {
			b.WriteString(textOf(text))
		}
	})
	return b.String()
}

// Whatever is below the cut goes home with the customer: no whole account and
// no whole identity number, neither shown nor hidden in a span.
func TestCustomerCopyHidesNumbers(t *testing.T) {
	for _, code := range codes() {
		f := filled(t, code, nil)
		if !f.Filled.Type().Half() {
			continue
		}
		var secret []string
		for _, field := range f.Filled.Type().Fields {
			v, ok := f.Filled.Value(field.ID)
			if ok && (field.Kind == form.Account || field.Kind == form.IDCard) {
				secret = append(secret, v.Raw)
			}
		}
		for _, it := range sheet(t, f).Pages[0].Items {
			var text string
			low := false
			walk([]render.Item{it}, func(it render.Item) {
				switch it := it.(type) {
				case render.Text:
					text += textOf(it)
					low = low || it.Y > 148.5
				case render.Span:
					text += it.Actual + "\n"
				}
			})
			for _, s := range secret {
				if low && strings.Contains(strip(text), s) {
					t.Errorf("%s: the customer copy holds %s", code, s)
				}
			}
		}
	}
}
