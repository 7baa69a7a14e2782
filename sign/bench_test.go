package sign_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"moqian/sign"
	"moqian/sign/signtest"
)

// bulk is a file of the size of a voucher: 46 KB.
func bulk(t testing.TB) []byte { return page(t, strings.Repeat("x", 45_000)) }

// BenchmarkSign signs a voucher of 46 KB; floor is the bare key operation.
func BenchmarkSign(b *testing.B) {
	bn := newBench(b)
	rsaKey, err := bn.ca.RSA("rsa teller", now, now.AddDate(1, 0, 0))
	if err != nil {
		b.Fatal(err)
	}
	in := bulk(b)
	for _, k := range []struct {
		name string
		key  *signtest.Key
	}{{"P-256", bn.key}, {"RSA-2048", rsaKey}} {
		b.Run(k.name+"/floor", func(b *testing.B) {
			d := sha256.Sum256(in)
			from, n := cpu(), 0
			for ; b.Loop(); n++ {
				if _, err := k.key.Sign(nil, d[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-from).Microseconds())/float64(n), "cpu-µs/op")
		})
		b.Run(k.name+"/sign", func(b *testing.B) {
			from, n := cpu(), 0
			for ; b.Loop(); n++ {
				if _, err := sign.Sign(context.Background(), in, field(), k.key, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-from).Microseconds())/float64(n), "cpu-µs/op")
		})
	}
}

// BenchmarkVerify judges a voucher of 46 KB by level; floor is the verification
// of one P-256 signature and the digest of the file.
func BenchmarkVerify(b *testing.B) {
	h := newHall(b)
	file, err := sign.Sign(context.Background(), bulk(b), field(), h.key, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("floor", func(b *testing.B) {
		c := h.key.Chain()[0]
		for b.Loop() {
			sha256.Sum256(file)
			if c.CheckSignatureFrom(h.ca.Root) != nil {
				b.Fatal("no signature")
			}
		}
	})
	for _, level := range []sign.Level{sign.LevelB, sign.LevelT, sign.LevelLT, sign.LevelLTA} {
		out := h.augment(b, file, level)
		b.Run(string(level), func(b *testing.B) {
			from, n := cpu(), 0
			for ; b.Loop(); n++ {
				if r := sign.Verify(out, h.options()); r.Verdict != sign.Valid {
					b.Fatal(r)
				}
			}
			b.ReportMetric(float64((cpu()-from).Microseconds())/float64(n), "cpu-µs/op")
		})
	}
}

// BenchmarkBatch verifies a batch on one core and on all: a file an operation.
func BenchmarkBatch(b *testing.B) {
	h := newHall(b)
	file, err := sign.Sign(context.Background(), bulk(b), field(), h.key, 0)
	if err != nil {
		b.Fatal(err)
	}
	file = h.augment(b, file, sign.LevelLTA)
	for name, workers := range map[string]int{"one": 1, "all": runtime.NumCPU()} {
		b.Run(name, func(b *testing.B) {
			var next atomic.Int64
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if r := sign.Verify(file, h.options()); r.Verdict != sign.Valid {
							b.Error(r)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
