package usb

import (
	"os"
	"path"
	"strings"
	"testing"

	"moqian/pad"
	"moqian/pad/model"
)

// TestUdevRuleCoversEveryPad: each id of each device file has its line in the
// rule that the error message names.
func TestUdevRuleCoversEveryPad(t *testing.T) {
	b, err := os.ReadFile("../../assets/udev/" + pad.UdevRule)
	if err != nil {
		t.Fatal(err)
	}
	all, err := model.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, id := range s.IDs {
			if !covered(string(b), id[:4], id[5:]) {
				t.Errorf("%s %s (%s) is not in the rule", s.Maker, s.Model, id)
			}
		}
	}
	if !covered(string(b), "056a", "00a8") || covered(string(b), "056a", "0336") || covered(string(b), "046d", "c52b") {
		t.Error("the test reads the rule wrongly")
	}
	if pad.UdevRule >= "73" {
		t.Error("the rule is read too late for uaccess")
	}
}

func covered(rules, vid, pid string) bool {
	for _, l := range strings.Split(rules, "\n") {
		if !strings.Contains(l, `ATTR{idVendor}=="`+vid+`"`) || !strings.Contains(l, `TAG+="uaccess"`) {
			continue
		}
		_, rest, narrow := strings.Cut(l, `ATTR{idProduct}=="`)
		if !narrow {
			return true
		}
		pattern, _, _ := strings.Cut(rest, `"`)
		if ok, err := path.Match(pattern, pid); err == nil && ok {
			return true
		}
	}
	return false
}
