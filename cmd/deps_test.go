// Package cmd holds no code of its own: its test keeps the house's plan, which
// package may import which.
package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// pkg is what go list tells of a package; paths of ours without the module.
type pkg struct {
	ImportPath   string
	Doc          string
	Dir          string
	GoFiles      []string
	CgoFiles     []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

const module = "moqian/"

func list(t *testing.T, tags, system string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-tags", tags, "-json=ImportPath,Doc,Dir,GoFiles,CgoFiles,Imports,TestImports,XTestImports,Deps", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS="+system)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

// under says whether path is dir or below it.
func under(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

func room(path string) string { r, _, _ := strings.Cut(path, "/"); return r }

// ours gives the path inside the module.
func ours(imp string) (string, bool) { return strings.CutPrefix(imp, module) }

// outside libraries have exactly one home.
func homes() []struct{ lib, home string } {
	return []struct{ lib, home string }{
		{"github.com/google/gousb", "pad/usb"},
		{"github.com/signintech/gopdf", "render/pdf"},
		{"github.com/digitorus/pkcs7", "sign"},
		{"go.etcd.io/bbolt", "store"},
		{"fyne.io", "cmd/teller"},
		{"github.com/minio/minio-go", "store/upload"},
	}
}

// judge lists what is wrong with one import of the code (not the tests) of p.
func judge(p, imp string) []string {
	var bad []string
	say := func(format string, a ...any) { bad = append(bad, fmt.Sprintf(format, a...)) }
	for _, h := range homes() {
		if under(imp, h.lib) && !under(p, h.home) {
			say("%s has its home in %s", h.lib, h.home)
		}
	}
	if under(imp, "fyne.io/fyne/v2/app") && p != "cmd/teller" {
		say("the app of fyne belongs to main: ui and its tests need no screen")
	}
	switch p {
	case "pad", "pad/model", "render/ink", "render/watermark", "render/watermark/robust":
		if under(imp, "image") || under(imp, "os") || under(imp, "net") || imp == "syscall" || imp == "io/ioutil" ||
			under(imp, "golang.org/x/sys") || under(imp, "golang.org/x/image") || imp == "embed" && p != "pad/model" || imp == "plugin" || imp == "unsafe" {
			say("ink comes from a pad and from nowhere else")
		}
	}
	if room(p) != "cmd" && (imp == "flag" || imp == "os/exec" && !under(p, "store")) {
		say("flags and commands belong to cmd")
	}
	own, isOurs := ours(imp)
	if !isOurs {
		return bad
	}
	switch room(p) {
	case "pad", "sign", "store", "assets":
		if room(own) != room(p) {
			say("%s knows nobody", room(p))
		}
	case "render":
		if room(own) != "render" && room(own) != "pad" && !(own == "sign/pdf" && p == "render/pdf") {
			say("render knows pad, and render/pdf the objects of sign/pdf")
		}
		if room(own) == "pad" && own != "pad" {
			say("render knows the root of pad only")
		}
	}
	if own == "assets" && room(p) != "cmd" {
		say("assets is for cmd and tests")
	}
	if under(own, "cmd/teller/ui") && !under(p, "cmd/teller") {
		say("nobody imports ui")
	}
	if under(p, "cmd/internal/flow") && (under(own, "cmd/teller") || under(own, "store/upload") || under(own, "pad/usb") || under(own, "pad/virtual")) {
		say("flow sees interfaces, not windows, archives or cables")
	}
	if p == "cmd/internal/config" && isOurs {
		say("config is plain structs")
	}
	if strings.HasSuffix(own, "padtest") || strings.HasSuffix(own, "uploadtest") {
		say("conformance suites are for tests")
	}
	return bad
}

// trialOnly is what a production build must not hold.
func trialOnly(own string) bool {
	return under(own, "pad/virtual") || under(own, "sign/signtest") || under(own, "cmd/internal/trial") || under(own, "cmd/internal/inkbench")
}

func TestImports(t *testing.T) {
	for _, build := range [][2]string{{"", "linux"}, {"virtualpad", "linux"}, {"", "windows"}} {
		tags := build[0]
		for _, p := range list(t, tags, build[1]) {
			for _, imp := range append(p.TestImports, p.XTestImports...) {
				for _, h := range homes() {
					if under(imp, h.lib) && !under(p.ImportPath, h.home) {
						t.Errorf("a test of %s imports %s: its home is %s", p.ImportPath, imp, h.home)
					}
				}
			}
			for _, imp := range p.Imports {
				for _, bad := range judge(p.ImportPath, imp) {
					t.Errorf("[%s] %s imports %s: %s", tags, p.ImportPath, imp, bad)
				}
				if own, ok := ours(imp); ok && tags == "" && trialOnly(own) && !trialOnly(p.ImportPath) {
					t.Errorf("%s imports %s outside -tags virtualpad", p.ImportPath, own)
				}
			}
			if tags == "" && len(p.GoFiles)+len(p.CgoFiles) > 0 && p.Doc == "" {
				t.Errorf("%s has no package comment", p.ImportPath)
			}
		}
	}
}

// What is for trial builds is told apart from what is not.
func TestTrialOnly(t *testing.T) {
	for own, want := range map[string]bool{"pad/virtual": true, "sign/signtest": true, "cmd/internal/trial": true,
		"cmd/internal/inkbench": true, "pad": false, "pad/usb": false, "sign": false, "cmd/internal/markcmd": false} {
		if trialOnly(own) != want {
			t.Errorf("trialOnly(%s) is %v", own, !want)
		}
	}
}

// The programs as they are linked: no software pad in production, no window
// toolkit in the command line.
func TestLinked(t *testing.T) {
	for _, tags := range []string{"", "virtualpad"} {
		for _, p := range list(t, tags, "linux") {
			if p.ImportPath != "cmd/tellerctl" && p.ImportPath != "cmd/teller" {
				continue
			}
			for _, dep := range p.Deps {
				if p.ImportPath == "cmd/tellerctl" && under(dep, "fyne.io") {
					t.Errorf("[%s] tellerctl links %s", tags, dep)
				}
				if own, ok := ours(dep); ok && tags == "" && trialOnly(own) {
					t.Errorf("%s links %s in production", p.ImportPath, own)
				}
			}
		}
	}
}

// Each rule catches a planted violation.
func TestJudgeCatches(t *testing.T) {
	for _, c := range []struct{ p, imp string }{
		{"pad", "moqian/store"}, {"sign", "moqian/render"}, {"store/auth", "moqian/sign"}, {"assets", "moqian/pad"},
		{"render", "moqian/sign"}, {"render/ink", "moqian/sign/pdf"}, {"render", "moqian/pad/usb"},
		{"cmd/teller/ui", "github.com/google/gousb"}, {"sign", "github.com/signintech/gopdf"},
		{"cmd/internal/flow", "github.com/digitorus/pkcs7"}, {"cmd/tellerctl", "go.etcd.io/bbolt"},
		{"cmd/internal/flow", "fyne.io/fyne/v2"}, {"cmd/teller/ui", "fyne.io/fyne/v2/app"},
		{"pad/model", "image/png"}, {"pad/model", "syscall"}, {"render/ink", "io/ioutil"}, {"render/ink", "os/exec"}, {"render/ink", "os"}, {"render/watermark", "image"}, {"pad", "net/http"},
		{"render", "moqian/assets"}, {"cmd/tellerctl", "moqian/cmd/teller/ui"},
		{"cmd/internal/flow", "moqian/store/upload"}, {"cmd/internal/flow", "moqian/pad/usb"},
		{"store", "flag"}, {"cmd/tellerctl", "moqian/pad/padtest"}, {"cmd/internal/config", "moqian/store"},
	} {
		if len(judge(c.p, c.imp)) == 0 {
			t.Errorf("%s may import %s", c.p, c.imp)
		}
	}
	for _, c := range []struct{ p, imp string }{
		{"render/pdf", "moqian/sign/pdf"}, {"render/ink", "moqian/pad"}, {"store/upload", "moqian/store"},
		{"cmd/internal/flow", "moqian/store"}, {"cmd/teller", "fyne.io/fyne/v2/app"}, {"sign", "moqian/sign/pdf"},
	} {
		if bad := judge(c.p, c.imp); len(bad) > 0 {
			t.Errorf("%s may not import %s: %v", c.p, c.imp, bad)
		}
	}
}
