package keyfile

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"moqian/render/watermark"
)

func held(year int, key byte, local bool) Held {
	return Held{Named{"01001", year, watermark.Key{key}}, local}
}

func TestInForce(t *testing.T) {
	for _, c := range []struct {
		name string
		ring []Held
		want map[int]byte // year to key; 0: none
	}{
		{"empty", nil, map[int]byte{2026: 0}},
		{"one year", []Held{held(2026, 1, false)}, map[int]byte{2025: 0, 2026: 1, 2027: 1}},
		{"next year's came early", []Held{held(2026, 1, false), held(2027, 2, false)}, map[int]byte{2026: 1, 2027: 2, 2028: 2}},
		{"last year's came late", []Held{held(2027, 2, false), held(2026, 1, false)}, map[int]byte{2026: 1, 2027: 2}},
		{"replaced within the year", []Held{held(2026, 1, false), held(2026, 2, false)}, map[int]byte{2026: 2}},
		{"taken back", []Held{held(2026, 1, false), held(2026, 2, false), held(2026, 1, false)}, map[int]byte{2026: 1}},
		{"of a version without years", []Held{held(0, 9, true)}, map[int]byte{2026: 9}},
	} {
		var r Ring
		for _, h := range c.ring {
			r.Add(h)
		}
		b, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseRing(b)
		if err != nil || !reflect.DeepEqual(again.All(), r.All()) {
			t.Errorf("%s: %v, read back %v", c.name, err, again.All())
		}
		for year, key := range c.want {
			h, ok := again.InForce(year)
			if ok != (key != 0) || h.Key[0] != key {
				t.Errorf("%s: in %d the key is %d, want %d", c.name, year, h.Key[0], key)
			}
		}
	}
}

func TestRing(t *testing.T) {
	var r Ring
	r.Add(held(2026, 1, true))
	if r.HandedOut() {
		t.Error("a key made here was handed out")
	}
	r.Add(held(2026, 2, false))
	id := held(0, 1, false).ID()
	if h, err := r.Find(id); err != nil || h.Key != (watermark.Key{1}) || !r.HandedOut() {
		t.Errorf("%v %v", h, err)
	}
	if _, err := r.Find("00000000"); err == nil {
		t.Error("found a key that is not there")
	}
	if all := r.All(); len(all) != 2 || all[0].Key != (watermark.Key{2}) {
		t.Errorf("not the newest first: %v", all)
	}
	if r.Wipe(); len(r.All()) != 0 {
		t.Error("keys stayed")
	}
	for _, bad := range []string{"{}", `[{"key":"00"}]`, `[{"key":"zz"}]`, `[{"key":"","more":1}]`, "x"} {
		if _, err := ParseRing([]byte(bad)); err == nil {
			t.Errorf("took %s", bad)
		}
	}
}

func FuzzParseRing(f *testing.F) {
	f.Add([]byte(`[{"branch":"01001","year":2026,"key":"0101010101010101010101010101010101010101010101010101010101010101"}]`))
	f.Add([]byte("[]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRing(b)
		if err != nil {
			return
		}
		out, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseRing(out); err != nil || len(again.All()) != len(r.All()) {
			t.Fatal(err)
		}
	})
}

func TestNamedAndMaster(t *testing.T) {
	dir := t.TempDir()
	key, master := filepath.Join(dir, "k"), filepath.Join(dir, "m")
	want := Named{"01001", 2026, watermark.Key{3}}
	if err := Save(key, want); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(key); err != nil || got != want {
		t.Errorf("%v %v", got, err)
	}
	if err := SaveMaster(master, [32]byte{7}); err != nil {
		t.Fatal(err)
	}
	if m, err := LoadMaster(master); err != nil || m != [32]byte{7} || !IsMaster(master) || IsMaster(key) {
		t.Errorf("%v %v", m, err)
	}
	if _, err := Load(master); err == nil {
		t.Error("took a master for a key")
	}
	if _, err := LoadMaster(key); err == nil {
		t.Error("took a key for a master")
	}
	other := filepath.Join(dir, "o")
	text := `{"schema":"moqian-mark-key 1","id":"00000000","key":"0101010101010101010101010101010101010101010101010101010101010101"}`
	if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(other); err == nil {
		t.Error("took a key under another key's id")
	}
}

func TestPublicKeys(t *testing.T) {
	dir := t.TempDir()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := PublicPEM(public)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "01001-03"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, public, private)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err = x509.MarshalPKIXPublicKey(p256.Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		b    []byte
		n    int // 0: an error
	}{
		{"key", text, 1}, {"certificate", cert, 1}, {"both", append(append([]byte(nil), text...), cert...), 2},
		{"P-256", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0}, {"nothing", nil, 0},
		{"garbage", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}), 0},
		{"bad certificate", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), 0},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, tt.b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := PublicKeys(path)
		if len(got) != tt.n || (err != nil) != (tt.n == 0) {
			t.Errorf("%s: %d keys, %v", tt.name, len(got), err)
		}
		for _, k := range got {
			if !k.Equal(public) {
				t.Errorf("%s: another key", tt.name)
			}
		}
	}
}

func FuzzFiles(f *testing.F) {
	f.Add([]byte(`{"schema":"moqian-mark-key 1","key":"00"}`))
	f.Add([]byte(`{"schema":"moqian-mark-master 1","master":""}`))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, ok := parse(b, schema); ok {
			if s, err := secret("", k.Key); err == nil && s == [32]byte{} && len(k.Key) != 64 {
				t.Fatal("a key out of nothing")
			}
		}
		keys, err := parsePublicKeys(b)
		if (err == nil) != (len(keys) > 0) {
			t.Fatal(err)
		}
		for _, k := range keys {
			if len(k) != ed25519.PublicKeySize {
				t.Fatalf("a key of %d bytes", len(k))
			}
		}
	})
}
