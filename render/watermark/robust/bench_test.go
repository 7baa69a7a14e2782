package robust

import (
	"testing"

	"moqian/render/ink"
)

// Run with -cpu 1 for the figures of one core.

// BenchmarkEmbed marks ink that is longer than most.
func BenchmarkEmbed(b *testing.B) {
	in := scrawl(b)
	for b.Loop() {
		if _, _, err := Embed(in, Secret{5}, []byte{1, 2, 3}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func markedScrawl(b *testing.B) []ink.Outline {
	out, _, err := Embed(scrawl(b), Secret{5}, []byte{1, 2, 3}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkReadA4 reads a page of 300 dpi with text, rules and a signature in a
// frame.
func BenchmarkReadA4(b *testing.B) {
	g := a4(screen(markedScrawl(b), 300))
	for b.Loop() {
		if r, err := Read(g, Secret{5}); err != nil || !r.Found {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkReadA4None reads the same page under another key: every try is made.
func BenchmarkReadA4None(b *testing.B) {
	g := a4(screen(markedScrawl(b), 300))
	for b.Loop() {
		if r, err := Read(g, Secret{6}); err != nil || r.Found {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkCheckA4 checks a claim that is right, BenchmarkCheckA4Wrong one that
// is not.
func BenchmarkCheckA4(b *testing.B)      { benchCheck(b, []byte{1, 2, 3}, true) }
func BenchmarkCheckA4Wrong(b *testing.B) { benchCheck(b, []byte{1, 2, 4}, false) }

func benchCheck(b *testing.B, handle []byte, want bool) {
	g := a4(screen(markedScrawl(b), 300))
	for b.Loop() {
		if c, err := Check(g, Secret{5}, [][]byte{handle}); err != nil || c[0].Accept != want {
			b.Fatal(c, err)
		}
	}
}

func BenchmarkCheckOriginalA4(b *testing.B) {
	out := markedScrawl(b)
	g := a4(screen(out, 300))
	for b.Loop() {
		if c, err := CheckOriginal(g, Secret{5}, [][]byte{{1, 2, 3}}, out); err != nil || !c[0].Accept {
			b.Fatal(c, err)
		}
	}
}

func BenchmarkReadOutlines(b *testing.B) {
	out := markedScrawl(b)
	for b.Loop() {
		if r := ReadOutlines(out, Secret{5}); !r.Found {
			b.Fatal(r)
		}
	}
}
