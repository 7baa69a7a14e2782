//go:build virtualpad && linux && !race

package flow_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"moqian/cmd/internal/flow"
	"moqian/pad/virtual"
)

// veil hides what the test looks for from its own search.
const veil = 0xA5A5A5A5A5A5A5A5

// place is a sample's X and Y as the bits of float64, veiled.
type place struct{ x, y uint64 }

// track gives the places of the synthetic track of a seed and wipes it.
func places(seed uint64) []place {
	t := virtual.Synthetic(seed)
	defer t.Wipe()
	out := make([]place, len(t.Samples))
	for i, s := range t.Samples {
		out[i] = place{math.Float64bits(s.X) ^ veil, math.Float64bits(s.Y) ^ veil}
	}
	return out
}

// search counts the places in memory where three consecutive samples lie
// within 256 bytes.
func search(t *testing.T, want []place) int {
	t.Helper()
	// A few triples from all over the track are enough: a copy holds all.
	type hit struct{ triple, part int }
	keys := map[uint64]hit{}
	for i := 10; i+3 < len(want); i += max(1, len(want)/12) {
		for k := range 3 {
			keys[want[i+k].x] = hit{i, k}
		}
	}
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	found := 0
	for _, m := range maps(t) {
		b := make([]byte, m[1]-m[0])
		if n, err := mem.ReadAt(b, m[0]); err != nil {
			b = b[:n]
		}
		at := map[hit]int{}
		for i := 0; i+8 <= len(b); i += 8 {
			h, ok := keys[binary.LittleEndian.Uint64(b[i:])^veil]
			if !ok {
				continue
			}
			at[h] = i + 1
			if h.part == 2 && near(at[hit{h.triple, 0}], at[hit{h.triple, 1}], i+1) {
				found++
			}
		}
		clear(b)
	}
	return found
}

func near(a, b, c int) bool { return a > 0 && b > a && c > b && c-a <= 256 }

// maps of the heap and the stacks: readable and writable, private.
func maps(t *testing.T) [][2]int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]int64
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(sc.Text(), "%x-%x %s", &from, &to, &mode); err == nil && strings.HasPrefix(mode, "rw") && to-from < 1<<31 {
			out = append(out, [2]int64{from, to})
		}
	}
	return out
}

// After the finish no three consecutive samples are left in this process.
func TestMemoryHoldsNoSamples(t *testing.T) {
	const seed = 4242
	r, want := newRig(t, nil), places(seed)
	kept := virtual.Synthetic(seed).Samples
	if search(t, want) == 0 {
		t.Fatal("the search does not see a track that is there")
	}
	pad := slices.Clip(kept)
	for i := range pad {
		pad[i].X, pad[i].Y, pad[i].P = 0, 0, 0
	}
	runtime.KeepAlive(kept)

	// With the collector at rest nothing is used again: a copy that was dropped
	// without being overwritten stays to be found.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	s := r.begin(t, "2103", flow.Dark{})
	r.toSign(t, s, r.examples(t, "2103"))
	p := fast(seed)
	box, err := s.Open(context.Background(), p.Device)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(t, p, box); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Ink(); err != nil {
		t.Fatal(err)
	}
	if search(t, want) == 0 {
		t.Error("the search does not see the ink in the open box")
	}
	if _, err := box.Accept(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if n := search(t, want); n > 0 {
		t.Errorf("%d places hold three consecutive samples right after the finish", n)
	}
	runtime.GC()
	if n := search(t, want); n > 0 {
		t.Errorf("%d places hold three consecutive samples after the finish", n)
	}
}
