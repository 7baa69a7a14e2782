package render

import (
	"math/rand/v2"
	"strings"
	"testing"

	"moqian/render/form"
)

// kindOf remembers what a line was before paging.
type lineKind struct {
	heading        bool
	first, last    bool // of its paragraph
	length, number int  // lines of the paragraph; which of them this is
}

func clauses(r *rand.Rand) []form.Clause {
	var out []form.Clause
	for range 4 + r.IntN(12) {
		out = append(out, form.Clause{Heading: "标题"})
		for range 1 + r.IntN(5) {
			out = append(out, form.Clause{Body: strings.Repeat("条款", 5+r.IntN(120)), Bold: r.IntN(3) == 0})
		}
	}
	return out
}

// Whatever the agreement, its pages keep the rules of section 5.
func TestPagesOfAnAgreement(t *testing.T) {
	f := realFonts(t)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newCanvas(f)
		list := clauses(r)
		lines := c.agreement(list)
		if c.err != nil {
			t.Fatal(c.err)
		}
		kinds := kindsOf(c, list)
		first, block := flowEnd-38, 79.0+float64(seed%2)*boxRow
		n := 0
		pages := breakPages(lines, first, block)
		for i, page := range pages {
			room := first
			if i > 0 {
				room = flowEnd - flowTop
			}
			if i == len(pages)-1 {
				room -= block
				if len(page) < aboveBlock && i > 0 {
					t.Errorf("seed %d: %d lines above the signatures", seed, len(page))
				}
			}
			if h := tall(page); h > room+1e-6 {
				t.Errorf("seed %d: page %d is %.1f mm high, %.1f are there", seed, i, h, room)
			}
			checkBreak(t, seed, kinds, n)
			n += len(page)
		}
		if n != len(lines) {
			t.Errorf("seed %d: %d lines of %d are on the pages", seed, n, len(lines))
		}
	}
}

func kindsOf(c *canvas, list []form.Clause) (kinds []lineKind) {
	for _, cl := range list {
		n := len(c.paragraph(cl))
		for i := range n {
			kinds = append(kinds, lineKind{cl.Heading != "", i == 0, i == n-1, n, i})
		}
	}
	return kinds
}

// checkBreak looks at the lines before and after the page break at line n.
func checkBreak(t *testing.T, seed uint64, kinds []lineKind, n int) {
	t.Helper()
	if n == 0 {
		return
	}
	k := kinds[n]
	if !k.first && (k.number < 2 || k.length-k.number < 2) {
		t.Errorf("seed %d: paragraph of %d lines splits after %d", seed, k.length, k.number)
	}
	if kinds[n-1].heading || n > 1 && kinds[n-2].heading {
		t.Errorf("seed %d: a heading with less than two lines ends a page", seed)
	}
}
