package padview_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/assets"
	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/padview"
)

var pictures = flag.String("pictures", "", "write every picture as a PNG into this folder")

var testFonts = sync.OnceValues(func() (*render.Fonts, error) {
	var f [2]render.Font
	for i, name := range []string{"NotoSansSC-Regular", "NotoSansSC-Bold"} {
		data, err := assets.FS.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			return nil, err
		}
		f[i] = render.Font{Name: name, Data: data}
	}
	return render.NewFonts(f[0], f[1])
})

// screens of the pads that have one.
func screens() map[string][2]int {
	return map[string][2]int{"STU-300": {396, 100}, "STU-430": {320, 200}, "STU-500": {640, 480}, "STU-540": {800, 480}}
}

func maker(t testing.TB, size [2]int, o padview.Options) *padview.Maker {
	t.Helper()
	f, err := testFonts()
	if err != nil {
		t.Fatal(err)
	}
	m, err := padview.New(size[0], size[1], f, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// voucher is a filled form of a type and its pages.
func voucher(t testing.TB, code string, change ...string) (form.Filled, []render.Page) {
	t.Helper()
	data, err := assets.FS.ReadFile("forms/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	typ, err := form.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	day, err := time.Parse("2006-01-02", typ.ExampleDay)
	if err != nil {
		t.Fatal(err)
	}
	in := typ.Examples()
	for i := 0; i < len(change); i += 2 {
		in[change[i]] = change[i+1]
	}
	filled, problems := typ.Fill(in, day)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	f, err := testFonts()
	if err != nil {
		t.Fatal(err)
	}
	number, err := form.NewNumber("00001", "01", day, 1)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := render.Voucher(render.Form{Filled: filled, Bank: form.Text{ZH: "墨签银行"}, Branch: form.Text{ZH: "示范支行"},
		Header: form.Header{Number: number, Time: day, Business: typ.ExampleDay, Branch: "00001", Workstation: "01", Teller: "t0001"}}, f)
	if err != nil {
		t.Fatal(err)
	}
	return filled, sheet.Pages
}

// check holds every picture to the screen: its size, ink on it, keys inside it
// that do not touch each other and whose face is not blank.
func check(t *testing.T, name string, size [2]int, p padview.Picture) {
	t.Helper()
	write(t, name, p)
	f := p.Frame
	if f.W != size[0] || f.H != size[1] || len(f.Pix) != 3*f.W*f.H {
		t.Fatalf("%s: a frame of %d × %d with %d bytes", name, f.W, f.H, len(f.Pix))
	}
	if dark(f, 0, 0, f.W-1, f.H-1) == 0 {
		t.Errorf("%s is blank", name)
	}
	for i, b := range p.Buttons {
		if b.X1 < 0 || b.Y1 < 0 || b.X2 >= f.W || b.Y2 >= f.H || b.X2-b.X1 < 60 || b.Y2-b.Y1 < 18 {
			t.Errorf("%s: key %s at %d,%d–%d,%d", name, b.Key, b.X1, b.Y1, b.X2, b.Y2)
		}
		if i > 0 && b.X1 <= p.Buttons[i-1].X2 {
			t.Errorf("%s: keys %s and %s touch", name, p.Buttons[i-1].Key, b.Key)
		}
		all := (b.X2 - b.X1) * (b.Y2 - b.Y1)
		if n := dark(f, b.X1+3, b.Y1+3, b.X2-3, b.Y2-3); n < all/200 || n > all*199/200 {
			t.Errorf("%s: key %s says nothing (%d of %d dark)", name, b.Key, n, all)
		}
	}
}

// dark counts the pixels that a screen of one bit shows black.
func dark(f pad.Frame, x1, y1, x2, y2 int) (n int) {
	for y := y1; y <= y2; y++ {
		for x := x1; x <= x2; x++ {
			if f.Pix[3*(y*f.W+x)] <= 0x80 {
				n++
			}
		}
	}
	return n
}

func write(t *testing.T, name string, p padview.Picture) {
	if *pictures == "" {
		return
	}
	img := image.NewRGBA(image.Rect(0, 0, p.Frame.W, p.Frame.H))
	for i := range p.Frame.W * p.Frame.H {
		q := p.Frame.Pix[3*i:]
		img.Set(i%p.Frame.W, i/p.Frame.W, color.RGBA{q[0], q[1], q[2], 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, strings.ReplaceAll(name, " ", "-")+".png"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func keysOf(p padview.Picture) string {
	s := ""
	for _, b := range p.Buttons {
		s += string(b.Key) + " "
	}
	return s
}

// Every type on every screen: all pages are there, each can be refused, the
// last of a page confirms and the others go on.
func TestPages(t *testing.T) {
	for model, size := range screens() {
		m := maker(t, size, padview.Options{Trial: model == "STU-430"})
		for _, code := range []string{"1101", "2101", "2102", "2103", "3101"} {
			filled, pages := voucher(t, code)
			lists, err := m.Pages(filled, pages)
			if err != nil {
				t.Fatalf("%s %s: %v", model, code, err)
			}
			if len(lists) != len(pages) {
				t.Fatalf("%s %s: %d lists for %d pages", model, code, len(lists), len(pages))
			}
			n := 0
			for i, list := range lists {
				for j, p := range list {
					n++
					name := fmt.Sprintf("%s %s %d %d", model, code, i, j)
					check(t, name, size, p)
					want := "cancel next "
					if j == len(list)-1 {
						want = "cancel confirm "
					}
					if got := keysOf(p); got != want {
						t.Errorf("%s has the keys %q, want %q", name, got, want)
					}
				}
			}
			t.Logf("%s %s: %d pictures", model, code, n)
		}
	}
}

// Two vouchers that differ in a word differ on the screen, whichever entry it
// is: nothing that is signed is left out.
func TestEveryEntryIsShown(t *testing.T) {
	for model, size := range screens() {
		m := maker(t, size, padview.Options{})
		for _, change := range [][2]string{{"amount", "1234.56"}, {"name", "王小明"}, {"opened_at", "别的支行"}} {
			if !differ(t, m, change[0], change[1]) {
				t.Errorf("%s: another %s shows the same pictures", model, change[0])
			}
		}
	}
}

func differ(t *testing.T, m *padview.Maker, field, value string) bool {
	t.Helper()
	var all [2][]byte
	for i, change := range [][]string{nil, {field, value}} {
		filled, pages := voucher(t, "2101", change...)
		lists, err := m.Pages(filled, pages)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range lists {
			for _, p := range list {
				all[i] = append(all[i], p.Frame.Pix...)
			}
		}
	}
	return !bytes.Equal(all[0], all[1])
}

// The pieces of a page leave no row of it out.
func TestPiecesCoverThePage(t *testing.T) {
	m := maker(t, [2]int{800, 480}, padview.Options{})
	filled, pages := voucher(t, "2103")
	black := render.Color{}
	for _, y := range []float64{0.5, 60, 74.2, 110, 148, 200, 250, pages[0].H - 1} {
		plain, err := m.Pages(filled, pages[:1])
		if err != nil {
			t.Fatal(err)
		}
		marked := pages[0]
		marked.Items = append(marked.Items[:len(marked.Items):len(marked.Items)], render.Rect{X: 1, Y: y - 0.4, W: 3, H: 0.8, Fill: &black})
		with, err := m.Pages(filled, []render.Page{marked})
		if err != nil {
			t.Fatal(err)
		}
		seen := false
		for i := range plain[0] {
			seen = seen || !bytes.Equal(plain[0][i].Frame.Pix, with[0][i].Frame.Pix)
		}
		if !seen {
			t.Errorf("a mark at %g mm of %g is on no picture", y, pages[0].H)
		}
	}
}

func TestBoxIdleAndWords(t *testing.T) {
	for model, size := range screens() {
		for _, english := range []bool{false, true} {
			m := maker(t, size, padview.Options{English: english, Trial: english})
			filled, _ := voucher(t, "1101")
			for i := range filled.Signers() {
				p, err := m.Box(filled, i)
				if err != nil {
					t.Fatal(err)
				}
				check(t, fmt.Sprintf("%s box %v %d", model, english, i), size, p)
				if got := keysOf(p); got != "cancel clear confirm " {
					t.Errorf("the box has the keys %q", got)
				}
				// Where the customer writes nothing is in the way but the line.
				if top, end := size[1]*45/100, p.Buttons[0].Y1-size[1]*25/100; end > top {
					if n := dark(p.Frame, size[0]/4, top, size[0]*3/4, end); n > 0 {
						t.Errorf("%s: %d dark pixels where the customer writes", model, n)
					}
				}
			}
			for name, make := range map[string]func() (padview.Picture, error){"wait": m.Wait, "thanks": m.Thanks,
				"idle": func() (padview.Picture, error) {
					return m.Idle(form.Text{ZH: "墨签银行", EN: "Moqian Bank"}, form.Text{ZH: "示范支行", EN: "Model Branch"})
				}} {
				p, err := make()
				if err != nil {
					t.Fatal(err)
				}
				if len(p.Buttons) != 0 {
					t.Errorf("%s has keys", name)
				}
				check(t, fmt.Sprintf("%s %s %v", model, name, english), size, p)
			}
		}
	}
}

// The two signers of a form, and two amounts, have boxes of their own.
func TestBoxesDiffer(t *testing.T) {
	m := maker(t, [2]int{320, 200}, padview.Options{})
	minor, _ := voucher(t, "1101")
	seen := map[string]bool{}
	for i := range minor.Signers() {
		p, err := m.Box(minor, i)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(p.Frame.Pix)] = true
	}
	for _, amount := range []string{"1.00", "2.00"} {
		f, _ := voucher(t, "2101", "amount", amount)
		p, err := m.Box(f, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(p.Frame.Pix)] = true
	}
	if want := len(minor.Signers()) + 2; len(seen) != want {
		t.Errorf("%d pictures, want %d", len(seen), want)
	}
}

func TestRefusals(t *testing.T) {
	f, err := testFonts()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{0, 0}, {239, 90}, {240, 89}, {-5, 1000}} {
		if _, err := padview.New(size[0], size[1], f, padview.Options{}); !errors.Is(err, padview.ErrSmall) {
			t.Errorf("a screen of %d × %d: %v", size[0], size[1], err)
		}
	}
	m := maker(t, [2]int{320, 200}, padview.Options{})
	if _, err := m.Pages(form.Filled{}, nil); err == nil {
		t.Error("pages of nothing")
	}
	var missing *render.MissingGlyph
	if _, err := m.Idle(form.Text{ZH: "a\U0010FFFD"}, form.Text{}); !errors.As(err, &missing) {
		t.Errorf("a character that no font has: %v", err)
	}
}

func BenchmarkPages(b *testing.B) {
	for _, size := range [][2]int{{320, 200}, {800, 480}} {
		b.Run(fmt.Sprint(size[0]), func(b *testing.B) {
			m := maker(b, size, padview.Options{})
			filled, pages := voucher(b, "2101")
			for b.Loop() {
				if _, err := m.Pages(filled, pages); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
