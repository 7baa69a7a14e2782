package pdf

import (
	"bytes"
	"fmt"
	"testing"
)

// early is a file whose cross-reference stream lists itself, all offsets
// by bytes before the object.
func early(by int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	rows := []byte{0, 0, 0, 0xff}
	object := func(n int, text string) {
		for range by {
			b.WriteByte('\n')
		}
		at := b.Len() - by
		rows = append(rows, 1, byte(at>>8), byte(at), 0)
		fmt.Fprintf(&b, "%d 0 obj\n%s", n, text)
	}
	object(1, "<</Type /Catalog /Pages 2 0 R>>\nendobj\n")
	object(2, "<</Type /Pages /Kids [] /Count 0>>\nendobj\n")
	at := b.Len()
	object(3, "<</Type /XRef /Size 4 /Root 1 0 R /W [1 2 1] /Length 16>>\nstream\n")
	b.Write(rows)
	fmt.Fprintf(&b, "\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", at)
	return b.Bytes()
}

// Some writers name the line end before an object; nothing is hidden there.
func TestOffsetsBeforeWhiteSpace(t *testing.T) {
	for by := range 3 {
		f, err := ParseForeign(early(by))
		if err != nil {
			t.Errorf("%d bytes early: %v", by, err)
			continue
		}
		if n := len(f.Numbers()); n != 4 {
			t.Errorf("%d bytes early: %d numbers", by, n)
		}
	}
	b := early(1)
	i := bytes.Index(b, []byte("\n3 0 obj"))
	b[i] = 'x'
	if _, err := ParseForeign(b); err == nil {
		t.Error("an offset of something else was taken")
	}
}

// Any content gives paths of whole segments or an error.
func FuzzContent(f *testing.F) {
	for _, s := range []string{"0 0 m 1 1 2 2 3 3 c h f", "q 2 0 0 2 1 1 cm BI /W 1 ID \xff EI Q 1 2 m 3 4 5 6 v S", "BT (a) Tj ET 0 0 1 1 re W n /F Do",
		"[(a) <</B [1]>>] TJ /P <</X <ff> >> BDC -.5 +1.25 m h h 1 2 3 4 v 123456789012345678 1 l b*"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		p := newPainter(&File{})
		if err := p.run(content, Dict{}, "", identity(), identity(), 0); err != nil {
			return
		}
		for _, path := range p.out {
			for _, g := range path.Steps {
				if !bytes.ContainsRune([]byte("MLCZ"), rune(g.Op)) {
					t.Fatalf("operator %q", g.Op)
				}
			}
		}
	})
}
