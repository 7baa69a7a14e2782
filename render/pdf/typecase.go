package pdf

import (
	"maps"
	"slices"
	"strings"

	"moqian/render"
)

// typeCase is what the pages' runs are set from: a subset for each font that
// text uses. Letters that are a picture, as a seal's, are guests of one of them:
// a font of their own would cost a kilobyte beside its glyphs, and a guest's
// code gives blanks in readers that do not know ActualText.
type typeCase struct {
	fonts  map[render.FontID]*subset
	guests map[render.FontID]map[rune]rune // to private characters of the host
	host   render.FontID
}

// firstGuest is the first private character (plane 15) that stands for a guest.
const firstGuest = 0xF0000

// of gives the font and the characters that a run is set with.
func (c *typeCase) of(r render.Run, mute bool) (render.FontID, string) {
	if !mute {
		return r.Font, r.Text
	}
	return c.host, strings.Map(func(char rune) rune { return c.guests[r.Font][char] }, r.Text)
}

// charSets are characters by font.
type charSets map[render.FontID]map[rune]bool

func (c charSets) add(r render.Run) {
	if c[r.Font] == nil {
		c[r.Font] = map[rune]bool{}
	}
	for _, char := range r.Text {
		c[r.Font][char] = true
	}
}

// typeCase finds the characters that each font must have for the pages.
func (w *Writer) typeCase(pages [][]letter) (*typeCase, error) {
	loud, mute := charSets{}, charSets{}
	for _, page := range pages {
		for _, t := range page {
			for _, r := range t.Runs {
				if t.Mute {
					mute.add(r)
				} else {
					loud.add(r)
				}
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &typeCase{fonts: map[render.FontID]*subset{}, guests: map[render.FontID]map[rune]rune{}}
	for _, id := range slices.Sorted(maps.Keys(loud)) {
		f, err := w.face(id)
		if err != nil {
			return nil, err
		}
		allDigits(loud[id])
		c.fonts[id] = &subset{face: f}
		for _, r := range slices.Sorted(maps.Keys(loud[id])) {
			if err := c.fonts[id].add(f, r, r, r); err != nil {
				return nil, err
			}
		}
	}
	return c, w.invite(c, mute)
}

// invite adds the letters of pictures to the host: the bold face, of which a
// voucher has little, or else the first font there is.
func (w *Writer) invite(c *typeCase, mute charSets) error {
	next := rune(firstGuest)
	for _, id := range slices.Sorted(maps.Keys(mute)) {
		f, err := w.face(id)
		if err != nil {
			return err
		}
		if next == firstGuest {
			c.settle(f, id)
		}
		c.guests[id] = map[rune]rune{}
		for _, r := range slices.Sorted(maps.Keys(mute[id])) {
			if err := c.fonts[c.host].add(f, r, next, ' '); err != nil {
				return err
			}
			c.guests[id][r] = next
			next++
		}
	}
	return nil
}

// settle finds the host, which is the guests' own font f where there is no text.
func (c *typeCase) settle(f *face, id render.FontID) {
	bold := render.FontID(render.Bold)
	switch {
	case c.fonts[bold] != nil:
		c.host = bold
	case len(c.fonts) > 0:
		c.host = slices.Min(slices.Collect(maps.Keys(c.fonts)))
	default:
		c.host, c.fonts[id] = id, &subset{face: f}
	}
}

// face gives a font with its compact glyphs, which are kept for the next file;
// w.mu is held.
func (w *Writer) face(id render.FontID) (*face, error) {
	f := w.faces[id]
	if f == nil {
		var err error
		if f, err = newFace(w.fonts.Font(id)); err != nil {
			return nil, err
		}
		w.faces[id] = f
	}
	return f, nil
}

// allDigits adds the digits that are missing where some are there: the set of a
// font that sets labels and times is then the same from voucher to voucher, and
// so is its packed file, which the writer keeps.
func allDigits(chars map[rune]bool) {
	const digits = "0123456789"
	some := strings.ContainsFunc(digits, func(r rune) bool { return chars[r] })
	for _, r := range digits {
		if some {
			chars[r] = true
		}
	}
}
