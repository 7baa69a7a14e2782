package uploadtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cephPrograms are what a cluster of one machine needs; Debian's packages are
// ceph-common, ceph-mon, ceph-osd and radosgw. No manager: nothing here asks for
// statistics.
var cephPrograms = [...]string{"ceph", "monmaptool", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin"}

// Ceph starts a cluster of one machine, with one monitor, one disk in a file and
// the object gateway, and an empty bucket with object lock: there Ceph 16 ignores
// If-None-Match. All ends with the test. The test is skipped where MOQIAN_CEPH is
// not 1 or a program is missing.
func Ceph(t testing.TB) *Server {
	t.Helper()
	if os.Getenv("MOQIAN_CEPH") != "1" {
		t.Skip("NOT TESTED against Ceph RGW: make test-ceph installs it and runs this")
	}
	for _, p := range cephPrograms {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("NOT TESTED against Ceph RGW: %s is missing; make test-ceph installs it", p)
		}
	}
	// Sockets lie in it, and their paths may not be long.
	dir, err := os.MkdirTemp("", "ceph")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &cluster{t: t, dir: dir, id: newUUID(t), mon: freeAddr(t), gateway: freeAddr(t)}
	c.configure()
	c.startDisk()
	gateway := c.start("radosgw", "-n", "client.rgw", "-f")
	c.run("radosgw-admin", "-n", "client.rgw", "user", "create", "--uid", "moqian", "--display-name", "moqian",
		"--access-key", AccessKey, "--secret-key", SecretKey)
	s := &Server{URL: "http://" + c.gateway, Dir: dir, Bucket: Bucket, cmd: gateway}
	if err := waitFor(s.URL); err != nil {
		t.Fatalf("radosgw does not answer: %v\n%s", err, c.logs())
	}
	s.makeBucket(t, true)
	return s
}

// cluster is a Ceph cluster under way.
type cluster struct {
	t            testing.TB
	dir, id      string
	mon, gateway string // addresses
}

// cephConf takes the folder, the cluster's id, and the addresses of monitor and
// gateway. Without authentication the monitor's clients must be told to compare
// checksums only ("crc").
const cephConf = `[global]
fsid = %[2]s
mon host = v2:%[3]s/0
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
run dir = %[1]s/run
pid file = %[1]s/run/$name.pid
admin socket = %[1]s/run/$name.asok
crash dir = %[1]s/run
log file = %[1]s/$name.log
log to stderr = false
err to stderr = false
mon data = %[1]s/mon
mon data avail crit = 1
mon max pg per osd = 1000
mon allow pool size one = true
osd data = %[1]s/osd
osd objectstore = bluestore
bluestore block size = 8589934592
osd memory target = 939524096
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
[client.rgw]
rgw data = %[1]s/rgw
rgw frontends = beast endpoint=%[4]s
`

func (c *cluster) configure() {
	c.t.Helper()
	for _, d := range []string{"run", "mon", "osd", "rgw"} {
		if err := os.Mkdir(filepath.Join(c.dir, d), 0o700); err != nil {
			c.t.Fatal(err)
		}
	}
	conf := fmt.Sprintf(cephConf, c.dir, c.id, c.mon, c.gateway)
	if err := os.WriteFile(c.conf(), []byte(conf), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) conf() string { return filepath.Join(c.dir, "ceph.conf") }

// startDisk starts a monitor and one disk.
func (c *cluster) startDisk() {
	c.t.Helper()
	monmap := filepath.Join(c.dir, "monmap")
	c.run("monmaptool", "--create", "--fsid", c.id, "--addv", "a", "[v2:"+c.mon+"/0]", monmap)
	c.run("ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap)
	c.start("ceph-mon", "-i", "a", "-f")
	disk := newUUID(c.t)
	c.run("ceph", "--connect-timeout", "60", "osd", "new", disk)
	c.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
	c.start("ceph-osd", "-i", "0", "-f")
}

func (c *cluster) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "CEPH_CONF="+c.conf())
	return cmd
}

// run waits for a program to end well.
func (c *cluster) run(program string, args ...string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if out, err := c.command(ctx, program, args...).CombinedOutput(); err != nil {
		c.t.Fatalf("%s %s: %v\n%s\n%s", program, strings.Join(args, " "), err, out, c.logs())
	}
}

// start starts a program that is killed with the test.
func (c *cluster) start(program string, args ...string) *exec.Cmd {
	c.t.Helper()
	cmd := c.command(context.Background(), program, args...)
	if err := cmd.Start(); err != nil {
		c.t.Fatalf("starting %s: %v", program, err)
	}
	c.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd
}

// logs gives the last lines of each log.
func (c *cluster) logs() string {
	var b strings.Builder
	names, _ := filepath.Glob(filepath.Join(c.dir, "*.log"))
	for _, name := range names {
		raw, _ := os.ReadFile(name)
		lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
		fmt.Fprintf(&b, "%s:\n%s\n", filepath.Base(name), bytes.Join(lines[max(0, len(lines)-5):], []byte("\n")))
	}
	return b.String()
}

func newUUID(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("/proc/sys/kernel/random/uuid")
	if err != nil {
		t.Skipf("NOT TESTED against Ceph RGW: no ids from the kernel: %v", err)
	}
	return strings.TrimSpace(string(raw))
}
