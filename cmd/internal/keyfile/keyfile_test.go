package keyfile

import (
	"os"
	"path/filepath"
	"testing"

	"moqian/render/watermark"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mark.json")
	want := watermark.Key{1, 2, 31: 9}
	if err := Write(path, want); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	if err := Write(path, want); err == nil {
		t.Error("overwrote a key file")
	}
	if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 {
		t.Error(i.Mode(), err)
	}
}

func TestBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mark.json")
	for _, text := range []string{"", "{}", `{"schema":"moqian-mark-key 1","key":"00"}`,
		`{"schema":"moqian-mark-key 2","key":""}`, `{"schema":"moqian-mark-key 1","more":1}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil {
			t.Errorf("took %q", text)
		}
	}
	if _, err := Read(path + "x"); err == nil {
		t.Error("took a missing file")
	}
}
