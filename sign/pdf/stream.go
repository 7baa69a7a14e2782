package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// maxDecoded bounds what one stream may unpack to.
const maxDecoded = 64 << 20

// Decode undoes the filters of a stream: none, or FlateDecode without
// predictor. The result may share memory with Raw.
func (s *Stream) Decode() ([]byte, error) {
	filter := s.Dict["Filter"]
	if a, ok := filter.(Array); ok {
		if len(a) > 1 {
			return nil, errors.New("more than one filter")
		}
		filter = nil
		if len(a) == 1 {
			filter = a[0]
		}
	}
	switch filter {
	case nil:
		return s.Raw, nil
	case Name("FlateDecode"):
	default:
		return nil, fmt.Errorf("filter %v is not read", filter)
	}
	if s.Dict["DecodeParms"] != nil {
		return nil, errors.New("predictors are not read")
	}
	z, err := zlib.NewReader(bytes.NewReader(s.Raw))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxDecoded+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	if len(out) > maxDecoded {
		return nil, errors.New("unpacks to too much")
	}
	return out, nil
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
