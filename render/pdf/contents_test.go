package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/signintech/gopdf"

	"moqian/render"
)

// Pages of other heights have their text where it belongs: gopdf sets all of
// them from the top of the page that came last.
func TestPagesOfManyHeights(t *testing.T) {
	f := fonts(t)
	runs, _, err := f.Split(render.Regular, 10, "金额")
	if err != nil {
		t.Fatal(err)
	}
	var pages []render.Page
	heights := []float64{297, 99.5, 140, 210.33}
	for _, h := range heights {
		pages = append(pages, render.Page{W: 210, H: h, Items: []render.Item{
			render.Text{X: 20, Y: 10, Size: 10, Runs: runs}, render.Text{X: 20, Y: h - 5, Size: 10, Runs: runs}}})
	}
	s, err := NewWriter(f).set(pages)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range heights {
		first, second := hundredths((h-10)*ptPerMM), hundredths(5*ptPerMM)
		b := s.content[i].plain
		for _, want := range []string{fmt.Sprintf("56.69 %s Td\n", number(first)), fmt.Sprintf("0 %s Td\n", number(second-first))} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("page %d lacks %q in\n%q", i+1, want, b)
			}
		}
	}
}

// Only the proof sheet's own panic is taken for its end.
func TestContentsEnd(t *testing.T) {
	g := gopdf.GoPdf{}
	g.Start(gopdf.Config{PageSize: gopdf.Rect{W: 100, H: 100}})
	for range 3 {
		g.AddPage()
		g.SetLineWidth(1)
	}
	raw, err := contents(&g, 2)
	if n := bytes.Count(raw, []byte("endstream")); err != nil || n != 2 || !bytes.HasSuffix(raw, []byte("endstream\n")) {
		t.Errorf("%d contents, %v: %q", n, err, raw)
	}
	if raw, err = contents(&g, 9); err != nil || bytes.Count(raw, []byte("endstream")) != 3 {
		t.Errorf("all of the file: %v %q", err, raw)
	}
	errElse := errors.New("something else")
	defer func() {
		if r := recover(); !errors.Is(r.(error), errElse) {
			t.Errorf("panic %v", r)
		}
	}()
	p := &proofSheet{ends: 1}
	t.Error("another panic was swallowed", stopped(p, func() error { panic(errElse) }))
}

// A content ends with what is put behind it, however long.
func TestContentEnds(t *testing.T) {
	p := NewWriter(fonts(t)).packer()
	data := bytes.Repeat([]byte("0 0 1 rg\n"), 300)
	for _, n := range []int{0, 1, 40, maxStored, maxStored + 1, 3 * maxStored} {
		end := bytes.Repeat([]byte("Q\n"), n)[:n]
		f := &file{packer: p}
		s := f.ended(setContent{data, p.begun(data)}, end)
		back, err := s.Decode()
		if err != nil || !bytes.Equal(back, append(bytes.Clone(data), end...)) {
			t.Errorf("%d bytes: %d come back, %v", n, len(back), err)
		}
		f.hard = true
		if hard, err := f.ended(setContent{data, p.begun(data)}, end).Decode(); err != nil || !bytes.Equal(hard, back) {
			t.Errorf("%d bytes, squeezed: %v", n, err)
		}
	}
}
