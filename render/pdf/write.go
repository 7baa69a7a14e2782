package pdf

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"moqian/render"
	"moqian/sign/pdf"
)

// Producer names the program in every file.
const Producer = "Moqian"

// Doc is what Write needs besides pages and ink.
type Doc struct {
	Title   string
	Lang    string // zh-CN
	Created string // RFC 3339 with offset
	// ID is the file identifier.
	ID [16]byte
	// Data is the voucher's data for the XMP extension schema: property name
	// to value, in order.
	Data []Property
}

// Property is one value of the voucher's XMP schema. Name is a letter followed
// by letters and digits.
type Property struct{ Name, Value, Description string }

// Write paints pages and ink into a finished PDF/A-1b file. The same input
// gives the same bytes.
func Write(pages []render.Page, inks []render.Ink, fonts *render.Fonts, d Doc) ([]byte, error) {
	return NewWriter(fonts).Write(pages, inks, d)
}

// Writer writes files with one set of fonts; it keeps their compact glyphs and
// packed subsets. It is safe for several goroutines.
type Writer struct {
	fonts   *render.Fonts
	packers sync.Pool  // of *packer
	mu      sync.Mutex // guards faces, what they hold, and kept
	faces   map[render.FontID]*face
	kept    map[[32]byte][]byte // packed streams by the SHA-256 of their data
}

// NewWriter makes a writer; fonts are parsed when a page first uses them.
func NewWriter(fonts *render.Fonts) *Writer {
	return &Writer{fonts: fonts, faces: map[render.FontID]*face{}, kept: map[[32]byte][]byte{}}
}

// Write paints pages and ink into a finished PDF/A-1b file, see the function.
func (w *Writer) Write(pages []render.Page, inks []render.Ink, d Doc) ([]byte, error) {
	letters, set, err := w.set(pages)
	if err != nil {
		return nil, err
	}
	return w.finish(pages, inks, d, letters, set)
}

// set has the text set by gopdf.
func (w *Writer) set(pages []render.Page) (*typeCase, [][]setText, error) {
	all := make([][]letter, len(pages))
	for i, p := range pages {
		all[i] = texts(p.Items, false, nil)
	}
	letters, err := w.typeCase(all)
	if err != nil {
		return nil, nil, err
	}
	set, err := setTexts(pages, all, letters)
	return letters, set, err
}

// finish is the one pass that makes the file.
func (w *Writer) finish(pages []render.Page, inks []render.Ink, d Doc, letters *typeCase, set [][]setText) ([]byte, error) {
	p := w.packer()
	defer w.packers.Put(p)
	f := &file{packer: p, writer: w, out: pdf.NewWriter("1.4"), doc: d, fonts: pdf.Dict{}, forms: pdf.Dict{}}
	f.root, f.pages, f.resources = f.out.Alloc(), f.out.Alloc(), f.out.Alloc()
	f.addFonts(letters.fonts)
	var refs pdf.Array
	for i, p := range pages {
		own := slices.DeleteFunc(slices.Clone(inks), func(k render.Ink) bool { return k.Page != i })
		r, err := f.addPage(p, own, set[i])
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		refs = append(refs, r)
	}
	return f.finish(refs)
}

// file is a file being written.
type file struct {
	*packer
	writer                 *Writer
	out                    *pdf.Writer
	doc                    Doc
	root, pages, resources pdf.Ref
	fonts                  pdf.Dict // resource name to font
	forms                  pdf.Dict // resource name to form XObject
	inks                   int
}

func (f *file) keep(d pdf.Dict, data []byte) *pdf.Stream { return f.writer.packKept(f.packer, d, data) }

// addPage writes content and page object.
func (f *file) addPage(p render.Page, inks []render.Ink, texts []setText) (pdf.Ref, error) {
	c := &content{file: f, height: p.H * ptPerMM, texts: texts}
	c.b = make([]byte, 0, 32<<10)
	if err := c.items(p.Items); err != nil {
		return pdf.Ref{}, err
	}
	c.endText()
	c.paint()
	for _, k := range inks {
		c.ink(k)
	}
	body, page := f.out.Alloc(), f.out.Alloc()
	f.out.Put(body, f.pack(pdf.Dict{}, c.b))
	f.out.Put(page, pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": f.pages, "Contents": body, "Resources": f.resources,
		"MediaBox": pdf.Array{int64(0), int64(0), round2(p.W * ptPerMM), round2(p.H * ptPerMM)},
	})
	return page, nil
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }

// finish writes what belongs to the whole file.
func (f *file) finish(pages pdf.Array) ([]byte, error) {
	meta, profile, info := f.out.Alloc(), f.out.Alloc(), f.out.Alloc()
	xmp, created, err := packet(f.doc)
	if err != nil {
		return nil, err
	}
	intent := pdf.Dict{
		"Type": pdf.Name("OutputIntent"), "S": pdf.Name("GTS_PDFA1"), "DestOutputProfile": profile,
		"OutputConditionIdentifier": pdf.Verbatim("(sRGB IEC61966-2.1)"), "Info": pdf.Verbatim("(sRGB IEC61966-2.1)"),
	}
	f.out.Put(f.root, pdf.Dict{
		"Type": pdf.Name("Catalog"), "Pages": f.pages, "Metadata": meta, "Lang": pdf.String(f.doc.Lang),
		"OutputIntents": pdf.Array{intent},
	})
	f.out.Put(f.pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pages, "Count": int64(len(pages))})
	f.out.Put(f.resources, pdf.Dict{"Font": f.fonts, "XObject": f.forms})
	f.out.Put(meta, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: xmp})
	f.out.Put(profile, f.keep(pdf.Dict{"N": int64(3)}, sRGB()))
	f.out.Put(info, pdf.Dict{"Title": textString(f.doc.Title), "Producer": pdf.String(Producer), "CreationDate": pdf.String(created)})
	id := pdf.String(f.doc.ID[:])
	return f.out.Finish(pdf.Dict{"Root": f.root, "Info": info, "ID": pdf.Array{id, id}})
}
