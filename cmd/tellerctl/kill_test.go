//go:build virtualpad

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// build makes the program once for a test.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tellerctl")
	cmd := exec.Command("go", "build", "-tags", "virtualpad", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return path
}

func output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return out
}

// Killed at any instant, the store opens, each voucher is there whole or not at
// all, and no number is used twice.
func TestKill(t *testing.T) {
	rounds := 100
	if n, err := strconv.Atoi(os.Getenv("MOQIAN_KILLS")); err == nil {
		rounds = n
	}
	tool, dir := build(t), filepath.Join(t.TempDir(), "d")
	began := time.Now()
	output(t, tool, "demo", "--dir", filepath.Join(t.TempDir(), "first"), "--fast")
	span := max(time.Since(began), 100*time.Millisecond)
	r := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for i := range rounds {
		at := dir
		if i%5 == 4 { // in the first start of a folder
			at = filepath.Join(t.TempDir(), "d"+strconv.Itoa(i))
		}
		ctx, stop := context.WithTimeout(context.Background(), time.Duration(r.Float64()*float64(span)*1.1))
		started := time.Now()
		if err := exec.CommandContext(ctx, tool, "demo", "--dir", at, "--fast", "--seed", strconv.Itoa(i)).Run(); err != nil {
			killed++
		} else { // the first run may have been slower than the others will be
			span = min(span, max(time.Since(started), 20*time.Millisecond))
		}
		stop()
		if i%5 == 4 || i%20 == 19 || i == rounds-1 {
			whole(t, tool, at)
		}
	}
	if killed < rounds/4 {
		t.Errorf("only %d of %d were killed in time", killed, rounds)
	}
	t.Logf("%d rounds, %d killed", rounds, killed)
}

// whole judges a folder after kills.
func whole(t *testing.T, tool, dir string) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		return // killed before it began
	}
	var rows []struct{ ID, Voucher, State string }
	if err := json.Unmarshal(output(t, tool, "--data", dir, "queue", "list", "--json"), &rows); err != nil {
		t.Fatal(err)
	}
	output(t, tool, "--data", dir, "log", "verify")
	output(t, tool, "--data", dir, "check")
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.Voucher] {
			t.Errorf("number %s was used twice", row.Voucher)
		}
		seen[row.Voucher] = true
		file := filepath.Join(t.TempDir(), row.ID+".pdf")
		output(t, tool, "--data", dir, "queue", "export", row.ID, file)
		output(t, tool, "verify", "--roots", filepath.Join(dir, "trial", "root.pem"), file)
		os.Remove(file)
	}
	burnt := map[string]bool{}
	for line := range strings.SplitSeq(string(output(t, tool, "--data", dir, "log", "export")), "\n") {
		var e struct{ Action, Voucher string }
		if json.Unmarshal([]byte(line), &e) == nil && (e.Action == "cancel" || e.Action == "burn") && e.Voucher != "" {
			burnt[e.Voucher] = true
		}
	}
	for number := range burnt {
		if seen[number] {
			t.Errorf("number %s is burnt and filed", number)
		}
	}
}
