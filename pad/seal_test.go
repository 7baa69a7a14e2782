package pad_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// methods are everything that pad.Driver asks for: anybody can write them.
const methods = `
type evil struct{}
func (evil) Info() pad.Info { return pad.Info{} }
func (evil) Begin(context.Context) error { return nil }
func (evil) Read(context.Context) (pad.Sample, error) { return pad.Sample{X: 1}, nil }
func (evil) Evidence() pad.Evidence { return pad.Evidence{} }
func (evil) Close() error { return nil }
var _ pad.Driver = evil{}
`

const head = "package probe\nimport (\n\"context\"\n\"moqian/pad\"\n)\nvar _ context.Context\n"

const sealed = "package probe\nimport (\n\"context\"\n\"moqian/pad\"\n\"moqian/pad/internal\"\n)\n" +
	methods + "func Open() *pad.Device { return pad.New(internal.Seal[pad.Driver](evil{})) }"

// TestOnlyCodeBelowPadCanBeAPad compiles attempts to feed samples of one's own
// to a Capture. The first row shows that the probe itself is sound.
func TestOnlyCodeBelowPadCanBeAPad(t *testing.T) {
	for _, c := range []struct{ name, dir, src, refusal string }{
		{"a driver below pad", "pad/probe", sealed, ""},
		{"the same outside", "cmd/probe", sealed, "use of internal package moqian/pad/internal not allowed"},
		{"in a neighbour called pad", "render/pad/probe", sealed, "use of internal package moqian/pad/internal not allowed"},
		{"an unsealed driver", "cmd/probe", head + methods +
			"var D = pad.New(evil{})", "cannot use evil{}"},
		{"a literal for the seal", "cmd/probe", head + methods +
			"var D = pad.New(struct{ driver pad.Driver }{evil{}})", "cannot use struct"},
		{"the driver in a Device", "cmd/probe", head + methods +
			"var D = &pad.Device{evil{}}", "implicit assignment to unexported field"},
		{"the driver in a Device by name", "cmd/probe", head + methods +
			"var D = &pad.Device{driver: evil{}}", "unexported field"},
		{"a Driver embedded", "cmd/probe", head +
			"type evil struct{ pad.Driver }\nvar D = pad.New(evil{})", "cannot use evil{}"},
		{"a Device embedded", "cmd/probe", head +
			"type evil struct{ *pad.Device }\nfunc (evil) Read(context.Context) (pad.Sample, error) { return pad.Sample{}, nil }\n" +
			"func F(c *pad.Capture, d evil) { c.Record(context.Background(), d, nil) }", "cannot use d"},
		{"reading past the capture", "cmd/probe", head +
			"func F(d *pad.Device) { d.Read(context.Background()) }", "d.Read undefined"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, err := compile(t, c.dir, c.src)
			if c.refusal == "" {
				if err != nil {
					t.Fatalf("does not compile: %v\n%s", err, out)
				}
				return
			}
			if err == nil {
				t.Fatal("compiles")
			}
			if !strings.Contains(out, c.refusal) {
				t.Fatalf("refused for another reason than %q:\n%s", c.refusal, out)
			}
		})
	}
}

// compile builds a package that exists only in an overlay of the module.
func compile(t *testing.T, dir, src string) (string, error) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	file, overlay := filepath.Join(tmp, "probe.go"), filepath.Join(tmp, "overlay.json")
	js, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, dir, "probe.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{file: []byte(src), overlay: js} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "./"+dir)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
