package model

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeNamesEveryPad: each id of each device file stands in the table of
// what was tested, and each line of it says what was tried on hardware.
func TestReadmeNamesEveryPad(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(b), "## Signature pads")
	if !ok {
		t.Fatal("README has no table of pads")
	}
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, id := range s.IDs {
			short := strings.Replace(id, "056a:00", "", 1)
			if !strings.Contains(table, id) && !strings.Contains(table, ", "+short) && !strings.Contains(table, id[:4]+":*") {
				t.Errorf("%s %s (%s) is not in README's table", s.Maker, s.Model, id)
			}
		}
	}
	for _, l := range strings.Split(table, "\n") {
		if strings.HasPrefix(l, "| ") && strings.Contains(l, ":") && !strings.Contains(l, "never tried on hardware |") && !strings.Contains(l, "it is none |") {
			t.Errorf("this line does not say what was tried on hardware: %s", l)
		}
	}
}
