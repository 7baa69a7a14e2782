package pdf

import (
	"bytes"

	"github.com/klauspost/compress/zlib"

	"moqian/sign/pdf"
)

// packLevel of klauspost's deflate: as small as the standard library's best in
// a third of the time.
const packLevel = 8

// packer deflates streams; its tables, half a megabyte, serve file after file.
type packer struct {
	z   *zlib.Writer
	out bytes.Buffer
}

func (w *Writer) packer() *packer {
	if p, ok := w.packers.Get().(*packer); ok {
		return p
	}
	z, err := zlib.NewWriterLevel(nil, packLevel)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return &packer{z: z}
}

// pack makes a stream with its data deflated, unless that and its filter's name
// are longer.
func (p *packer) pack(d pdf.Dict, data []byte) *pdf.Stream {
	p.out.Reset()
	p.z.Reset(&p.out)
	_, err := p.z.Write(data)
	if err == nil {
		err = p.z.Close()
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
