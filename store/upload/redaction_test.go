package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// What must never be seen outside the documents.
var secrets = []string{"张三丰", "Zhang Sanfeng", "6222021001112223334", "110101199003077758", "13800138000", "ink 12.5,33.1"}

const redactDir = "MOQIAN_TEST_REDACT"

// TestRedactionChild lives through everything that can go wrong, prints what it
// is told, and crashes.
func TestRedactionChild(t *testing.T) {
	dir := os.Getenv(redactDir)
	if dir == "" {
		t.Skip("only the child of TestRedaction has something to do here")
	}
	s, err := store.Open(dir, store.Options{Key: machineKey(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(secrets, " ")
	pdf := append([]byte("%PDF-1.7 "+words), noise(1, 5000)...)
	for range 3 {
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		f := store.Filing{Item: store.Item{Voucher: "010010326112400" + string(rune('0'+serial)) + "17", Business: day, Branch: "01001", Teller: "t0001"},
			Serial: serial, PDF: pdf, Accounts: []string{secrets[2]}, Entry: store.Entry{Actor: "t0001"}}
		if _, err := s.Outbox().FileAll(ctx, f); err != nil {
			println(err.Error())
		}
		_, err = s.Outbox().FileAll(ctx, f)
		println(err.Error())
	}
	b := uploadtest.NewBank(t, uploadtest.Faults{Status: 403, Code: "AccessDenied"})
	b.Say(words)
	no := false
	w := upload.Worker{Outbox: s.Outbox(), Now: time.Now, Sender: newS3(t, b.URL, func(o *upload.S3Options) { o.Unconditional = &no })}
	for _, finalise := range []func(context.Context, string, []byte) ([]byte, error){
		nil,
		func(context.Context, string, []byte) ([]byte, error) { return nil, errors.New("no time stamp") },
	} {
		w.Finalise = finalise
		if _, err := w.Once(ctx); err != nil {
			println(err.Error())
		}
	}
	if found, err := s.Outbox().Search(ctx, store.Query{Account: secrets[2]}); err != nil || len(found) != 3 {
		t.Fatalf("%d found, %v", len(found), err)
	}
	all, err := s.Outbox().List(ctx)
	for _, it := range all {
		println(it.ID, it.Voucher, string(it.State), string(it.Fault), it.Error, err == nil)
	}
	for _, f := range []store.Format{store.JSONL, store.Syslog} {
		if _, err := s.Audit().Export(ctx, os.Stderr, f, "ws1", 0); err != nil {
			t.Fatal(err)
		}
	}
	var none *store.Item
	println(none.ID, len(pdf)) // the crash
}

// TestRedaction looks for known names and numbers in what a process writes: to
// its standard error, with a crash in it, to its folder, into the exported log.
func TestRedaction(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestRedactionChild$")
	cmd.Env = append(os.Environ(), redactDir+"="+dir, "GOTRACEBACK=all")
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("nil pointer dereference")) || bytes.Count(out, []byte(`"action":"file"`)) != 3 ||
		!bytes.Contains(out, []byte("403 AccessDenied")) {
		t.Fatalf("the child did not live and crash as it should: %v\n%s", err, out)
	}
	look := func(where string, data []byte) {
		for _, s := range secrets {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("%s shows %q", where, s)
			}
		}
	}
	look("the output", out)
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		look(d.Name(), data)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
