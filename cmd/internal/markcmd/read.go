package markcmd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"

	"moqian/cmd/internal/keyfile"
	"moqian/cmd/internal/proof"
	"moqian/render/watermark"
	"moqian/render/watermark/robust"
	object "moqian/sign/pdf"
)

// ErrInput: what was given cannot be read for marks: neither PDF nor PNG, cut
// off, or too large.
var ErrInput = errors.New("no PDF and no PNG picture that can be read")

// mostBytes of a file that is read.
const mostBytes = 256 << 20

// Binding is the answer of the exact layer.
type Binding struct {
	State   watermark.State `json:"state"`
	Handle  string          `json:"handle"`
	Strokes int             `json:"strokes"`
	Altered []int           `json:"altered"`
}

// Robust is the answer of the layer that survives printing.
type Robust struct {
	Found  bool    `json:"found"`
	Handle string  `json:"handle"`
	Bits   int     `json:"bits"`
	T      float64 `json:"t"`
	// Short: the ink was too short for the handle; Handle is the first bytes of
	// the handle's SHA-256 instead.
	Short bool `json:"short,omitempty"`
}

// Public is the answer of the public part.
type Public struct {
	State  watermark.State `json:"state"`
	Handle string          `json:"handle"`
	Key    string          `json:"key"` // see watermark.PublicKeyID, hex
	Room   int             `json:"room"`
}

// Ink is the answers for one ink of a PDF.
type Ink struct {
	Page    int     `json:"page"` // from 1
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
	Public  *Public `json:"public,omitempty"`
}

// Result is what Read found. Of several inks in a PDF, Binding and Public are
// the worst and Robust the first found.
type Result struct {
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
	// Public is nil where no public key was given.
	Public *Public `json:"public,omitempty"`
	Inks   []Ink   `json:"inks,omitempty"`
}

// Yes says whether a mark was read and nothing speaks against it.
func (r Result) Yes() bool {
	state := r.Binding.State
	if p := r.Public; p != nil && severity(p.State) > severity(watermark.Absent) || state == watermark.Absent && p != nil {
		state = p.State
	}
	switch state {
	case watermark.Match, watermark.Unchecked:
		return r.Binding.State != watermark.Altered && r.Binding.State != watermark.Foreign
	case watermark.Altered, watermark.Foreign:
		return false
	}
	return r.Robust.Found
}

// ReadOptions are files; each may be empty.
type ReadOptions struct {
	// Key of the branch. Without it nothing keyed can be read: all is absent.
	Key string
	// Context is the file whose SHA-256 the ink was bound to. Without it the
	// binding of ink to its voucher is not checked.
	Context string
	// Public keys in PEM, for the public part.
	Public []string
}

// secrets are the content of ReadOptions' files.
type secrets struct {
	key     *watermark.Key
	context *[32]byte
	public  []ed25519.PublicKey
}

func (o ReadOptions) open() (s secrets, err error) {
	if o.Key != "" {
		k, err := keyfile.Read(o.Key)
		if err != nil {
			return s, err
		}
		s.key = &k
	}
	for _, name := range o.Public {
		k, err := keyfile.PublicKeys(name)
		if err != nil {
			return s, err
		}
		s.public = append(s.public, k...)
	}
	s.context, err = bound(o.Context)
	return s, err
}

// Read reads the marks of a PDF or PNG file. ErrInput: it is neither.
func Read(ctx context.Context, file string, o ReadOptions) (Result, error) {
	b, err := read(file)
	if err != nil {
		return Result{}, err
	}
	s, err := o.open()
	if err != nil {
		return Result{}, err
	}
	none := Result{Binding: Binding{State: watermark.Absent, Altered: []int{}}}
	if isPDF(b) {
		inks, err := inksOf(b)
		if err != nil {
			return none, err
		}
		return readInks(ctx, inks, s)
	}
	g, err := gray(b)
	if err != nil || s.key == nil {
		return none, err
	}
	r, err := robust.Read(g, watermark.Robust(*s.key))
	none.Robust = robustly(r)
	return none, err
}

func readInks(ctx context.Context, inks []proof.Ink, s secrets) (Result, error) {
	all := Result{Binding: Binding{State: watermark.Absent, Altered: []int{}}}
	if s.public != nil {
		all.Public = &Public{State: watermark.Absent}
	}
	worst := -1
	for _, i := range inks {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		n := s.readInk(i)
		if !all.Robust.Found {
			all.Robust = n.Robust
		}
		if s := severity(n.Binding.State); s > worst {
			worst, all.Binding = s, n.Binding
		}
		if p := n.Public; p != nil && (len(all.Inks) == 0 || severity(p.State) > severity(all.Public.State)) {
			all.Public = p
		}
		all.Inks = append(all.Inks, n)
	}
	if len(all.Inks) == 1 {
		all.Inks = nil
	}
	return all, nil
}

func (s secrets) readInk(i proof.Ink) Ink {
	n := Ink{Page: i.Page + 1, Binding: Binding{State: watermark.Absent, Altered: []int{}}}
	if s.key != nil {
		r := watermark.Read(i.Outlines, *s.key, s.context)
		n.Binding = Binding{State: r.State, Handle: hex.EncodeToString(r.Handle), Strokes: r.Strokes, Altered: append([]int{}, r.Altered...)}
		n.Robust = robustly(robust.ReadOutlines(i.Outlines, watermark.Robust(*s.key)))
	}
	if s.public != nil {
		r := watermark.ReadPublic(i.Outlines, s.public, s.context)
		n.Public = &Public{State: r.State, Handle: hex.EncodeToString(r.Handle), Room: r.Room}
		if r.Key != nil {
			id := watermark.PublicKeyID(r.Key)
			n.Public.Key = hex.EncodeToString(id[:])
		}
	}
	return n
}

func severity(s watermark.State) int {
	order := []watermark.State{watermark.Match, watermark.Unchecked, watermark.Absent, watermark.Altered, watermark.Foreign}
	return slices.Index(order, s)
}

func robustly(r robust.Reading) Robust {
	return Robust{Found: r.Found, Handle: hex.EncodeToString(r.Handle), Bits: r.Bits, T: r.T, Short: r.Short}
}

func read(file string) ([]byte, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > mostBytes {
		return nil, fmt.Errorf("%w: %s has %d bytes, files of at most %d are read", ErrInput, st.Name(), st.Size(), mostBytes)
	}
	return os.ReadFile(file)
}

func isPDF(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) }

// inksOf finds the ink of a PDF.
func inksOf(b []byte) ([]proof.Ink, error) {
	f, err := object.Parse(b)
	if err != nil {
		if f, err = object.ParseForeign(b); err != nil {
			return nil, fmt.Errorf("%w: reading the PDF: %w", ErrInput, err)
		}
	}
	inks, err := proof.Inks(f)
	if err != nil {
		return nil, fmt.Errorf("%w: reading the PDF: %w", ErrInput, err)
	}
	return inks, nil
}

func bound(file string) (*[32]byte, error) {
	if file == "" {
		return nil, nil
	}
	b, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("reading the context: %w", err)
	}
	h := sha256.Sum256(b)
	return &h, nil
}
