package apart

import (
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"math/big"
)

// Status codes and results of the encryption (section 1.6).
const (
	calculating = 0xfa
	isEven      = 0xfb
	isLong      = 0xfc
	isShort     = 0xfd
	isInvalid   = 0xfe
	notReady    = 0xff

	cryptBad      = 0x01
	cryptLong     = 0x02
	cryptNoKey    = 0x03
	cryptNoExp    = 0x04
	cryptCommand  = 0x07
	cryptPending  = 0x08
	cryptNothing  = 0x0a
	cryptNotBegun = 0x0b
)

// crypt is the second kind of encryption: the host's RSA key, the pad's AES key.
type crypt struct {
	random  io.Reader
	lengths bool // the other reading of the modulus blocks

	typed              bool
	symmetric, padding byte
	exponent, modulus  []byte
	eState, nState     byte
	cState             byte
	result             byte
	reads              int // of the status until the key is there
	sealed             []byte
	reply              []byte

	key     []byte
	session uint32
}

// forget destroys all keys.
func (c *crypt) forget() {
	clear(c.key)
	*c = crypt{random: c.random, lengths: c.lengths, session: c.session, eState: notReady, nState: notReady, cState: notReady}
}

// bytes of the modulus and of the AES key.
func (c *crypt) modulusSize() int { return 128 + 64*int(c.padding&0x3f) }
func (c *crypt) keySize() int     { return 16 + 8*int(c.symmetric) }

// command carries out report 40: command, parameter, length or index, data.
func (c *crypt) command(b []byte) {
	c.reply = append([]byte(nil), b[:3]...)
	if b[0] != 1 && !c.typed {
		c.result = cryptNotBegun
		return
	}
	switch b[0] {
	case 1:
		c.setType(b[1], b[2])
	case 2:
		c.setBlock(b[1], int(b[2]), b[3:])
	case 4:
		c.readBlock(b[1], int(b[2]))
	case 5:
		c.generate()
	default:
		c.result = cryptCommand
	}
}

func (c *crypt) setType(symmetric, padding byte) {
	reply := c.reply
	c.forget()
	c.reply = reply
	if symmetric > 2 || padding>>6 > 2 || padding&0x3f > 2 {
		c.result = cryptBad
		return
	}
	c.typed, c.symmetric, c.padding = true, symmetric, padding
}

// setBlock takes a piece of the host's public key. third is the length of the
// exponent, and of the modulus the number of the block, or also a length.
func (c *crypt) setBlock(which byte, third int, data []byte) {
	c.result = okay
	switch which {
	case 0:
		c.setExponent(third, data)
	case 1:
		n := len(data)
		if c.lengths {
			n = third
		} else if 64*third != len(c.modulus) {
			c.result = cryptBad
			return
		}
		c.addModulus(n, data)
	default:
		c.result = cryptBad
	}
}

func (c *crypt) setExponent(n int, data []byte) {
	if n == 0 || n > len(data) {
		c.result = cryptBad
		return
	}
	c.exponent, c.eState = append([]byte(nil), data[:n]...), okay
	if data[n-1]&1 == 0 {
		c.eState = isEven
	}
}

func (c *crypt) addModulus(n int, data []byte) {
	if n == 0 || n > len(data) {
		c.result = cryptBad
		return
	}
	c.modulus = append(c.modulus, data[:n]...)
	switch size := c.modulusSize(); {
	case len(c.modulus) > size:
		c.nState, c.result = isLong, cryptLong
	case len(c.modulus) < size:
		c.nState = isShort
	case c.modulus[size-1]&1 == 0:
		c.nState = isEven
	case c.modulus[0]&0x80 == 0:
		c.nState = isInvalid
	default:
		c.nState = okay
	}
}

// generate begins to make and seal a key.
func (c *crypt) generate() {
	if c.eState != okay {
		c.result = cryptNoExp
		return
	}
	if c.nState != okay {
		c.result = cryptNoKey
		return
	}
	c.cState, c.result, c.reads = calculating, cryptPending, 3
}

// poll lets the key come one read nearer, and says whether it came.
func (c *crypt) poll() bool {
	if c.cState != calculating {
		return false
	}
	if c.reads--; c.reads > 0 {
		return false
	}
	return c.finish()
}

// finish makes the key and seals it. Before the key lie eight other bytes: the
// host must take the last ones.
func (c *crypt) finish() bool {
	plain := make([]byte, 8+c.keySize())
	if _, err := io.ReadFull(c.random, plain); err != nil {
		c.cState, c.result = isInvalid, cryptNothing
		return false
	}
	sealed, err := c.seal(plain)
	if err != nil {
		c.cState, c.result = isInvalid, cryptNothing
		return false
	}
	c.key, c.sealed = plain[8:], sealed
	c.cState, c.result = okay, okay
	return true
}

func (c *crypt) seal(plain []byte) ([]byte, error) {
	n, e := new(big.Int).SetBytes(c.modulus), new(big.Int).SetBytes(c.exponent)
	pub := &rsa.PublicKey{N: n, E: int(e.Int64())}
	switch c.padding >> 6 {
	case 1:
		return rsa.EncryptPKCS1v15(rand.Reader, pub, plain)
	case 2:
		return rsa.EncryptOAEP(sha1.New(), c.random, pub, plain, nil)
	}
	return new(big.Int).Exp(new(big.Int).SetBytes(plain), e, n).FillBytes(make([]byte, c.modulusSize())), nil
}

// readBlock lays a piece of the sealed key out for the next get of report 40.
func (c *crypt) readBlock(which byte, index int) {
	from := 64 * index
	if which != 2 || from >= len(c.sealed) {
		c.reply[2], c.result = 0, cryptBad
		return
	}
	part := c.sealed[from:min(from+64, len(c.sealed))]
	c.reply[2], c.result = byte(len(part)), okay
	c.reply = append(c.reply, part...)
}

// status is the body of report 50.
func (c *crypt) status() []byte {
	b := make([]byte, 16)
	b[0], b[1] = c.symmetric, c.padding
	b[3], b[4], b[5], b[6], b[7] = c.eState, c.nState, c.cState, c.result, 7
	return b
}

// block encrypts one report's 16 bytes.
func (c *crypt) block(plain []byte) []byte {
	out := make([]byte, aes.BlockSize)
	b, err := aes.NewCipher(c.key)
	if err != nil {
		return out
	}
	b.Encrypt(out, plain)
	return out
}

// begin is StartCapture.
func (p *Pad) begin(session uint32) byte {
	if session == 0 {
		return badParam
	}
	if p.crypt.key == nil {
		return wrongState
	}
	return p.become(capture, func() byte { p.crypt.session = session; return okay })
}

// timed is the plaintext of report 33.
func (c *crypt) timed(sample []byte, clock, seq uint16) []byte {
	b := append([]byte(nil), sample...)
	b = binary.BigEndian.AppendUint16(b, clock)
	b = binary.BigEndian.AppendUint16(b, seq)
	return binary.BigEndian.AppendUint32(append(b, 0, 0), c.session)
}
