package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "site.json")
	for _, c := range []struct{ text, want string }{
		{`{"schema":"moqian-site 1","workstation":"07","archive":"dir:arc","key":"t.p12","roots":"r.pem"}`, ""},
		{`{"schema":"moqian-site 2"}`, "schema"},
		{`{"schema":"moqian-site 1","pin":"1"}`, "pin"},
		{`{"schema":"moqian-site 1","nib_max":0.1}`, "nib"},
		{`{"schema":"moqian-site 1","language":"fr"}`, "language"},
		{`{"schema":"moqian-site 1","floor":-1}`, "floor"},
		{`{"schema":"moqian-site 1","pad_screen":"yes"}`, "pad_screen"},
		{`{"schema":"moqian-site 1","mark_amplitude":99}`, "mark_amplitude"},
		{`nonsense`, "invalid"},
		{`{}`, "schema"},
		{`{"schema":"moqian-site 1"} more`, "closing brace"},
		{`{"schema":"moqian-site 1","branch_code":"1"}`, "branch_code"},
		{`{"schema":"moqian-site 1","archive":"http://x"}`, "archive"},
		{`{"schema":"moqian-site 1","key":"t.p12"}`, "roots"},
		{`{"schema":"moqian-site 1","seal":"一二三四五六七八九十一二三四五六七八九十一二三四"}`, "seal"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Load(path)
		if c.want == "" {
			if err != nil || s.Workstation != "07" || s.Archive != "dir:"+filepath.Join(dir, "arc") ||
				s.Key != filepath.Join(dir, "t.p12") || s.NibMax != Default().NibMax {
				t.Errorf("%s: %+v, %v", c.text, s, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one about %s", c.text, err, c.want)
		}
	}
	if _, err := Load(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.json")
	want := Default()
	want.TSA, want.Floor = "http://127.0.0.1:1", 5
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(path); err != nil || got.TSA != want.TSA || got.Floor != 5 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFolder(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"XDG_DATA_HOME": "/d", "HOME": "/h"}, "/d/moqian"},
		{map[string]string{"XDG_DATA_HOME": "rel", "HOME": "/h"}, "/h/.local/share/moqian"},
		{map[string]string{}, ""},
	} {
		got, err := Folder(func(k string) string { return c.env[k] })
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%v: %q, %v", c.env, got, err)
		}
	}
}
