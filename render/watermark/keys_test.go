package watermark

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestStreams: every use, key and message has its own bits, and about half of
// them are ones.
func TestStreams(t *testing.T) {
	seen := map[string]string{}
	for _, key := range []Key{{}, {1}, {31: 1}} {
		k := derive(key)
		for use, sub := range map[string][]byte{"mask": k.mask, "tag": k.tag, "piece": k.piece, "own": k.own, "place": k.place,
			"context": k.context, "guard": k.guard, "fill": k.fill, "robust": subkey(key, "robust")} {
			for _, msg := range []record{nil, record(nil).ints(0), record(nil).bytes([]byte{0}), record(nil).bytes([]byte{0}).bytes(nil)} {
				bits := stream(sub, msg, 1000)
				if len(bits) != 1000 {
					t.Fatalf("%d bits", len(bits))
				}
				if ones := bytes.Count(bits, []byte{1}); ones < 420 || ones > 580 {
					t.Errorf("%s: %d ones of 1000", use, ones)
				}
				if !bytes.Equal(bits[:77], stream(sub, msg, 77)) {
					t.Errorf("%s: the beginning depends on the length", use)
				}
				name := string(bits)
				if old, ok := seen[name]; ok && string(msg) != string(record(nil).ints(0)) && old != use {
					t.Errorf("%s has the bits of %s", use, old)
				}
				seen[name] = use
			}
		}
	}
}

// TestRecordsDiffer: no two lists of parts give the same message.
func TestRecordsDiffer(t *testing.T) {
	seen := map[string]int{}
	for i, r := range []record{
		record(nil).bytes(nil), record(nil).bytes(nil).bytes(nil), record(nil).bytes([]byte{1, 2}), record(nil).bytes([]byte{1}).bytes([]byte{2}),
		record(nil).bytes([]byte{1}).ints(2), record(nil).ints(1, 2), record(nil).ints(1), record(nil).ints(-1), record(nil).ints(1 << 40),
		record(nil).bytes(bytes.Repeat([]byte{7}, 200)), record(nil).bytes(bytes.Repeat([]byte{7}, 199)).ints(7),
	} {
		if j, ok := seen[string(r)]; ok {
			t.Errorf("records %d and %d are alike", i, j)
		}
		seen[string(r)] = i
	}
}

func TestPackUnpack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		n := 1 + r.IntN(64)
		v := r.Uint64() >> (64 - n)
		bits := unpack(nil, v, n)
		if got := pack(&bits, n); got != v || len(bits) != 0 {
			t.Fatalf("%d of %d bits reads as %d, %d left", v, n, got, len(bits))
		}
	}
}

// TestHeader: a header in clear reads back, and with any one bit wrong it does
// not.
func TestHeader(t *testing.T) {
	k := derive(Key{4})
	for handle := minHandle; handle <= maxHandle; handle++ {
		m := mark{handle: bytes.Repeat([]byte{0xa5}, handle), count: 17}
		for _, index := range []int{0, 16, noIndex} {
			body := k.body(m, index)
			if len(body) != bodySize(handle) {
				t.Fatalf("%d bits, want %d", len(body), bodySize(handle))
			}
			got, i, ok := k.open(body, handle)
			if !ok || i != index || got.count != 17 || !bytes.Equal(got.handle, m.handle) {
				t.Fatalf("%+v %d %v", got, i, ok)
			}
			for j := range body {
				body[j] ^= 1
				if _, _, ok := k.open(body, handle); ok {
					t.Fatalf("a header with bit %d wrong reads", j)
				}
				body[j] ^= 1
			}
		}
		if _, _, ok := k.open(k.body(m, 17), handle); ok {
			t.Error("an index beyond the count reads")
		}
	}
}
