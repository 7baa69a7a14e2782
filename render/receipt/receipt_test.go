package receipt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"
)

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sample() Receipt {
	return Receipt{Kind: Text, Type: "2101", Number: "010010326031800012"[:18], Time: time.Unix(1773813932, 0).UTC(),
		Fen: 12800050, Last4: "0456", Digest: [16]byte{1, 2, 3}}
}

const address = "HTTPS://V.EXAMPLE.COM/R/"

func encode(t testing.TB, r Receipt, k *ecdsa.PrivateKey) string {
	t.Helper()
	code, err := Encode(r, address, k, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestRoundTripAndSize(t *testing.T) {
	k := key(t)
	for _, c := range []struct {
		name  string
		fen   int64
		bytes int // of CBOR, by the page specification
	}{{"usual amount", 12800050, 116}, {"largest amount", maxFen, 120}} {
		t.Run(c.name, func(t *testing.T) {
			r := sample()
			r.Fen = c.fen
			r.Number = "987654326031800012"
			code := encode(t, r, k)
			if want := len(address) + (c.bytes*8+4)/5; len(code) != want {
				t.Errorf("%d characters, want %d", len(code), want)
			}
			got, err := Verify(code, &k.PublicKey)
			if err != nil {
				t.Fatal(err)
			}
			r.KeyID = got.KeyID
			if got != r {
				t.Errorf("got %+v, want %+v", got, r)
			}
		})
	}
}

func TestLeadingZerosStay(t *testing.T) {
	k := key(t)
	r := sample()
	r.Last4, r.Number, r.Fen = "0007", "000010326031800012", 0
	got, err := Verify(encode(t, r, k), &k.PublicKey)
	if err != nil || got.Last4 != "0007" || got.Number != r.Number || got.Fen != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A trial code is not made real by changing its kind, nor by a real key.
func TestTrialNeverPassesForReal(t *testing.T) {
	trial, real := key(t), key(t)
	r := sample()
	r.Kind = Text + Trial
	code := encode(t, r, trial)
	got, err := Verify(code, &trial.PublicKey)
	if err != nil || got.Kind != 17 {
		t.Fatalf("kind %d, %v", got.Kind, err)
	}
	if _, err := Verify(code, &real.PublicKey); !errors.Is(err, ErrOtherKey) {
		t.Errorf("with the real key: %v", err)
	}
	s, err := decode(code)
	if err != nil {
		t.Fatal(err)
	}
	s.Kind = 1
	data, err := marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(address+encoding().EncodeToString(data), &trial.PublicKey); !errors.Is(err, ErrSignature) {
		t.Errorf("with another kind: %v", err)
	}
}

// Every single changed byte of the data is noticed.
func TestEveryChangedByteIsNoticed(t *testing.T) {
	k := key(t)
	code := encode(t, sample(), k)
	data, err := encoding().DecodeString(strings.TrimPrefix(code, address))
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 0x01
		if _, err := Verify(encoding().EncodeToString(data), &k.PublicKey); err == nil {
			t.Errorf("byte %d changed, and still valid", i)
		}
		data[i] ^= 0x01
	}
}

func TestOnlyTheShortestFormIsRead(t *testing.T) {
	k := key(t)
	code := encode(t, sample(), k)
	data, err := encoding().DecodeString(strings.TrimPrefix(code, address))
	if err != nil {
		t.Fatal(err)
	}
	long := append([]byte{data[0], 0x18, 0x01}, data[2:]...) // version 1 in two bytes
	for name, text := range map[string]string{
		"long integer": encoding().EncodeToString(long),
		"more behind":  encoding().EncodeToString(append(data[:len(data):len(data)], 0)),
		"cut":          code[:len(code)-8],
		"lower case":   strings.ToLower(code),
		"line end":     code + "\n",
		"empty":        "",
		"address only": address,
	} {
		if _, err := Parse(text); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	k := key(t)
	for name, change := range map[string]func(*Receipt){
		"kind":        func(r *Receipt) { r.Kind = 3 },
		"trial alone": func(r *Receipt) { r.Kind = Trial },
		"type":        func(r *Receipt) { r.Type = "21A1" },
		"number":      func(r *Receipt) { r.Number = "1" },
		"last four":   func(r *Receipt) { r.Last4 = "" },
		"negative":    func(r *Receipt) { r.Fen = -1 },
		"too much":    func(r *Receipt) { r.Fen = maxFen + 1 },
		"no time":     func(r *Receipt) { r.Time = time.Time{} },
	} {
		r := sample()
		change(&r)
		if _, err := Encode(r, address, k, rand.Reader); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, prefix := range []string{"https://v.example.com/R/", "HTTPS://V.EXAMPLE.COM/LONGER/R/"} {
		if _, err := Encode(sample(), prefix, k, rand.Reader); err == nil {
			t.Errorf("address %s: taken", prefix)
		}
	}
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Encode(sample(), address, other, rand.Reader); err == nil {
		t.Error("P-384 key taken")
	}
}

func FuzzParse(f *testing.F) {
	k := key(f)
	code := encode(f, sample(), k)
	f.Add(code)
	f.Add(code[:60])
	f.Add("")
	f.Add("RI")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if _, err := r.body(); err != nil {
			t.Fatalf("parsed what cannot be encoded: %v", err)
		}
	})
}
