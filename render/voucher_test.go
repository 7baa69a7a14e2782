package render_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"moqian/render"
	"moqian/render/form"
	"moqian/render/raster"
)

// pageText is all text of a page, a line an item.
func pageText(p render.Page) string {
	var b strings.Builder
	walk(p.Items, func(it render.Item) {
		if t, ok := it.(render.Text); ok && !t.Mute {
			b.WriteString(textOf(t) + "\n")
		}
	})
	return b.String()
}

// Trial mode marks every page, half and seal; without it the words are nowhere.
func TestTrialIsOnEveryPage(t *testing.T) {
	for _, code := range codes() {
		f := filled(t, code, nil)
		plain := sheet(t, f)
		f.Header.Trial = true
		trial := sheet(t, f)
		if len(plain.Pages) != len(trial.Pages) || !reflect.DeepEqual(plain.Boxes, trial.Boxes) || plain.Seal != trial.Seal {
			t.Errorf("%s: trial mode moves things", code)
		}
		half := f.Filled.Type().Half()
		for i := range trial.Pages {
			bands, letters := strings.Count(pageText(trial.Pages[i]), "NOT A VALID VOUCHER"), trialLetters(trial.Pages[i])
			if want := 1; half {
				if bands != 2 || letters != 2 {
					t.Errorf("%s: %d bands, %d letters in two halves", code, bands, letters)
				}
			} else if bands != want || letters < want {
				t.Errorf("%s page %d: %d bands, %d letters", code, i+1, bands, letters)
			}
			if first, ok := trial.Pages[i].Items[0].(render.Text); !ok || textOf(first) != "测试 TEST" {
				t.Errorf("%s page %d: the letters are not painted first", code, i+1)
			}
		}
		for i := range plain.Pages {
			if trialLetters(plain.Pages[i]) > 0 {
				t.Errorf("%s page %d: trial letters outside trial mode", code, i+1)
			}
			for _, word := range []string{"TEST", "测试", "试用", "NOT A VALID"} {
				if strings.Contains(pageText(plain.Pages[i]), word) {
					t.Errorf("%s page %d says %s outside trial mode", code, i+1, word)
				}
			}
		}
		if reflect.DeepEqual(seals(plain), seals(trial)) {
			t.Errorf("%s: the trial seal is the real one", code)
		}
	}
}

func trialLetters(p render.Page) (n int) {
	walk(p.Items, func(it render.Item) {
		if t, ok := it.(render.Text); ok && t.Mute && textOf(t) == "测试 TEST" {
			n++
		}
	})
	return n
}

// seals are the groups that e-seals are made of, in order: ring, star and arc,
// then what stands in the middle.
func seals(s render.Sheet) (out []render.Group) {
	for _, p := range s.Pages {
		for _, it := range p.Items {
			if g, ok := it.(render.Group); ok && red(g) {
				out = append(out, g)
			}
		}
	}
	return out
}

func red(g render.Group) bool {
	p, ok := g.Items[0].(render.Path)
	return ok && p.Fill.R == 0xC8
}

// Both seals of a voucher share one figure up to a shift; they are red, and
// their letters are no text.
func TestSealsShareTheirRing(t *testing.T) {
	got := seals(sheet(t, filled(t, "2101", nil)))
	if len(got) != 4 {
		t.Fatalf("%d groups", len(got))
	}
	if !reflect.DeepEqual(got[0].Items, got[2].Items) || reflect.DeepEqual(got[1].Items, got[3].Items) {
		t.Error("not the arc is shared and the middle different")
	}
	if got[0].X != got[2].X || math.Abs(got[2].Y-got[0].Y-114.5) > 1e-9 {
		t.Errorf("seals at %g, %g and %g, %g", got[0].X, got[0].Y, got[2].X, got[2].Y)
	}
	for _, g := range got {
		walk([]render.Item{g}, func(it render.Item) {
			if text, ok := it.(render.Text); ok && (!text.Mute || text.Color.R != 0xC8) {
				t.Errorf("%q is text or not red", textOf(text))
			}
		})
	}
	f := filled(t, "2101", nil)
	f.Seal = render.SealText{}
	if n := len(seals(sheet(t, f))); n != 0 {
		t.Errorf("%d seals before there is one", n)
	}
}

// Name, account, amount and amount in words stand on every half in a face that
// is bold by design, and nothing else among the values does.
func TestBankElementsAreBold(t *testing.T) {
	for _, code := range codes() {
		f := filled(t, code, nil)
		typ := f.Filled.Type()
		bold := map[string]bool{}
		strong := func(rows []form.Row, get func(string) (form.Value, bool)) {
			for _, row := range rows {
				for _, c := range row.Cells {
					if v, ok := get(c.Field); ok && typ.Strong(c) {
						bold[v.Shown] = true
					}
				}
			}
		}
		strong(typ.Bank, f.Filled.Value)
		strong(typ.Customer, f.Filled.Masked)
		for _, s := range typ.Sections {
			strong(s.Rows, f.Filled.Value)
		}
		for _, field := range typ.Fields { // the elements of a bank are among them
			if v, ok := f.Filled.Value(field.ID); ok && (field.ID == "name" || field.ID == "account" || field.ID == "amount") && !bold[v.Shown] {
				t.Errorf("%s: %s is not bold", code, field.ID)
			}
		}
		seen := map[string]bool{}
		for _, p := range sheet(t, f).Pages {
			walk(p.Items, func(it render.Item) {
				s, ok := it.(render.Span)
				if !ok {
					return
				}
				walk(s.Items, func(it render.Item) {
					text, ok := it.(render.Text)
					if !ok {
						return
					}
					for _, run := range text.Runs {
						name := fonts(t).Font(run.Font).Name
						if is := strings.Contains(name, "Bold"); is != bold[strings.ReplaceAll(s.Actual, " ", "")] {
							t.Errorf("%s: %q is set in %s", code, s.Actual, name)
						}
					}
				})
				seen[s.Actual] = true
			})
		}
		for v := range bold {
			if !seen[v] {
				t.Errorf("%s: %q stands nowhere", code, v)
			}
		}
	}
}

// Boxes follow the people who sign; the time stands above each box that has
// been signed.
func TestBoxesAndTimes(t *testing.T) {
	f := filled(t, "2102", nil)
	s := sheet(t, f)
	want := []render.Area{{X: 15, Y: 107.2, W: 60, H: 25}, {X: 81, Y: 107.2, W: 60, H: 25}}
	if !reflect.DeepEqual(s.Boxes, want) || s.Seal != (render.Area{X: 154.5, Y: 100, W: 38, H: 38}) {
		t.Errorf("boxes %v, seal %v", s.Boxes, s.Seal)
	}
	f.Signed = f.Signed[:1]
	one := pageText(sheet(t, f).Pages[0])
	if !strings.Contains(one, "14:05:21") || strings.Contains(one, "14:06:02") {
		t.Error("times of signing are not those given")
	}
	f.Signed = append(f.Signed, time.Now(), time.Now())
	if _, err := render.Voucher(f, fonts(t)); err == nil {
		t.Error("three times of signing for two signers")
	}
	alone := sheet(t, filled(t, "2102", map[string]string{"agent": "", "agent_id": ""}))
	if len(alone.Boxes) != 1 {
		t.Errorf("%d boxes without an agent", len(alone.Boxes))
	}
}

// Whether a voucher is signed, sealed and coded moves nothing on it.
func TestSigningMovesNothing(t *testing.T) {
	for _, code := range codes() {
		f := filled(t, code, nil)
		done := sheet(t, f)
		f.Signed, f.Code, f.Seal = nil, "", render.SealText{}
		open := sheet(t, f)
		if len(open.Pages) != len(done.Pages) || !reflect.DeepEqual(open.Boxes, done.Boxes) || open.Seal != done.Seal {
			t.Fatalf("%s: signing moves boxes", code)
		}
		for i := range open.Pages {
			later := map[record]bool{}
			for _, r := range records(t, done.Pages[i]) {
				later[r] = true
			}
			for _, r := range records(t, open.Pages[i]) {
				if !later[r] {
					t.Errorf("%s page %d: %+v is gone after signing", code, i+1, r)
				}
			}
		}
	}
}

func TestApprovalIsPrinted(t *testing.T) {
	f := filled(t, "2102", nil)
	f.Approved = f.Header.Time.Add(-34 * time.Second)
	if text := pageText(sheet(t, f).Pages[0]); !strings.Contains(text, "010087 14:04:58 (≥ ¥50,000.00)\n") {
		t.Errorf("no approval on the page:\n%s", text)
	}
	f.Header.Supervisor = ""
	if text := pageText(sheet(t, f).Pages[0]); !strings.Contains(text, "授权 Supervisor —") || strings.Contains(text, "≥") {
		t.Error("an approval that nobody gave is on the page")
	}
}

// The agreement keeps its rules: pages are numbered, the signature block is on
// the last one with at least three lines above it.
func TestFullPages(t *testing.T) {
	s := sheet(t, filled(t, "1101", nil))
	last := len(s.Pages) - 1
	if last < 1 || s.Seal.Page != last || len(s.Boxes) != 2 || s.Boxes[0].Page != last {
		t.Fatalf("%d pages, seal on %d, boxes %v", last+1, s.Seal.Page, s.Boxes)
	}
	above := 0
	walk(s.Pages[last].Items, func(it render.Item) {
		if text, ok := it.(render.Text); ok && text.Y > 27 && text.Y < s.Boxes[0].Y-30 && text.Size == 10 {
			above++
		}
	})
	if above < 3 {
		t.Errorf("%d lines of agreement above the signatures", above)
	}
	if !strings.Contains(pageText(s.Pages[last]), "以下空白 End of document") {
		t.Error("the end of the document is open")
	}
	if !strings.Contains(pageText(s.Pages[0]), "本页以下空白 Blank below") {
		t.Error("the free space of page 1 is open")
	}
}

// The same form gives the same pages.
func TestVoucherIsRepeatable(t *testing.T) {
	for _, code := range codes() {
		f := filled(t, code, nil)
		if !reflect.DeepEqual(sheet(t, f), sheet(t, f)) {
			t.Errorf("%s: two layouts differ", code)
		}
	}
}

func TestVoucherNeedsAFilledForm(t *testing.T) {
	if _, err := render.Voucher(render.Form{Filled: form.Filled{}}, fonts(t)); err == nil {
		t.Error("an empty form was laid out")
	}
}

func BenchmarkVoucher(b *testing.B) {
	f := filled(b, "2103", nil)
	for b.Loop() {
		sheet(b, f)
	}
}

func BenchmarkFullPages(b *testing.B) {
	f := filled(b, "1101", nil)
	for b.Loop() {
		sheet(b, f)
	}
}

func BenchmarkRaster100dpi(b *testing.B) {
	p := sheet(b, filled(b, "2103", nil)).Pages[0]
	for b.Loop() {
		if _, err := raster.Page(p, nil, fonts(b), 100); err != nil {
			b.Fatal(err)
		}
	}
}
