package drive

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The emulator and the driver were written apart, each from the protocol text
// only: what both get right is then in the text and no common mistake. These
// tests keep it so: neither imports the other, and no passage of one stands in
// the other.

// longest run of equal tokens that two people may write without knowing of each
// other: a loop over bytes, an error that is passed on, a slice that is cut.
const longestRun = 32

// sources of a package, tests left out.
func sources(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range all {
		if !strings.HasSuffix(f, "_test.go") {
			out = append(out, f)
		}
	}
	if len(out) < 4 {
		t.Fatalf("%s has %d files", dir, len(out))
	}
	return out
}

// dictionary numbers words.
type dictionary map[string]int

// tokens of a file behind its imports, names and numbers included, comments and
// line ends not.
func (d dictionary) tokens(t *testing.T, file string) (words, lines []int) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	from := fset.Position(tree.Name.End()).Offset
	for _, d := range tree.Decls {
		from = max(from, fset.Position(d.End()).Offset)
	}
	fs := token.NewFileSet()
	f := fs.AddFile(file, -1, len(src))
	var s scanner.Scanner
	s.Init(f, src, nil, 0)
	for {
		pos, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return words, lines
		case fs.Position(pos).Offset < from || tok == token.SEMICOLON:
			continue
		}
		if lit == "" {
			lit = tok.String()
		}
		if _, ok := d[lit]; !ok {
			d[lit] = len(d)
		}
		words, lines = append(words, d[lit]), append(lines, fs.Position(pos).Line)
	}
}

// passage is the longest run of tokens that stands in both lists.
func passage(a, b []int) (n, endA, endB int) {
	before, now := make([]int, len(b)+1), make([]int, len(b)+1)
	for i := range a {
		for j := range b {
			now[j+1] = 0
			if a[i] == b[j] {
				now[j+1] = before[j] + 1
				if now[j+1] > n {
					n, endA, endB = now[j+1], i, j
				}
			}
		}
		before, now = now, before
	}
	return n, endA, endB
}

func TestEmulatorAndDriverAreApart(t *testing.T) {
	emus, d, most := sources(t, "../emu"), dictionary{}, 0
	for _, other := range []string{".", "../../../model"} {
		for _, f := range sources(t, other) {
			a, la := d.tokens(t, f)
			for _, g := range emus {
				b, lb := d.tokens(t, g)
				n, i, j := passage(a, b)
				if n > longestRun {
					t.Errorf("%s, up to line %d, and %s, up to line %d, share %d tokens", f, la[i], g, lb[j], n)
				}
				most = max(most, n)
			}
		}
	}
	t.Logf("the longest passage in common has %d tokens", most)
}

// A passage that was copied is found, also with a comment in the middle.
func TestACopyIsFound(t *testing.T) {
	a, _ := dictionary{}.tokens(t, "account.go")
	copied := append(append([]int{-1}, a[100:100+longestRun+5]...), -2)
	if n, _, _ := passage(a, copied); n < longestRun+5 {
		t.Errorf("a copy of %d tokens is %d", longestRun+5, n)
	}
}

// The emulator imports nothing of ours and is imported by no program: by the
// software transport, the USB/IP server and what lends pads to tests alone.
func TestEmulatorStandsAlone(t *testing.T) {
	for _, f := range sources(t, "../emu") {
		for _, imp := range imports(t, f) {
			if strings.HasPrefix(imp, "moqian/") || strings.Contains(imp, ".") {
				t.Errorf("%s imports %s", f, imp)
			}
		}
	}
	for _, dir := range []string{".", "../../../model", "../..", "../../.."} {
		for _, f := range sources(t, dir) {
			for _, imp := range imports(t, f) {
				if strings.HasSuffix(imp, "/emu") || strings.HasSuffix(imp, "/soft") || strings.HasSuffix(imp, "/usbip") {
					t.Errorf("%s imports %s", f, imp)
				}
			}
		}
	}
}

func imports(t *testing.T, file string) (out []string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if s, ok := n.(*ast.ImportSpec); ok {
			p, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, p)
		}
		return true
	})
	return out
}
