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
	"strings"

	"moqian/cmd/internal/keyfile"
	"moqian/cmd/internal/proof"
	"moqian/render/ink"
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
	Page    int     `json:"page"` // from 1; 0: on no page by itself
	Where   string  `json:"where"`
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
	Public  *Public `json:"public,omitempty"`
}

// Result is what Read found. Of several inks in a PDF, Binding and Public are
// the worst and Robust the first found. Absent counts only where nothing says
// more, or for ink of which the file's names say that it is a signer's.
type Result struct {
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
	// Public is nil where no public key was given.
	Public *Public `json:"public,omitempty"`
	Inks   []Ink   `json:"inks,omitempty"`
	// Unread says what of the file could not be read, or was not searched.
	Unread string `json:"unread,omitempty"`

	all                   []Ink // Inks, or the only one
	picture, keyed, bound bool  // what was read, and with what
}

// Yes says whether a mark was read and nothing speaks against it: in a picture
// the robust mark, in a PDF the binding one (of this context, if one was given)
// or the public part, while no ink is another's.
func (r Result) Yes() bool {
	if r.Unread != "" {
		return false
	}
	if r.picture {
		return r.Robust.Found
	}
	public := r.Public != nil && (r.Public.State == watermark.Match || r.Public.State == watermark.Unchecked)
	if p := r.Public; p != nil && severity(p.State) > severity(watermark.Absent) || r.strange() != nil {
		return false
	}
	switch r.Binding.State {
	case watermark.Match:
		return true
	case watermark.Unchecked:
		return r.Binding.Handle != "" && !r.bound || public
	case watermark.Absent:
		return public
	}
	return false
}

// strange is an ink that names another voucher in its width than the binding
// mark does.
func (r Result) strange() *Ink {
	for i, k := range r.all {
		if k.Robust.Found && k.Binding.State == watermark.Absent && r.Binding.Handle != "" && k.Robust.Handle != r.Binding.Handle && !k.Robust.Short {
			return &r.all[i]
		}
	}
	return nil
}

// Remark says in a sentence what the answer rests on where its states alone
// could be misread; empty: nothing is to be said.
func (r Result) Remark() string {
	var out []string
	if r.Unread != "" {
		out = append(out, "not everything was read / 未能全部读取: "+r.Unread)
	}
	switch {
	case !r.keyed && r.picture:
		out = append(out, "no --key: nothing was looked for / 未给出密钥，未查找水印")
	case !r.keyed:
		out = append(out, "no --key: the binding and the robust mark were not looked for / 未给出密钥，未查找绑定水印和稳健水印")
	case r.picture && r.bound:
		out = append(out, "a picture tells whose ink it is, not whether it belongs to --context / 图片只能说明笔迹属于谁，不能核对 --context")
	case !r.picture && r.Robust.Found && !slices.ContainsFunc(r.all, func(k Ink) bool { return k.Binding.Handle != "" }):
		out = append(out, "the ink is of "+r.Robust.Handle+" (robust mark), its binding mark is gone: not shown to belong here / 稳健水印表明笔迹属于 "+r.Robust.Handle+"，绑定水印已不存在，不能证明属于此处")
	}
	for _, k := range r.all {
		if len(r.all) > 1 && severity(k.Binding.State) >= severity(watermark.Absent) {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s %s", k.Where, k.Binding.State, k.Binding.Handle)))
		}
	}
	if k := r.strange(); k != nil {
		out = append(out, k.Where+": ink of another voucher, "+k.Robust.Handle+" (robust mark) / 另一凭证的笔迹")
	}
	return strings.Join(out, "\n")
}

// ReadOptions are files; each may be empty.
type ReadOptions struct {
	// Key of the branch. Without it nothing keyed can be read: the binding mark
	// is unchecked and names no handle.
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
	none := Result{Binding: s.unknown(), keyed: s.key != nil, bound: s.context != nil, picture: !isPDF(b)}
	if isPDF(b) {
		return s.pdf(ctx, b, none)
	}
	g, err := gray(b)
	if err != nil || s.key == nil {
		return none, err
	}
	r, err := robust.Read(g, watermark.Robust(*s.key))
	none.Robust = robustly(r)
	return none, err
}

// unknown is the binding of which nothing was read.
func (s secrets) unknown() Binding {
	b := Binding{State: watermark.Absent, Altered: []int{}}
	if s.key == nil {
		b.State = watermark.Unchecked
	}
	return b
}

// pdf reads the inks of a PDF: the named ones, and everything else that draws.
func (s secrets) pdf(ctx context.Context, b []byte, all Result) (Result, error) {
	f, err := parse(b)
	if err != nil {
		return all, err
	}
	named, others, err := proof.AllInks(f)
	if err != nil {
		if all.Unread = err.Error(); len(named)+len(others) == 0 {
			return all, fmt.Errorf("%w: reading the PDF: %w", ErrInput, err)
		}
	}
	if s.public != nil {
		all.Public = &Public{State: watermark.Absent}
	}
	var search *proof.Search
	if s.key != nil {
		search = proof.NewSearch(*s.key)
	}
	inks := slices.Concat(named, proof.Candidates(others))
	second := proof.SecondLayer(inks)
	for i, k := range inks {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		n := s.readInk(k, search, second[i])
		if k.Number >= 0 || n.marked() {
			all.all = append(all.all, n)
		}
	}
	if search != nil && search.Cut {
		all.Unread = strings.TrimSpace(all.Unread + "\nmore drawings than are searched for ink")
	}
	all.sum()
	return all, nil
}

// marked says that an ink carries any mark.
func (k Ink) marked() bool {
	return k.Binding.Handle != "" || k.Robust.Found || k.Public != nil && k.Public.State != watermark.Absent
}

// sum makes the answer for all inks; that of one alone needs no list.
func (r *Result) sum() {
	worst := -1
	for i, n := range r.all {
		if !r.Robust.Found {
			r.Robust = n.Robust
		}
		if s := severity(n.Binding.State); s > worst {
			worst, r.Binding = s, n.Binding
		}
		if p := n.Public; p != nil && (i == 0 || severity(p.State) > severity(r.Public.State)) {
			r.Public = p
		}
	}
	if len(r.all) > 1 {
		r.Inks = r.all
	}
}

func (s secrets) readInk(i proof.Ink, search *proof.Search, layer2 bool) Ink {
	n := Ink{Page: i.Page + 1, Where: i.Where, Binding: s.unknown()}
	outlines := i.Outlines
	if s.key != nil {
		r := search.Binding(i, func(in []ink.Outline) watermark.Reading { return watermark.Read(in, *s.key, s.context) })
		outlines = r.Outlines
		n.Binding = Binding{State: r.State, Handle: hex.EncodeToString(r.Handle), Strokes: r.Strokes, Altered: append([]int{}, r.Altered...)}
		if layer2 {
			shown := outlines
			if r.State == watermark.Absent {
				shown = i.Shown()
			}
			n.Robust = robustly(robust.ReadOutlines(shown, watermark.Robust(*s.key)))
		}
	}
	if s.public != nil {
		r := i.Public(outlines, s.public, s.context)
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

func parse(b []byte) (*object.File, error) {
	f, err := object.Parse(b)
	if err != nil {
		if f, err = object.ParseForeign(b); err != nil {
			return nil, fmt.Errorf("%w: reading the PDF: %w", ErrInput, err)
		}
	}
	return f, nil
}

// inksOf finds the ink of a PDF.
func inksOf(b []byte) ([]proof.Ink, error) {
	f, err := parse(b)
	if err != nil {
		return nil, err
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
