package main

import (
	"os"
	"regexp"
	"testing"
)

// FyneApp.toml names the program as the code does: packaging reads the one,
// the running program the other.
func TestFyneApp(t *testing.T) {
	b, err := os.ReadFile("../../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"ID": appID, "Version": version} {
		m := regexp.MustCompile(`(?m)^` + key + ` = "(.*)"$`).FindSubmatch(b)
		if m == nil || string(m[1]) != want {
			t.Errorf("%s in FyneApp.toml is %q, the program says %q", key, m, want)
		}
	}
}
