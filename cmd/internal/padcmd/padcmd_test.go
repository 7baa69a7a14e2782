package padcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/usb"
)

// sheet is a file of taps of nine targets through a skewed pad.
func sheet(change func(map[string]any)) string {
	var targets []any
	for j := range 3 {
		for i := range 3 {
			x, y := 9.6+38.4*float64(i), 6+24*float64(j)
			mx, my := 1.02*x-0.03*y+1.5, 0.02*x+0.97*y-0.8
			targets = append(targets, map[string]any{"x": x, "y": y, "taps": []any{
				[]any{[]float64{mx + 3, my}, []float64{mx, my}, []float64{mx, my}, []float64{mx, my}}, []float64{mx, my}}})
		}
	}
	doc := map[string]any{"schema": TapsSchema, "pad": "056a:00a4 5JZQS00032", "made": "2026-11-28T09:00:00Z", "operator": "T001", "targets": targets}
	if change != nil {
		change(doc)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestFit(t *testing.T) {
	r, err := Fit(strings.NewReader(sheet(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != pad.Pass || r.Kind != pad.Affine || r.RMS > 1e-9 || r.LeaveOneOut > 1e-9 || r.Targets != 9 || len(r.ID) != 16 || r.ID != r.Calibration.ID() {
		t.Errorf("%+v", r)
	}
	if r.Calibration.Operator != "T001" || r.Calibration.Made.IsZero() || r.Calibration.Schema != pad.CalibrationSchema {
		t.Errorf("%+v", r.Calibration)
	}
	s := r.Calibration.Apply(pad.Sample{X: 1.02*50 - 0.03*20 + 1.5, Y: 0.02*50 + 0.97*20 - 0.8})
	if math.Hypot(s.X-50, s.Y-20) > 1e-9 {
		t.Errorf("50, 20 comes back as %v, %v", s.X, s.Y)
	}
}

func TestFitWithAll(t *testing.T) {
	var still []any
	for i := range 100 {
		still = append(still, []float64{40 + 0.08*float64(i%2), 30})
	}
	light, normal := make([]float64, 20), make([]float64, 100)
	for i := range normal {
		normal[i] = 0.2 + 0.006*float64(i)
	}
	for i := range light {
		light[i] = 0.05
	}
	r, err := Fit(strings.NewReader(sheet(func(d map[string]any) {
		d["rest"] = []any{still}
		d["force"] = map[string]any{"light": light, "normal": normal, "on": 0.02}
	})))
	if err != nil || r.Verdict != pad.Pass || len(r.Calibration.Pressure) != 4 || math.Abs(r.Calibration.NoiseMM-0.04) > 1e-6 {
		t.Errorf("%v %+v %+v", err, r, r.Noise)
	}
}

func TestFitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing":      {"", ErrTaps},
		"no schema":    {`{"targets":[]}`, ErrTaps},
		"other schema": {sheet(func(d map[string]any) { d["schema"] = "moqian/taps/2" }), ErrTaps},
		"no targets":   {sheet(func(d map[string]any) { d["targets"] = nil }), pad.ErrTargets},
		"no place":     {`{"schema":"moqian/taps/1","targets":[{"taps":[[1,2]]}]}`, ErrTaps},
		"three axes":   {`{"schema":"moqian/taps/1","targets":[{"x":1,"y":1,"taps":[[1,2,3]]}]}`, ErrTaps},
		"too long":     {strings.Repeat(" ", maxTaps+1), ErrTaps},
	} {
		if _, err := Fit(strings.NewReader(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestHelpNamesEveryField(t *testing.T) {
	r, err := Fit(strings.NewReader(sheet(nil)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	for f := range fields {
		if !strings.Contains(Help, `"`+f+`"`) {
			t.Errorf("%s is not in the help", f)
		}
	}
	if !strings.Contains(Help, TapsSchema) || !strings.Contains(Help, pad.CalibrationSchema) {
		t.Error("the help names other schemas")
	}
}

func FuzzFit(f *testing.F) {
	f.Add([]byte(sheet(nil)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Fit(bytes.NewReader(b))
		if err == nil && r.ID == "" {
			t.Fatal("a calibration without an id")
		}
	})
}

// desk plays what is plugged in, look by look.
type desk struct {
	looks [][]usb.Row
	i     int
	end   context.CancelFunc
}

func (d *desk) List(context.Context) ([]usb.Row, error) {
	if d.i >= len(d.looks) {
		d.end()
		return d.looks[len(d.looks)-1], nil
	}
	d.i++
	return d.looks[d.i-1], nil
}

func TestWatch(t *testing.T) {
	a := usb.Row{VID: 0x56a, PID: 0xa4, Port: "1-1@2", Model: "STU-430", State: "denied", Why: "rule"}
	b := a
	b.State, b.Serial = "ready", "S"
	ctx, end := context.WithCancel(t.Context())
	d := &desk{looks: [][]usb.Row{{}, {a}, {a}, {b}, {}, {b}}, end: end}
	var got []string
	err := Watch(ctx, d, time.Microsecond, func(c Change) error {
		got = append(got, fmt.Sprint(c.What, " ", c.ID))
		return nil
	})
	want := "[plugged 056a:00a4 changed 056a:00a4 unplugged 056a:00a4 plugged 056a:00a4]"
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v %v", got, err)
	}
	stop := errors.New("stop")
	if err := Watch(t.Context(), &desk{looks: [][]usb.Row{{a}}, end: end}, time.Microsecond, func(Change) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestListAndText(t *testing.T) {
	row := usb.Row{VID: 0x28bd, PID: 0x0914, Maker: "XP-Pen", Model: "Star G640", State: "ready", WidthMM: 160, HeightMM: 100, Levels: 8192, Evidence: []string{"digest of reports"}}
	rows, err := List(t.Context(), &desk{looks: [][]usb.Row{{row}}})
	if err != nil || len(rows) != 1 || rows[0].ID != "28bd:0914" {
		t.Fatalf("%+v %v", rows, err)
	}
	b, err := json.Marshal(rows)
	if err != nil || !bytes.Contains(b, []byte(`"id":"28bd:0914"`)) || !bytes.Contains(b, []byte(`"model":"Star G640"`)) {
		t.Errorf("%s %v", b, err)
	}
	var out strings.Builder
	if err := Text(&out, rows); err != nil || !strings.Contains(out.String(), "160.0 × 100.0") || !strings.Contains(out.String(), "ready") {
		t.Errorf("%s %v", out.String(), err)
	}
	out.Reset()
	if err := Text(&out, nil); err != nil || !strings.Contains(out.String(), "no pad") {
		t.Error(out.String())
	}
}
