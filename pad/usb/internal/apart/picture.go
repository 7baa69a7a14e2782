package apart

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// rect is a part of the screen; right and bottom belong to it.
type rect struct{ left, top, right, bottom int }

func rectOf(b []byte) rect {
	le := binary.LittleEndian
	return rect{int(le.Uint16(b)), int(le.Uint16(b[2:])), int(le.Uint16(b[4:])), int(le.Uint16(b[6:]))}
}

func (r rect) bytes() []byte {
	var b []byte
	for _, v := range []int{r.left, r.top, r.right, r.bottom} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func (r rect) within(m Model) bool {
	return r.left <= r.right && r.top <= r.bottom && r.right < m.Width && r.bottom < m.Height
}

func (r rect) width() int  { return r.right - r.left + 1 }
func (r rect) height() int { return r.bottom - r.top + 1 }

// upload is a picture on its way. coding is without the flag of the bulk pipe.
type upload struct {
	coding byte
	bulk   bool
	area   rect
	data   []byte
}

// size of the raw picture in bytes.
func (u upload) size() int {
	w, h := u.area.width(), u.area.height()
	switch u.coding {
	case 2:
		return 2 * w * h
	case 4:
		return 3 * w * h
	}
	return (w + 7) / 8 * h
}

// draw carries out the commands of the screen.
func (p *Pad) draw(id byte, b []byte) byte {
	whole := rect{0, 0, p.model.Width - 1, p.model.Height - 1}
	switch id {
	case 0x20:
		if b[0] != 0 {
			return badParam
		}
		p.fill(whole)
		return okay
	case 0x23:
		r := rectOf(b[2:])
		if b[0] != 0 || b[1] != 1 {
			return badParam
		}
		if !r.within(p.model) {
			return badArea
		}
		p.fill(r)
		return okay
	case 0x24:
		if b[1] != 1 {
			return badParam
		}
		return p.startPicture(b[0], rectOf(b[2:]))
	case 0x25:
		return p.startPicture(b[0], whole)
	case 0x26:
		return p.block(b)
	}
	return p.endPicture(b[0])
}

// fill paints the background; without colours it is white.
func (p *Pad) fill(r rect) {
	bgr := p.values[0x2e]
	for y := r.top; y <= r.bottom; y++ {
		for x := r.left; x <= r.right; x++ {
			i := 3 * (y*p.model.Width + x)
			p.screen[i], p.screen[i+1], p.screen[i+2] = bgr[2], bgr[1], bgr[0]
		}
	}
}

func (p *Pad) startPicture(coding byte, area rect) byte {
	need := map[byte]byte{0: Flag1, 1: Flag1 | FlagZlib, 2: Flag16, 4: Flag24}
	base, bulk := coding&^0x10, coding&0x10 != 0
	flags, known := need[base]
	if !known || p.model.Encodings&flags != flags || bulk && !p.model.Bulk {
		return badCoding
	}
	if !area.within(p.model) {
		return badArea
	}
	p.upload = upload{coding: base, bulk: bulk, area: area}
	p.codings = append(p.codings, coding)
	return p.become(image, nil)
}

// block takes a 26-block: the length counts, the padding does not.
func (p *Pad) block(b []byte) byte {
	n := int(binary.LittleEndian.Uint16(b))
	if p.upload.bulk {
		return wrongState
	}
	if n > len(b)-2 {
		return badParam
	}
	if len(bytes.Trim(b[2+n:], "\x00")) > 0 {
		p.complain("block of %d bytes is not padded with zeros", n)
	}
	return p.take(b[2 : 2+n])
}

func (p *Pad) take(data []byte) byte {
	limit := p.upload.size()
	if p.upload.coding == 1 {
		limit += limit/8 + 64
	}
	if len(p.upload.data)+len(data) > limit {
		return tooLong
	}
	p.upload.data = append(p.upload.data, data...)
	return okay
}

// bulkWrite takes what came through the bulk pipe.
func (p *Pad) bulkWrite(b []byte) {
	if p.state != image || p.pending != nil || !p.upload.bulk {
		p.complain("%d bytes of bulk data that nobody announced", len(b))
		p.result = wrongState
		return
	}
	if p.result = p.take(b); p.result != okay {
		p.complain("bulk data: result %02x", p.result)
	}
}

func (p *Pad) endPicture(how byte) byte {
	u := p.upload
	switch how {
	case 0:
		return p.become(ready, func() byte {
			code := p.paint(u)
			if code != okay {
				p.complain("picture in encoding %d with %d bytes: result %02x", u.coding, len(u.data), code)
			}
			return code
		})
	case 1:
		return p.become(ready, nil)
	}
	return badParam
}

// paint decodes a picture onto the screen. A short one is a bad parameter.
func (p *Pad) paint(u upload) byte {
	raw := u.data
	if u.coding == 1 {
		r, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			return badZlib
		}
		if raw, err = io.ReadAll(io.LimitReader(r, int64(u.size())+1)); err != nil {
			return badZlib
		}
	}
	if len(raw) > u.size() {
		return tooLong
	}
	if len(raw) < u.size() {
		return badParam
	}
	w := u.area.width()
	for y := range u.area.height() {
		for x := range w {
			i := 3 * ((u.area.top+y)*p.model.Width + u.area.left + x)
			copy(p.screen[i:i+3], pixel(raw, u.coding, w, x, y))
		}
	}
	return okay
}

// pixel is red, green, blue of a place in a raw picture.
func pixel(raw []byte, coding byte, w, x, y int) []byte {
	switch coding {
	case 2:
		v := binary.BigEndian.Uint16(raw[2*(y*w+x):])
		r, g, b := byte(v>>11), byte(v>>5)&63, byte(v)&31
		return []byte{r<<3 | r>>2, g<<2 | g>>4, b<<3 | b>>2}
	case 4:
		i := 3 * (y*w + x)
		return []byte{raw[i+2], raw[i+1], raw[i]}
	}
	if raw[y*((w+7)/8)+x/8]>>(7-x%8)&1 == 1 {
		return []byte{255, 255, 255}
	}
	return []byte{0, 0, 0}
}

// Screen is what the screen shows: red, green, blue, row by row.
func (p *Pad) Screen() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]byte(nil), p.screen...)
}

// Codings lists the encodings of the pictures that were begun.
func (p *Pad) Codings() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]byte(nil), p.codings...)
}
