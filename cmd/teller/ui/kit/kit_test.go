package kit

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"moqian/assets"
)

func look(t *testing.T) Look {
	t.Helper()
	app := test.NewTempApp(t)
	read := func(name string) []byte {
		b, err := assets.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	app.Settings().SetTheme(NewTheme(Light(), read("fonts/NotoSansSC-Regular.ttf"), read("fonts/NotoSansSC-Bold.ttf")))
	return Look{P: Light(), K: 1, Icons: func(n string) []byte {
		b, err := assets.FS.ReadFile("icons/" + n + ".svg")
		if err != nil {
			return nil
		}
		return b
	}}
}

// luminance of WCAG 2.
func luminance(c color.NRGBA) float64 {
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// Every pair that carries text has a contrast of 4.5, every edge one of 3, in
// both palettes.
func TestContrast(t *testing.T) {
	for name, p := range map[string]*Palette{"light": Light(), "dark": Dark()} {
		for _, c := range []struct {
			what   string
			on, at color.NRGBA
			least  float64
		}{
			{"ink on surface", p.Ink, p.Surface, 4.5}, {"ink on ground", p.Ink, p.Ground, 4.5}, {"ink on soft", p.Ink, p.Soft, 4.5},
			{"ink2 on surface", p.Ink2, p.Surface, 4.5}, {"ink2 on ground", p.Ink2, p.Ground, 4.5}, {"ink2 on sunk", p.Ink2, p.Sunk, 4.5},
			{"ink3 on sunk", p.Ink3, p.Sunk, 4.5}, {"ink3 on surface", p.Ink3, p.Surface, 4.5},
			{"accent on surface", p.Accent, p.Surface, 4.5}, {"accent on soft", p.Accent, p.Soft, 4.5},
			{"button", p.OnAccent, p.Accent, 4.5}, {"bar", p.OnBar, p.Bar, 4.5}, {"bar 2", p.OnBar2, p.Bar, 4.5},
			{"ok", p.OK, p.OKSoft, 4.5}, {"warn", p.Warn, p.WarnSoft, 4.5}, {"err", p.Err, p.ErrSoft, 4.5}, {"err on surface", p.Err, p.Surface, 4.5},
			{"ribbon", p.OnTrial, p.Trial, 4.5}, {"edge", p.Edge, p.Surface, 3},
		} {
			if got := contrast(c.on, c.at); got < c.least {
				t.Errorf("%s, %s: contrast %.2f, want %.1f", name, c.what, got, c.least)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	l := look(t)
	em := l.Width("墨", 15, false)
	for _, c := range []struct {
		name, text string
		ems        float32
		want       []string
	}{
		{"between ideographs", "请核对以上信息", 4.5, []string{"请核对以", "上信息"}},
		{"no line begins with a stop", "请核对。以上", 3.5, []string{"请核", "对。以", "上"}},
		{"no line ends with an opening mark", "甲乙（丙丁）", 3.5, []string{"甲乙", "（丙", "丁）"}},
		{"Latin words stay whole", "to the archive now", 5, []string{"to the", "archive", "now"}},
		{"given breaks are kept", "一\n二", 9, []string{"一", "二"}},
		{"fits", "短", 9, []string{"短"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := l.Wrap(c.text, 15, false, c.ems*em)
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("%q", got)
			}
			for _, s := range got {
				if r := []rune(s); strings.ContainsRune(notFirst, r[0]) || strings.ContainsRune(notLast, r[len(r)-1]) {
					t.Errorf("line %q", s)
				}
			}
		})
	}
}

func TestFit(t *testing.T) {
	l := look(t)
	long := strings.Repeat("长", 40)
	got := l.Fit(long, 15, false, 150)
	if l.Width(got, 15, false) > 150 || !strings.HasSuffix(got, "…") {
		t.Errorf("%q is %v wide", got, l.Width(got, 15, false))
	}
	if l.Fit("短", 15, false, 150) != "短" {
		t.Error("a short text was cut")
	}
	if l.Fit(long, 15, false, 1) != "…" {
		t.Error("no room at all")
	}
}

func TestFieldEdits(t *testing.T) {
	l := look(t)
	f := l.NewField("", nil)
	for _, r := range "12345" {
		f.Type(r)
	}
	for _, c := range []struct {
		keys []fyne.KeyName
		r    rune
		want string
	}{
		{[]fyne.KeyName{fyne.KeyBackspace}, 0, "1234"},
		{[]fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft}, 'x', "12x34"},
		{[]fyne.KeyName{fyne.KeyDelete}, 0, "12x4"},
		{[]fyne.KeyName{fyne.KeyHome}, 'a', "a12x4"},
		{[]fyne.KeyName{fyne.KeyEnd}, 'z', "a12x4z"},
		{[]fyne.KeyName{fyne.KeyHome, fyne.KeyBackspace}, 0, "a12x4z"},
		{[]fyne.KeyName{fyne.KeyEnd, fyne.KeyDelete, fyne.KeyRight}, 0, "a12x4z"},
	} {
		for _, k := range c.keys {
			if !f.Key(k) {
				t.Errorf("%s was not taken", k)
			}
		}
		if c.r != 0 {
			f.Type(c.r)
		}
		if f.Text() != c.want {
			t.Errorf("after %v: %q, want %q", c.keys, f.Text(), c.want)
		}
	}
	if f.Key(fyne.KeyF5) || f.Key(fyne.KeyReturn) {
		t.Error("a key of the page was eaten")
	}
	f.Type('\n')
	if f.Text() != "a12x4z" {
		t.Error("a control character was taken")
	}
	f.Max = 6
	f.Type('!')
	if f.Text() != "a12x4z" {
		t.Error("more than Max was taken")
	}
	f.Wipe()
	if f.Text() != "" {
		t.Error("wiped")
	}
}

// The caret stands before the same digit whatever the grouping shows.
func TestFieldCaretInGroups(t *testing.T) {
	l := look(t)
	f := l.NewField("", nil).Style(func(f *Field) {
		f.Group = func(s string) string {
			var b strings.Builder
			for i, r := range s {
				if i > 0 && i%4 == 0 {
					b.WriteByte(' ')
				}
				b.WriteRune(r)
			}
			return b.String()
		}
	})
	f.SetText("62170001")
	if f.display() != "6217 0001" {
		t.Fatalf("%q", f.display())
	}
	for n, want := range map[int]string{0: "", 3: "621", 4: "6217", 5: "6217 0", 8: "6217 0001"} {
		if got := f.upTo(n); got != want {
			t.Errorf("before caret %d: %q, want %q", n, got, want)
		}
	}
}

func TestSecretShowsDots(t *testing.T) {
	l := look(t)
	f := l.NewField("", nil).Style(func(f *Field) { f.Secret = true })
	for _, r := range "secret" {
		f.Type(r)
	}
	if f.shown.Text != "●●●●●●" || f.Text() != "secret" {
		t.Errorf("shown %q", f.shown.Text)
	}
}

func TestDigits(t *testing.T) {
	l := look(t)
	d := l.NewDigits(4, 40, 12, 0, false, nil)
	var full []string
	d.Full = func(s string) { full = append(full, s) }
	for _, r := range "2x1" {
		d.Type(r)
	}
	if d.Text() != "21" || d.Left() != 2 {
		t.Fatalf("%q, %d left", d.Text(), d.Left())
	}
	d.Key(fyne.KeyBackspace)
	for _, r := range "1019" {
		d.Type(r)
	}
	if d.Text() != "2101" || len(full) != 1 || full[0] != "2101" {
		t.Errorf("%q, full %v", d.Text(), full)
	}
	if d.Key(fyne.KeyF1) {
		t.Error("a key of the page was eaten")
	}
	letters := l.NewDigits(4, 40, 12, 0, true, nil)
	for _, r := range "xjqk" {
		letters.Type(r)
	}
	if letters.Text() != "xjqk" {
		t.Errorf("%q", letters.Text())
	}
	letters.SetText("123456")
	if letters.Left() != 0 || len(letters.Text()) != 4 {
		t.Errorf("%q", letters.Text())
	}
}

func TestFirst(t *testing.T) {
	for _, c := range []struct{ sel, n, fit, want int }{
		{-1, 50, 10, 0}, {0, 50, 10, 0}, {4, 50, 10, 0}, {25, 50, 10, 20}, {49, 50, 10, 40}, {3, 5, 10, 0},
	} {
		got := First(c.sel, c.n, c.fit)
		if got != c.want || c.sel >= 0 && (c.sel < got || c.sel >= got+c.fit) {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

func TestRowsAndColumns(t *testing.T) {
	test.NewTempApp(t)
	a, b, c := canvas.NewRectangle(color.White), canvas.NewRectangle(color.White), canvas.NewRectangle(color.White)
	row := H(10, Fix(50, 20, a), Grow(b), FixFill(30, 0, c))
	row.Resize(fyne.NewSize(300, 40))
	for i, want := range []struct{ x, w, h float32 }{{0, 50, 20}, {60, 200, 40}, {270, 30, 40}} {
		o := row.Objects[i]
		if o.Position().X != want.x || o.Size().Width != want.w || o.Size().Height != want.h {
			t.Errorf("child %d at %v is %v, want %+v", i, o.Position(), o.Size(), want)
		}
	}
	if row.Objects[0].Position().Y != 10 {
		t.Error("a row centres its children")
	}
	col := V(8, Fix(0, 20, canvas.NewRectangle(color.White)), Middle(Fix(40, 20, canvas.NewRectangle(color.White))), Gap())
	col.Resize(fyne.NewSize(100, 200))
	if o := col.Objects[1]; o.Position() != fyne.NewPos(30, 28) || o.Size().Width != 40 {
		t.Errorf("middle at %v, %v", o.Position(), o.Size())
	}
	if o := col.Objects[2]; o.Size().Height != 200-20-20-16 {
		t.Errorf("the gap is %v", o.Size())
	}
	if m := row.MinSize(); m != fyne.NewSize(100, 20) {
		t.Errorf("least size %v", m)
	}
}

func TestSizedBuildsOnceASize(t *testing.T) {
	test.NewTempApp(t)
	n := 0
	s := Sized(func(fyne.Size) fyne.CanvasObject { n++; return canvas.NewRectangle(color.White) })
	s.Resize(fyne.NewSize(100, 100))
	s.Resize(fyne.NewSize(100, 100))
	s.Resize(fyne.NewSize(200, 100))
	if n != 2 {
		t.Errorf("built %d times", n)
	}
}

func TestModules(t *testing.T) {
	dark := []bool{true, false, false, true}
	img := Modules(2, dark, 3, Light().Ink).(*image.NRGBA)
	if img.Bounds().Dx() != (2+8)*3 {
		t.Fatalf("side %d", img.Bounds().Dx())
	}
	if img.NRGBAAt(13, 13).R > 100 || img.NRGBAAt(16, 13).R != 255 || img.NRGBAAt(0, 0).R != 255 || img.NRGBAAt(17, 17).R > 100 {
		t.Error("the modules are elsewhere")
	}
}

func TestButtonSaysWhyItIsOff(t *testing.T) {
	l := look(t)
	pressed := 0
	for _, c := range []struct {
		b    Button
		want int
	}{
		{Button{Text: "a", Do: func() { pressed++ }}, 1},
		{Button{Text: "a", Reason: "because", Do: func() { pressed++ }}, 1},
		{Button{Text: "a", Busy: true, Do: func() { pressed++ }}, 1},
		{Button{Text: "a", Kind: Danger, Key: "F9", Do: func() { pressed++ }}, 2},
		{Button{Text: "a", Kind: Primary, Focus: true}, 2},
	} {
		test.Tap(l.Button(c.b).(fyne.Tappable))
		if pressed != c.want {
			t.Errorf("%+v: pressed %d, want %d", c.b, pressed, c.want)
		}
	}
}

// Every icon that the set has can be drawn; a name that it has not leaves room.
func TestIcons(t *testing.T) {
	l := look(t)
	files, err := assets.FS.ReadDir("icons")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		name, svg := strings.CutSuffix(f.Name(), ".svg")
		if !svg {
			continue
		}
		n++
		w := test.NewTempWindow(t, l.Icon(name, 24, l.P.Accent))
		img := w.Canvas().Capture()
		seen := false
		for y := 0; y < img.Bounds().Dy() && !seen; y++ {
			for x := 0; x < img.Bounds().Dx() && !seen; x++ {
				r, _, b, _ := img.At(x, y).RGBA()
				seen = r>>8 < 0x60 && b>>8 > 0x60
			}
		}
		if !seen {
			t.Errorf("%s draws nothing", name)
		}
	}
	if n < 40 {
		t.Errorf("%d icons", n)
	}
	if o := l.Icon("none-such", 24, l.P.Ink); o.MinSize() != fyne.NewSize(24, 24) {
		t.Error("a missing icon leaves no room")
	}
}

func TestKeyBarLeavesOutWhatDoesNotFit(t *testing.T) {
	l := look(t)
	var hints []Hint
	for range 20 {
		hints = append(hints, Hint{[]string{"F5"}, "推送客户屏"})
	}
	bar := l.KeyBar(hints, []Hint{{[]string{"F1"}, "全部按键"}}, 800)
	if w := bar.MinSize().Width; w > 800 {
		t.Errorf("the key bar needs %v of 800", w)
	}
}

func TestWalkAndGhost(t *testing.T) {
	l := look(t)
	n := 0
	tap := NewTap(Blank(40, 20), func(fyne.Position) { n++ })
	tree := H(10, Blank(30, 10), V(0, Blank(5, 5), tap))
	tree.Resize(tree.MinSize())
	var at fyne.Position
	Walk(tree, func(o fyne.CanvasObject, p fyne.Position) {
		if o == fyne.CanvasObject(tap) {
			at = p
		}
	})
	if at != fyne.NewPos(40, 5) {
		t.Errorf("found at %v", at)
	}
	test.Tap(tap.Ghost())
	if n != 1 {
		t.Error("the ghost does not answer")
	}
	_ = l
}

func TestProgress(t *testing.T) {
	l := look(t)
	p := l.NewProgress()
	p.Container.Resize(fyne.NewSize(100, 8))
	for v, want := range map[float32]float32{0.5: 50, 2: 100, -1: 0} {
		if p.Set(v); p.bar.Size().Width != want {
			t.Errorf("%v: %v wide", v, p.bar.Size().Width)
		}
	}
}
