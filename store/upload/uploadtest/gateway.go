package uploadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// GatewayVersion is the version of versitygw that tests run against.
const GatewayVersion = "v1.8.0"

const gatewayPackage = "github.com/versity/versitygw/cmd/versitygw"

// Credentials of the servers that tests start.
const (
	AccessKey = "moqiantest"
	SecretKey = "moqiantestsecret"
	Region    = "us-east-1"
	Bucket    = "vouchers"
)

// Server is an S3 server that a test started.
type Server struct {
	URL string // http://127.0.0.1:port
	Dir string // where it keeps its files
	// Bucket is the one that Objects reads.
	Bucket string
	cmd    *exec.Cmd
}

// Fresh makes another, empty bucket on the same server, with object lock if
// locked.
func (s *Server) Fresh(t testing.TB, name string, locked bool) *Server {
	t.Helper()
	other := *s
	other.Bucket = name
	other.makeBucket(t, locked)
	return &other
}

// Gateway starts versitygw with an empty bucket, with object lock if locked; it
// ends with the test. Where the program is missing the test is skipped, or, with
// MOQIAN_INSTALL=1, it is installed by go install.
func Gateway(t testing.TB, locked bool) *Server {
	t.Helper()
	program := gatewayProgram(t)
	s := &Server{Dir: t.TempDir(), Bucket: Bucket}
	addr := freeAddr(t)
	s.URL = "http://" + addr
	for _, d := range []string{"data", "versions"} {
		if err := os.Mkdir(filepath.Join(s.Dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.start(t, program, addr)
	s.makeBucket(t, locked)
	return s
}

func (s *Server) start(t testing.TB, program, addr string) {
	t.Helper()
	s.cmd = exec.Command(program, "--port", addr, "--access", AccessKey, "--secret", SecretKey,
		"--region", Region, "--quiet", "posix",
		"--versioning-dir", filepath.Join(s.Dir, "versions"), filepath.Join(s.Dir, "data"))
	s.cmd.Env = append(os.Environ(), "HOME="+s.Dir)
	var out bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &out, &out
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("starting versitygw: %v", err)
	}
	cmd := s.cmd
	t.Cleanup(func() {
		// Kill has come before, unless it is this one; a server that ended by itself
		// explains a test that failed.
		if s.Kill(); t.Failed() {
			said := out.Bytes()
			t.Logf("versitygw ended with %s; its last words: %s", cmd.ProcessState, said[max(len(said)-4000, 0):])
		}
	})
	if err := waitFor(s.URL); err != nil {
		s.Kill()
		t.Fatalf("versitygw does not answer: %v\n%s", err, out.String())
	}
}

// PID of the server.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server at once.
func (s *Server) Kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// CPU is the processor time the server has used, user and system; 0 where the
// system does not tell.
func (s *Server) CPU() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
}

// Empty removes all objects at once, behind the server's back.
func (s *Server) Empty() error {
	dir := filepath.Join(s.Dir, "data", s.Bucket)
	all, err := os.ReadDir(dir)
	for _, e := range all {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// Restart starts a killed server again on the same files and address.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.start(t, gatewayProgram(t), strings.TrimPrefix(s.URL, "http://"))
}

// Client is a plain client of the server, for what tests look at.
func (s *Server) Client(t testing.TB) *minio.Client {
	t.Helper()
	c, err := minio.New(strings.TrimPrefix(s.URL, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: Region,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *Server) makeBucket(t testing.TB, locked bool) {
	t.Helper()
	err := s.Client(t).MakeBucket(context.Background(), s.Bucket, minio.MakeBucketOptions{Region: Region, ObjectLocking: locked})
	if err != nil {
		t.Fatalf("making a bucket: %v", err)
	}
}

// gatewayProgram finds versitygw on the path or where go install puts it.
func gatewayProgram(t testing.TB) string {
	t.Helper()
	if p, err := exec.LookPath("versitygw"); err == nil {
		return p
	}
	bin := goBin(t)
	p := filepath.Join(bin, "versitygw")
	if _, err := os.Stat(p); err == nil {
		return p
	}
	if os.Getenv("MOQIAN_INSTALL") == "1" {
		out, err := exec.Command("go", "install", gatewayPackage+"@"+GatewayVersion).CombinedOutput()
		if err != nil {
			t.Fatalf("installing versitygw: %v\n%s", err, out)
		}
		return p
	}
	t.Skipf("NOT TESTED against a real S3 server: versitygw is missing; go install %s@%s, or set MOQIAN_INSTALL=1",
		gatewayPackage, GatewayVersion)
	return ""
}

func goBin(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOBIN", "GOPATH").Output()
	if err != nil {
		t.Fatalf("asking go for its folders: %v", err)
	}
	lines := strings.Split(string(out), "\n")
	if bin := strings.TrimSpace(lines[0]); bin != "" {
		return bin
	}
	return filepath.Join(strings.TrimSpace(lines[1]), "bin")
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitFor waits until somebody answers, whatever the answer is.
func waitFor(url string) error {
	var err error
	for range 200 {
		var resp *http.Response
		if resp, err = http.Get(url); err == nil {
			resp.Body.Close()
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("after ten seconds: %w", err)
}

// Objects gives a function that reads all objects of the bucket: key → bytes.
func (s *Server) Objects(t testing.TB) func() map[string][]byte {
	return func() map[string][]byte {
		t.Helper()
		c, all := s.Client(t), map[string][]byte{}
		for o := range c.ListObjects(context.Background(), s.Bucket, minio.ListObjectsOptions{Recursive: true}) {
			if o.Err != nil {
				t.Fatalf("listing the bucket: %v", o.Err)
			}
			r, err := c.GetObject(context.Background(), s.Bucket, o.Key, minio.GetObjectOptions{})
			if err == nil {
				all[o.Key], err = io.ReadAll(r)
			}
			if err != nil {
				t.Fatalf("reading %s: %v", o.Key, err)
			}
		}
		return all
	}
}
