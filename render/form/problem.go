package form

import (
	"fmt"
	"strings"
)

// Problem is a sentence about one field: what is wrong and what to do. It never
// repeats what was entered, since it may reach a log, and never says which
// check digit would be right.
type Problem struct {
	Field string
	Text  Text
}

// say fills the same arguments into both languages.
func say(zh, en string, args ...any) Text {
	return Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

func missing(f *Field) Text {
	return Text{
		ZH: "请填写" + f.Label.ZH + "。",
		EN: "Please enter " + lower(f.Label.EN) + ".",
	}
}

// lower makes a label fit into a sentence: "Account name", but not "ID number".
func lower(label string) string {
	if len(label) > 1 && label[1] >= 'a' && label[1] <= 'z' {
		return strings.ToLower(label[:1]) + label[1:]
	}
	return label
}
