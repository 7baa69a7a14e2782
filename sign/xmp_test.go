package sign

import (
	"slices"
	"testing"

	"moqian/sign/pdf"
)

// FuzzStatements: any packet ends within the work, and says the same twice.
func FuzzStatements(f *testing.F) {
	for _, s := range []string{
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="` + rdfSpace + `"><rdf:Description rdf:about="" xmlns:p="http://ns.adobe.com/pdf/1.3/" p:Producer="a"><p:K>1</p:K></rdf:Description></rdf:RDF></x:xmpmeta>`,
		"<a><!-- b -->c<?d e?></a>", "<a b='c' xmlns='d'/>", "\uFEFF<a>&amp;</a>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		s := &pdf.Stream{Dict: pdf.Dict{}, Raw: packet}
		work := 1 << 16
		one, err := statements(&pdf.File{}, s, &work)
		if work < -len(packet)-elementWork {
			t.Fatal(work)
		}
		work = 1 << 16
		two, err2 := statements(&pdf.File{}, s, &work)
		if (err == nil) != (err2 == nil) || !slices.Equal(one, two) {
			t.Fatal(one, two, err, err2)
		}
	})
}

// FuzzNameConstraints: any extension is read or refused.
func FuzzNameConstraints(f *testing.F) {
	f.Add([]byte{0x30, 8, 0xa0, 6, 0x30, 4, 0x88, 2, 0x2a, 3})
	f.Add([]byte{0x30, 8, 0xa1, 6, 0x30, 4, 0xa4, 2, 0x30, 0})
	f.Fuzz(func(t *testing.T, value []byte) {
		permitted, excluded, err := directoryNames(value)
		if err == nil && !within([]byte{0x30, 0}, permitted, excluded) {
			t.Fatal("a name of nothing is constrained")
		}
		onlyKnownNames(value)
	})
}
