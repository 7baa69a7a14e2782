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
// by letters and digits; Description may be empty where the name says it.
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
	kept    map[keptKey][]byte // packed streams
}

// NewWriter makes a writer; fonts are parsed when a page first uses them.
func NewWriter(fonts *render.Fonts) *Writer {
	return &Writer{fonts: fonts, faces: map[render.FontID]*face{}, kept: map[keptKey][]byte{}}
}

// Write paints pages and ink into a finished PDF/A-1b file, see the function.
func (w *Writer) Write(pages []render.Page, inks []render.Ink, d Doc) ([]byte, error) {
	set, err := w.set(pages)
	if err != nil {
		return nil, err
	}
	return w.finish(set, inks, d)
}

// setPages are pages whose text is set, whose fonts are packed and whose content
// is written: all that can be done before the ink is there.
type setPages struct {
	pages   []render.Page
	fonts   map[render.FontID]*subset
	content []setContent
}

// setContent is a page's content without its ink, and the same packed but for
// its end.
type setContent struct{ plain, packed []byte }

// set has the text set by gopdf.
func (w *Writer) set(pages []render.Page) (*setPages, error) {
	all := make([][]letter, len(pages))
	for i, p := range pages {
		all[i] = texts(p.Items, false, nil)
	}
	letters, err := w.typeCase(all)
	if err != nil {
		return nil, err
	}
	texts, err := setTexts(pages, all, letters)
	if err != nil {
		return nil, err
	}
	p := w.packer()
	defer w.packers.Put(p)
	for _, s := range letters.fonts {
		s.packed = s.pack(w, p, false)
	}
	out := &setPages{pages: pages, fonts: letters.fonts, content: make([]setContent, len(pages))}
	for i, page := range pages {
		c := &content{height: page.H * ptPerMM, texts: texts[i]}
		c.b = make([]byte, 0, 32<<10)
		if err := c.items(page.Items); err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		c.endText()
		c.paint()
		out.content[i] = setContent{c.b, p.begun(c.b)}
	}
	return out, nil
}

// finish is the one pass that makes the file; it leaves s as it is.
func (w *Writer) finish(s *setPages, inks []render.Ink, d Doc) ([]byte, error) {
	p := w.packer()
	defer w.packers.Put(p)
	f := &file{packer: p, writer: w, out: pdf.NewWriter("1.4"), doc: d, fonts: pdf.Dict{}, forms: pdf.Dict{}, hard: len(s.pages) == 1 && heavy(inks)}
	f.root, f.pages, f.resources = f.out.Alloc(), f.out.Alloc(), f.out.Alloc()
	f.addFonts(s.fonts)
	var refs pdf.Array
	for i, p := range s.pages {
		own := slices.DeleteFunc(slices.Clone(inks), func(k render.Ink) bool { return k.Page != i })
		refs = append(refs, f.addPage(p, own, s.content[i]))
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
	hard                   bool // every stream is squeezed
}

// heavyCurves of ink bring a voucher of one page near 60 kB once it is signed:
// 13 bytes a curve beside 35 kB of page and 10 kB of signature.
const heavyCurves = 700

// heavy says whether a page is squeezed for its ink.
func heavy(inks []render.Ink) bool {
	n := 0
	for _, k := range inks {
		for _, o := range k.Outlines {
			for _, c := range o.Contours {
				n += len(c.Curves)
			}
		}
	}
	return n > heavyCurves
}

// numbers packs an ink, whose numbers are quick to pack.
func (f *file) numbers(d pdf.Dict, data []byte) *pdf.Stream {
	s := f.with(f.quick, d, data)
	if f.hard {
		return harder(s, data)
	}
	return s
}

// ended packs a page's content with what comes at its end.
func (f *file) ended(c setContent, end []byte) *pdf.Stream {
	s := &pdf.Stream{Dict: pdf.Dict{"Filter": pdf.Name("FlateDecode")}, Raw: ended(c.packed, c.plain, end)}
	if f.hard {
		return harder(s, slices.Concat(c.plain, end))
	}
	return s
}

// addPage writes content, ink and page object.
func (f *file) addPage(p render.Page, inks []render.Ink, written setContent) pdf.Ref {
	c := &content{file: f, height: p.H * ptPerMM}
	for _, k := range inks {
		c.ink(k)
	}
	body, page := f.out.Alloc(), f.out.Alloc()
	f.out.Put(body, f.ended(written, c.b))
	f.out.Put(page, pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": f.pages, "Contents": body, "Resources": f.resources,
		"MediaBox": pdf.Array{int64(0), int64(0), round2(p.W * ptPerMM), round2(p.H * ptPerMM)},
	})
	return page
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
	f.out.Put(profile, f.writer.packKept(f.packer, pdf.Dict{"N": int64(3)}, sRGB(), true))
	f.out.Put(info, pdf.Dict{"Title": textString(f.doc.Title), "Producer": pdf.String(Producer), "CreationDate": pdf.String(created)})
	id := pdf.String(f.doc.ID[:])
	return f.out.Finish(pdf.Dict{"Root": f.root, "Info": info, "ID": pdf.Array{id, id}})
}
