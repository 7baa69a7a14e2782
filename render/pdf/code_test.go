package pdf

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moqian/render"
	"moqian/render/receipt"
)

// The code on a printed page proves it: another program reads it from the file
// at 300 dpi, its signature holds, and its digest is that of the canonical text.
func TestCodeProvesThePage(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("NOT CHECKED: whether the receipt code can be read; install zbar-tools")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := filled(t, "2101", nil)
	text := sha256.Sum256(f.Filled.Canonical(f.Header))
	want := receipt.Receipt{Kind: receipt.Text + receipt.Trial, Type: "2101", Number: f.Header.Number, Time: f.Header.Time.UTC(),
		Fen: f.Filled.Fen(), Last4: "3453", Digest: [16]byte(text[:16])}
	if f.Code, err = receipt.Encode(want, "HTTPS://V.EXAMPLE.COM/R/", key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	s, err := render.Voucher(f, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	file, err := Write(s.Pages, nil, fonts(t), doc())
	if err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(t.TempDir(), "page")
	run(t, "pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", write(t, file), picture)
	out, err := exec.Command(zbar, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture+".png").Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := receipt.Verify(strings.TrimSpace(string(out)), &key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	want.KeyID = got.KeyID
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
