package pdf

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zlib"

	"moqian/render"
	"moqian/render/ink"
	"moqian/sign/pdf"
)

// customers are vouchers of one type for many people: names and amounts differ,
// so no font is the same twice.
func customers(b *testing.B) (out []render.Form) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		name := string([]rune{0x4E00 + r.Int32N(0x3000), 0x4E00 + r.Int32N(0x3000), 0x4E00 + r.Int32N(0x3000)})
		out = append(out, filled(b, "2101", map[string]string{"name": name, "amount": fmt.Sprintf("%d.%02d", 1000+r.IntN(900000), r.IntN(100))}))
	}
	return out
}

// ribbon is made-up ink of n curves, like a signature in size and digits.
func ribbon(n int) []ink.Outline {
	r := rand.New(rand.NewPCG(3, 4))
	var out []ink.Outline
	for range 8 {
		p := ink.Point{X: 2000 + r.Int32N(12000), Y: 1500 + r.Int32N(4000)}
		c := ink.Contour{Start: p}
		step := func() ink.Point {
			p.X, p.Y = max(0, p.X+r.Int32N(120)-60), max(0, p.Y+r.Int32N(120)-60)
			return p
		}
		for range n/8 - 1 {
			c.Curves = append(c.Curves, ink.Curve{A: step(), B: step(), P: step()})
		}
		c.Curves = append(c.Curves, ink.Curve{A: step(), B: step(), P: c.Start})
		out = append(out, ink.Outline{Contours: []ink.Contour{c}})
	}
	return out
}

// BenchmarkPages lays a voucher out and has its text set: the goal is 4 ms.
func BenchmarkPages(b *testing.B) {
	f := fonts(b)
	w := NewWriter(f)
	forms := customers(b)
	sheets := make([]render.Sheet, len(forms))
	b.Run("lay out", func(b *testing.B) {
		loop(b, func(i int) {
			if _, err := render.Voucher(forms[i%len(forms)], f); err != nil {
				b.Fatal(err)
			}
		})
	})
	for i := range forms {
		var err error
		if sheets[i], err = render.Voucher(forms[i], f); err != nil {
			b.Fatal(err)
		}
	}
	for _, s := range sheets { // outlines of characters are made once
		if _, err := w.set(s.Pages); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("set", func(b *testing.B) {
		loop(b, func(i int) {
			if _, err := w.set(sheets[i%len(sheets)].Pages); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkFinish makes files of set pages with a signature of 600 curves, for
// customers that all differ and for one again and again. The floor is packing
// the streams of one such file.
func BenchmarkFinish(b *testing.B) {
	f := fonts(b)
	w := NewWriter(f)
	forms := customers(b)
	outlines := ribbon(600)
	type job struct {
		inks []render.Ink
		set  *setPages
	}
	jobs := make([]job, len(forms))
	for i := range jobs {
		s, err := render.Voucher(forms[i], f)
		if err != nil {
			b.Fatal(err)
		}
		jobs[i] = job{inks: []render.Ink{{Area: s.Boxes[0], Outlines: outlines}}}
		if jobs[i].set, err = w.set(s.Pages); err != nil {
			b.Fatal(err)
		}
	}
	file, err := w.finish(jobs[0].set, jobs[0].inks, doc())
	if err != nil {
		b.Fatal(err)
	}
	for name, among := range map[string]int{"other customers": len(jobs), "one customer": 1} {
		b.Run(name, func(b *testing.B) {
			loop(b, func(i int) {
				j := jobs[i%among]
				if file, err = w.finish(j.set, j.inks, doc()); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(len(file)), "bytes")
		})
	}
	b.Run("floor", func(b *testing.B) { packAll(b, streams(b, file)) })
}

// BenchmarkWrite is all of it, from laid-out pages to the file.
func BenchmarkWrite(b *testing.B) {
	f := fonts(b)
	s, _ := sheet(b, f, "2101", nil)
	inks := []render.Ink{{Area: s.Boxes[0], Outlines: ribbon(600)}}
	w := NewWriter(f)
	loop(b, func(int) {
		if _, err := w.Write(s.Pages, inks, doc()); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkWriteOnAllCores is a batch for many customers with one writer; run it
// with -cpu 1,2,4: the time a file should fall with the cores.
func BenchmarkWriteOnAllCores(b *testing.B) {
	f := fonts(b)
	w := NewWriter(f)
	forms := customers(b)
	outlines := ribbon(600)
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s, err := render.Voucher(forms[int(next.Add(1))%len(forms)], f)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := w.Write(s.Pages, []render.Ink{{Area: s.Boxes[0], Outlines: outlines}}, doc()); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func packAll(b *testing.B, data [][]byte) {
	z, err := zlib.NewWriterLevel(nil, packLevel)
	if err != nil {
		b.Fatal(err)
	}
	var to bytes.Buffer
	loop(b, func(int) {
		for _, d := range data {
			to.Reset()
			z.Reset(&to)
			if _, err := z.Write(d); err != nil {
				b.Fatal(err)
			}
			if err := z.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// streams are the unpacked streams of a file that are packed in it.
func streams(t testing.TB, file []byte) (out [][]byte) {
	t.Helper()
	f := parsed(t, file)
	for n := 1; n < 100; n++ {
		o, err := f.Resolve(pdf.Ref{Num: n})
		if s, ok := o.(*pdf.Stream); err == nil && ok && s.Dict["Filter"] != nil {
			data, err := s.Decode()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, bytes.Clone(data))
		}
	}
	return out
}

func parsed(t testing.TB, file []byte) *pdf.File {
	t.Helper()
	f, err := pdf.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// loop runs a benchmark and reports its processor time beside the clock's.
func loop(b *testing.B, do func(i int)) {
	b.Helper()
	from, n := cpu(), 0
	for ; b.Loop(); n++ {
		do(n)
	}
	b.ReportMetric(float64((cpu()-from).Microseconds())/float64(n), "cpu-µs/op")
}
