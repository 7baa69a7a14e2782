package sign_test

import (
	"bytes"
	"regexp"
	"testing"

	"moqian/sign/pdf"
)

type attack func(t *testing.T, b bench, good []byte) []byte

// update appends a revision to a signed file.
func update(change func(t *testing.T, f *pdf.File, w *pdf.Writer)) attack {
	return func(t *testing.T, _ bench, good []byte) []byte {
		f, err := pdf.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		w := pdf.NewUpdate(f)
		change(t, f, w)
		out, err := w.Finish(f.Trailer())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// edit replaces text of the same length or not, without mending offsets.
func edit(pattern, with string) attack {
	return func(t *testing.T, _ bench, good []byte) []byte {
		return regexp.MustCompile(pattern).ReplaceAll(good, []byte(with))
	}
}

func dictOf(t *testing.T, f *pdf.File, o pdf.Object) pdf.Dict {
	t.Helper()
	d, err := f.Dict(o)
	if err != nil || d == nil {
		t.Fatal("no dictionary", err)
	}
	out := pdf.Dict{}
	for k, v := range d {
		out[k] = v
	}
	return out
}

// attacks are the families known from the literature on PDF signatures: USF,
// ISA and SWA (Mladenov et al. 2019), shadow attacks (2021), evil annotation
// and sneaky signature (2021), and plain mishandling.
func attacks() map[string]attack {
	return map[string]attack{
		"ISA: page replaced": update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			w.Put(pdf.Ref{Num: 4}, &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT /F 20 Tf 10 50 Td (999999.99) Tj ET")})
		}),
		"ISA: catalogue replaced": update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			root := f.Trailer()["Root"].(pdf.Ref)
			w.Put(root, dictOf(t, f, root))
		}),
		"SSA: page removed": update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			w.Put(pdf.Ref{Num: 2}, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{}, "Count": int64(0)})
		}),
		"EAA: annotation added": update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			note := w.Alloc()
			d := dictOf(t, f, pdf.Ref{Num: 3})
			d["Annots"] = append(d["Annots"].(pdf.Array), note)
			w.Put(pdf.Ref{Num: 3}, d)
			w.Put(note, pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("FreeText"), "Contents": pdf.String("999"),
				"Rect": pdf.Array{int64(0), int64(0), int64(300), int64(100)}})
		}),
		"USF: no ByteRange":    edit(`/ByteRange \[[^]]*\]`, "/ByteRangX [0 0 0 0]"),
		"USF: empty ByteRange": edit(`/ByteRange \[[^]]*\]`, "/ByteRange []"),
		"USF: null ByteRange":  edit(`/ByteRange \[[^]]*\]`, "/ByteRange null"),
		"USF: no Contents":     edit(`/Contents <[0-9A-F]*>`, "/Contents <>"),
		"USF: zero Contents": func(t *testing.T, _ bench, good []byte) []byte {
			return regexp.MustCompile(`/Contents <[0-9A-F]*>`).ReplaceAllFunc(good, func(m []byte) []byte {
				return append(append([]byte("/Contents <"), bytes.Repeat([]byte("0"), len(m)-12)...), '>')
			})
		},
		"trailing garbage": func(t *testing.T, _ bench, good []byte) []byte { return append(good, "garbage"...) },
		"trailing space":   func(t *testing.T, _ bench, good []byte) []byte { return append(good, '\n') },
		"cut off":          func(t *testing.T, _ bench, good []byte) []byte { return good[:len(good)-1] },
		"header moved":     func(t *testing.T, _ bench, good []byte) []byte { return append([]byte("\n"), good...) },
		"empty update":     update(func(*testing.T, *pdf.File, *pdf.Writer) {}),
		"text swapped":     edit(`128000\.50`, "928000.50"),
		"DocMDP loosened":  edit(`/P 1/`, "/P 3/"),
		"second signature dictionary": update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			w.Put(w.Alloc(), pdf.Dict{"Type": pdf.Name("Sig"), "ByteRange": pdf.Array{int64(0), int64(1), int64(2), int64(3)}})
		}),
		"SWA: second range moved": wrap,
		"stranger signs again":    resign,
	}
}

// wrap moves the second signed range behind new bytes: /ByteRange still hashes
// to the signed digest, but a gap of the attacker's lies between.
func wrap(t *testing.T, _ bench, good []byte) []byte {
	re := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+)( *)\]`)
	m := re.FindSubmatchIndex(good)
	if m == nil {
		t.Fatal("no /ByteRange")
	}
	hole := bytes.Index(good, []byte("/Contents <"))
	end := hole + bytes.IndexByte(good[hole:], '>') + 1
	out := bytes.Clone(good[:end])
	out = append(out, "/Extra (128)"...)
	return append(out, good[end:]...)
}

// resign cuts the signature off and lets a stranger sign another page under the
// same names; the trusted root does not know him. That is untrusted at best, so
// the test makes the file invalid too by keeping the old update behind it.
func resign(t *testing.T, b bench, good []byte) []byte {
	other := signed(t, newBench(t))
	at := bytes.Index(good, []byte("%%EOF")) + 6
	return append(other, good[at:]...)
}
