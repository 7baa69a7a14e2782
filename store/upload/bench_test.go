//go:build !windows

package upload_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// BenchmarkAgainstRclone sends 5,000 documents of 100 KB from the outbox to
// versitygw with every check on, and in the same run, on the same server, has
// rclone copy the same bytes from a folder with 8 transfers and no checks.
// x-rclone is how many times faster ours is (issue 7 asks for 1.3 at least).
// Run it with -benchtime 1x; MOQIAN_DOCUMENTS changes the number.
func BenchmarkAgainstRclone(b *testing.B) {
	rclone, err := exec.LookPath("rclone")
	if err != nil {
		b.Skip("NOT MEASURED: rclone is missing (apt-get install rclone)")
	}
	n := 5000
	if s := os.Getenv("MOQIAN_DOCUMENTS"); s != "" {
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	server := uploadtest.Gateway(b, false)
	var ours, theirs cost
	for i := range b.N {
		s, source := b.TempDir(), b.TempDir()
		fill(b, s, source, n)
		theirs.add(measure(server, func() time.Duration {
			return rcloneCopy(b, rclone, server, source, fmt.Sprintf("rclone%d", i))
		}))
		own := cpuOfSelf()
		c := measure(server, func() time.Duration { drain(b, s, server, fmt.Sprintf("moqian%d", i), n); return 0 })
		c.cpu += cpuOfSelf() - own
		ours.add(c)
	}
	b.ReportMetric(ours.wall.Seconds()/float64(b.N), "s")
	b.ReportMetric(theirs.wall.Seconds()/float64(b.N), "rclone-s")
	b.ReportMetric(theirs.wall.Seconds()/ours.wall.Seconds(), "x-rclone")
	b.ReportMetric(theirs.cpu.Seconds()/ours.cpu.Seconds(), "x-rclone-cpu")
	b.ReportMetric(ours.cpu.Seconds()*1000/float64(n*b.N), "ms-cpu/doc")
	b.ReportMetric(ours.server.Seconds()*1000/float64(n*b.N), "ms-server/doc")
	b.ReportMetric(theirs.server.Seconds()*1000/float64(n*b.N), "ms-server-rclone/doc")
}

// cost of one side: time on the wall, and processor time of client and server
// together, which says on a busy machine what the wall says on an idle one.
type cost struct{ wall, cpu, server time.Duration }

func (c *cost) add(d cost) {
	c.wall += d.wall
	c.cpu += d.cpu
	c.server += d.server
}

// measure runs f, which gives the processor time of a child if it had one.
func measure(server *uploadtest.Server, f func() time.Duration) cost {
	before, begin := server.CPU(), time.Now()
	child := f()
	c := cost{wall: time.Since(begin), server: server.CPU() - before}
	c.cpu = c.server + child
	return c
}

func cpuOfSelf() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fill files n documents of 100 KB and writes the same to plain files.
func fill(b *testing.B, dir, source string, n int) {
	s := openStore(b, dir)
	defer s.Close()
	var group []store.Filing
	for i := range n {
		day := time.Date(2026, 1, 1+i/store.LastSerial, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			b.Fatal(err)
		}
		pdf := noise(uint64(i), 100_000)
		if err := os.WriteFile(filepath.Join(source, fmt.Sprintf("%06d.pdf", i)), pdf, 0o600); err != nil {
			b.Fatal(err)
		}
		group = append(group, store.Filing{Serial: serial, PDF: pdf, Item: store.Item{
			Voucher: fmt.Sprintf("%018d", i), Business: day, Branch: "01001", Teller: "t0001",
		}})
		if len(group) == 50 || i == n-1 {
			if _, err := s.Outbox().FileAll(ctx, group...); err != nil {
				b.Fatal(err)
			}
			group = group[:0]
		}
	}
}

func drain(b *testing.B, dir string, server *uploadtest.Server, prefix string, n int) {
	s := openStore(b, dir)
	defer s.Close()
	a := newS3(b, server.URL, func(o *upload.S3Options) { o.Prefix = prefix })
	w := upload.Worker{Outbox: s.Outbox(), Sender: a, Now: time.Now}
	r, err := w.Once(ctx)
	if err != nil || r.Sent != n {
		b.Fatalf("%+v, %v", r, err)
	}
}

func rcloneCopy(b *testing.B, program string, server *uploadtest.Server, source, prefix string) time.Duration {
	cmd := exec.CommandContext(context.Background(), program, "copy", source, "x:"+uploadtest.Bucket+"/"+prefix,
		"--transfers", "8", "--checkers", "8", "--config", filepath.Join(source, "..", "none.conf"),
		"--no-check-dest", "--ignore-checksum", "--s3-no-check-bucket", "--s3-no-head", "--s3-disable-checksum")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "AWS_") { // AWS_CA_BUNDLE breaks Debian's rclone
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "RCLONE_CONFIG_X_TYPE=s3", "RCLONE_CONFIG_X_PROVIDER=Other",
		"RCLONE_CONFIG_X_ENDPOINT="+server.URL, "RCLONE_CONFIG_X_REGION="+uploadtest.Region,
		"RCLONE_CONFIG_X_ACCESS_KEY_ID="+uploadtest.AccessKey, "RCLONE_CONFIG_X_SECRET_ACCESS_KEY="+uploadtest.SecretKey)
	if extra := os.Getenv("MOQIAN_RCLONE"); extra != "" {
		cmd.Args = append(cmd.Args[:8:8], strings.Fields(extra)...)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("rclone: %v\n%s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
