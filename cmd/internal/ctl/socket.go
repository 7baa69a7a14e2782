package ctl

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"moqian/cmd/internal/station"
)

// While the window runs it owns the store. It listens on teller.sock (0600) in
// the workstation's folder and executes what tellerctl is asked for there.
const socketName = "teller.sock"

// request is what tellerctl sends, one JSON document preceded by its length.
type request struct {
	Args  []string          `json:"args"`
	Dir   string            `json:"dir"`
	Env   map[string]string `json:"env"`
	Stdin []byte            `json:"stdin,omitempty"`
}

// Frames of the answer: kind, length (big endian), bytes.
const (
	frameOut  = 1
	frameErr  = 2
	frameExit = 3
)

const maxRequest = 4 << 20

// passed are the variables that go with a request.
func passed() []string {
	return []string{"MOQIAN_PIN", "MOQIAN_PASSWORD", "MOQIAN_CODE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
}

// Serve executes requests on an open station until ctx ends, and waits for
// those under way. An old socket without a listener is replaced.
func Serve(ctx context.Context, st *station.Station, now func() time.Time) error {
	path, release, err := socketPath(st.Dir)
	if err != nil {
		return fmt.Errorf("listening for tellerctl: %w", err)
	}
	defer release()
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return fmt.Errorf("listening for tellerctl: %s is taken", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("listening for tellerctl: %w", err)
	}
	l, err := listen(path)
	if err != nil {
		return fmt.Errorf("listening for tellerctl: %w", err)
	}
	defer os.Remove(path)
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("listening for tellerctl: %w", err)
		}
		wg.Go(func() {
			defer conn.Close()
			answerOne(ctx, conn, st, now)
		})
	}
}

// listen makes a socket under another name, closes it to others and gives it
// its own: whoever sees it finds somebody listening and its mode 0600.
func listen(path string) (net.Listener, error) {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", fresh)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	err = os.Chmod(fresh, 0o600)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close(), os.Remove(fresh))
	}
	return l, nil
}

// maxSocketPath is what a Unix address holds, less its end.
const maxSocketPath = 100

// socketPath is the socket's path; one that is too long goes through the
// folder's descriptor, which Linux names shortly. release closes it.
func socketPath(dir string) (path string, release func(), err error) {
	path = filepath.Join(dir, socketName)
	if len(path) <= maxSocketPath || runtime.GOOS != "linux" {
		return path, func() {}, nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", f.Fd(), socketName), func() { f.Close() }, nil
}

// answerOne executes one request; the caller's hanging up cancels it.
func answerOne(ctx context.Context, conn net.Conn, st *station.Station, now func() time.Time) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return
	}
	var req request
	if err := readRequest(conn, &req); err != nil {
		return
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return
	}
	go func() { // ends when the caller hangs up or this function returns
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	var mu sync.Mutex
	c := &Console{In: bytes.NewReader(req.Stdin), Out: &framer{conn, frameOut, &mu}, Err: &framer{conn, frameErr, &mu},
		Getenv: func(k string) string { return req.Env[k] }, Now: now, Dir: req.Dir, Station: st, User: peer(conn)}
	code := c.Run(ctx, req.Args)
	_, _ = (&framer{conn, frameExit, &mu}).Write([]byte{byte(code)})
}

func readRequest(r io.Reader, req *request) error {
	var n uint32
	if err := binary.Read(r, binary.BigEndian, &n); err != nil {
		return err
	}
	if n > maxRequest {
		return errors.New("request is too large")
	}
	b := make([]byte, n)
	defer clear(b)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	return json.Unmarshal(b, req)
}

// framer writes frames of one kind.
type framer struct {
	w    io.Writer
	kind byte
	mu   *sync.Mutex
}

func (f *framer) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	head := binary.BigEndian.AppendUint32([]byte{f.kind}, uint32(len(b)))
	if _, err := f.w.Write(head); err != nil {
		return 0, err
	}
	return f.w.Write(b)
}

// forward sends the command line to a running teller program on the folder; ok
// is false when there is none.
func (c *Console) forward(ctx context.Context, dir string) (code int, ok bool, err error) {
	path, release, err := socketPath(dir)
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, true, fmt.Errorf("asking the running teller program: %w", err)
	}
	defer release()
	conn, err := net.Dial("unix", path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return 0, false, nil
	}
	if err != nil {
		return 0, true, fmt.Errorf("asking the running teller program: %w", err)
	}
	defer conn.Close()
	if c.common.config != "" {
		return 0, true, usagef("the running teller program has read its own configuration: leave --config out, or end that program first")
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	req := request{Args: c.args, Dir: c.Dir, Env: map[string]string{}}
	for _, k := range passed() {
		if v := c.Getenv(k); v != "" {
			req.Env[k] = v
		}
	}
	if c.wantsInput() {
		if req.Stdin, err = io.ReadAll(io.LimitReader(c.In, maxRequest/2)); err != nil {
			return 0, true, err
		}
	}
	b, err := json.Marshal(req)
	if err != nil {
		return 0, true, err
	}
	defer clear(b)
	if _, err = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)); err == nil {
		code, err = c.relay(conn)
	}
	if err != nil {
		return 0, true, fmt.Errorf("asking the running teller program: %w", err)
	}
	return code, true, nil
}

// wantsInput says whether the line reads standard input.
func (c *Console) wantsInput() bool {
	return slices.Contains(c.args, "-") || slices.Contains(c.args, "--resync") || slices.Contains(c.args, "-resync") || slices.Contains(c.args, "calibrate")
}

func (c *Console) relay(conn io.Reader) (int, error) {
	for {
		var head [5]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return 0, err
		}
		n := int64(binary.BigEndian.Uint32(head[1:]))
		switch head[0] {
		case frameOut, frameErr:
			to := c.Out
			if head[0] == frameErr {
				to = c.Err
			}
			if _, err := io.CopyN(to, conn, n); err != nil {
				return 0, err
			}
		case frameExit:
			var code [1]byte
			_, err := io.ReadFull(conn, code[:])
			return int(code[0]), err
		default:
			return 0, errors.New("an answer of an unknown kind")
		}
	}
}
