package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Power cuts. The store works on a file system of our own (FUSE) that writes down
// each write and each fsync. From that record disks are made as a power cut could
// leave them: all that was synced before the cut, and of what was not synced yet
// any selection of 4 KiB pages. Each such disk must open, and have every voucher
// that was acknowledged before the cut.

// op is one thing that happened to the file.
type op struct {
	kind string // write, truncate, sync
	off  int64
	data []byte
}

// recorder is a file system of one folder, in memory, that records one file and when
// MadeFile got its name.
type recorder struct {
	fs.Inode
	file *recorded
}

// small is a file that is not recorded.
type small struct{ fs.MemRegularFile }

func (*small) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }

type recorded struct {
	fs.Inode
	mu   sync.Mutex // guards what follows
	now  []byte
	ops  []op
	lazy bool // syncs are not written down: the control
	made int  // operations before MadeFile had its name, 0: it has none
}

var (
	_ fs.NodeCreater   = (*recorder)(nil)
	_ fs.NodeGetattrer = (*recorder)(nil)
	_ fs.NodeFsyncer   = (*recorder)(nil)
	_ fs.NodeRenamer   = (*recorder)(nil)
	_ fs.NodeOpener    = (*recorded)(nil)
	_ fs.NodeReader    = (*recorded)(nil)
	_ fs.NodeWriter    = (*recorded)(nil)
	_ fs.NodeFsyncer   = (*recorded)(nil)
	_ fs.NodeGetattrer = (*recorded)(nil)
	_ fs.NodeSetattrer = (*recorded)(nil)
)

func (r *recorder) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode = 0o700
	return 0
}

func (r *recorder) Create(ctx context.Context, name string, _, _ uint32, _ *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	if name == MadeFile+".part" {
		return r.NewInode(ctx, &small{}, fs.StableAttr{Mode: fuse.S_IFREG}), nil, 0, 0
	}
	if name != File {
		return nil, nil, 0, syscall.EPERM
	}
	return r.NewInode(ctx, r.file, fs.StableAttr{Mode: fuse.S_IFREG}), nil, 0, 0
}

// Rename counts as done at once: a mark that is there as early as it can be is the
// worst case for a store that may not be there yet.
func (r *recorder) Rename(_ context.Context, _ string, _ fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	if to == MadeFile {
		r.file.mu.Lock()
		r.file.made = len(r.file.ops)
		r.file.mu.Unlock()
	}
	return 0
}

func (r *recorder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }

func (f *recorded) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (f *recorded) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	out.Mode, out.Size = 0o600, uint64(len(f.now))
	return 0
}

func (f *recorded) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		f.add(op{kind: "truncate", off: int64(size)})
	}
	return f.Getattr(ctx, h, out)
}

func (f *recorded) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if off >= int64(len(f.now)) {
		return fuse.ReadResultData(nil), 0
	}
	n := copy(dest, f.now[off:])
	return fuse.ReadResultData(bytes.Clone(dest[:n])), 0
}

func (f *recorded) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	f.add(op{kind: "write", off: off, data: bytes.Clone(data)})
	return uint32(len(data)), 0
}

func (f *recorded) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	f.add(op{kind: "sync"})
	return 0
}

func (f *recorded) add(o op) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = o.apply(f.now)
	if o.kind == "sync" && f.lazy {
		return
	}
	f.ops = append(f.ops, o)
}

func (f *recorded) at() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.ops)
}

func (o op) apply(to []byte) []byte {
	switch o.kind {
	case "truncate":
		return resize(to, o.off)
	case "write":
		to = resize(to, max(int64(len(to)), o.off+int64(len(o.data))))
		copy(to[o.off:], o.data)
	}
	return to
}

func resize(b []byte, n int64) []byte {
	if n <= int64(len(b)) {
		return b[:n]
	}
	return append(b, make([]byte, n-int64(len(b)))...)
}

// mount gives a folder on the recording file system.
func mount(t *testing.T, lazy bool) (string, *recorded) {
	t.Helper()
	dir := t.TempDir()
	f := &recorded{lazy: lazy}
	server, err := fs.Mount(dir, &recorder{file: f}, &fs.Options{MountOptions: fuse.MountOptions{
		DirectMount: true, FsName: "moqian-test", Name: "moqian",
	}})
	if err != nil {
		t.Skipf("NOT TESTED: power cuts; FUSE cannot be used here (%v): it needs /dev/fuse, and root or fusermount3 (apt-get install fuse3)", err)
	}
	t.Cleanup(func() {
		if err := server.Unmount(); err != nil {
			t.Errorf("unmounting: %v", err)
		}
	})
	return dir, f
}

// ack is what was promised of a voucher, and when.
type ack struct {
	at    int // operations of the disk before the promise
	id    string
	state State
}

// world is what a run of the store on the recording disk left behind.
type world struct {
	disk *recorded
	acks []ack
	sums map[string][]string // id → digests that its bytes may have
}

// workAt is the environment variable that tells a child of this program where to
// work. A child, because a process that waits for a page of a file which it
// serves itself can wait for ever.
const workAt = "MOQIAN_TEST_WORLD"

// TestWorldChild is the child: it does what a workstation does, and goes on only
// when each promise has been written down.
func TestWorldChild(t *testing.T) {
	dir := os.Getenv(workAt)
	if dir == "" {
		t.Skip("only the child of TestPowerCut has something to do here")
	}
	s, err := Open(dir, Options{Key: testKey(), Now: newClock().now})
	if err != nil {
		t.Fatal(err)
	}
	s.db.AllocSize = 256 << 10 // small disks
	c := &child{s: s, in: bufio.NewReader(os.Stdin)}
	c.live(t, rand.New(rand.NewPCG(1, 7)), 40)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

type child struct {
	s  *Store
	in *bufio.Reader
}

func (c *child) promise(t *testing.T, id string, s State, pdf []byte) {
	fmt.Printf("promise %s %s %s\n", id, s, digest(pdf))
	if _, err := c.in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
}

func (c *child) live(t *testing.T, r *rand.Rand, n int) {
	var open []Item
	for i := range n {
		serial, err := c.s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		pdf := document(uint64(i), 500+r.IntN(9000))
		it, err := c.s.Outbox().File(ctx, item(serial), serial, pdf, Entry{})
		if err != nil {
			t.Fatal(err)
		}
		c.promise(t, it.ID, Queued, pdf)
		open = append(open, it)
		if k := r.IntN(len(open)); i%2 == 1 {
			open[k] = c.step(t, open[k], i)
		}
	}
}

// step moves an item one state on.
func (c *child) step(t *testing.T, it Item, i int) Item {
	next := map[State]State{Queued: Ready, Ready: Sent, Sent: Verified, Verified: Purged}[it.State]
	var final []byte
	var err error
	switch next {
	case "":
		return it
	case Ready:
		final = append(document(uint64(i), 3000), "stamped"...)
		fmt.Printf("form %s %s\n", it.ID, digest(final)) // it may be on disk before it is promised
		err = c.s.Outbox().Commit(ctx, it.ID, final, Entry{})
	default:
		moved := it
		moved.State = next
		err = c.s.Outbox().Move(ctx, moved, Entry{})
	}
	if err != nil {
		t.Fatal(err)
	}
	c.promise(t, it.ID, next, final)
	it.State = next
	return it
}

// work runs the child and writes down its promises.
func work(t *testing.T, dir string, disk *recorded) *world {
	t.Helper()
	w := &world{disk: disk, sums: map[string][]string{}}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestWorldChild$")
	cmd.Env = append(os.Environ(), workAt+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 4 && f[0] == "promise":
			w.acks = append(w.acks, ack{disk.at(), f[1], State(f[2])})
			w.sums[f[1]] = append(w.sums[f[1]], f[3])
			io.WriteString(in, "\n")
		case len(f) == 3 && f[0] == "form":
			w.sums[f[1]] = append(w.sums[f[1]], f[2])
		default:
			said = append(said, lines.Text())
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the child: %v\n%s", err, strings.Join(said, "\n"))
	}
	return w
}

// disks calls check with n disks that a cut may leave, in order of time.
func (w *world) disks(r *rand.Rand, n int, check func(cut int, image []byte)) {
	ops := w.disk.ops
	var synced []byte // the disk at the last sync
	from := 0         // first operation after it
	per := n/len(ops) + 1
	for cut := range ops {
		if ops[cut].kind == "sync" {
			for _, o := range ops[from : cut+1] {
				synced = o.apply(synced)
			}
			from = cut + 1
		}
		for range per {
			if r.Float64()*float64(per)*float64(len(ops)) > float64(n) {
				continue
			}
			image := bytes.Clone(synced)
			for _, o := range ops[from : cut+1] {
				image = o.tear(r, image)
			}
			check(cut+1, image)
		}
	}
}

// tear applies what of an operation reached the disk: any of its pages. One in
// three cuts loses little, one in three nearly all.
func (o op) tear(r *rand.Rand, to []byte) []byte {
	keep := []float64{0.1, 0.5, 0.95}[r.IntN(3)]
	switch o.kind {
	case "truncate":
		if r.Float64() < keep {
			return o.apply(to)
		}
	case "write":
		const page = 4096
		for at := 0; at < len(o.data); at += page {
			if r.Float64() < keep {
				part := op{"write", o.off + int64(at), o.data[at:min(at+page, len(o.data))]}
				to = part.apply(to)
			}
		}
	}
	return to
}

// lost says what a disk is lacking, "" for nothing.
func (w *world) lost(dir string, cut int, image []byte) string {
	if err := os.WriteFile(filepath.Join(dir, File), image, 0o600); err != nil {
		return err.Error()
	}
	os.Remove(filepath.Join(dir, MadeFile)) // of the disk before
	made := w.disk.made > 0 && cut >= w.disk.made
	if made {
		if err := mark(dir); err != nil {
			return err.Error()
		}
	}
	bo := options()
	bo.NoSync = true // the disk of the check is not the one that is cut
	s, err := openUsing(dir, Options{Key: testKey(), Now: newClock().now}, bo)
	if err != nil {
		if !made && len(w.acksBefore(cut)) == 0 && (errors.Is(err, ErrDamaged) || len(image) == 0) {
			return "" // cut before the store was there
		}
		return "it does not open: " + err.Error()
	}
	defer s.Close()
	if _, _, err := s.Audit().Verify(ctx); err != nil {
		return err.Error()
	}
	for id, state := range w.acksBefore(cut) {
		it, err := s.Outbox().Find(ctx, id)
		if err != nil || it.State.rank() < state.rank() {
			return fmt.Sprintf("%s was promised as %s and is %q: %v", id, state, it.State, err)
		}
		if it.State == Purged {
			continue
		}
		pdf, err := s.Outbox().PDF(ctx, id)
		if err != nil || !slices.Contains(w.sums[id], digest(pdf)) {
			return fmt.Sprintf("the bytes of %s: %v", id, err)
		}
	}
	return ""
}

func (w *world) acksBefore(cut int) map[string]State {
	m := map[string]State{}
	for _, a := range w.acks {
		if a.at <= cut {
			m[a.id] = a.state
		}
	}
	return m
}

// cutPower runs the world and gives how many of n disks had lost something.
func cutPower(t *testing.T, lazy bool, n int) (failures int, first string) {
	t.Helper()
	dir, disk := mount(t, lazy)
	w := work(t, dir, disk)
	if disk.made == 0 {
		t.Error("the store was not marked as made")
	}
	state := t.TempDir()
	count := 0
	w.disks(rand.New(rand.NewPCG(1, 7)), n, func(cut int, image []byte) {
		count++
		if what := w.lost(state, cut, image); what != "" {
			if failures++; first == "" {
				first = fmt.Sprintf("cut after operation %d of %d: %s", cut, len(disk.ops), what)
			}
		}
	})
	t.Logf("%d disks from %d operations, %d promises, %d with a loss", count, len(disk.ops), len(w.acks), failures)
	if count < n*8/10 {
		t.Errorf("only %d disks were made", count)
	}
	return failures, first
}

func TestPowerCut(t *testing.T) {
	n := 2000
	if os.Getenv("MOQIAN_TORTURE") == "1" {
		n = 20_000
	}
	if failures, first := cutPower(t, false, n); failures > 0 {
		t.Errorf("%d disks of %d had lost something; %s", failures, n, first)
	}
}

// The control: a disk that never syncs must lose something, or the test above
// proves nothing.
func TestPowerCutControl(t *testing.T) {
	failures, first := cutPower(t, true, 200)
	if failures == 0 {
		t.Error("without any sync nothing was lost: the cuts cut nothing")
	}
	t.Log(first)
}
