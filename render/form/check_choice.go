package form

import (
	"slices"
	"strings"
)

const listMark = "、"

// checkChoice takes one of the choices; with Multi several, each once, which
// then stand in the order of the form.
func checkChoice(f *Field, s string) (checked, Text) {
	if !f.Multi {
		if !slices.Contains(f.Choices, s) {
			return checked{}, notOffered()
		}
		return plainly(s), Text{}
	}
	picked := strings.Split(s, listMark)
	for i, p := range picked {
		picked[i] = strings.TrimSpace(p)
		if !slices.Contains(f.Choices, picked[i]) || slices.Contains(picked[:i], picked[i]) {
			return checked{}, notOffered()
		}
	}
	var ordered []string
	for _, c := range f.Choices {
		if slices.Contains(picked, c) {
			ordered = append(ordered, c)
		}
	}
	return plainly(strings.Join(ordered, listMark)), Text{}
}

func notOffered() Text {
	return say("不在可选项中。请按 ↓ 从列表选择。", "Not among the choices. Press ↓ and choose from the list.")
}
