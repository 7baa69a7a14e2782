// Package assets holds the files of the program: fonts, business types, icons
// and the words of the windows in both languages. It has no logic; only cmd (and
// tests) import it.
package assets

import "embed"

// FS holds fonts/*.ttf, forms/*.json, icons/*.svg and lang/texts.tsv (id,
// Chinese, English).
//
//go:embed fonts all:forms icons lang
var FS embed.FS
