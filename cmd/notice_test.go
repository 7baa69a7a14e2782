package cmd

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// NOTICE names every module that the programs are made of.
func TestNotice(t *testing.T) {
	notice, err := os.ReadFile("../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "-tags", "virtualpad migrated_fynedo",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		if !seen[path] && !strings.Contains(string(notice), "  "+path+":") {
			t.Errorf("NOTICE does not name %s (make notices)", path)
		}
		seen[path] = true
	}
	if len(seen) < 5 {
		t.Errorf("only %d modules found", len(seen))
	}
}
