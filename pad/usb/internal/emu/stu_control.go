package emu

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"math/big"
	"time"
)

// group of the old agreement: a prime of 128 bits and a base.
var (
	groupPrime = []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61}
	groupBase  = []byte{0, 5}
)

// get answers a feature report of exactly its length.
func (s *STU) get(id byte, length int) ([]byte, bool) {
	s.now()
	b := s.answer(id)
	if b == nil || len(b) != length {
		return nil, false
	}
	return b, true
}

func (s *STU) answer(id byte) []byte {
	switch id {
	case 0x03:
		return []byte{3, s.state, s.result, 0, 0}
	case 0x08:
		b := make([]byte, 17)
		b[0] = 8
		copy(b[1:10], s.model.Name)
		b[10], b[11] = 1, 4
		return b
	case 0x09:
		return s.capability()
	case 0x0A:
		return []byte{0x0A, 1, 2, 3, 4}
	case 0x0B:
		if s.model.Uid2 != "" {
			return append([]byte{0x0B}, s.model.Uid2[:10]...)
		}
	case 0x0F:
		if s.model.ESerial != "" {
			return append([]byte{0x0F}, s.model.ESerial[:13]...)
		}
	case 0x14:
		if s.model.Old && s.state != stCalc {
			return append([]byte{0x14}, s.secret.public...)
		}
	case 0x1A:
		if s.model.Old {
			return append([]byte{0x1A}, groupPrime...)
		}
		return make([]byte, 17)[:0]
	case 0x1B:
		if s.model.Old {
			return append([]byte{0x1B}, groupBase...)
		}
	case 0x21:
		return []byte{0x21, s.inking}
	case 0x22:
		return append([]byte{0x22}, s.threshold[:]...)
	case 0x2A:
		return append([]byte{0x2A}, s.area[:]...)
	case 0x32:
		return []byte{0x32, s.option}
	case 0x40:
		return s.keyPart()
	case 0x96:
		if s.model.Slides != nil {
			b := make([]byte, 20)
			b[0], b[1], b[2], b[3] = 0x96, 2, s.slot, 1
			if bytes.IndexByte(s.model.Slides, s.slot) >= 0 {
				b[3] = 0
			}
			return b
		}
	case 0x50:
		if !s.model.Old {
			return append([]byte{0x50}, s.secret.cryptStat[:]...)
		}
	}
	return nil
}

func (s *STU) capability() []byte {
	b := []byte{9}
	for _, v := range [5]uint16{s.model.MaxX, s.model.MaxY, s.model.MaxPressure, s.model.ScreenW, s.model.ScreenH} {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return append(b, 200, 2540>>8, 2540&0xff, s.model.Encodings, 0, 0)
}

// Lengths of the reports that can be set, id byte included.
var setLength = map[byte]int{0x04: 2, 0x0A: 5, 0x13: 17, 0x15: 5, 0x16: 2, 0x20: 2, 0x21: 2, 0x22: 5, 0x24: 11, 0x25: 2, 0x26: 256, 0x27: 2,
	0x28: 4, 0x2A: 9, 0x2D: 5, 0x32: 2, 0x40: 68, 0x93: 13, 0x96: 20}

// readyOnly, captureOnly, imageOnly: section 1.7 of the protocol text.
var readyOnly = map[byte]bool{0x0A: true, 0x13: true, 0x15: true, 0x20: true, 0x22: true, 0x24: true, 0x25: true, 0x40: true}

func (s *STU) set(id byte, b []byte) bool {
	state := s.now()
	if n := setLength[id]; n == 0 || len(b) != n || b[0] != id || id == 0x96 && s.model.Slides == nil {
		return false
	}
	wrong := readyOnly[id] && state != stReady || (id == 0x26 || id == 0x27) && state != stImage ||
		id == 0x16 && state != stCapture || id == 0x93 && state != stReady && state != stCapture
	if wrong {
		s.result = resState
		return true
	}
	s.result = s.perform(id, b)
	return true
}

func (s *STU) perform(id byte, b []byte) byte {
	switch id {
	case 0x04:
		s.reset()
	case 0x13:
		return s.agree(b[1:])
	case 0x15:
		return s.startCapture(binary.BigEndian.Uint32(b[1:]))
	case 0x16:
		if time.Since(s.started) < 80*time.Millisecond {
			return resState
		}
		s.state, s.secret.session, s.half = stReady, 0, nil
	case 0x20:
		for i := range s.screen {
			s.screen[i] = 0xff
		}
	case 0x21:
		s.inking = b[1]
	case 0x22:
		copy(s.threshold[:], b[1:])
	case 0x24, 0x25:
		return s.startImage(b)
	case 0x26:
		return s.imageBlock(b)
	case 0x27:
		return s.endImage(b[1])
	case 0x28, 0x2D:
		s.color = append([]byte(nil), b...)
	case 0x2A:
		copy(s.area[:], b[1:])
	case 0x32:
		if b[1] > 3 || s.model.Old && b[1] == 3 {
			return resParam
		}
		s.option = b[1]
	case 0x40:
		return s.cryptCommand(b)
	case 0x96:
		if b[2] < 1 || b[2] > 10 {
			return resParam
		}
		s.slot = b[2]
	case 0x93:
		s.operation = append([]byte(nil), b...)
	}
	return resOK
}

func (s *STU) startCapture(session uint32) byte {
	if s.secret.block == nil || session == 0 {
		return resState
	}
	s.state, s.secret.session, s.started = stCapture, session, time.Now()
	return resOK
}

// agree is the pad's half of the old agreement.
func (s *STU) agree(host []byte) byte {
	if !s.model.Old {
		return resID
	}
	private := make([]byte, 16)
	if _, err := io.ReadFull(s.random, private); err != nil {
		return resParam
	}
	p, x := new(big.Int).SetBytes(groupPrime), new(big.Int).SetBytes(private)
	s.secret.public = new(big.Int).Exp(new(big.Int).SetBytes(groupBase), x, p).FillBytes(make([]byte, 16))
	key := new(big.Int).Exp(new(big.Int).SetBytes(host), x, p).FillBytes(make([]byte, 16))
	block, err := aes.NewCipher(key)
	if err != nil {
		return resParam
	}
	s.secret.block = block
	s.busy(stCalc, stReady, 5*time.Millisecond)
	return resOK
}

// cryptCommand is report 40 of the new generation.
func (s *STU) cryptCommand(b []byte) byte {
	if s.model.Old {
		return resID
	}
	c := &s.secret
	switch b[1] {
	case 1:
		if b[2] != 2 || b[3] != 0x82 {
			c.cryptStat[6] = 1
			return resParam
		}
		c.cryptStat = [16]byte{0: 2, 1: 0x82, 3: 0xFF, 4: 0xFF, 5: 0xFF, 7: 7}
		c.exponent, c.modulus = nil, make([]byte, 256)
	case 2:
		if b[2] == 0 {
			c.exponent = append([]byte(nil), b[4:4+int(b[3])]...)
			c.cryptStat[3] = 0
			return resOK
		}
		if b[3] > 3 || c.modulus == nil {
			return resParam
		}
		copy(c.modulus[64*int(b[3]):], b[4:68])
		if b[3] == 3 {
			c.cryptStat[4] = 0
		}
	case 4:
		c.part = int(b[3])
	case 5:
		return s.makeKey()
	default:
		return resParam
	}
	return resOK
}

// makeKey draws an AES-256 key and seals it for the host.
func (s *STU) makeKey() byte {
	c := &s.secret
	if c.cryptStat[3] != 0 || c.cryptStat[4] != 0 {
		return resParam
	}
	key := make([]byte, 32)
	if _, err := io.ReadFull(s.random, key); err != nil {
		return resParam
	}
	pub := &rsa.PublicKey{N: new(big.Int).SetBytes(c.modulus), E: int(new(big.Int).SetBytes(c.exponent).Int64())}
	sealed, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, pub, key, nil)
	if err != nil {
		return resParam
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return resParam
	}
	c.sealed, c.block, c.cryptStat[5] = sealed, block, 0
	return resOK
}

func (s *STU) keyPart() []byte {
	b := make([]byte, 68)
	b[0], b[1], b[2] = 0x40, 4, 2
	if from := 64 * s.secret.part; from < len(s.secret.sealed) {
		b[3] = byte(copy(b[4:], s.secret.sealed[from:]))
	}
	return b
}
