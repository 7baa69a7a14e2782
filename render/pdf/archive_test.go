package pdf

import (
	"bytes"
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"moqian/sign/pdf"
)

// preflight asks PDFBox Preflight whether files are PDF/A-1b, all in one run of
// Java, and gives its findings, one text a file, empty for a file without any.
// Where the checker is not installed the test is skipped.
func preflight(t *testing.T, files ...string) []string {
	t.Helper()
	out, err := exec.Command("sh", append([]string{"testdata/pdfa1b.sh"}, files...)...).CombinedOutput()
	var exit *exec.ExitError
	if errors.Is(err, exec.ErrNotFound) || errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skipf("NOT CHECKED: PDF/A-1b. %v %s", err, out)
	}
	findings := make([]string, len(files))
	for i, file := range files {
		about := regexp.MustCompile("(?m)^" + regexp.QuoteMeta(file) + `: (.*)\n((?:  .*\n)*)`).FindStringSubmatch(string(out))
		switch {
		case about == nil:
			t.Fatalf("no judgement on %s: %v\n%s", file, err, out)
		case about[1] != "PDF/A-1b":
			findings[i] = about[1] + "\n" + about[2]
		}
	}
	return findings
}

// Every type is PDF/A-1b by an outside checker.
func TestArchive(t *testing.T) {
	var files []string
	for _, code := range codes() {
		b, _ := made(t, code, nil)
		files = append(files, write(t, b))
	}
	for i, finding := range preflight(t, files...) {
		if finding != "" {
			t.Errorf("%s: %s", codes()[i], finding)
		}
	}
}

// The checker is no yes-man: it refuses files that lack what PDF/A asks for.
func TestArchiveCheckerRefuses(t *testing.T) {
	good, _ := made(t, "2101", nil)
	cases := []struct{ key, finding string }{
		{"/OutputIntents ", "2.4"}, // device colour without an output intent
		{"/Metadata ", "7."},
		{"/CIDToGIDMap ", "3."},
		{"/Contents ", ""}, // nothing to find on an empty page
	}
	var files []string
	for _, c := range cases {
		bad := bytes.ReplaceAll(good, []byte(c.key), []byte("/X"+c.key[2:]))
		if _, err := pdf.Parse(bad); err != nil || bytes.Equal(bad, good) {
			t.Fatalf("%s: %v", c.key, err)
		}
		files = append(files, write(t, bad))
	}
	for i, finding := range preflight(t, files...) {
		if c := cases[i]; (finding != "") != (c.finding != "") || !strings.Contains(finding, c.finding) {
			t.Errorf("without %s: %q", c.key, finding)
		}
	}
}
