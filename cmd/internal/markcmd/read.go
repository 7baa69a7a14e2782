package markcmd

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"

	"moqian/cmd/internal/keyfile"
	"moqian/cmd/internal/proof"
	"moqian/render/ink"
	"moqian/render/watermark"
	"moqian/render/watermark/robust"
	object "moqian/sign/pdf"
)

// mostBytes of a file that is read.
const mostBytes = 256 << 20

// Keygen writes a fresh key file, 0600; it never overwrites one.
func Keygen(path string) error {
	var k watermark.Key
	defer clear(k[:])
	if _, err := rand.Read(k[:]); err != nil {
		return fmt.Errorf("making a mark key: %w", err)
	}
	return keyfile.Write(path, k)
}

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

// Ink is both answers for one ink of a PDF.
type Ink struct {
	Page    int     `json:"page"` // from 1
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
}

// Result is what Read found. Of several inks in a PDF, Binding is the worst and
// Robust the first found.
type Result struct {
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
	Inks    []Ink   `json:"inks,omitempty"`
}

// Yes says whether a mark was read and nothing speaks against it.
func (r Result) Yes() bool {
	switch r.Binding.State {
	case watermark.Match, watermark.Unchecked:
		return true
	case watermark.Altered, watermark.Foreign:
		return false
	}
	return r.Robust.Found
}

// Read reads the marks of a PDF or PNG file. key empty: nothing can be read,
// all is absent. context empty: the binding of ink to its voucher is not
// checked; else it is the file whose SHA-256 the ink was bound to.
func Read(ctx context.Context, file, key, contextFile string) (Result, error) {
	b, err := read(file)
	if err != nil {
		return Result{}, err
	}
	var k watermark.Key
	if key != "" {
		if k, err = keyfile.Read(key); err != nil {
			return Result{}, err
		}
		defer clear(k[:])
	}
	bound, err := bound(contextFile)
	if err != nil {
		return Result{}, err
	}
	none := Result{Binding: Binding{State: watermark.Absent, Altered: []int{}}}
	if isPDF(b) {
		inks, err := inksOf(b)
		if err != nil || key == "" {
			return none, err
		}
		return readInks(ctx, inks, k, bound)
	}
	g, err := gray(b)
	if err != nil || key == "" {
		return none, err
	}
	r, err := robust.Read(g, watermark.Robust(k))
	none.Robust = robustly(r)
	return none, err
}

func readInks(ctx context.Context, inks []proof.Ink, k watermark.Key, bound *[32]byte) (Result, error) {
	all := Result{Binding: Binding{State: watermark.Absent, Altered: []int{}}}
	worst := -1
	for _, i := range inks {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		r := watermark.Read(i.Outlines, k, bound)
		n := Ink{Page: i.Page + 1, Binding: Binding{State: r.State, Handle: hex.EncodeToString(r.Handle), Strokes: r.Strokes, Altered: r.Altered}}
		if n.Binding.Altered == nil {
			n.Binding.Altered = []int{}
		}
		n.Robust = robustly(robust.ReadOutlines(i.Outlines, watermark.Robust(k)))
		if !all.Robust.Found {
			all.Robust = n.Robust
		}
		if s := severity(r.State); s > worst {
			worst, all.Binding = s, n.Binding
		}
		all.Inks = append(all.Inks, n)
	}
	if len(all.Inks) == 1 {
		all.Inks = nil
	}
	return all, nil
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
	if st.Size() > mostBytes {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are read", st.Name(), st.Size(), mostBytes)
	}
	return os.ReadFile(file)
}

func isPDF(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) }

// inksOf finds the ink of a PDF.
func inksOf(b []byte) ([]proof.Ink, error) {
	f, err := object.Parse(b)
	if err != nil {
		if f, err = object.ParseForeign(b); err != nil {
			return nil, fmt.Errorf("reading the PDF: %w", err)
		}
	}
	return proof.Inks(f)
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

func outlinesOf(inks []proof.Ink) []ink.Outline {
	var all []ink.Outline
	for _, i := range inks {
		all = append(all, i.Outlines...)
	}
	return all
}
