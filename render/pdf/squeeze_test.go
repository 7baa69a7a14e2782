package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"moqian/sign/pdf"
)

// samples are data of the kinds that a file packs, and those that packers
// stumble over.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 40_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var digits []byte
	for i := range 6000 {
		digits = append(strconv.AppendInt(digits, int64(1000+i/8+r.IntN(40)), 10), " \n"[map[bool]int{true: 1}[i%6 == 5]])
	}
	skewed := make([]byte, 0, 40_000) // lengths beyond 15 bits before they are limited
	a, b := 1, 1
	for c := byte(0); len(skewed) < 30_000; c++ {
		skewed = append(skewed, bytes.Repeat([]byte{c}, a)...)
		a, b = b, a+b
	}
	r.Shuffle(len(skewed), func(i, j int) { skewed[i], skewed[j] = skewed[j], skewed[i] })
	return map[string][]byte{
		"empty": nil, "one byte": {7}, "two bytes": {7, 7}, "zeros": make([]byte, 100_000), "noise": noise, "digits": digits, "skewed": skewed,
		"all bytes": bytes.Repeat([]byte(allBytes()), 3), "far": append(append([]byte("a far match"), noise[:32<<10-11]...), "a far match and one too far"...),
		"two kinds": append(bytes.Clone(noise[:9000]), strings.Repeat("/T0 8.5 Tf 0 -12.19 Td ", 400)...),
	}
}

func allBytes() string {
	var b [256]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}

func unpacked(t testing.TB, packed []byte) []byte {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSqueeze: the standard library reads it, and it is smaller than the quick
// packer's.
func TestSqueeze(t *testing.T) {
	p := (&Writer{}).packer()
	for name, data := range samples() {
		packed := squeeze(data)
		if !bytes.Equal(unpacked(t, packed), data) {
			t.Errorf("%s: other data come back", name)
		}
		quick := len(p.pack(pdf.Dict{}, data).Raw)
		if name == "digits" || name == "two kinds" {
			if len(packed) >= quick {
				t.Errorf("%s: %d bytes, quickly %d", name, len(packed), quick)
			}
		}
		t.Logf("%s: %d of %d, quickly %d", name, len(packed), len(data), quick)
	}
}

func BenchmarkSqueeze(b *testing.B) {
	data := samples()["digits"]
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		squeeze(data)
	}
}

func FuzzSqueeze(f *testing.F) {
	for _, data := range samples() {
		f.Add(data[:min(len(data), 2000)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.Equal(unpacked(t, squeeze(data)), data) {
			t.Error("other data come back")
		}
	})
}
