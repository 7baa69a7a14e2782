package emu

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"time"
)

// picture is an upload in progress.
type picture struct {
	encoding       byte
	x1, y1, x2, y2 int
	data           []byte
}

func (s *STU) startImage(b []byte) byte {
	p := picture{encoding: b[1], x2: int(s.model.ScreenW) - 1, y2: int(s.model.ScreenH) - 1}
	if b[0] == 0x24 {
		if s.model.Old {
			return resID
		}
		at := func(i int) int { return int(binary.LittleEndian.Uint16(b[i:])) }
		p.x1, p.y1, p.x2, p.y2 = at(3), at(5), at(7), at(9)
	}
	if p.x1 > p.x2 || p.y1 > p.y2 || p.x2 >= int(s.model.ScreenW) || p.y2 >= int(s.model.ScreenH) {
		return resArea
	}
	need := map[byte]byte{0: 2, 1: 1, 2: 4, 4: 8}[p.encoding&^0x10]
	if need == 0 || s.model.Encodings&need == 0 || p.encoding&0x10 != 0 && !s.model.Bulk {
		return resEncoding
	}
	s.picture, s.state = p, stImage
	return resOK
}

func (s *STU) imageBlock(b []byte) byte {
	n := int(binary.LittleEndian.Uint16(b[1:]))
	if n > 253 || s.picture.encoding&0x10 != 0 {
		return resParam
	}
	return s.more(b[3 : 3+n])
}

// more adds data and refuses what the picture cannot hold.
func (s *STU) more(b []byte) byte {
	s.picture.data = append(s.picture.data, b...)
	if len(s.picture.data) > s.bytesOf(s.picture)+1024 {
		return resLong
	}
	return resOK
}

func (s *STU) bytesOf(p picture) int {
	w, h := p.x2-p.x1+1, p.y2-p.y1+1
	switch p.encoding &^ 0x10 {
	case 2:
		return 2 * w * h
	case 4:
		return 3 * w * h
	}
	return (w + 7) / 8 * h
}

// out takes the bulk pipe.
func (s *STU) out(ep byte, data []byte) bool {
	if !s.model.Bulk || ep != 2 {
		return false
	}
	if s.now() != stImage || s.picture.encoding&0x10 == 0 {
		s.result = resState
		return true
	}
	s.result = s.more(data)
	return true
}

func (s *STU) endImage(abandon byte) byte {
	s.busy(stImage, stReady, 2*time.Millisecond)
	s.started = time.Now()
	if abandon != 0 {
		return resOK
	}
	data := s.picture.data
	if s.picture.encoding&^0x10 == 1 {
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return resZlib
		}
		if data, err = io.ReadAll(io.LimitReader(z, 1<<22)); err != nil {
			return resZlib
		}
	}
	if len(data) != s.bytesOf(s.picture) {
		return resParam
	}
	s.paint(data)
	s.shown++
	return resOK
}

// paint turns the data back into red, green, blue.
func (s *STU) paint(data []byte) {
	p := s.picture
	w := p.x2 - p.x1 + 1
	stride := (w + 7) / 8
	for y := p.y1; y <= p.y2; y++ {
		for x := p.x1; x <= p.x2; x++ {
			i, j := (y-p.y1)*w+x-p.x1, 3*(y*int(s.model.ScreenW)+x)
			switch p.encoding &^ 0x10 {
			case 4:
				s.screen[j], s.screen[j+1], s.screen[j+2] = data[3*i+2], data[3*i+1], data[3*i]
			case 2:
				v := binary.BigEndian.Uint16(data[2*i:])
				s.screen[j], s.screen[j+1], s.screen[j+2] = byte(v>>11)<<3, byte(v>>5)<<2, byte(v)<<3
			default:
				c := byte(0)
				if data[(y-p.y1)*stride+(x-p.x1)/8]>>(7-(x-p.x1)%8)&1 == 1 {
					c = 0xff
				}
				s.screen[j], s.screen[j+1], s.screen[j+2] = c, c, c
			}
		}
	}
}
