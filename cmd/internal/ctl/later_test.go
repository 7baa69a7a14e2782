package ctl

import (
	"strings"
	"testing"

	"moqian/cmd/internal/proof"
	"moqian/sign"
)

// What may take the place of a filed form, and what may not.
func TestLater(t *testing.T) {
	file := func(words ...string) (f proof.File) {
		for _, w := range words {
			level, covers, _ := strings.Cut(w, " ")
			f.Signatures = append(f.Signatures, sign.Signature{Level: level, Range: covers})
		}
		return f
	}
	for _, c := range []struct {
		name     string
		old, now proof.File
		want     string // "" if it may
	}{
		{"a token in the signature", file("B-B a"), file("B-T a"), ""},
		{"a time stamp over the file", file("B-B a"), file("B-B a", "B-B b"), ""},
		{"another document of that number", file("B-B a"), file("B-T b"), "what signature 1 covers"},
		{"a signature that covers nothing", file("B-B "), file("B-T "), "what signature 1 covers"},
		{"the same", file("B-T a"), file("B-T a"), "no more"},
		{"a step back", file("B-T a", "B-B b"), file("B-B a", "B-B b", "B-B c"), "signature 1 is B-B"},
		{"one signature less", file("B-T a", "B-B b"), file("B-T a"), "fewer"},
		{"no signature", file(), file("B-B a"), "fewer"},
	} {
		if err := later(c.now, c.old); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
