package padview

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"moqian/render"
)

// word is a text of a page where it stands.
type word struct {
	x, y float64
	text string
}

// words are all that is printed on a page, line by line as one reads it. What
// only looks like letters (seals, backgrounds) is left out.
func (m *Maker) words(p render.Page) []line {
	all := collect(nil, p.Items)
	slices.SortStableFunc(all, func(a, b word) int {
		// Baselines less than a millimetre apart are one line.
		if math.Abs(a.y-b.y) >= 1 {
			return cmp.Compare(a.y, b.y)
		}
		return cmp.Compare(a.x, b.x)
	})
	var out []line
	last := math.Inf(-1)
	for _, w := range all {
		if w.y-last < 1 && len(out) > 0 {
			out[len(out)-1].text += "　" + w.text
			continue
		}
		last = w.y
		out = append(out, line{text: w.text, px: m.text, face: render.Regular, fresh: true})
	}
	return out
}

func collect(all []word, items []render.Item) []word {
	for _, it := range items {
		switch it := it.(type) {
		case render.Text:
			if it.Mute || it.Angle != 0 {
				continue
			}
			var b strings.Builder
			for _, r := range it.Runs {
				b.WriteString(r.Text)
			}
			if t := strings.TrimSpace(b.String()); t != "" {
				all = append(all, word{it.X, it.Y, t})
			}
		case render.Span:
			all = collect(all, it.Items)
		case render.Group:
			all = collect(all, it.Flat())
		}
	}
	return all
}
