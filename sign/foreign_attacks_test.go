package sign_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
)

// anyAttack is a mutation that needs to know nothing about the file but that it
// is signed; nil: not possible for this one.
type anyAttack struct {
	name string
	make func(good []byte) []byte
}

var (
	anyRange = regexp.MustCompile(`/ByteRange\s*\[[^\]]*\]`)
	anyHole  = regexp.MustCompile(`/Contents\s*<[0-9A-Fa-f]{400,}>`)
)

// spoilt writes other text over a part of the file, in its length.
func spoilt(part *regexp.Regexp, text string) func([]byte) []byte {
	return func(good []byte) []byte {
		at := part.FindIndex(good)
		if at == nil || len(text) > at[1]-at[0] {
			return nil
		}
		out := bytes.Clone(good)
		copy(out[at[0]:at[1]], text+strings.Repeat(" ", at[1]-at[0]-len(text)))
		return out
	}
}

// updated appends a revision by any program.
func updated(change func(f *pdf.File, w *pdf.Writer, root, page pdf.Ref) bool) func([]byte) []byte {
	return func(good []byte) []byte {
		f, err := pdf.ParseForeign(good)
		if err != nil {
			return nil
		}
		pages, err := f.Pages()
		root, ok := f.Trailer()["Root"].(pdf.Ref)
		if err != nil || !ok || len(pages) == 0 {
			return nil
		}
		w := pdf.NewUpdate(f)
		if !change(f, w, root, pages[0]) {
			return nil
		}
		out, err := w.Finish(f.Trailer())
		if err != nil {
			return nil
		}
		return out
	}
}

// put writes a dictionary again with other values.
func put(f *pdf.File, w *pdf.Writer, r pdf.Ref, values pdf.Dict) bool {
	d, err := f.Dict(r)
	if err != nil || d == nil {
		return false
	}
	d = maps.Clone(d)
	maps.Copy(d, values)
	w.Put(r, d)
	return true
}

// placed puts an object into a new number.
func placed(w *pdf.Writer, o pdf.Object) pdf.Ref {
	r := w.Alloc()
	w.Put(r, o)
	return r
}

// signedField gives the first field that is signed, and its signature.
func signedField(f *pdf.File) (field, sig pdf.Ref, ok bool) {
	catalog, err := f.Dict(f.Trailer()["Root"])
	if err != nil {
		return
	}
	form, _ := f.Dict(catalog["AcroForm"])
	o, _ := f.Resolve(form["Fields"])
	list, _ := o.(pdf.Array)
	for _, o := range list {
		d, _ := f.Dict(o)
		if r, isRef := d["V"].(pdf.Ref); isRef && d["FT"] == pdf.Name("Sig") {
			field, ok = o.(pdf.Ref)
			return field, r, ok
		}
	}
	return
}

func anyAttacks() []anyAttack {
	evil := stream("BT /F 20 Tf 10 50 Td (999999.99) Tj ET")
	big := rect(0, 0, 600, 800)
	annotated := func(d pdf.Dict) func([]byte) []byte {
		return updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			a := pdf.Dict{"Type": pdf.Name("Annot"), "Rect": big, "P": page, "F": int64(4), "AP": pdf.Dict{"N": placed(w, evil)}}
			maps.Copy(a, d)
			p, _ := f.Dict(page)
			o, _ := f.Resolve(p["Annots"])
			old, _ := o.(pdf.Array)
			return put(f, w, page, pdf.Dict{"Annots": append(slices.Clone(old), placed(w, a))})
		})
	}
	field := func(values func(w *pdf.Writer) pdf.Dict) func([]byte) []byte {
		return updated(func(f *pdf.File, w *pdf.Writer, _, _ pdf.Ref) bool {
			r, _, ok := signedField(f)
			return ok && put(f, w, r, values(w))
		})
	}
	signature := func(values pdf.Dict) func([]byte) []byte {
		return updated(func(f *pdf.File, w *pdf.Writer, _, _ pdf.Ref) bool {
			_, r, ok := signedField(f)
			return ok && put(f, w, r, values)
		})
	}
	return slices.Concat([]anyAttack{
		{"USF: no ByteRange", spoilt(anyRange, "/ByteRangX [0 0 0 0]")},
		{"USF: null ByteRange", spoilt(anyRange, "/ByteRange null")},
		{"USF: negative ByteRange", spoilt(anyRange, "/ByteRange [0 -1 -1 -1]")},
		{"USF: empty Contents", spoilt(anyHole, "/Contents <>")},
		{"USF: null Contents", spoilt(anyHole, "/Contents null")},
		{"USF: one zero Contents", spoilt(anyHole, "/Contents <00>")},
		{"USF: other SubFilter", signature(pdf.Dict{"SubFilter": pdf.Name("adbe.x509.rsa_sha1")})},
		{"USF: signature without ByteRange in an update", signature(pdf.Dict{"ByteRange": nil})},
		{"EAA: free text", annotated(pdf.Dict{"Subtype": pdf.Name("FreeText"), "Contents": pdf.String("999999.99")})},
		{"EAA: stamp", annotated(pdf.Dict{"Subtype": pdf.Name("Stamp")})},
		{"EAA: redaction", annotated(pdf.Dict{"Subtype": pdf.Name("Redact")})},
		{"EAA: text field", annotated(pdf.Dict{"Subtype": pdf.Name("Widget"), "FT": pdf.Name("Tx"), "T": pdf.String("new")})},
		{"EAA: link", annotated(pdf.Dict{"Subtype": pdf.Name("Link"), "A": pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.String("http://e")}})},
		{"SSA: other appearance", field(func(w *pdf.Writer) pdf.Dict { return pdf.Dict{"AP": pdf.Dict{"N": placed(w, evil)}, "Rect": big} })},
		{"SSA: field grown", field(func(*pdf.Writer) pdf.Dict { return pdf.Dict{"Rect": big} })},
		{"SSA: field unsigned", field(func(*pdf.Writer) pdf.Dict { return pdf.Dict{"V": nil} })},
		{"SSA: field with an action", field(func(*pdf.Writer) pdf.Dict {
			return pdf.Dict{"A": pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("1")}}
		})},
	}, anySavings(evil), anyShadows(evil))
}

// anySavings are ISA and SWA.
func anySavings(evil *pdf.Stream) []anyAttack {
	return []anyAttack{
		{"ISA: other content", updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			return put(f, w, page, pdf.Dict{"Contents": placed(w, evil)})
		})},
		{"ISA: content written again", updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			d, _ := f.Dict(page)
			r, ok := d["Contents"].(pdf.Ref)
			if ok {
				w.Put(r, evil)
			}
			return ok
		})},
		{"ISA: empty", updated(func(*pdf.File, *pdf.Writer, pdf.Ref, pdf.Ref) bool { return true })},
		{"ISA: no pages", updated(func(f *pdf.File, w *pdf.Writer, root, _ pdf.Ref) bool {
			return put(f, w, root, pdf.Dict{"Pages": placed(w, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{}, "Count": int64(0)})})
		})},
		{"ISA: open action", updated(func(f *pdf.File, w *pdf.Writer, root, _ pdf.Ref) bool {
			return put(f, w, root, pdf.Dict{"OpenAction": pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("1")}})
		})},
		{"ISA: signature copied", updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			_, r, ok := signedField(f)
			d, err := f.Dict(r)
			placed(w, d)
			return ok && err == nil && put(f, w, page, pdf.Dict{"Contents": placed(w, evil)})
		})},
		{"ISA: objects without a section", func(good []byte) []byte {
			return append(bytes.Clone(good), "4 0 obj\n<</Length 3>>\nstream\nq Q\nendstream\nendobj\n"...)
		}},
		{"bytes behind the end", func(good []byte) []byte { return append(bytes.Clone(good), "garbage"...) }},
		{"bytes before the header", func(good []byte) []byte { return append([]byte("\n"), good...) }},
		{"SWA: bytes behind the hole", func(good []byte) []byte {
			at := anyHole.FindIndex(good)
			return slices.Concat(good[:at[1]], []byte("/Extra (128)"), good[at[1]:])
		}},
		{"SWA: key in the zeros", gapped("00>/Extra <00>")},
		{"SWA: bytes in the zeros", gapped("FF>")},
		{"SWA: comment in the zeros", gapped(">%comment\n <00>")},
		{"SWA: range moved", func(good []byte) []byte {
			at, hole := anyRange.FindIndex(good), anyHole.FindIndex(good)
			var a, b, c int
			digits := regexp.MustCompile(`[\d\s]+`).Find(bytes.TrimLeft(good[at[0]:at[1]], "/ByteRange ["))
			var zero int
			if _, err := fmt.Sscan(string(digits), &zero, &a, &b, &c); err != nil || at[0] > hole[0] {
				return nil
			}
			const more = "/Extra (128) "
			text := fmt.Sprintf("/ByteRange[0 %d %d %d]", a, b+len(more), c)
			out := spoilt(anyRange, text)(good)
			if out == nil {
				return nil
			}
			return slices.Concat(out[:b], []byte(more), out[b:])
		}},
	}
}

// gapped writes into the end of the hole.
func gapped(text string) func([]byte) []byte {
	return func(good []byte) []byte {
		at := anyHole.FindIndex(good)
		out := bytes.Clone(good)
		copy(out[at[1]-len(text):], text)
		return out
	}
}

// anyShadows hide and replace what is there.
func anyShadows(evil *pdf.Stream) []anyAttack {
	return []anyAttack{
		{"shadow: annotations gone", updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			return put(f, w, page, pdf.Dict{"Annots": pdf.Array{}})
		})},
		{"shadow: other resources", updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			return put(f, w, page, pdf.Dict{"Resources": pdf.Dict{"XObject": pdf.Dict{"Im1": placed(w, evil)}}})
		})},
		{"shadow: other crop", updated(func(f *pdf.File, w *pdf.Writer, _, page pdf.Ref) bool {
			return put(f, w, page, pdf.Dict{"CropBox": rect(0, 0, 9, 9)})
		})},
		{"shadow: layers off", updated(func(f *pdf.File, w *pdf.Writer, root, _ pdf.Ref) bool {
			g := placed(w, pdf.Dict{"Type": pdf.Name("OCG"), "Name": pdf.String("x")})
			return put(f, w, root, pdf.Dict{"OCProperties": pdf.Dict{"OCGs": pdf.Array{g}, "D": pdf.Dict{"OFF": pdf.Array{g}}}})
		})},
		{"shadow: appearances needed", updated(func(f *pdf.File, w *pdf.Writer, root, _ pdf.Ref) bool {
			catalog, _ := f.Dict(root)
			form, err := f.Dict(catalog["AcroForm"])
			if err != nil || form == nil {
				return false
			}
			form = maps.Clone(form)
			form["NeedAppearances"] = true
			return put(f, w, root, pdf.Dict{"AcroForm": form})
		})},
		{"shadow: every stream of the file replaced in turn", updated(func(f *pdf.File, w *pdf.Writer, _, _ pdf.Ref) bool {
			n := 0
			for i := 1; i < 2000; i++ {
				if o, err := f.Get(pdf.Ref{Num: i}); err == nil {
					if _, ok := o.(*pdf.Stream); ok {
						w.Put(pdf.Ref{Num: i}, evil)
						n++
					}
				}
			}
			return n > 0
		})},
		{"shadow: pages in another order", updated(func(f *pdf.File, w *pdf.Writer, root, page pdf.Ref) bool {
			catalog, _ := f.Dict(root)
			r, ok := catalog["Pages"].(pdf.Ref)
			return ok && put(f, w, r, pdf.Dict{"Kids": pdf.Array{page, page}, "Count": int64(2)})
		})},
	}
}

// attackAll makes all attacks on a file that is accepted: none of them is.
func attackAll(t *testing.T, name string, good []byte, o sign.Options) (made int) {
	t.Helper()
	if r := sign.Verify(good, o); r.Verdict != sign.Valid {
		t.Errorf("%s, untouched: %s %v", name, r.Verdict, r.Problems)
		return 0
	}
	for _, a := range anyAttacks() {
		bad := a.make(good)
		if bad == nil || bytes.Equal(bad, good) {
			continue
		}
		made++
		if r := sign.Verify(bad, o); r.Verdict == sign.Valid || r.Verdict == sign.Untrusted || len(r.Problems) == 0 {
			t.Errorf("%s, %s: %s %v", name, a.name, r.Verdict, r.Problems)
		}
	}
	return made
}

// TestAttacksOnForeignFiles: what qpdf, mutool and poppler write is signed, by
// this program and with openssl's CMS, accepted, and attacked.
func TestAttacksOnForeignFiles(t *testing.T) {
	b := newBench(t)
	if _, err := exec.LookPath("openssl"); err == nil {
		made := attackAll(t, "openssl", opensslSigned(t, b, foreignKeys(t, b)["RSA"], "-cades", "-md", "sha256"), b.options())
		t.Logf("openssl: %d attacks", made)
	}
	for _, line := range []string{
		"qpdf --object-streams=generate IN OUT", "qpdf --linearize IN OUT", "qpdf --qdf IN OUT",
		"mutool clean -gggz IN OUT", "pdftocairo -pdf IN OUT",
	} {
		t.Run(line, func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
			args := strings.Fields(strings.NewReplacer("IN", in, "OUT", out).Replace(line))
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("SKIPPED: %s is not installed, its files are not attacked", args[0])
			}
			if err := os.WriteFile(in, page(t, "128000.50"), 0o600); err != nil {
				t.Fatal(err)
			}
			if msg, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, msg)
			}
			file, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			for certify := range 4 {
				signed, err := sign.Sign(t.Context(), file, sign.Field{Name: "A", Time: now, Rect: [4]float64{10, 10, 60, 40}, Certify: certify}, b.key, 2000)
				if err != nil {
					t.Fatal(err)
				}
				if made := attackAll(t, fmt.Sprintf("P %d", certify), signed, b.options()); made < 30 {
					t.Errorf("only %d attacks could be made", made)
				}
			}
		})
	}
}

// TestForeignFolder judges and attacks the signed files of a folder,
// MOQIAN_FOREIGN, whose roots stand in its ca.pem: for outside corpora.
func TestForeignFolder(t *testing.T) {
	dir := os.Getenv("MOQIAN_FOREIGN")
	if dir == "" {
		t.Skip("NOT TESTED: files of other programs; MOQIAN_FOREIGN names a folder of signed files with their roots in ca.pem")
	}
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil || !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no roots in ca.pem", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, name := range files {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		made += attackAll(t, filepath.Base(name), good, sign.Options{Roots: roots, At: clock(t, name)})
	}
	t.Logf("%d files, %d attacks", len(files), made)
}

// clock is when a file was written, and a minute.
func clock(t *testing.T, name string) time.Time {
	t.Helper()
	i, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return i.ModTime().Add(time.Minute)
}
