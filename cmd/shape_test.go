package cmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// files are those under version control, or all where there is none.
func files(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-co", "--exclude-standard", "-z")
	cmd.Dir = ".."
	if out, err := cmd.Output(); err == nil {
		return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	}
	var all []string
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, strings.TrimPrefix(path, "../"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// No file over 500 lines, no function over 80, window calls in the bridge only.
func TestShape(t *testing.T) {
	for _, f := range files(t) {
		if !strings.HasSuffix(f, ".go") {
			continue
		}
		src, err := os.ReadFile("../" + f)
		if err != nil {
			continue // deleted, not committed yet
		}
		if n := strings.Count(string(src), "\n"); n > 500 {
			t.Errorf("%s has %d lines, 500 are allowed", f, n)
		}
		if strings.Contains(string(src), "fyne.Do(") && !strings.HasSuffix(f, "ui/bridge.go") && !strings.HasSuffix(f, "shape_test.go") {
			t.Errorf("%s calls fyne.Do: ui/bridge.go alone does", f)
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, f, src, 0)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if !strings.HasPrefix(f, "cmd/") && !strings.HasSuffix(f, "_test.go") && !strings.Contains(f, "uploadtest/") {
			for _, call := range []string{"os.Getenv(", "os.LookupEnv(", "os.Args"} {
				if strings.Contains(string(src), call) {
					t.Errorf("%s: %s belongs to cmd", f, call)
				}
			}
		}
		for _, d := range tree.Decls {
			if v, ok := d.(*ast.GenDecl); ok && v.Tok == token.VAR && !strings.HasSuffix(f, "_test.go") && !strings.HasPrefix(f, "cmd/") {
				for _, s := range v.Specs {
					if names := mutable(s.(*ast.ValueSpec)); names != "" {
						t.Errorf("%s: package variable %s can change", f, names)
					}
				}
			}
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if fn.Name.Name == "init" && fn.Recv == nil {
				t.Errorf("%s has an init", f)
			}
			n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
			if n > 80 && !strings.HasSuffix(f, "_test.go") {
				t.Errorf("%s: %s has %d lines, 80 are allowed", f, fn.Name.Name, n)
			}
		}
	}
}

// mutable names package variables without a value: they are there to be
// changed. Tables, errors and patterns have one.
func mutable(v *ast.ValueSpec) string {
	if t, ok := v.Type.(*ast.SelectorExpr); len(v.Values) > 0 || ok && t.Sel.Name == "FS" { // embedded files
		return ""
	}
	var names []string
	for _, n := range v.Names {
		if n.Name != "_" {
			names = append(names, n.Name)
		}
	}
	return strings.Join(names, ", ")
}

// The repository speaks of itself alone: no machine's folders, no registry.
func TestNoMachine(t *testing.T) {
	bad := regexp.MustCompile(`(^|[^A-Za-z0-9_./-])/(wo` + `rk|ro` + `ot|ho` + `me/[a-z]+)/[a-z]|proxy\.go` + `lang|registry\.np` + `mjs|deb\.deb` + `ian`)
	for _, f := range files(t) {
		switch filepath.Ext(f) {
		case ".go", ".md", ".sh", ".mk", ".toml", ".json", ".tsv", ".txt", ".yml", "":
		default:
			continue
		}
		src, err := os.ReadFile("../" + f)
		if err != nil || len(src) > 1<<20 || strings.HasSuffix(f, "go.sum") {
			continue
		}
		for i, line := range strings.Split(string(src), "\n") {
			if bad.MatchString(line) {
				t.Errorf("%s:%d names a machine: %.100s", f, i+1, line)
			}
		}
	}
}
