package pdf

import (
	"math"
	"strings"
	"testing"
)

// lettered is a page with this content; fonts F (half an em), W (A is 1 em wide)
// and D (codes of two bytes, 1 is 2 em wide), forms X and Y, which draws X.
func lettered(t testing.TB, content string) *File {
	t.Helper()
	w := NewWriter("1.4")
	var r [14]Ref
	for i := 1; i < len(r); i++ {
		r[i] = w.Alloc()
	}
	res := Dict{"Font": Dict{"F": r[5], "W": r[6], "D": r[7], "U": r[12]}, "XObject": Dict{"X": r[9], "Y": r[10], "Z": r[11]}}
	w.Put(r[1], Dict{"Type": Name("Catalog"), "Pages": r[2]})
	w.Put(r[2], Dict{"Type": Name("Pages"), "Kids": Array{r[3]}, "Count": int64(1), "Resources": res})
	w.Put(r[3], Dict{"Type": Name("Page"), "Parent": r[2], "Contents": Array{r[4]}})
	w.Put(r[4], &Stream{Dict: Dict{}, Raw: []byte(content)})
	w.Put(r[5], Dict{"Type": Name("Font"), "Subtype": Name("Type1")})
	w.Put(r[6], Dict{"Type": Name("Font"), "Subtype": Name("TrueType"), "FirstChar": int64('A'), "Widths": Array{int64(1000), 250.0}})
	w.Put(r[7], Dict{"Type": Name("Font"), "Subtype": Name("Type0"), "DescendantFonts": Array{r[8]}})
	w.Put(r[8], Dict{"Type": Name("Font"), "DW": int64(500), "W": Array{int64(1), Array{int64(2000)}, int64(7), int64(9), int64(3000)}})
	form := func(text string, m Array) *Stream {
		d := Dict{"Type": Name("XObject"), "Subtype": Name("Form"), "Resources": res}
		if m != nil {
			d["Matrix"] = m
		}
		return &Stream{Dict: d, Raw: []byte(text)}
	}
	w.Put(r[9], form("BT /F 10 Tf (a) Tj ET", Array{int64(1), int64(0), int64(0), int64(1), int64(100), int64(0)}))
	w.Put(r[10], form("q 2 0 0 2 0 0 cm /X Do Q", nil))
	w.Put(r[11], form(strings.Repeat("/Z Do ", 12), nil))
	w.Put(r[12], Dict{"Type": Name("Font"), "Subtype": Name("Type0"), "DescendantFonts": Array{r[8]}, "ToUnicode": r[13]})
	w.Put(r[13], &Stream{Dict: Dict{}, Raw: []byte("2 beginbfchar <0003> <0020>\n<0005><0041> endbfchar 1 beginbfrange\n<0010> <0020> <0050> endbfrange")})
	out, err := w.Finish(Dict{"Root": r[1]})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLetters(t *testing.T) {
	for _, tt := range []struct {
		content string
		want    [][2]float64
	}{
		{"", nil},
		{"BT /F 10 Tf 5 20 Td (ab) Tj ET", [][2]float64{{7.5, 22.5}, {12.5, 22.5}}},
		{"BT /F 10 Tf 5 20 Td (a b) Tj ET", [][2]float64{{7.5, 22.5}, {17.5, 22.5}}},
		{"BT /F 10 Tf 2 Tc 3 Tw (a b) Tj ET", [][2]float64{{2.5, 2.5}, {19.5, 2.5}}},
		{"BT /F 10 Tf 200 Tz (ab) Tj ET", [][2]float64{{5, 2.5}, {15, 2.5}}},
		{"BT /F 10 Tf [(a) -500 (b) 1e 1000 (c)] TJ ET", nil},
		{"BT /F 10 Tf [(a) -500 (b) 1000.0 (c)] TJ ET", [][2]float64{{2.5, 2.5}, {12.5, 2.5}, {7.5, 2.5}}},
		{"BT /F 10 Tf 1 0 0 1 5 5 Tm 12 TL (a) Tj T* (b) Tj (c) ' 1 2 (d) \" ET", [][2]float64{{7.5, 7.5}, {7.5, -4.5}, {7.5, -16.5}, {7.5, -28.5}}},
		{"BT /F 10 Tf 5 40 TD 0 -10 TD (a) Tj T* (b) Tj ET", [][2]float64{{7.5, 32.5}, {7.5, 22.5}}},
		{"BT /F 10 Tf 4 Ts (a) Tj 3 Tr (b) Tj 0 Tr (c) Tj ET", [][2]float64{{2.5, 6.5}, {12.5, 6.5}}},
		{"q 2 0 0 2 10 10 cm BT /F 10 Tf (a) Tj ET Q BT /F 10 Tf (a) Tj ET", [][2]float64{{15, 15}, {2.5, 2.5}}},
		{"0 1 -1 0 50 0 cm BT /F 10 Tf (a) Tj ET", [][2]float64{{47.5, 2.5}}},
		{"BT /W 10 Tf (AB) Tj (C) Tj ET", [][2]float64{{5, 2.5}, {11.25, 2.5}, {15, 2.5}}},
		{"BT /D 10 Tf <000100020008> Tj ET", [][2]float64{{10, 2.5}, {22.5, 2.5}, {40, 2.5}}},
		{"BT /F 10 Tf (a__b) Tj ET", [][2]float64{{2.5, 2.5}, {17.5, 2.5}}},
		{"BT /F 10 Tf (1.00...) Tj ET", [][2]float64{{2.5, 2.5}, {7.5, 2.5}, {12.5, 2.5}, {17.5, 2.5}}},
		{"BT /F 10 Tf (--1) Tj ET", [][2]float64{{2.5, 2.5}, {7.5, 2.5}, {12.5, 2.5}}},
		{"BT /U 10 Tf <00030005001F0010> Tj ET", [][2]float64{{7.5, 2.5}, {17.5, 2.5}}},
		{"/X Do", [][2]float64{{102.5, 2.5}}},
		{"/Y Do", [][2]float64{{205, 5}}},
		{"BI /W 1 ID (x) Tj EI BT /F 10 Tf (a) Tj ET", [][2]float64{{2.5, 2.5}}},
		{"/Z Do BT /F 10 Tf (a) Tj ET", nil}, // runs itself: ends where the work does
	} {
		work := 10_000
		got, err := Letters(lettered(t, tt.content), 0, &work)
		same := len(got) == len(tt.want)
		for i := range tt.want {
			same = same && math.Abs(got[i][0]-tt.want[i][0]) < 1e-6 && math.Abs(got[i][1]-tt.want[i][1]) < 1e-6
		}
		if !same && err == nil {
			t.Errorf("%s: %v, want %v", tt.content, got, tt.want)
		}
	}
	work := 10
	if got, err := Letters(lettered(t, "BT /F 1 Tf ("+strings.Repeat("a", 99)+") Tj ET"), 0, &work); err != nil || len(got) > 10 || work > 0 {
		t.Errorf("%d letters, %v, %d left", len(got), err, work)
	}
	if _, err := Letters(lettered(t, ""), 1, &work); err == nil {
		t.Error("a page that is not there")
	}
}

// Any content gives letters or an error, within the work.
func FuzzLetters(f *testing.F) {
	for _, s := range []string{"BT /F 10 Tf 5 20 Td [(ab) -1.5 <ff>] TJ T* (c) ' ET", "q 1 0 0 1 2 3 cm /Y Do Q Q /Z Do", "BT /D 1 Tf <0001> Tj 1 2 (x) \" BI ID \xff EI"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		work := 5000
		got, _ := Letters(lettered(t, content), 0, &work)
		if len(got) > 5000 {
			t.Fatal(len(got))
		}
	})
}
