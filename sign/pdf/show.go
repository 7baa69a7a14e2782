package pdf

// operator follows the operators that place and show text (§9.3, §9.4).
func (w *writing) operator(op string, t *textState) {
	switch op {
	case "q":
		if len(t.saved) < maxDepth {
			kept := *t
			kept.saved, kept.args = nil, nil
			t.saved = append(t.saved, kept)
		}
	case "Q":
		if n := len(t.saved); n > 0 {
			kept, rest, args := t.saved[n-1], t.saved[:n-1], t.args
			*t = kept
			t.saved, t.args = rest, args
		}
	case "cm":
		if v, ok := floats(t.args, 6); ok {
			t.ctm = multiply([6]float64(v), t.ctm)
		}
	case "BT":
		t.tm, t.line = identity(), identity()
	case "Tm":
		if v, ok := floats(t.args, 6); ok {
			t.tm, t.line = [6]float64(v), [6]float64(v)
		}
	case "Td", "TD":
		if v, ok := floats(t.args, 2); ok {
			if op == "TD" {
				t.lead = -v[1]
			}
			t.next(v[0], v[1])
		}
	case "T*":
		t.next(0, -t.lead)
	case "Tf":
		w.choose(t)
	case "Tc", "Tw", "Tz", "TL", "Ts", "Tr":
		if v, ok := floats(t.args, 1); ok {
			t.set(op, v[0])
		}
	case "Tj", "TJ", "'", "\"":
		if op == "\"" && len(t.args) == 3 {
			if v, ok := floats(t.args[:2], 2); ok {
				t.word, t.char = v[0], v[1]
			}
		}
		if op == "'" || op == "\"" {
			t.next(0, -t.lead)
		}
		w.show(t, t.last())
	}
}

func (t *textState) set(op string, v float64) {
	switch op {
	case "Tc":
		t.char = v
	case "Tw":
		t.word = v
	case "Tz":
		t.wide = v / 100
	case "TL":
		t.lead = v
	case "Ts":
		t.rise = v
	case "Tr":
		t.hidden = v == 3 || v == 7
	}
}

// next begins a line.
func (t *textState) next(x, y float64) {
	t.line = multiply([6]float64{1, 0, 0, 1, x, y}, t.line)
	t.tm = t.line
}

// show places the letters of a string or of a list with distances.
func (w *writing) show(t *textState, o Object) {
	switch o := o.(type) {
	case String:
		w.letters(t, o)
	case Array:
		for _, e := range o {
			if *w.work--; *w.work < 0 {
				return
			}
			switch e := e.(type) {
			case String:
				w.letters(t, e)
			case int64:
				t.move(-float64(e) / 1000 * t.size * t.wide)
			case float64:
				t.move(-e / 1000 * t.size * t.wide)
			}
		}
	}
}

func (t *textState) move(x float64) { t.tm = multiply([6]float64{1, 0, 0, 1, x, 0}, t.tm) }

func (w *writing) letters(t *textState, s String) {
	step := 1
	if t.font != nil && t.font.double {
		step = 2
	}
	for i := 0; i+step <= len(s) && *w.work > 0; i += step {
		*w.work--
		code := int(s[i])
		if step == 2 {
			code = code<<8 | int(s[i+1])
		}
		width := t.font.width(code) * t.size
		if !t.hidden && !t.font.blank(code) && !leader(s, i, step) {
			m := multiply(t.tm, t.ctm)
			x, y := width*t.wide/2, t.rise+t.size/4
			w.out = append(w.out, [2]float64{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]})
		}
		width += t.char
		if step == 1 && code == ' ' {
			width += t.word
		}
		t.move(width * t.wide)
	}
}

// leader: one of the dots or dashes in a row that make a line to write on.
func leader(s String, i, step int) bool {
	if c := s[i]; step == 2 || c != '.' && c != '-' {
		return false
	}
	return i >= 2 && s[i-1] == s[i] && s[i-2] == s[i] || i+2 < len(s) && s[i+1] == s[i] && s[i+2] == s[i] ||
		i >= 1 && i+1 < len(s) && s[i-1] == s[i] && s[i+1] == s[i]
}

// face is what placing needs of a font.
type face struct {
	double bool // codes of two bytes
	widths map[int]float64
	others float64
	blanks map[int]bool // by /ToUnicode
}

// blank: a code that leaves the paper free to write on: a space, or the low line
// that forms have where one signs.
func (f *face) blank(code int) bool {
	if f != nil && f.blanks != nil {
		return f.blanks[code]
	}
	return (f == nil || !f.double) && (code == ' ' || code == '_')
}

// width of a code in em.
func (f *face) width(code int) float64 {
	if f == nil {
		return 0.5
	}
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.others
}

// choose takes the font and size of Tf.
func (w *writing) choose(t *textState) {
	v, ok := floats(t.args, 1)
	if !ok || len(t.args) < 2 {
		return
	}
	t.size, t.font = v[0], nil
	name, _ := t.args[len(t.args)-2].(Name)
	all, err := w.file.Dict(t.resources["Font"])
	if err != nil {
		return
	}
	r, ok := all[name].(Ref)
	if got := w.fonts[r]; ok && got != nil {
		t.font = got
		return
	}
	d, err := w.file.Dict(all[name])
	if err != nil || d == nil {
		return
	}
	t.font = w.face(d)
	w.unicode(t.font, d["ToUnicode"])
	if ok {
		w.fonts[r] = t.font
	}
}

// face reads the widths of a font (§9.6.2, §9.7.4.3).
func (w *writing) face(d Dict) *face {
	f := &face{widths: map[int]float64{}, others: 0.5}
	if d["Subtype"] == Name("Type3") {
		return f
	}
	if d["Subtype"] != Name("Type0") {
		first, _ := d["FirstChar"].(int64)
		o, err := w.file.Resolve(d["Widths"])
		if a, ok := o.(Array); err == nil && ok && len(a) <= 256 {
			for i := range a {
				if v, ok := floats(a[i:i+1], 1); ok {
					f.widths[int(first)+i] = v[0] / 1000
				}
			}
		}
		return f
	}
	f.double, f.others = true, 1
	o, err := w.file.Resolve(d["DescendantFonts"])
	list, _ := o.(Array)
	if err != nil || len(list) == 0 {
		return f
	}
	below, err := w.file.Dict(list[0])
	if err != nil || below == nil {
		return f
	}
	if v, ok := floats([]Object{below["DW"]}, 1); ok {
		f.others = v[0] / 1000
	}
	o, err = w.file.Resolve(below["W"])
	if a, ok := o.(Array); err == nil && ok {
		w.ranges(f, a)
	}
	return f
}

// ranges reads /W: "first [widths]" or "first last width".
func (w *writing) ranges(f *face, a Array) {
	for i := 0; i+1 < len(a) && *w.work > 0; {
		first, ok := a[i].(int64)
		o, err := w.file.Resolve(a[i+1])
		if !ok || err != nil {
			return
		}
		if list, ok := o.(Array); ok {
			for j := range list {
				*w.work--
				if v, ok := floats(list[j:j+1], 1); ok {
					f.widths[int(first)+j] = v[0] / 1000
				}
			}
			i += 2
			continue
		}
		last, ok := o.(int64)
		if !ok || i+2 >= len(a) || last-first > 1<<16 {
			return
		}
		v, ok := floats(a[i+2:i+3], 1)
		for c := first; ok && c <= last && *w.work > 0; c++ {
			*w.work--
			f.widths[int(c)] = v[0] / 1000
		}
		i += 3
	}
}
