// Package assets holds the files of the program: fonts and business types. It
// has no logic; only cmd (and tests) import it.
package assets

import "embed"

// FS holds fonts/*.ttf and forms/*.json.
//
//go:embed fonts all:forms
var FS embed.FS
