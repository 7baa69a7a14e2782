package pdf

import (
	"bytes"
	"crypto/sha256"
	"hash/adler32"
	"slices"

	"github.com/klauspost/compress/zlib"

	"moqian/sign/pdf"
)

// Levels of klauspost's deflate. The one below best loses 1 % of size and saves a
// fifth of the time. Ink is numbers that hardly repeat: quick packs them as small
// as best in a third of its time.
const (
	packLevel  = 7
	quickLevel = 3
)

// begun packs the beginning of a stream whose end is not known yet.
func (p *packer) begun(data []byte) []byte {
	p.out.Reset()
	p.best.Reset(&p.out)
	_, err := p.best.Write(data)
	if err == nil {
		err = p.best.Flush()
	}
	if err != nil {
		panic("internal error: deflating to memory: " + err.Error())
	}
	return bytes.Clone(p.out.Bytes())
}

// ended finishes what begun packed with a last block that is not packed (RFC
// 1951 §3.2.4), for the end is a few operators, and with the checksum.
func ended(begun, data, end []byte) []byte {
	out := slices.Grow(slices.Clone(begun), len(end)+9)
	for i := 0; i == 0 || i < len(end); i += maxStored {
		part := end[i:min(i+maxStored, len(end))]
		last := byte(0)
		if i+maxStored >= len(end) {
			last = 1
		}
		n := uint16(len(part))
		out = append(out, last, byte(n), byte(n>>8), ^byte(n), ^byte(n>>8))
		out = append(out, part...)
	}
	sum := adler32.New()
	sum.Write(data)
	sum.Write(end)
	return sum.Sum(out)
}

// maxStored bytes fit into a block that is not packed.
const maxStored = 0xffff

// packer deflates streams; its tables, half a megabyte each, serve file after
// file.
type packer struct {
	best, quick *zlib.Writer
	out         bytes.Buffer
}

func (w *Writer) packer() *packer {
	if p, ok := w.packers.Get().(*packer); ok {
		return p
	}
	level := func(n int) *zlib.Writer {
		z, err := zlib.NewWriterLevel(nil, n)
		if err != nil {
			panic("internal error: " + err.Error())
		}
		return z
	}
	return &packer{best: level(packLevel), quick: level(quickLevel)}
}

// maxKept bounds the memory of streams kept packed: 16 kB for a large font.
const maxKept = 128

// packKept packs what often comes again, as fonts do, or takes what the same
// data were packed to before.
func (w *Writer) packKept(p *packer, d pdf.Dict, data []byte, hard bool) *pdf.Stream {
	key := keptKey{sha256.Sum256(data), hard}
	w.mu.Lock()
	raw := w.kept[key]
	w.mu.Unlock()
	if raw != nil {
		d["Filter"] = pdf.Name("FlateDecode")
		return &pdf.Stream{Dict: d, Raw: raw}
	}
	s := p.pack(d, data)
	if hard {
		s = harder(s, data)
	}
	if d["Filter"] == nil {
		return s
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.kept) >= maxKept {
		clear(w.kept)
	}
	w.kept[key] = s.Raw
	return s
}

// keptKey is the SHA-256 of data, and whether they were packed hard.
type keptKey struct {
	sum  [32]byte
	hard bool
}

// harder squeezes a stream's data where that makes it smaller.
func harder(s *pdf.Stream, data []byte) *pdf.Stream {
	if raw := squeeze(data); s.Dict["Filter"] != nil && len(raw) < len(s.Raw) {
		s.Raw = raw
	}
	return s
}

// pack makes a stream with its data deflated, unless that and its filter's name
// are longer.
func (p *packer) pack(d pdf.Dict, data []byte) *pdf.Stream { return p.with(p.best, d, data) }

func (p *packer) with(z *zlib.Writer, d pdf.Dict, data []byte) *pdf.Stream {
	p.out.Reset()
	z.Reset(&p.out)
	_, err := z.Write(data)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic("internal error: deflating to memory: " + err.Error())
	}
	if p.out.Len()+len("/Filter /FlateDecode") >= len(data) {
		return &pdf.Stream{Dict: d, Raw: bytes.Clone(data)}
	}
	d["Filter"] = pdf.Name("FlateDecode")
	return &pdf.Stream{Dict: d, Raw: bytes.Clone(p.out.Bytes())}
}
