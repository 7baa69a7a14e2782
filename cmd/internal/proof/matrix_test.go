package proof_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/watermark"
	"moqian/sign"
	"moqian/sign/pdf"
	"moqian/sign/signtest"
)

// opensslTSA stamps with `openssl ts`: another program's tokens.
type opensslTSA struct{ dir string }

const tsaConfig = `[tsa]
default_tsa = one
[one]
dir = %[1]s
serial = %[1]s/serial
signer_cert = %[1]s/tsa.pem
signer_key = %[1]s/tsa.key
certs = %[1]s/tsa.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

func newOpensslTSA(t *testing.T, ca *signtest.Authority) *opensslTSA {
	t.Helper()
	dir := t.TempDir()
	// openssl stamps with the machine's clock.
	at := time.Now()
	a, err := ca.TSA("openssl TSA", at.Add(-time.Hour), at.AddDate(1, 0, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(a.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"tsa.pem": a.Key.PEM(), "tsa.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"serial": []byte("01\n"), "tsa.cnf": fmt.Appendf(nil, tsaConfig, dir),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &opensslTSA{dir}
}

func (o *opensslTSA) Stamp(ctx context.Context, digest [32]byte) ([]byte, error) {
	file := func(name string) string { return filepath.Join(o.dir, name) }
	for _, args := range [][]string{
		{"ts", "-query", "-digest", hex.EncodeToString(digest[:]), "-sha256", "-cert", "-out", file("q")},
		{"ts", "-reply", "-config", file("tsa.cnf"), "-queryfile", file("q"), "-out", file("r"), "-token_out"},
	} {
		if msg, err := exec.CommandContext(ctx, "openssl", args...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("openssl %s: %w\n%s", args[1], err, msg)
		}
	}
	return os.ReadFile(file("r"))
}

// matrixKeys are the signatories of the matrix by algorithm.
type matrixKeys map[string][2]*signtest.Key

func (b *bench) keys(t *testing.T, at time.Time) matrixKeys {
	t.Helper()
	from, to := at.Add(-time.Hour), at.AddDate(1, 0, 0)
	out := matrixKeys{}
	for name, issue := range map[string]func(string, time.Time, time.Time) (*signtest.Key, error){"RSA": b.ca.RSA, "P-256": b.ca.P256} {
		teller, err := issue("柜员 010023", from, to)
		boss, err2 := issue("主管 010087", from, to)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		out[name] = [2]*signtest.Key{teller, boss}
	}
	return out
}

// TestMatrix makes vouchers over key × level × inks × signatories and asks
// everybody at hand: our verifier, openssl cms -cades, pdfsig, qpdf, mutool, and
// PDFBox Preflight for PDF/A-1b. 20 vouchers, 1,000 with MOQIAN_TORTURE=1.
func TestMatrix(t *testing.T) {
	for _, tool := range []string{"openssl", "pdfsig", "qpdf", "mutool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is not installed, its judgement on the matrix is missing", tool)
		}
	}
	n := 20
	if os.Getenv("MOQIAN_TORTURE") != "" {
		n = 1000
	}
	b := newBench(t)
	at := time.Now()
	keys := b.keys(t, at)
	stamper := newOpensslTSA(t, b.ca)
	crl, err := b.ca.CRL(at.Add(-time.Hour), at.AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := sign.ParseCRL(crl)
	if err != nil {
		t.Fatal(err)
	}
	m := &matrix{t: t, bench: b, stamper: stamper, lists: []*x509.RevocationList{list}, dir: t.TempDir(), sizes: map[string]int{}}
	m.write("ca.pem", b.ca.PEM())
	levels := []sign.Level{sign.LevelB, sign.LevelT, sign.LevelLT, sign.LevelLTA}
	for i := range n {
		algorithm := []string{"RSA", "P-256"}[i%2]
		m.voucher(i, algorithm, keys[algorithm], levels[i/2%4], 1+i/8%4, 1+i/5%2)
	}
	checked := m.archive()
	t.Logf("%d vouchers accepted by all, %d of them asked for PDF/A-1b; largest per level: %v; largest token %d", n, checked, m.sizes, m.token)
}

type matrix struct {
	t       *testing.T
	bench   *bench
	stamper sign.Stamper
	lists   []*x509.RevocationList
	dir     string
	sizes   map[string]int
	token   int
	files   []string
}

func (m *matrix) write(name string, data []byte) string {
	name = filepath.Join(m.dir, name)
	if err := os.WriteFile(name, data, 0o600); err != nil {
		m.t.Fatal(err)
	}
	return name
}

func (m *matrix) voucher(i int, algorithm string, keys [2]*signtest.Key, level sign.Level, inks, signatories int) {
	name := fmt.Sprintf("%d: %s %s, %d inks, %d signatories", i, algorithm, level, inks, signatories)
	m.bench.teller = keys[0]
	file, seal := m.bench.made(m.t, voucher{code: "2101", serial: i + 1, inks: inks})
	f := sign.Field{Name: "Teller", Time: time.Now(), Certify: 1, Rect: rectOf(seal)}
	room := 0
	if signatories == 2 { // the time stamp goes into the second signature
		f.Certify, f.Prepare, room = 2, []sign.Field{{Name: "Supervisor"}}, sign.Room(keys[0])
	}
	ctx := context.Background()
	out, err := sign.Sign(ctx, file, f, keys[0], room)
	if err == nil && signatories == 2 {
		out, err = sign.Sign(ctx, out, sign.Field{Name: "Supervisor", Time: time.Now()}, keys[1], 0)
	}
	if err != nil {
		m.t.Fatalf("%s: %v", name, err)
	}
	o := m.bench.options()
	out, done, err := sign.Augment(ctx, out, sign.AugmentOptions{Level: level, Stamper: m.stamper, Roots: o.Roots, CRLs: m.lists, At: time.Now()})
	if err != nil {
		m.t.Fatalf("%s: %v", name, err)
	}
	m.token = max(m.token, done.Token)
	o.At = time.Now().Add(time.Second)
	r := proof.Examine(ctx, out, o)
	if r.Verdict != sign.Valid || r.Mark.Binding.State != watermark.Match || len(r.Problems) > 0 || len(r.Mark.Signers) != inks {
		m.t.Fatalf("%s: %s, %s, %v", name, r.Verdict, r.Mark.Binding.State, r.Problems)
	}
	if got := strings.ToLower(r.Signatures[signatories-1].Level); got != string(level) {
		m.t.Errorf("%s: level %s", name, got)
	}
	m.sizes[string(level)] = max(m.sizes[string(level)], len(out))
	m.outside(name, out, r)
}

func rectOf(a render.Area) [4]float64 {
	const pt = 72 / 25.4
	return [4]float64{a.X * pt, (297 - a.Y - a.H) * pt, (a.X + a.W) * pt, (297 - a.Y) * pt}
}

// outside asks the other checkers.
func (m *matrix) outside(name string, out []byte, r proof.File) {
	file := m.write(fmt.Sprintf("voucher%04d.pdf", len(m.files)), out)
	m.files = append(m.files, file)
	run := func(tool string, args ...string) string {
		msg, err := exec.Command(tool, args...).CombinedOutput()
		if err != nil {
			m.t.Errorf("%s: %s: %v\n%s", name, tool, err, msg)
		}
		return string(msg)
	}
	run("qpdf", "--check", file)
	if msg := run("mutool", "info", file); strings.Contains(msg, "error") || strings.Contains(msg, "warning") {
		m.t.Errorf("%s: mutool: %s", name, msg)
	}
	msg := run("pdfsig", "-nocert", file)
	want := 0 // pdfsig does not judge document time stamps
	for _, s := range r.Signatures {
		if s.Kind != sign.KindDocTimeStamp {
			want++
		}
	}
	if got := strings.Count(msg, "Signature is Valid"); got != want {
		m.t.Errorf("%s: pdfsig finds %d of %d valid:\n%s", name, got, want, msg)
	}
	doc, err := pdf.Parse(out)
	if err != nil {
		m.t.Fatalf("%s: %v", name, err)
	}
	for _, ref := range doc.Refs() {
		d, err := doc.Dict(ref)
		if err != nil || d == nil || d["Type"] != pdf.Name("Sig") {
			continue
		}
		content, der := detached(m.t, out, d)
		run("openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", m.write("cms", der), "-content", m.write("content", content),
			"-CAfile", filepath.Join(m.dir, "ca.pem"), "-purpose", "any", "-out", os.DevNull)
	}
}

// detached takes signed bytes and CMS out of a file by its own numbers.
func detached(t *testing.T, file []byte, d pdf.Dict) (content, der []byte) {
	t.Helper()
	var r [4]int64
	for i, o := range d["ByteRange"].(pdf.Array) {
		r[i], _ = o.(int64)
	}
	content = append(bytes.Clone(file[:r[1]]), file[r[2]:r[2]+r[3]]...)
	der, _ = d["Contents"].(pdf.String)
	n, _ := strconv.ParseInt(hex.EncodeToString(der[2:4]), 16, 32)
	return content, der[:n+4]
}

// archive asks for PDF/A-1b of all vouchers and counts those that were judged:
// none, and loudly, where the checker is not installed.
func (m *matrix) archive() (n int) {
	for some := range slices.Chunk(m.files, 100) {
		msg, err := exec.Command("sh", append([]string{pdfaScript()}, some...)...).CombinedOutput()
		var exit *exec.ExitError
		if errors.Is(err, exec.ErrNotFound) || errors.As(err, &exit) && exit.ExitCode() == 3 {
			m.t.Logf("NOT CHECKED: PDF/A-1b of the matrix: %v %s", err, msg)
			return 0
		}
		good := strings.Count(string(msg), ": PDF/A-1b\n")
		if err != nil || good != len(some) {
			m.t.Errorf("PDF/A-1b: %d of %d, %v\n%s", good, len(some), err, msg)
		}
		n += good
	}
	return n
}

func pdfaScript() string {
	return filepath.Join("..", "..", "..", "render", "pdf", "testdata", "pdfa1b.sh")
}

// TestPDFA asks for PDF/A-1b of a voucher that has everything.
func TestPDFA(t *testing.T) {
	script := pdfaScript()
	if _, err := os.Stat(script); err != nil {
		t.Skip("SKIPPED: the PDF/A checker is not there, signed vouchers are not checked")
	}
	b := newBench(t)
	stamps, err := b.ca.TSA("TSA", now.Add(-time.Minute), now.AddDate(1, 0, 0), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	crl, err := b.ca.CRL(now, now.AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := sign.ParseCRL(crl)
	if err != nil {
		t.Fatal(err)
	}
	file, seal := b.made(t, voucher{code: "2101", serial: 1, inks: 4})
	ctx := context.Background()
	out, err := sign.Sign(ctx, file, sign.Field{Name: "Teller", Time: now, Certify: 2, Rect: rectOf(seal), Prepare: []sign.Field{{Name: "Supervisor"}}}, b.teller, 0)
	if err == nil {
		out, err = sign.Sign(ctx, out, sign.Field{Name: "Supervisor", Time: now}, b.teller, 0)
	}
	if err == nil {
		out, _, err = sign.Augment(ctx, out, sign.AugmentOptions{Level: sign.LevelLTA, Stamper: stamps, Roots: b.options().Roots, CRLs: []*x509.RevocationList{list}, At: now})
	}
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "lta.pdf")
	if err := os.WriteFile(name, out, 0o600); err != nil {
		t.Fatal(err)
	}
	msg, err := exec.Command("sh", script, name).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skipf("SKIPPED: PDF/A-1b of signed vouchers is not checked: %s", msg)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, msg)
	}
}
