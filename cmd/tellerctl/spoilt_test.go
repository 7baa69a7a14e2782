package main

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// spoilt makes the files that a careless or ill-meaning person hands to mark read
// and mark check, in the script's folder.
func spoilt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: spoilt")
	}
	white := image.NewGray(image.Rect(0, 0, 620, 877)) // A4 at 75 dpi
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	blank := encoded(ts, white)
	for y := range 9 {
		for x := range 9 {
			white.SetGray(300+x, 400+y, color.Gray{})
		}
	}
	var photo bytes.Buffer
	ts.Check(jpeg.Encode(&photo, photograph(), nil))
	empty := page("0 0 0 rg 100 100 50 2 re f")
	for name, b := range map[string][]byte{
		"blank.png": blank, "dot.png": encoded(ts, white), "photo.png": encoded(ts, photograph()),
		"one.png": encoded(ts, image.NewGray(image.Rect(0, 0, 1, 1))), "huge.png": huge(ts), "cut.png": blank[:len(blank)/2],
		"photo.jpg": photo.Bytes(), "text.png": []byte("no picture"), "nothing.png": nil,
		"noink.pdf": empty, "cut.pdf": empty[:len(empty)/2],
		"dot.pdf": page("100 100 m 101 101 102 101 103 100 c 102 99 101 99 100 100 c f"),
	} {
		ts.Check(os.WriteFile(ts.MkAbs(name), b, 0o600))
	}
}

func encoded(ts *testscript.TestScript, m image.Image) []byte {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, m))
	return b.Bytes()
}

// photograph is full of edges and tones.
func photograph() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 800, 600))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range 600 {
		for x := range 800 {
			v := uint8((x*y/97+x/3)%256)/2 + uint8(r.IntN(128))
			m.SetNRGBA(x, y, color.NRGBA{v, v / 2, 255 - v, 255})
		}
	}
	return m
}

// huge is a whole picture of 20,000 by 20,000 pixels, one bit each, in few bytes.
func huge(ts *testscript.TestScript) []byte {
	const side = 20000
	var b, data bytes.Buffer
	z := zlib.NewWriter(&data)
	row := make([]byte, 1+side/8)
	for range side {
		_, err := z.Write(row)
		ts.Check(err)
	}
	ts.Check(z.Close())
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, body []byte) {
		ts.Check(binary.Write(&b, binary.BigEndian, uint32(len(body))))
		sum := crc32.NewIEEE()
		_, err := io.MultiWriter(&b, sum).Write(append([]byte(kind), body...))
		ts.Check(err)
		ts.Check(binary.Write(&b, binary.BigEndian, sum.Sum32()))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	chunk("IHDR", append(head, 1, 0, 0, 0, 0))
	chunk("IDAT", data.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

// page is a PDF of one page with that content.
func page(content string) []byte {
	var b strings.Builder
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>")
	object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return []byte(b.String())
}
