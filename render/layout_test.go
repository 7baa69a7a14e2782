package render

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"moqian/render/form"
)

// Lines breaks as vouchers do and never loses a character but blanks.
func TestLines(t *testing.T) {
	f := realFonts(t)
	em := 10 * MMPerPt
	for _, c := range []struct {
		text  string
		width float64 // em
		want  string
	}{
		{"", 5, ""},
		{"户名账号", 5, "户名账号"},
		{"户名账号金额大写小写", 5, "户名账号金|额大写小写"},
		{"户名账号，金额", 4, "户名账|号，金额"},
		{"a word, and another", 5, "a word,|and|another"},
	} {
		got, err := f.Lines(Regular, 10, c.width*em+1e-9, c.text)
		if err != nil || strings.Join(got, "|") != c.want {
			t.Errorf("%q: %q, want %q, %v", c.text, strings.Join(got, "|"), c.want, err)
		}
	}
	var missing *MissingGlyph
	if _, err := f.Lines(Regular, 10, 50, "a\U0010FFFD"); !errors.As(err, &missing) {
		t.Errorf("a character no font has: %v", err)
	}
}

// Every kind of item moves with its group, and the group itself is unharmed.
func TestGroupFlat(t *testing.T) {
	items := []Item{
		Text{X: 1, Y: 2}, Line{X1: 1, Y1: 2, X2: 3, Y2: 4}, Rect{X: 1, Y: 2, W: 9, H: 9}, Modules{X: 1, Y: 2, N: 3},
		Path{Segs: []Seg{{Op: 'C', P: [3]Pt{{1, 2}, {3, 4}, {5, 6}}}}},
		Span{Actual: "a", Items: []Item{Text{X: 1, Y: 2}}}, Group{X: 1, Y: 2, Items: []Item{Text{X: 7}}},
	}
	before := fmt.Sprintf("%+v", items)
	got := Group{X: 10, Y: 20, Items: items}.Flat()
	want := []Item{
		Text{X: 11, Y: 22}, Line{X1: 11, Y1: 22, X2: 13, Y2: 24}, Rect{X: 11, Y: 22, W: 9, H: 9}, Modules{X: 11, Y: 22, N: 3},
		Path{Segs: []Seg{{Op: 'C', P: [3]Pt{{11, 22}, {13, 24}, {15, 26}}}}},
		Span{Actual: "a", Items: []Item{Text{X: 11, Y: 22}}}, Group{X: 11, Y: 22, Items: []Item{Text{X: 7}}},
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if fmt.Sprintf("%+v", items) != before {
		t.Error("the group's own items moved")
	}
}

// Values that the workstation adds, and a dash for what is not there.
func TestHeaderValues(t *testing.T) {
	at := time.Date(2026, 3, 18, 6, 5, 32, 0, time.UTC)
	r := &reader{typ: &form.Type{Limit: 5000000}, Form: Form{Fee: "¥1.00", Approved: at.Add(-time.Minute),
		Header: form.Header{Number: "123", Time: at, Supervisor: "010087"},
		Bank:   form.Text{ZH: "示例银行"}, Branch: form.Text{ZH: "某某支行"}}}
	for id, want := range map[string]string{
		"$time": "2026-03-18 14:05:32", "$number": "123", "$fee": "¥1.00", "$branch": "示例银行某某支行",
		"$approval": "010087 14:04:32 (≥ ¥50,000.00)",
	} {
		if got, ok := r.header(id); !ok || got != want {
			t.Errorf("%s: %q, %v, want %q", id, got, ok, want)
		}
	}
	r.Branch.ZH = "示例银行某某支行"
	if got, _ := r.header("$branch"); got != "示例银行某某支行" {
		t.Errorf("a branch that names its bank: %q", got)
	}
	r.Header.Supervisor, r.Fee = "", ""
	for _, id := range []string{"$approval", "$fee"} {
		if got, _ := r.header(id); got != "" {
			t.Errorf("%s: %q", id, got)
		}
	}
	if _, ok := r.header("$other"); ok {
		t.Error("a value that nobody adds")
	}
	if orEmpty("") != "—" || orEmpty("a") != "a" {
		t.Error("the dash for nothing")
	}
}

// The first fault is kept and names its place; what follows does not hide it.
func TestFirstFaultCounts(t *testing.T) {
	c := newCanvas(realFonts(t))
	c.what = "first"
	c.left(1, 1, plain(10), "a\U0010FFFD")
	c.what = "second"
	c.within("third", 100, 50)
	c.lines(1, 1, plain(10), strings.Repeat("字", 90), place{20, 5, 1.2, []step{{10, 1}}})
	var at *FieldError
	var missing *MissingGlyph
	if !errors.As(c.err, &at) || at.Field != "first" || !errors.As(c.err, &missing) {
		t.Fatalf("got %v", c.err)
	}
	if (&FieldError{Field: "a", Err: ErrTooLong}).Error() != "a: "+ErrTooLong.Error() ||
		(&FieldError{Field: "a", Label: "户名", Err: ErrTooLong}).Error() != "field a (户名): "+ErrTooLong.Error() {
		t.Error("what a fault says")
	}
	d := newCanvas(c.fonts)
	d.within("a table", 95.2, 95.2)
	if d.err != nil {
		t.Errorf("what just fits is refused: %v", d.err)
	}
	d.within("a table", 95.3, 95.2)
	if !errors.As(d.err, &at) || at.Field != "a table" || !errors.Is(d.err, ErrTooLong) {
		t.Errorf("what does not fit: %v", d.err)
	}
}

// Advances lie on the grid that files embed, so that lines end where files end
// them; ideographs are an em.
func TestAdvancesLieOnTheGrid(t *testing.T) {
	f := realFonts(t)
	for _, face := range []Face{Regular, Bold} {
		cells, err := f.measure(face, "0123456789 AWil@¥，户")
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cells {
			if units := c.advance * FontGrid; math.Abs(units-math.Round(units)) > 1e-9 {
				t.Errorf("character %d is %g units wide", i, units)
			}
		}
		if last := cells[len(cells)-1].advance; last != 1 {
			t.Errorf("户 is %g em wide", last)
		}
		for _, c := range cells[1:10] {
			if c.advance != cells[0].advance {
				t.Error("digits differ in width")
			}
		}
	}
}
