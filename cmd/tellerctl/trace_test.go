//go:build virtualpad && linux

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moqian/pad/virtual"
)

// What a whole demo hands to the kernel: no sample in any form, no page that is
// not signed, no memory that others may write.
func TestNothingUnsigned(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("NOT TESTED: what the demo writes to disk, for want of strace (apt install strace)")
	}
	tool, dir := build(t), t.TempDir()
	out := filepath.Join(dir, "trace")
	cmd := exec.Command(strace, "-f", "-qq", "-xx", "-s", "100000000", "-o", out,
		"-e", "trace=write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,mmap",
		tool, "demo", "--dir", filepath.Join(dir, "d"), "--fast", "--seed", "77")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: what the demo writes to disk; strace may not trace here: %v\n%s", err, b)
	}
	writes, shared := readTrace(t, out)
	if len(shared) > 0 {
		t.Errorf("writable shared mappings: %v", shared)
	}
	s := newSearch(77)
	if s.in(s.planted()) == "" {
		t.Fatal("the search does not see planted samples")
	}
	pdfs := 0
	for _, w := range writes {
		if form := s.in(w); form != "" {
			t.Errorf("a write of %d bytes holds samples as %s", len(w), form)
		}
		if i := bytes.Index(w, []byte("%PDF-1")); i >= 0 {
			pdfs++
			if !signed(w[i:]) {
				t.Errorf("a write of %d bytes holds a page that is not signed", len(w))
			}
		}
	}
	if pdfs < 2 {
		t.Errorf("%d PDFs in %d writes: the trace misses the voucher's copies", pdfs, len(writes))
	}
}

// signed says whether a whole signed file begins here.
func signed(b []byte) bool {
	r := regexp.MustCompile(`/ByteRange ?\[0 (\d+) (\d+) (\d+) *\]`).FindSubmatch(b)
	if r == nil {
		return false
	}
	var to, from, n int
	fmt.Sscan(string(r[1]), &to)
	fmt.Sscan(string(r[2]), &from)
	fmt.Sscan(string(r[3]), &n)
	return from+n <= len(b) && to < from && bytes.ContainsAny(b[to+1:to+65], "123456789abcdefABCDEF")
}

var quoted = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)

// readTrace gives what was written and the shared writable mappings.
func readTrace(t *testing.T, path string) (writes [][]byte, shared []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<30)
	for sc.Scan() {
		line := sc.Text()
		if strings.Contains(line, "mmap(") {
			if strings.Contains(line, "PROT_WRITE") && strings.Contains(line, "MAP_SHARED") {
				shared = append(shared, line)
			}
			continue
		}
		for _, q := range quoted.FindAllStringSubmatch(line, -1) {
			b, err := hex.DecodeString(strings.ReplaceAll(q[1], `\x`, ""))
			if err != nil {
				t.Fatal(err)
			}
			writes = append(writes, b)
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return writes, shared
}

// search knows the samples of the synthetic track of a seed.
type search struct{ xy [][2]float64 }

func newSearch(seed uint64) search {
	track := virtual.Synthetic(seed)
	defer track.Wipe()
	var s search
	for i, p := range track.Samples {
		if i%7 == 0 {
			s.xy = append(s.xy, [2]float64{p.X, p.Y})
		}
	}
	return s
}

// forms in which a sample may be written.
func forms(x, y float64) map[string][]byte {
	f32 := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil,
		math.Float32bits(float32(x))), math.Float32bits(float32(y)))
	f64 := binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))
	return map[string][]byte{
		"float64": f64, "float32": f32,
		"JSON": fmt.Appendf(nil, "%v,%v", x, y), "text": fmt.Appendf(nil, "%v %v", x, y),
		"gob": {0xf8, byte(math.Float64bits(x)), byte(math.Float64bits(x) >> 8), byte(math.Float64bits(x) >> 16), byte(math.Float64bits(x) >> 24),
			byte(math.Float64bits(x) >> 32), byte(math.Float64bits(x) >> 40), byte(math.Float64bits(x) >> 48), byte(math.Float64bits(x) >> 56)},
	}
}

// in names the form in which samples stand in b, or none.
func (s search) in(b []byte) string {
	for _, p := range s.xy {
		for name, f := range forms(p[0], p[1]) {
			if bytes.Contains(b, f) {
				return name
			}
		}
	}
	return ""
}

func (s search) planted() []byte {
	return append([]byte("x"), forms(s.xy[3][0], s.xy[3][1])["float64"]...)
}
