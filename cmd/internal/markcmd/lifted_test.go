package markcmd

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moqian/cmd/internal/keyfile"
	"moqian/render/ink"
	"moqian/render/watermark"
	object "moqian/sign/pdf"
)

// loops are strokes of several contours each, as a nib leaves them.
func loops(seed int, contours ...int) []ink.Outline {
	var out []ink.Outline
	for i, n := range contours {
		var o ink.Outline
		for j := range n {
			curves := 7 + 40*(j%2)
			at := func(k int) ink.Point {
				a := 2 * math.Pi * float64(k%(3*curves)) / float64(3*curves)
				r := 600 + 90*math.Sin(float64(seed+k%(3*curves)*7+j))
				return ink.Point{X: int32(2500*i+900) + int32(r*math.Cos(a)), Y: int32(700*j+800) + int32(r*math.Sin(a))}
			}
			c := ink.Contour{Start: at(0)}
			for k := range curves {
				c.Curves = append(c.Curves, ink.Curve{A: at(3*k + 1), B: at(3*k + 2), P: at(3*k + 3)})
			}
			o.Contours = append(o.Contours, c)
		}
		out = append(out, o)
	}
	return out
}

// written are outlines as render/pdf writes them, in 1/100 pt, each from its own
// corner.
func written(in []ink.Outline) string {
	var b strings.Builder
	var x, y int32
	for i, o := range in {
		nx, ny := int32(31*i+7), int32(57-11*i)
		fmt.Fprintf(&b, "1 0 0 1 %d %d cm\n", nx-x, ny-y)
		x, y = nx, ny
		for _, c := range o.Contours {
			fmt.Fprintf(&b, "%d %d m\n", c.Start.X-x, c.Start.Y-y)
			for _, v := range c.Curves {
				fmt.Fprintf(&b, "%d %d %d %d %d %d c\n", v.A.X-x, v.A.Y-y, v.B.X-x, v.B.Y-y, v.P.X-x, v.P.Y-y)
			}
			b.WriteString("h\n")
		}
		b.WriteString("f\n")
	}
	return b.String()
}

// leaf is one page: content, forms by name, and what else draws.
type leaf struct {
	content string
	forms   map[string]string
	stamp   string // appearance of an annotation
	states  string // the same, in a dictionary of states
	pattern string
	glyph   string
}

func (s leaf) file(t *testing.T) string {
	t.Helper()
	w := object.NewWriter("1.4")
	root, pages, page, body := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	num := func(v ...int64) (a object.Array) {
		for _, n := range v {
			a = append(a, n)
		}
		return a
	}
	put := func(d object.Dict, text string) object.Ref {
		r := w.Alloc()
		d["BBox"] = num(0, 0, 30000, 30000)
		w.Put(r, &object.Stream{Dict: d, Raw: []byte(text)})
		return r
	}
	small := object.Array{.01, int64(0), int64(0), .01, int64(0), int64(0)}
	form := func(text string) object.Ref {
		return put(object.Dict{"Type": object.Name("XObject"), "Subtype": object.Name("Form"), "Matrix": small}, text)
	}
	forms, annots := object.Dict{}, object.Array{}
	for name, text := range s.forms {
		forms[object.Name(name)] = form(text)
	}
	res := object.Dict{"XObject": forms}
	annot := func(look object.Object) {
		annots = append(annots, object.Dict{"Type": object.Name("Annot"), "Subtype": object.Name("Stamp"), "Rect": num(50, 300, 350, 600), "AP": object.Dict{"N": look}})
	}
	if s.stamp != "" {
		annot(form(s.stamp))
	}
	if s.states != "" {
		annot(object.Dict{"On": form(s.states)})
	}
	if s.pattern != "" {
		res["Pattern"] = object.Dict{"P": put(object.Dict{"PatternType": int64(1), "PaintType": int64(1), "TilingType": int64(1),
			"XStep": int64(30000), "YStep": int64(30000), "Matrix": small, "Resources": object.Dict{}}, s.pattern)}
	}
	if s.glyph != "" {
		g := w.Alloc()
		w.Put(g, &object.Stream{Dict: object.Dict{}, Raw: []byte("9 0 0 0 9 9 d1 " + s.glyph)})
		font := w.Alloc()
		w.Put(font, object.Dict{"Type": object.Name("Font"), "Subtype": object.Name("Type3"), "CharProcs": object.Dict{"a": g}})
		res["Font"] = object.Dict{"T": font}
	}
	w.Put(root, object.Dict{"Type": object.Name("Catalog"), "Pages": pages})
	w.Put(pages, object.Dict{"Type": object.Name("Pages"), "Kids": object.Array{page}, "Count": int64(1)})
	w.Put(page, object.Dict{"Type": object.Name("Page"), "Parent": pages, "MediaBox": num(0, 0, 595, 842), "Contents": body, "Resources": res, "Annots": annots})
	w.Put(body, &object.Stream{Dict: object.Dict{}, Raw: []byte(s.content)})
	b, err := w.Finish(object.Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pair are two inks marked for two vouchers under one key: the thief's page
// belongs to the second, the first is stolen.
type pair struct {
	key, own, theirs string // files: key, contexts
	public           string // the key that signed both
	stolen, mine     string // as written
	handle           string // of the stolen one
}

func newPair(t *testing.T) pair {
	t.Helper()
	p, dir := pair{key: newKey(t)}, t.TempDir()
	k, err := keyfile.Read(p.key)
	if err != nil {
		t.Fatal(err)
	}
	pub, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	p.public = filepath.Join(dir, "public.pem")
	if err := os.WriteFile(p.public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	mark := func(handle byte, in []ink.Outline) (context, text string) {
		context = filepath.Join(dir, fmt.Sprint(handle))
		words := []byte{handle, 'x'}
		if err := os.WriteFile(context, words, 0o600); err != nil {
			t.Fatal(err)
		}
		out, _, err := watermark.Mark(in, watermark.Keys{Key: k, Signer: signer},
			watermark.Payload{Handle: []byte{handle, 2, 3, 4}, Context: sha256.Sum256(words)}, watermark.Options{Off: true})
		if err != nil {
			t.Fatal(err)
		}
		return context, written(out)
	}
	p.theirs, p.stolen = mark(1, loops(1, 8, 3, 5, 1))
	p.own, p.mine = mark(9, loops(5, 4, 6))
	p.handle = hex.EncodeToString([]byte{1, 2, 3, 4})
	return p
}

func (p pair) read(t *testing.T, file, context string) Result {
	t.Helper()
	r, err := Read(t.Context(), file, ReadOptions{Key: p.key, Context: context})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at draws content in 1/100 pt at a place of the page.
func at(place, content string) string { return "q .01 0 0 .01 " + place + " cm\n" + content + "Q\n" }

// lifts are the ways to bring stolen ink to a page.
func lifts(p pair) map[string]leaf {
	s := p.stolen
	only := func(op string) string { return strings.ReplaceAll(s, "\nf\n", "\n"+op+"\n") }
	onePath := strings.ReplaceAll(s, "\nf\n", "\n") + "f\n"
	points := regexp.MustCompile(`-?\d+`).ReplaceAllStringFunc(strings.ReplaceAll(s, "1 0 0 1 ", "I "), func(n string) string {
		var v int
		fmt.Sscan(n, &v)
		return fmt.Sprintf("%.2f", float64(v)/100)
	})
	blobs := strings.Repeat("0 0 m 5 9 9 9 10 0 c f\n", 1100)
	var places strings.Builder
	for i := range 70 {
		fmt.Fprintf(&places, "q 1 0 0 1 %d 600 cm 0 0 m 5 9 9 9 10 0 c f Q\n", 3*i)
	}
	list := map[string]leaf{
		"as the voucher's form":  {content: "q 1 0 0 1 50 300 cm /Ink0 Do Q", forms: map[string]string{"Ink0": s}},
		"as another form":        {content: "q 1 0 0 1 50 300 cm /Fm1 Do Q", forms: map[string]string{"Fm1": s}},
		"beside a decoy":         {content: "/Ink0 Do q 1 0 0 1 50 300 cm /Fm1 Do Q", forms: map[string]string{"Fm1": s, "Ink0": "0 0 m 1 1 9 9 3 3 c f"}},
		"in the page":            {content: at("50 300", s)},
		"at a broken place":      {content: at("50.123 300.777", s)},
		"even-odd":               {content: at("50 300", only("f*"))},
		"framed":                 {content: at("50 300", only("B"))},
		"framed, even-odd":       {content: at("50 300", only("B*"))},
		"closed and framed":      {content: at("50 300", strings.ReplaceAll(s, "\nh\nf\n", "\nb\n"))},
		"closed, even-odd":       {content: at("50 300", strings.ReplaceAll(s, "\nh\nf\n", "\nb*\n"))},
		"outlined":               {content: at("50 300", only("S"))},
		"as a clip":              {content: at("50 300", strings.ReplaceAll(s, "\nf\n", "\n")+"W n 0 0 30000 30000 re f\n")},
		"in one path":            {content: at("50 300", onePath)},
		"in one path of a form":  {content: "/Ink0 Do", forms: map[string]string{"Ink0": onePath}},
		"contour by contour":     {content: at("50 300", strings.ReplaceAll(s, "\nh\n", "\nh\nf\n"))},
		"not closed":             {content: at("50 300", strings.ReplaceAll(s, "\nh\n", "\n"))},
		"mirrored":               {content: "q .01 0 0 -.01 50 300 cm\n" + s + "Q"},
		"turned":                 {content: "q 0 .01 -.01 0 400 300 cm\n" + s + "Q"},
		"shrunk":                 {content: "q .009 0 0 .009 50 300 cm\n" + s + "Q"},
		"as reals":               {content: at("50 300", regexp.MustCompile(`-?\d+`).ReplaceAllString(s, "$0.0"))},
		"in points":              {content: "q 1 0 0 1 50 300 cm\n" + strings.ReplaceAll(points, "I ", "1 0 0 1 ") + "Q"},
		"as 32-bit floats":       {content: at("50 300", strings.ReplaceAll(s, " cm\n", ".0039 cm\n"))},
		"as a stamp":             {stamp: s},
		"as a stamp's state":     {states: s},
		"as a pattern":           {content: "/Pattern cs /P scn 50 300 170 70 re f", pattern: s},
		"as a letter":            {content: "BT /T 1 Tf (a) Tj ET", glyph: s},
		"twice":                  {content: "/Fm1 Do q 1 0 0 1 5 99 cm /Fm1 Do Q", forms: map[string]string{"Fm1": s}},
		"behind many places":     {content: places.String() + at("50 300", s)},
		"behind a pile of blobs": {content: "q .01 0 0 .01 50 300 cm\n" + blobs + s + "Q"},
	}
	return list
}

// Stolen ink is foreign however it was brought to the page, with the page's own
// ink beside it and without.
func TestLiftedInkIsForeign(t *testing.T) {
	p := newPair(t)
	for name, s := range lifts(p) {
		t.Run(name, func(t *testing.T) {
			r := p.read(t, s.file(t), p.own)
			if r.Binding.State != watermark.Foreign || r.Binding.Handle != p.handle || r.Yes() {
				t.Errorf("alone: %+v", r)
			}
			if _, taken := s.forms["Ink0"]; taken {
				return
			}
			beside := s
			beside.content += " q 1 0 0 1 50 100 cm /Ink0 Do Q"
			beside.forms = map[string]string{"Ink0": p.mine}
			for n, f := range s.forms {
				beside.forms[n] = f
			}
			r = p.read(t, beside.file(t), p.own)
			if r.Binding.State != watermark.Foreign || r.Binding.Handle != p.handle || r.Yes() {
				t.Errorf("beside the page's own: %+v", r)
			}
			if !strings.Contains(r.Remark(), "foreign "+p.handle) {
				t.Errorf("which ink it is: %q", r.Remark())
			}
		})
	}
}

// The same ways of drawing it, read for the voucher it belongs to, find the ink
// whole: that it was drawn otherwise is no edit.
func TestRedrawnInkMatches(t *testing.T) {
	p := newPair(t)
	for name, s := range lifts(p) {
		r := p.read(t, s.file(t), p.theirs)
		switch name {
		case "behind a pile of blobs": // too much for one ink: only strokes that name themselves are read
			if r.Binding.State != watermark.Altered || r.Binding.Handle != p.handle {
				t.Errorf("%s: %+v", name, r)
			}
			continue
		case "beside a decoy":
			if r.Binding.State != watermark.Absent || r.Yes() || len(r.Inks) != 2 || r.Inks[1].Binding.State != watermark.Match {
				t.Errorf("%s: %+v", name, r)
			}
			continue
		}
		if r.Binding.State != watermark.Match || len(r.Binding.Altered) > 0 || !r.Yes() || r.Unread != "" {
			t.Errorf("%s: %+v", name, r)
		}
		if r := p.read(t, s.file(t), ""); r.Binding.State != watermark.Unchecked || !r.Yes() {
			t.Errorf("%s without a context: %+v", name, r)
		}
	}
}

// Both inks in one place, of which the page's own is the larger part or not.
func TestMixedInkIsForeign(t *testing.T) {
	p := newPair(t)
	for name, content := range map[string]string{
		"stolen first": at("50 300", p.stolen) + at("50 500", p.mine), "own first": at("50 300", p.mine) + at("50 500", p.stolen),
	} {
		for _, context := range []string{p.own, p.theirs} {
			if r := p.read(t, leaf{content: content}.file(t), context); r.Binding.State != watermark.Foreign || r.Yes() {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

// Without any secret the public part tells the same, as long as strokes are
// strokes.
func TestLiftedInkByPublicKey(t *testing.T) {
	p := newPair(t)
	for name, s := range lifts(p) {
		switch name {
		case "as a clip", "in one path", "in one path of a form", "contour by contour", "behind a pile of blobs":
			continue // only the branch's key puts these together
		}
		for context, want := range map[string]watermark.State{p.own: watermark.Foreign, p.theirs: watermark.Match} {
			r, err := Read(t.Context(), s.file(t), ReadOptions{Public: []string{p.public}, Context: context})
			if name == "beside a decoy" {
				want = map[watermark.State]watermark.State{watermark.Match: watermark.Absent}[want]
				if want == "" {
					want = watermark.Foreign
				}
			}
			if err != nil || r.Public == nil || r.Public.State != want || r.Yes() != (want == watermark.Match) {
				t.Errorf("%s: %+v %+v %v", name, r, r.Public, err)
			}
		}
	}
}

// Without a key nothing was looked for, and the answer does not say otherwise.
func TestNothingLookedFor(t *testing.T) {
	p := newPair(t)
	r, err := Read(t.Context(), leaf{content: at("5 5", p.stolen)}.file(t), ReadOptions{})
	if err != nil || r.Binding.State != watermark.Unchecked || r.Binding.Handle != "" || r.Yes() || !strings.Contains(r.Remark(), "no --key") {
		t.Errorf("%+v %v", r, err)
	}
}

// What could not be read is never passed over in silence.
func TestUnreadIsTold(t *testing.T) {
	p := newPair(t)
	for name, more := range map[string]string{"a bomb": strings.Repeat("0 0 m f ", 250_000), "an error": "1 m"} {
		f := leaf{content: at("5 5", p.stolen) + "/Fm1 Do", forms: map[string]string{"Fm1": more}}.file(t)
		r := p.read(t, f, p.theirs)
		if r.Binding.State != watermark.Match || r.Unread == "" || r.Yes() || !strings.Contains(r.Remark(), r.Unread) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := Read(t.Context(), leaf{content: "1 m"}.file(t), ReadOptions{Key: p.key}); err == nil {
		t.Error("a page that cannot be read was answered")
	}
}

// Programs that save a file anew keep the mark.
func TestSavedAnew(t *testing.T) {
	p := newPair(t)
	src := leaf{content: "q 1 0 0 1 50.37 300.02 cm /Ink0 Do Q", forms: map[string]string{"Ink0": p.stolen}}.file(t)
	for name, args := range map[string][]string{
		"qpdf": {"qpdf", src, "OUT"}, "qpdf object streams": {"qpdf", "--object-streams=generate", src, "OUT"},
		"qpdf linear": {"qpdf", "--linearize", src, "OUT"}, "qpdf qdf": {"qpdf", "--qdf", src, "OUT"},
		"mutool clean": {"mutool", "clean", src, "OUT"}, "mutool clean -gggs": {"mutool", "clean", "-gggs", src, "OUT"},
		"mutool convert": {"mutool", "convert", "-o", "OUT", src}, "mutool merge": {"mutool", "merge", "-o", "OUT", src},
		"pdfseparate": {"pdfseparate", src, "OUT"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("SKIPPED: no %s (packages qpdf, mupdf-tools, poppler-utils): the mark after saving by it was not tested", args[0])
			}
			out := filepath.Join(t.TempDir(), "out.pdf")
			for i := range args {
				if args[i] == "OUT" {
					args[i] = out
				}
			}
			if b, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, b)
			}
			if r := p.read(t, out, p.theirs); r.Binding.State != watermark.Match || !r.Yes() {
				t.Errorf("%+v", r)
			}
			if r := p.read(t, out, p.own); r.Binding.State != watermark.Foreign || r.Yes() {
				t.Errorf("in another voucher: %+v", r)
			}
		})
	}
}
