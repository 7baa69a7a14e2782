package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// maxDecoded bounds what one stream may unpack to, and all object streams of a
// file together.
const maxDecoded = 64 << 20

var errTooMuch = errors.New("unpacks to too much")

// Decode undoes the filters of a stream: none, or FlateDecode without or with a
// PNG predictor. The result may share memory with Raw.
func (s *Stream) Decode() ([]byte, error) { return s.decode(maxDecoded) }

// DecodeUpTo is Decode of a stream that may not unpack to more than limit bytes.
func (s *Stream) DecodeUpTo(limit int) ([]byte, error) {
	if len(s.Raw) > limit {
		return nil, errors.New("unpacks to too much")
	}
	return s.decode(limit)
}

func (s *Stream) decode(limit int) ([]byte, error) {
	filter, parms := s.Dict["Filter"], s.Dict["DecodeParms"]
	if a, ok := filter.(Array); ok {
		if len(a) > 1 {
			return nil, errors.New("more than one filter")
		}
		filter = nil
		if len(a) == 1 {
			filter = a[0]
		}
	}
	if a, ok := parms.(Array); ok {
		if parms = nil; len(a) == 1 {
			parms = a[0]
		}
	}
	switch filter {
	case nil:
		return s.Raw, nil
	case Name("FlateDecode"):
	default:
		return nil, fmt.Errorf("filter %v is not read", filter)
	}
	z, err := zlib.NewReader(bytes.NewReader(s.Raw))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	if len(out) > limit {
		return nil, errTooMuch
	}
	if parms == nil {
		return out, nil
	}
	d, ok := parms.(Dict)
	if !ok {
		return nil, errors.New("/DecodeParms is no dictionary")
	}
	return unpredict(out, d)
}

// unpredict undoes a PNG predictor of bytes (ISO 32000-1 §7.4.4.4).
func unpredict(b []byte, d Dict) ([]byte, error) {
	number := func(key Name, otherwise int64) int64 {
		if n, ok := d[key].(int64); ok {
			return n
		}
		return otherwise
	}
	p := number("Predictor", 1)
	if p == 1 {
		return b, nil
	}
	columns := number("Columns", 1)
	if p < 10 || p > 15 || number("Colors", 1) != 1 || number("BitsPerComponent", 8) != 8 || columns < 1 || columns > 1<<20 {
		return nil, errors.New("this predictor is not read")
	}
	row := int(columns)
	if len(b)%(row+1) != 0 {
		return nil, errors.New("predictor: rows are not whole")
	}
	out := make([]byte, 0, len(b))
	up := make([]byte, row)
	for ; len(b) > 0; b = b[row+1:] {
		line := bytes.Clone(b[1 : row+1])
		if err := pngRow(b[0], line, up); err != nil {
			return nil, err
		}
		out, up = append(out, line...), line
	}
	return out, nil
}

// pngRow undoes the filter of one row, one byte a pixel.
func pngRow(kind byte, line, up []byte) error {
	var left, corner byte
	for i := range line {
		switch kind {
		case 0:
		case 1:
			line[i] += left
		case 2:
			line[i] += up[i]
		case 3:
			line[i] += byte((int(left) + int(up[i])) / 2)
		case 4:
			line[i] += paeth(left, up[i], corner)
		default:
			return errors.New("predictor: a row of unknown kind")
		}
		left, corner = line[i], up[i]
	}
	return nil
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	dist := func(v byte) int { return max(p-int(v), int(v)-p) }
	switch {
	case dist(a) <= dist(b) && dist(a) <= dist(c):
		return a
	case dist(b) <= dist(c):
		return b
	}
	return c
}

// Deflate makes a stream with its data packed.
func Deflate(d Dict, data []byte) (*Stream, error) {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err = z.Write(data); err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, err
	}
	d["Filter"] = Name("FlateDecode")
	return &Stream{Dict: d, Raw: b.Bytes()}, nil
}
