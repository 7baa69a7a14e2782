package receipt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"testing"
	"time"
)

// badSigner has a good key's public half and signs as told.
type badSigner struct {
	*ecdsa.PrivateKey
	sign func() ([]byte, error)
}

func (b badSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return b.sign() }

// A key that fails, or gives what is no signature of its curve, makes no code.
func TestKeysThatFail(t *testing.T) {
	k := key(t)
	der := func(r, s *big.Int) []byte {
		b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	one, big257 := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 256)
	broken := errors.New("token is out")
	for name, sign := range map[string]func() ([]byte, error){
		"error":           func() ([]byte, error) { return nil, broken },
		"nothing":         func() ([]byte, error) { return nil, nil },
		"no DER":          func() ([]byte, error) { return []byte("signature"), nil },
		"more behind":     func() ([]byte, error) { return append(der(one, one), 0), nil },
		"zero":            func() ([]byte, error) { return der(new(big.Int), one), nil },
		"negative":        func() ([]byte, error) { return der(one, big.NewInt(-1)), nil },
		"too long":        func() ([]byte, error) { return der(big257, one), nil },
		"raw r and s":     func() ([]byte, error) { return make([]byte, 64), nil },
		"ed25519 instead": nil,
	} {
		var signer crypto.Signer = badSigner{k, sign}
		switch name {
		case "ed25519 instead":
			_, private, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			signer = private
		}
		if code, err := Encode(sample(), address, signer, rand.Reader); err == nil {
			t.Errorf("%s: %s", name, code)
		} else if name == "error" && !errors.Is(err, broken) {
			t.Errorf("the key's error is lost: %v", err)
		}
	}
}

// Another key's signature makes a code that no one takes for this key's.
func TestAnotherKeysSignature(t *testing.T) {
	mine, other := key(t), key(t)
	code := encode(t, sample(), other)
	if _, err := Verify(code, &mine.PublicKey); !errors.Is(err, ErrOtherKey) {
		t.Errorf("got %v", err)
	}
	s, err := decode(code)
	if err != nil {
		t.Fatal(err)
	}
	id, err := KeyID(&mine.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	s.KeyID = id[:]
	data, err := marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(encoding().EncodeToString(data), &mine.PublicKey); !errors.Is(err, ErrSignature) {
		t.Errorf("with the other key's number: %v", err)
	}
}

// A part out of its range is refused by whoever reads it, however well signed.
func TestPartsOutOfRange(t *testing.T) {
	k := key(t)
	good, err := decode(encode(t, sample(), k))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*signed){
		"version":         func(s *signed) { s.Version = 2 },
		"kind 0":          func(s *signed) { s.Kind = 0 },
		"kind 300":        func(s *signed) { s.Kind = 300 },
		"type":            func(s *signed) { s.Type = 10000 },
		"number":          func(s *signed) { s.Number = 1e18 },
		"time 0":          func(s *signed) { s.Time = 0 },
		"time far":        func(s *signed) { s.Time = 1 << 32 },
		"amount":          func(s *signed) { s.Fen = maxFen + 1 },
		"last four":       func(s *signed) { s.Last4 = 10000 },
		"short digest":    func(s *signed) { s.Digest = s.Digest[:15] },
		"long key id":     func(s *signed) { s.KeyID = append(s.KeyID, 0) },
		"short signature": func(s *signed) { s.Signature = s.Signature[:63] },
		"no signature":    func(s *signed) { s.Signature = nil },
	} {
		s := good
		spoil(&s)
		data, err := marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(encoding().EncodeToString(data)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ExampleEncode() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := Encode(Receipt{Kind: Text, Type: "2101", Number: "010010326031800018", Time: time.Unix(1773813932, 0),
		Fen: 12800050, Last4: "3453"}, "HTTPS://V.EXAMPLE.COM/R/", key, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := Verify(code, &key.PublicKey)
	fmt.Println(r.Type, r.Number, r.Fen, r.Last4, err)
	// Output: 2101 010010326031800018 12800050 3453 <nil>
}
