package pdf

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// rewritten is a file after qpdf went over it.
func rewritten(t testing.TB, in []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("SKIPPED: qpdf is not installed, its files are not read")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(from, in, 0o600); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.Command("qpdf", append(args, from, to)...).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, msg)
	}
	out, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOtherWriters reads the kinds of files that other programs make, and
// updates them.
func TestOtherWriters(t *testing.T) {
	want, err := Paths(mustParse(t, small(t)), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--object-streams=generate"}, {"--object-streams=disable"}, {"--linearize"}, {"--linearize", "--object-streams=generate"},
		{"--qdf"}, {"--compress-streams=n", "--object-streams=generate"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			b := rewritten(t, small(t), args...)
			f, err := ParseForeign(b)
			if err != nil {
				t.Fatal(err)
			}
			if f.Trailing || len(f.Revisions()) != 1 {
				t.Errorf("trailing %v, %d revisions", f.Trailing, len(f.Revisions()))
			}
			got, err := Paths(f, 0)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("paths %v, %v", got, err)
			}
			updateTwice(t, f)
		})
	}
}

func mustParse(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// updateTwice appends two updates and reads all three revisions back.
func updateTwice(t *testing.T, f *File) {
	for i := range 2 {
		w := NewUpdate(f)
		w.Put(w.Alloc(), Dict{"Note": int64(i)})
		out, err := w.Finish(f.Trailer())
		if err != nil {
			t.Fatal(err)
		}
		if f, err = ParseForeign(out); err != nil {
			t.Fatalf("update %d: %v", i+1, err)
		}
		if n := len(f.Revisions()); n != i+2 {
			t.Fatalf("%d revisions", n)
		}
		if r := f.Revisions()[i+1]; len(r.Loose) > 0 || r.End != len(out) {
			t.Errorf("update %d: %v belongs to nothing, end %d of %d", i+1, r.Loose, r.End, len(out))
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "x.pdf"), out, 0o600); err != nil {
			t.Fatal(err)
		}
		if msg, err := exec.Command("qpdf", "--check", filepath.Join(dir, "x.pdf")).CombinedOutput(); err != nil {
			t.Errorf("qpdf --check: %v\n%s", err, msg)
		}
	}
}

// TestForeign: what ParseForeign takes and notes, and Parse refuses.
func TestForeign(t *testing.T) {
	good := string(small(t))
	tests := []struct {
		name, from, to  string
		loose, trailing bool
	}{
		{"object outside the table", "xref\n0", "9 0 obj\n(x)\nendobj\nxref\n0", true, false},
		{"garbage at the end", "%%EOF\n", "%%EOF\ngarbage", false, true},
		{"white space at the end", "%%EOF\n", "%%EOF\n\n\n", false, false},
		{"short table lines", " n \n", " n\n", false, false},
		{"key twice alike", "/Type /Catalog", "/Type /Catalog/Type /Catalog", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := strings.ReplaceAll(good, tt.from, tt.to)
			if tt.from == "xref\n0" {
				at := strings.Index(bad, "9 0 obj")
				bad = strings.Replace(bad, fmt.Sprintf("startxref\n%d", at), fmt.Sprintf("startxref\n%d", at+len("9 0 obj\n(x)\nendobj\n")), 1)
			}
			if tt.name == "key twice alike" {
				bad = shifted(t, bad, len("/Type /Catalog"))
			}
			if _, err := Parse([]byte(bad)); err == nil {
				t.Error("Parse took it")
			}
			f, err := ParseForeign([]byte(bad))
			if err != nil {
				t.Fatal(err)
			}
			if loose := len(f.Revisions()[0].Loose) > 0; loose != tt.loose || f.Trailing != tt.trailing {
				t.Errorf("loose %v, trailing %v", f.Revisions()[0].Loose, f.Trailing)
			}
		})
	}
}

// shifted moves all offsets of a file of one revision but those of object 1.
func shifted(t *testing.T, s string, by int) string {
	t.Helper()
	at := strings.LastIndex(s, "xref\n0 ")
	lines := strings.Split(s[at:], "\n")
	for i, l := range lines {
		var off int
		if _, err := fmt.Sscanf(l, "%010d 00000 n", &off); err == nil && i > 3 {
			lines[i] = fmt.Sprintf("%010d 00000 n ", off+by)
		}
		if l == "startxref" {
			lines[i+1] = fmt.Sprint(at)
		}
	}
	return s[:at] + strings.Join(lines, "\n")
}

// TestBad: files made to hang, loop or fill memory are errors.
func TestBad(t *testing.T) {
	good := string(small(t))
	swap := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("%q is not in the file", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	start := strings.LastIndex(good, "startxref")
	tests := map[string]string{
		"empty":             "",
		"header only":       "%PDF-1.4\n",
		"length of 2 GB":    swap("/Length 32", "/Length 2147483648"),
		"length of itself":  swap("/Length 32", "/Length 5 0 R"),
		"prev to itself":    swap("/Root", fmt.Sprintf("/Prev %d/Root", strings.LastIndex(good, "xref\n0"))),
		"prev forward":      swap("/Root", fmt.Sprintf("/Prev %d/Root", start)),
		"prev negative":     swap("/Root", "/Prev -1/Root"),
		"prev beyond":       swap("/Root", "/Prev 99999999/Root"),
		"million objects":   swap("0 6\n", "0 1000000\n"),
		"table from beyond": swap("0 6\n", "99999999999 6\n"),
		"deep nesting":      swap("/Type /Catalog", "/X "+strings.Repeat("[", 5000)),
		"startxref beyond":  good[:start] + "startxref\n999999\n%%EOF\n",
		"startxref 0":       good[:start] + "startxref\n0\n%%EOF\n",
		"cut":               good[:len(good)/2],
		"no root":           swap("/Root", "/Toor"),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			for _, parse := range []func([]byte) (*File, error){Parse, ParseForeign} {
				f, err := parse([]byte(file))
				if err == nil {
					_, err = f.Pages()
				}
				if err == nil {
					t.Error("was read")
				}
			}
		})
	}
}

func TestBomb(t *testing.T) {
	s, err := Deflate(Dict{}, make([]byte, maxDecoded+1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decode(); err == nil {
		t.Error("a stream that unpacks to 64 MB was unpacked")
	}
}

// TestPredictor undoes each PNG row filter.
func TestPredictor(t *testing.T) {
	d := Dict{"Predictor": int64(15), "Columns": int64(4)}
	rows := []byte{
		0, 1, 2, 3, 4,
		1, 1, 1, 1, 1,
		2, 1, 1, 1, 1,
		3, 1, 1, 1, 1,
		4, 1, 1, 1, 1,
	}
	got, err := unpredict(rows, d)
	want := []byte{1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 5, 2, 3, 4, 5, 3, 4, 5, 6}
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for name, bad := range map[string]func() ([]byte, error){
		"rows not whole": func() ([]byte, error) { return unpredict(rows[:7], d) },
		"row kind":       func() ([]byte, error) { return unpredict([]byte{9, 1, 2, 3, 4}, d) },
		"TIFF":           func() ([]byte, error) { return unpredict(rows, Dict{"Predictor": int64(2)}) },
		"no columns":     func() ([]byte, error) { return unpredict(rows, Dict{"Predictor": int64(12), "Columns": int64(0)}) },
	} {
		if _, err := bad(); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}

func FuzzParseForeign(f *testing.F) {
	f.Add(small(f))
	f.Add(streamFile(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := ParseForeign(b)
		if err != nil {
			return
		}
		for _, r := range file.Refs() {
			if _, err := file.Get(r); err != nil {
				return
			}
		}
		_, _ = Paths(file, 0)
	})
}

// streamFile is a small file whose section and one object are in streams.
func streamFile(t testing.TB) []byte {
	t.Helper()
	w := NewWriter("1.5")
	root, box := w.Alloc(), w.Alloc()
	packed := Ref{Num: 3}
	w.Put(root, Dict{"Type": Name("Catalog"), "Pages": packed})
	w.Put(box, &Stream{Dict: Dict{"Type": Name("ObjStm"), "N": int64(1), "First": int64(4)},
		Raw: []byte("3 0 <</Type/Pages/Kids[]/Count 0>>")})
	w.next = 4
	w.prev, w.stream = 1, true
	out, err := w.Finish(Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	s := string(out)
	s = strings.Replace(s, "/Prev 1/", "/", 1)
	s = strings.Replace(s, "/Index [1 2 4 1]", "/Index [1 4]    ", 1)
	row := strings.LastIndex(s, "stream\n")
	_ = row
	at := strings.Index(s, "\nendstream\nendobj\nstartxref")
	// Insert the row of object 3: type 2, stream 2, index 0.
	s = s[:at-7] + "\x02\x00\x00\x00\x02\x00\x00" + s[at-7:]
	s = strings.Replace(s, "/Length 21", "/Length 28", 1)
	return []byte(s)
}

func TestObjectStream(t *testing.T) {
	f, err := Parse(streamFile(t))
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Dict(Ref{Num: 3})
	if err != nil || d["Type"] != Name("Pages") {
		t.Errorf("%v, %v", d, err)
	}
	good := string(streamFile(t))
	for name, change := range map[string][2]string{
		"not an object stream": {"/ObjStm", "/Other_"}, "other object inside": {"\n3 0 <<", "\n7 0 <<"},
		"first outside": {"/First 4", "/First 99"}, "too many inside": {"/N 1", "/N 9"}, "two objects": {"/Count 0>>", "/C 0>> 1"},
	} {
		if !strings.Contains(good, change[0]) {
			t.Fatalf("%s: %q is not in the file", name, change[0])
		}
		f, err := Parse([]byte(strings.Replace(good, change[0], change[1], 1)))
		if err == nil {
			_, err = f.Get(Ref{Num: 3})
		}
		if err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}
