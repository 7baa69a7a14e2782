package ui

import (
	"fmt"
	"io/fs"
	"strings"

	"moqian/render/form"
)

// texts are all words of the windows by id, in both languages.
type texts map[string][2]string

// loadTexts reads lang/texts.tsv: id, Chinese, English; the first line is the
// heading, \n in a text is a line break.
func loadTexts(f fs.FS) (texts, error) {
	b, err := fs.ReadFile(f, "lang/texts.tsv")
	if err != nil {
		return nil, fmt.Errorf("reading the texts: %w", err)
	}
	t := texts{}
	for i, line := range strings.Split(strings.TrimRight(string(b), "\n"), "\n") {
		c := strings.Split(line, "\t")
		if i == 0 {
			continue
		}
		if len(c) != 3 || c[0] == "" || c[1] == "" || c[2] == "" {
			return nil, fmt.Errorf("texts.tsv line %d: want id, Chinese and English", i+1)
		}
		if _, twice := t[c[0]]; twice {
			return nil, fmt.Errorf("texts.tsv line %d: %s stands twice", i+1, c[0])
		}
		t[c[0]] = [2]string{strings.ReplaceAll(c[1], `\n`, "\n"), strings.ReplaceAll(c[2], `\n`, "\n")}
	}
	return t, nil
}

// in gives a text with its {names} filled in: name, value, name, value …
func (t texts) in(lang, id string, fill ...any) string {
	pair, ok := t[id]
	if !ok {
		return "⟨" + id + "⟩"
	}
	s := pair[0]
	if lang == "en" {
		s = pair[1]
	}
	for i := 0; i+1 < len(fill); i += 2 {
		s = strings.ReplaceAll(s, "{"+fmt.Sprint(fill[i])+"}", fmt.Sprint(fill[i+1]))
	}
	return s
}

// t is a text in the language of the teller's window.
func (a *App) t(id string, fill ...any) string { return a.texts.in(a.lang, id, fill...) }

// has says whether there is a text.
func (a *App) has(id string) bool { _, ok := a.texts[id]; return ok }

// pick chooses between the languages of a form's text.
func (a *App) pick(t form.Text) string {
	if a.lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.ZH
}
