package form

// maxText is what a full-width row of 8.5 × 2 holds.
const maxText = 100

// checkText takes one line of anything printable; whether a font has each
// character is found when the page is laid out.
func checkText(f *Field, s string) (checked, Text) {
	for _, r := range s {
		if t := badRune(r); !t.Empty() {
			return checked{}, t
		}
	}
	return tooLong(s, f.limit(maxText))
}
