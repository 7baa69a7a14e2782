//go:build virtualpad

package virtual

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/pad"
)

const head = `{"header":{"units_per_mm_x":100,"units_per_mm_y":50,"y_axis":"up","rate_hz":100,"pmax":1023,"pressure_in_data":true}}` + "\n"

func TestReadTrack(t *testing.T) {
	file := head + `{"id":"a","s":[[0,1,1,1,1]]}` + "\n\n" +
		`{"id":"b","user":"x","s":[[1000,200,500,0,0],[1010, 300.5 ,450,1023,1],[1002,1e2,4e2,511.5,1]]}` + "\n"
	data := []byte(file)
	tr, err := ReadTrack(data, ReadOptions{ID: "b", Scale: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, make([]byte, len(data))) {
		t.Error("the file still stands in memory")
	}
	want := []pad.Sample{
		{T: 0, X: 5 + 2, Y: 5, P: 0, Phase: pad.Hover},
		{T: 10 * time.Millisecond, X: 5 + 4.01, Y: 5 + 2, P: 1, Phase: pad.Down},
		{T: 2 * time.Millisecond, X: 5, Y: 5 + 4, P: 0.5, Phase: pad.Down},
	}
	if len(tr.Samples) != 3 {
		t.Fatalf("%d samples", len(tr.Samples))
	}
	for i, s := range tr.Samples {
		if s.T != want[i].T || abs(s.X-want[i].X) > 1e-9 || abs(s.Y-want[i].Y) > 1e-9 || s.P != want[i].P || s.Phase != want[i].Phase {
			t.Errorf("sample %d: %+v, want %+v", i, s, want[i])
		}
	}
	if tr.Levels != 1024 || tr.Rate != 100 || tr.ID != "b" || tr.Width != minWidth {
		t.Errorf("track %+v", tr)
	}
	if tr, err := ReadTrack([]byte(file), ReadOptions{}); err != nil || tr.ID != "a" {
		t.Errorf("without an id: %q, %v; want the first record", tr.ID, err)
	}
	if ids, err := IDs([]byte(file)); err != nil || strings.Join(ids, " ") != "a b" {
		t.Errorf("ids %q, %v", ids, err)
	}
}

func TestNoPressureInData(t *testing.T) {
	h := `{"header":{"units_per_mm_x":1,"units_per_mm_y":1,"y_axis":"down","rate_hz":0,"pmax":0,"pressure_in_data":false}}` + "\n"
	tr, err := ReadTrack([]byte(h+`{"id":"a","s":[[0,10,10,3,1],[5,11,12,0,1]]}`), ReadOptions{})
	if err != nil || tr.Levels != 0 || tr.Samples[0].P != 0 || tr.Rate != usualRate {
		t.Fatalf("%+v, %v", tr, err)
	}
	if tr.Samples[1].Y != margin+2 {
		t.Fatalf("y_axis down came out upside down: %+v", tr.Samples)
	}
}

func TestBrokenRecords(t *testing.T) {
	ok := `{"id":"a","s":[[0,1,1,1,1]]}`
	for _, c := range []struct{ name, file, want string }{
		{"empty file", "", "line 1"},
		{"no header", ok, "no header line"},
		{"header cut off", `{"header":{`, "line 1: unexpected end"},
		{"no units", `{"header":{"y_axis":"up"}}`, "units_per_mm"},
		{"no axis", `{"header":{"units_per_mm_x":1,"units_per_mm_y":1}}`, "y_axis"},
		{"negative rate", strings.Replace(head, "100,\"pmax", "-1,\"pmax", 1), "rate_hz"},
		{"no record", head, `record "z": no record with this id`},
		{"other records only", head + ok, `record "z": no record with this id`},
		{"bad JSON before it", head + "{", "line 2: unexpected end"},
		{"bad JSON", head + ok + "\n" + `{"id":"z","s":[[0,1,`, "line 3: unexpected end"},
		{"no id", head + `{"s":[]}`, "line 2: record without an id"},
		{"second id", head + ok + "\n" + ok, `line 3: a second record "a"`},
		{"no reports", head + `{"id":"z","s":[]}`, `line 2, record "z": no reports`},
		{"reports missing", head + `{"id":"z"}`, `line 2, record "z": no reports`},
		{"reports null", head + `{"id":"z","s":null}`, `line 2, record "z"`},
		{"reports are no list", head + `{"id":"z","s":{"t":1}}`, "the reports are no list"},
		{"tuple too short", head + `{"id":"z","s":[[0,1,1,1,1],[0,1,1,1]]}`, "report 1: want five numbers"},
		{"tuple too long", head + `{"id":"z","s":[[0,1,1,1,1,1]]}`, "report 0: want five numbers"},
		{"text in a tuple", head + `{"id":"z","s":[[0,"1",1,1,1]]}`, "want five numbers"},
		{"null in a tuple", head + `{"id":"z","s":[[0,null,1,1,1]]}`, "want five numbers"},
		{"NaN", head + `{"id":"z","s":[[0,NaN,1,1,1]]}`, "line 2: invalid character"},
		{"infinite", head + `{"id":"z","s":[[0,1e999,1,1,1]]}`, "want five numbers"},
		{"two lists", head + `{"id":"z","s":[[0,1,1,1,1]],"s":[[0,1,1,1,1]]}`, "more than one list"},
		{"time runs back", head + `{"id":"z","s":[[500,1,1,1,1],[400,1,1,1,1]]}`, "report 1: time runs back by 100ms"},
		{"time far off", head + `{"id":"z","s":[[0,1,1,1,1],[1e15,1,1,1,1]]}`, "report 1: time is more than a day"},
		{"far off the pad", head + `{"id":"z","s":[[0,1e9,1,1,1]]}`, "report 0: position"},
		{"pressure too high", head + `{"id":"z","s":[[0,1,1,1024,1]]}`, "pressure is outside 0 to 1023"},
		{"negative pressure", head + `{"id":"z","s":[[0,1,1,-1,1]]}`, "pressure is outside"},
		{"tip", head + `{"id":"z","s":[[0,1,1,1,0.5]]}`, "tip is neither 0 nor 1"},
		{"never down", head + `{"id":"z","s":[[0,1,1,1,0],[9,1,1,1,0]]}`, "never touches"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.file)
			tr, err := ReadTrack(data, ReadOptions{ID: "z"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if tr.Samples != nil {
				t.Error("a broken record came back")
			}
			if !bytes.Equal(data, make([]byte, len(data))) {
				t.Error("the file still stands in memory")
			}
		})
	}
	if _, err := ReadTrack([]byte(head+ok), ReadOptions{Scale: -1}); err == nil {
		t.Error("a negative scale was taken")
	}
	if _, err := ReadTrack([]byte(head+ok), ReadOptions{ID: "z"}); !errors.Is(err, errNoID) {
		t.Errorf("%v, want errNoID", err)
	}
}

// TestRealHandwriting plays every record of the data beside the repository and
// compares stroke counts with a count over the plain JSON.
func TestRealHandwriting(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "ink", "data")
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(files) == 0 {
		t.Skipf("NOT CHECKED ON REAL HANDWRITING: no files in %s", dir)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := IDs(data)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		for i, line := range lines[1:] {
			one := data // the whole file once, then a file of one record
			if i > 0 {
				one = []byte(lines[0] + "\n" + line)
			}
			tr, err := ReadTrack(one, ReadOptions{ID: ids[i], Scale: 0.1})
			if err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			var r struct{ S [][5]float64 }
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			want, got := 0, 0
			for j := range r.S {
				if r.S[j][4] == 1 && (j == 0 || r.S[j-1][4] == 0) {
					want++
				}
			}
			s, _ := play(t, Open(tr, Options{Fast: true}))
			for j := range s {
				if s[j].Phase == pad.Down && (j == 0 || s[j-1].Phase == pad.Hover) {
					got++
				}
			}
			if got != want || len(s) != len(r.S) {
				t.Errorf("%s: %d strokes in %d samples, want %d in %d", ids[i], got, len(s), want, len(r.S))
			}
		}
	}
}

func FuzzReadTrack(f *testing.F) {
	f.Add([]byte(head+`{"id":"a","s":[[0,1,1,1,1],[10,2,2,2,0]]}`), "a", 1.0)
	f.Add([]byte(head+`{"id":"b","s":[[0,1e3,-1,1,1]]}`), "", 0.1)
	f.Add([]byte(head+`{"id":"b","s":[ [ 0 , 1,1,1, 1 ] ] }`+"\n{"), "b", 0.0)
	f.Add([]byte(`{"header":null}`), "", 1.0)
	f.Fuzz(func(t *testing.T, data []byte, id string, scale float64) {
		tr, err := ReadTrack(data, ReadOptions{ID: id, Scale: scale})
		if !bytes.Equal(data, make([]byte, len(data))) {
			t.Fatal("the file still stands in memory")
		}
		if err != nil {
			return
		}
		if len(tr.Samples) == 0 || id != "" && tr.ID != id {
			t.Fatalf("%d samples of %q", len(tr.Samples), tr.ID)
		}
		for _, s := range tr.Samples {
			if !(s.X >= 0 && s.X <= tr.Width && s.Y >= 0 && s.Y <= tr.Height && s.P >= 0 && s.P <= 1) {
				t.Fatalf("%+v outside %v × %v", s, tr.Width, tr.Height)
			}
		}
	})
}

func abs(v float64) float64 { return max(v, -v) }
