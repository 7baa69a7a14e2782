package watermark

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	crand "crypto/rand"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"moqian/render/ink"
)

// signedInk is a mark with its public part signed.
type signedInk struct {
	marked
	signer ed25519.PrivateKey
}

func (g signedInk) public() ed25519.PublicKey { return g.signer.Public().(ed25519.PublicKey) }

func (g signedInk) readPublic(in []ink.Outline) PublicReading {
	return ReadPublic(in, []ed25519.PublicKey{g.public()}, &g.p.Context)
}

// newSigned makes an ink with room for a signature.
func newSigned(t testing.TB, seed uint64, curves ...int) signedInk {
	t.Helper()
	if len(curves) == 0 {
		curves = []int{150, 8, 90, 200, 60}
	}
	g := signedInk{newMarked(t, seed, curves...), edKey(seed)}
	var err error
	g.out, g.m, err = Keys{Key: g.key, Signer: g.signer}.embed(g.in, g.p)
	if err != nil || g.m.Public != Signed {
		t.Fatalf("%+v %v", g.m, err)
	}
	return g
}

func edKey(seed uint64) ed25519.PrivateKey {
	s := random32(rand.New(rand.NewPCG(seed, 77)))
	return ed25519.NewKeyFromSeed(s[:])
}

func wantPublic(t *testing.T, r PublicReading, s State) {
	t.Helper()
	if r.State != s {
		t.Fatalf("public part: %s, want %s", r.State, s)
	}
}

func TestPublicIntactAndTranslated(t *testing.T) {
	for seed := range uint64(60) {
		g := newSigned(t, seed)
		for range 2 {
			want(t, g.read(g.out), Match)
			r := g.readPublic(g.out)
			wantPublic(t, r, Match)
			if !bytes.Equal(r.Handle, g.p.Handle) || !r.Key.Equal(g.public()) || r.Room != g.m.Room {
				t.Fatalf("%+v", r)
			}
			others := []ed25519.PublicKey{edKey(seed + 1000).Public().(ed25519.PublicKey), nil, g.public()}
			wantPublic(t, ReadPublic(g.out, others, nil), Unchecked)
			wantPublic(t, ReadPublic(g.out, others[:2], &g.p.Context), Absent)
			elsewhere := g.p.Context
			elsewhere[seed%32] ^= 1
			wantPublic(t, ReadPublic(g.out, others, &elsewhere), Foreign)
			for _, o := range g.out {
				translate(o, int32(g.r.IntN(200001)-100000), int32(seed))
			}
			if seed%2 == 1 {
				break // strokes moved apart: below
			}
			at := g.out[0].Contours[0].Start
			for i, o := range g.out {
				translate(o, at.X-o.Contours[0].Start.X+g.in[i].Contours[0].Start.X, at.Y-o.Contours[0].Start.Y+g.in[i].Contours[0].Start.Y)
			}
		}
		if seed%2 == 1 {
			wantPublic(t, g.readPublic(g.out), Altered)
		}
	}
}

// TestPublicEveryCoordinate edits every coordinate: with the public key alone
// every edit is found but that of a guard bit by one unit, which the branch's
// key finds.
func TestPublicEveryCoordinate(t *testing.T) {
	g := newSigned(t, 3, 120, 8, 160)
	guards, total := 0, 0
	for i := range g.out {
		n := 0
		free(g.out[i], func(*ink.Point) { n += 2 })
		class := layout(n, 0)
		for j := range points(g.out[i]) {
			for axis, d := range []ink.Point{{X: 1}, {Y: -1}, {X: 2}, {Y: -3}, {X: 40}, {Y: 1000}} {
				e := copyOf(g.out)
				p := points(e[i])[j]
				old := *p
				p.X, p.Y = p.X+d.X, p.Y+d.Y
				closeAgain(e[i])
				total++
				if r := g.read(e); r.State != Altered || !slices.Contains(r.Altered, i) {
					t.Fatalf("stroke %d point %d by %v: %s %v", i, j, d, r.State, r.Altered)
				}
				r := g.readPublic(e)
				if r.State == Altered || r.State == Absent {
					continue
				}
				c := class[max(0, 2*(j-1)+axis%2)]
				if a := g.out[i].Contours[0].Start; j == 0 || c != guard || (old.X-a.X)>>1 != (p.X-a.X)>>1 || (old.Y-a.Y)>>1 != (p.Y-a.Y)>>1 {
					t.Fatalf("stroke %d point %d by %v passes: %s, class %d", i, j, d, r.State, c)
				}
				guards++
			}
		}
	}
	t.Logf("%d of %d edits are seen by the branch's key only", guards, total)
	if guards == 0 || guards*20 > total {
		t.Errorf("%d of %d edits pass the public part", guards, total)
	}
}

// TestPublicStrokes: what is done to whole strokes breaks the signature.
func TestPublicStrokes(t *testing.T) {
	for seed := range uint64(40) {
		g := newSigned(t, seed)
		n := len(g.out)
		i := g.r.IntN(n)
		j := (i + 1 + g.r.IntN(n-1)) % n
		moved, swapped := copyOf(g.out), copyOf(g.out)
		translate(moved[i], 1, 0)
		swapped[i], swapped[j] = swapped[j], swapped[i]
		fewer := copyOf(g.out)
		c := &fewer[i].Contours[0].Curves
		*c = slices.Delete(*c, 2, 3)
		open := copyOf(g.out)
		last := &open[i].Contours[0].Curves
		(*last)[len(*last)-1].P.X++
		for name, in := range map[string][]ink.Outline{
			"deleted": slices.Delete(copyOf(g.out), i, i+1), "twice": append(copyOf(g.out), clone(g.out[i])), "moved": moved, "swapped": swapped,
			"curve": fewer, "open": open, "empty": append(copyOf(g.out), ink.Outline{}), "added": slices.Insert(copyOf(g.out), i, outline(g.r, 50, 500, 500)),
		} {
			if r := g.readPublic(in); r.State != Altered && r.State != Absent {
				t.Errorf("seed %d: %s: %s", seed, name, r.State)
			}
		}
	}
}

// TestPublicForgery: a signature by another key under the name of ours, and one
// of ours from another ink, are worth nothing.
func TestPublicForgery(t *testing.T) {
	g, other := newSigned(t, 1), newSigned(t, 2)
	strokes := views(g.out)
	p, ok := parsePublic(roomBits(strokes))
	if !ok {
		t.Fatal("no public part")
	}
	donor, _ := parsePublic(roomBits(views(other.out)))
	forged := p
	forged.sig = ed25519.Sign(other.signer, p.message(g.out))
	for name, sig := range map[string][]byte{"other key": forged.sig, "other ink": donor.sig, "zeros": make([]byte, 64)} {
		forged.sig = sig
		setRoom(strokes, forged.bits())
		e := copyOf(g.out)
		for i := range e {
			write(e[i], strokes[i].bits)
		}
		if r := g.readPublic(e); r.State != Altered {
			t.Errorf("%s: %s", name, r.State)
		}
		if r := g.read(e); r.State != Altered {
			t.Errorf("%s: the branch's key says %s", name, r.State)
		}
	}
}

type badSigner struct{ sig []byte }

func (badSigner) Public() crypto.PublicKey { return edKey(1).Public() }
func (b badSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	if b.sig == nil {
		return nil, errors.New("the token is gone")
	}
	return b.sig, nil
}

// TestPublicNeverRefuses: without room, key or token the ink is marked all the
// same, and the margin tells.
func TestPublicNeverRefuses(t *testing.T) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		curves []int
		signer crypto.Signer
		want   PublicState
	}{
		{"dot", []int{8}, edKey(1), NoRoom}, {"small strokes", []int{30, 40, 20, 30, 40}, edKey(1), NoRoom},
		{"nobody signs", []int{300}, nil, NoKey}, {"token gone", []int{300}, badSigner{}, Failed},
		{"short signature", []int{300}, badSigner{[]byte{1}}, Failed}, {"not Ed25519", []int{300}, p256, Failed},
		{"signed", []int{300}, edKey(1), Signed},
	} {
		r := rand.New(rand.NewPCG(1, 1))
		p := payload(r)
		out, m, err := Keys{Key: Key{1}, Signer: c.signer}.embed(drawing(r, c.curves...), p)
		if err != nil || m.Public != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, m.Public, err, c.want)
			continue
		}
		if (m.Room >= Need(len(p.Handle))) == (c.want == NoRoom) {
			t.Errorf("%s: room %d", c.name, m.Room)
		}
		if s := Check(out, Key{1}, p.Handle, &p.Context).State; s != Match && c.name != "dot" {
			t.Errorf("%s: %s", c.name, s)
		}
		pub := ReadPublic(out, []ed25519.PublicKey{edKey(1).Public().(ed25519.PublicKey)}, &p.Context)
		if (pub.State == Match) != (c.want == Signed) || c.want != Signed && pub.State != Absent {
			t.Errorf("%s: public part %s", c.name, pub.State)
		}
	}
}

// TestThirdPartIsPublic: where a bit of the third part lies depends on the
// number of bits alone, and the rest is never too small for a whole header.
func TestThirdPartIsPublic(t *testing.T) {
	for n := 0; n < 3000; n += 1 + n/200 {
		base := layout(n, 0)
		count := map[class]int{}
		for _, c := range base {
			count[c]++
		}
		if count[room] != roomOf(n) || count[room]+count[guard] != third(n) || third(n) > 0 && count[guard] != guardBits {
			t.Fatalf("%d bits: %v", n, count)
		}
		for handle := minHandle; handle <= maxHandle; handle++ {
			h, full := headerSize(n, handle)
			if third(n) > 0 && !full || full && n-third(n)-h < leastRest {
				t.Fatalf("%d bits, handle %d: header %d, whole %v", n, handle, h, full)
			}
			got := 0
			for i, c := range layout(n, h) {
				if (c == room || c == guard) != (base[i] == room || base[i] == guard) || c == room && base[i] != room {
					t.Fatalf("%d bits, handle %d: bit %d moves from class %d to %d", n, handle, i, base[i], c)
				}
				if c == header {
					got++
				}
			}
			if got != h {
				t.Fatalf("%d bits, handle %d: %d header bits, want %d", n, handle, got, h)
			}
		}
	}
}

func FuzzReadPublic(f *testing.F) {
	g := newSigned(f, 1)
	bits := roomBits(views(g.out))
	f.Add([]byte{}, uint16(0))
	f.Add([]byte{0x3f, 9, 9}, uint16(len(bits)))
	f.Fuzz(func(t *testing.T, edits []byte, cut uint16) {
		b := slices.Clone(bits[:int(cut)%(len(bits)+1)])
		for i := 0; i < len(b) && i/8 < len(edits); i++ {
			b[i] ^= edits[i/8] >> (i % 8) & 1
		}
		if p, ok := parsePublic(b); ok && !bytes.Equal(p.bits(), b[:Need(len(p.handle))]) {
			t.Fatal("reading and writing differ")
		}
		strokes := views(g.out)
		setRoom(strokes, b)
		e := copyOf(g.out)
		for i := range e {
			write(e[i], strokes[i].bits)
		}
		same := slices.Equal(roomBits(strokes), bits)
		if r := g.readPublic(e); (r.State == Match) != same {
			t.Fatalf("%s, same %v", r.State, same)
		}
	})
}

func BenchmarkEmbedSigned(b *testing.B) {
	g := newSigned(b, 1, 90, 5, 150, 70, 200, 180, 40, 100)
	for b.Loop() {
		if _, m, err := (Keys{Key: g.key, Signer: g.signer}).embed(g.in, g.p); err != nil || m.Public != Signed {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPublic(b *testing.B) {
	g := newSigned(b, 1, 90, 5, 150, 70, 200, 180, 40, 100)
	for b.Loop() {
		if g.readPublic(g.out).State != Match {
			b.Fatal("no match")
		}
	}
}
