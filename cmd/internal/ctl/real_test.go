//go:build virtualpad

package ctl

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"moqian/pad/virtual"
)

// inkData finds the handwriting that is never copied into the repository.
func inkData(t *testing.T) string {
	t.Helper()
	if d := os.Getenv("MOQIAN_INK_DATA"); d != "" {
		return d
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if d := filepath.Join(dir, "shared", "ink", "data"); isDir(d) {
			return d
		}
	}
	t.Skip("NOT TESTED: real handwriting, which is not part of the repository (MOQIAN_INK_DATA names its folder)")
	return ""
}

func isDir(path string) bool {
	i, err := os.Stat(path)
	return err == nil && i.IsDir()
}

// Real handwriting goes through the whole transaction with its strokes kept:
// every 29th record of each file, all of them with MOQIAN_TORTURE.
func TestRealHandwriting(t *testing.T) {
	data, dir := inkData(t), t.TempDir()
	step := 29
	if os.Getenv("MOQIAN_TORTURE") != "" {
		step = 1
	}
	for _, c := range []struct{ file, scale string }{
		{"svc2004_task2.jsonl", "1"}, {"statsci_chinese.jsonl", "0.1"}, {"hanzi_medians.jsonl", "1"},
	} {
		path := filepath.Join(data, c.file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := virtual.IDs(b)
		if err != nil {
			t.Logf("%s has no records in time: %v", c.file, err)
			continue
		}
		scale, _ := strconv.ParseFloat(c.scale, 64)
		for i := 0; i < len(ids); i += step {
			track, err := virtual.ReadTrack(append([]byte(nil), b...), virtual.ReadOptions{ID: ids[i], Scale: scale})
			if err != nil {
				t.Logf("%s %s: %v", c.file, ids[i], err)
				continue
			}
			want := strokes(track)
			track.Wipe()
			r, code, stderr := demo(t, dir, time.Now, "--type", "2103", "--record", path, "--id", ids[i], "--scale", c.scale)
			if code != 0 || r.Verify.Verdict != "valid" || r.Verify.Mark.Binding.State != "match" {
				t.Errorf("%s %s: status %d, %s, mark %s %s", c.file, ids[i], code, r.Verify.Verdict, r.Verify.Mark.Binding.State, stderr)
			}
			if r.Strokes != want {
				t.Errorf("%s %s: %d strokes of %d", c.file, ids[i], r.Strokes, want)
			}
		}
	}
}

// strokes are the runs of samples with the pen down.
func strokes(t virtual.Track) int {
	n, down := 0, false
	for _, s := range t.Samples {
		if is := s.Phase == 1; is && !down {
			n++
			down = true
		} else if !is {
			down = false
		}
	}
	return n
}
