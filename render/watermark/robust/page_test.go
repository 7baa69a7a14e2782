package robust

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"moqian/render/ink"
)

// onePage is an A4 page with ink in a box of 60 by 25 mm, as plain a PDF as can
// be.
func onePage(in []ink.Outline) []byte {
	var c bytes.Buffer
	fmt.Fprint(&c, "q 1 0 0 1 100 500 cm\n")
	pt := func(p ink.Point) string { return fmt.Sprintf("%.2f %.2f", float64(p.X)/100, float64(p.Y)/100) }
	for _, o := range in {
		for _, k := range o.Contours {
			fmt.Fprintf(&c, "%s m\n", pt(k.Start))
			for _, u := range k.Curves {
				fmt.Fprintf(&c, "%s %s %s c\n", pt(u.A), pt(u.B), pt(u.P))
			}
			fmt.Fprint(&c, "h\n")
		}
		fmt.Fprint(&c, "f\n")
	}
	fmt.Fprint(&c, "Q\n")
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>")
	object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", c.Len(), c.String()))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// painted draws the page with another program.
func painted(t testing.TB, in []ink.Outline, program string) *Gray {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("SKIPPED: no %s (packages poppler-utils, mupdf-tools): its page pictures were not tested", program)
	}
	dir := t.TempDir()
	pdf, out := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "a.png")
	if err := os.WriteFile(pdf, onePage(in), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-png", "-gray", "-r", "300", "-singlefile", pdf, filepath.Join(dir, "a"))
	if program == "mutool" {
		cmd = exec.Command(program, "draw", "-q", "-r", "300", "-c", "gray", "-o", out, pdf)
	}
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	g := &Gray{W: m.Bounds().Dx(), H: m.Bounds().Dy(), DPI: 300}
	if p, ok := m.(*image.Gray); ok {
		return g.fill(p)
	}
	for y := range g.H {
		for x := range g.W {
			g.Pix = append(g.Pix, color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
		}
	}
	return g
}
