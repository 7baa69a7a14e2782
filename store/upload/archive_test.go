package upload_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

func TestFolderConforms(t *testing.T) {
	uploadtest.Conform(t, func(t *testing.T) upload.Archive { return upload.Folder{Dir: t.TempDir()} })
}

// newS3 is an archive on a test server.
func newS3(t testing.TB, url string, change func(*upload.S3Options)) *upload.S3 {
	t.Helper()
	o := upload.S3Options{
		Endpoint: url, Region: uploadtest.Region, Bucket: uploadtest.Bucket, Prefix: "moqian",
		AccessKey: uploadtest.AccessKey, SecretKey: uploadtest.SecretKey, Now: time.Now,
	}
	if change != nil {
		change(&o)
	}
	a, err := upload.NewS3(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func TestGatewayConforms(t *testing.T) {
	yes := true
	for _, c := range []struct {
		name   string
		locked bool
		change func(*upload.S3Options)
	}{
		{"plain bucket", false, nil},
		{"locked bucket", true, func(o *upload.S3Options) { o.Retain = 15 * 365 * 24 * time.Hour }},
		{"without conditions", false, func(o *upload.S3Options) { o.Unconditional = &yes }},
	} {
		t.Run(c.name, func(t *testing.T) {
			uploadtest.Conform(t, func(t *testing.T) upload.Archive {
				return newS3(t, uploadtest.Gateway(t, c.locked).URL, c.change)
			})
		})
	}
}

func TestBankConforms(t *testing.T) {
	yes := true
	for _, c := range []struct {
		name   string
		faults uploadtest.Faults
		change func(*upload.S3Options)
	}{
		{"good", uploadtest.Faults{}, nil},
		{"ignores conditions and digests", uploadtest.Faults{NoConditions: true, NoDigests: true}, nil},
		{"ignores conditions, known", uploadtest.Faults{NoConditions: true}, func(o *upload.S3Options) { o.Unconditional = &yes }},
		{"a day ahead", uploadtest.Faults{Ahead: 24 * time.Hour}, nil},
		{"a day behind", uploadtest.Faults{Ahead: -24 * time.Hour}, nil},
		{"does everything twice", uploadtest.Faults{Twice: 1, NoConditions: true}, func(o *upload.S3Options) { o.Unconditional = &yes }},
	} {
		t.Run(c.name, func(t *testing.T) {
			uploadtest.Conform(t, func(t *testing.T) upload.Archive {
				return newS3(t, uploadtest.NewBank(t, c.faults).URL, c.change)
			})
		})
	}
}

// A folder named from where the program stands lists as one named from the root.
func TestFolderRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("archive", 0o700); err != nil {
		t.Fatal(err)
	}
	f := upload.Folder{Dir: "archive"}
	if _, err := f.Put(t.Context(), "99999/a.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	keys, err := f.List(t.Context(), "99999/")
	if err != nil || !slices.Equal(keys, []string{"99999/a.json"}) {
		t.Error(keys, err)
	}
}
