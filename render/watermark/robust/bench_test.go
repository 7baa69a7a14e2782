package robust

import "testing"

func BenchmarkEmbed(b *testing.B) {
	in := scrawl(b)
	for b.Loop() {
		if _, _, err := Embed(in, Secret{5}, []byte{1, 2, 3}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPage(b *testing.B) {
	out, _, err := Embed(scrawl(b), Secret{5}, []byte{1, 2, 3}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	g := screen(out, 300)
	for b.Loop() {
		if r, err := Read(g, Secret{5}); err != nil || !r.Found {
			b.Fatal(r, err)
		}
	}
}
