//go:build unix

package watermark

import (
	"crypto/sha256"
	"slices"
	"syscall"
	"testing"
	"time"

	"moqian/render/ink"
)

// BenchmarkFinish is what the finish step does to one ink: both layers with
// their retries, the signature, and the check that reads all of it back. The
// floor is the SHA-256 of 16 MB in the same run: the issue allows 150 ms. The
// time is the processor's own, as others may share the machine; the wall's time
// is the benchmark's.
func BenchmarkFinish(b *testing.B) {
	var inks [][]ink.Outline
	eachRecord(b, "svc2004_task2.jsonl", 13, 60, 25, func(_ int, in []ink.Outline) { inks = append(inks, in) })
	eachRecord(b, "statsci_chinese.jsonl", 5, 60, 25, func(_ int, in []ink.Outline) { inks = append(inks, in) })
	k := Keys{Key: Key{1}, Signer: edKey(1)}
	var took, bind, floor, wall []time.Duration
	block := make([]byte, 16<<20)
	for i := 0; b.Loop(); i++ {
		p := Payload{Handle: []byte{1, 2, 3, 4, 5, 6, 7, byte(i)}, Context: [32]byte{byte(i)}}
		began, start := cpu(b), time.Now()
		w, err := Widen(inks[i%len(inks)], k, p.Handle, Options{})
		if err != nil {
			b.Fatal(err)
		}
		wide := cpu(b)
		if _, m, err := w.Bind(k, p); err != nil || m.Reads != Match {
			b.Fatal(m.Reads, err)
		}
		took, bind, wall = append(took, cpu(b)-began), append(bind, cpu(b)-wide), append(wall, time.Since(start))
		began = cpu(b)
		sha256.Sum256(block)
		floor = append(floor, cpu(b)-began)
	}
	at := func(d []time.Duration, share float64) float64 {
		slices.Sort(d)
		return float64(d[min(len(d)-1, int(share*float64(len(d))))].Microseconds()) / 1000
	}
	b.ReportMetric(at(took, 0.5), "cpu-p50-ms")
	b.ReportMetric(at(took, 0.95), "cpu-p95-ms")
	b.ReportMetric(at(took, 1), "cpu-max-ms")
	b.ReportMetric(at(bind, 0.5), "bind-cpu-p50-ms")
	b.ReportMetric(at(floor, 0.5), "floor-cpu-p50-ms")
	b.ReportMetric(at(wall, 0.5), "wall-p50-ms")
}

// cpu is the processor time of this process.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
