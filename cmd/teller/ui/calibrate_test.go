//go:build virtualpad

package ui

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"moqian/cmd/teller/wizard"
	"moqian/pad"
)

// play feeds the page what a hand does in the step that is open.
func (b *bench) play() *calibrate {
	b.t.Helper()
	p, ok := b.page.(*calibrate)
	if !ok {
		b.t.Fatalf("the page is %T", b.page)
	}
	for _, s := range wizard.Demo(b.dev.Info(), p.view().Step, 1) {
		p.sample(s, s.T+2*time.Millisecond)
	}
	return p
}

func (b *bench) withCalibration() {
	b.o.Calibrated, b.o.Calibrate = b.st.Calibration, b.st.KeepCalibration
	b.o.Trial.Task = func(wizard.Step) { b.play() }
}

// The wizard by keyboard alone, in both languages: eight steps, the summary,
// kept for this pad and used by its next box.
func TestCalibration(t *testing.T) {
	b := start(t)
	b.withCalibration()
	b.login()
	b.keys(`"9005"`)
	for s := range wizard.Steps {
		if want := fmt.Sprintf("%d/8", int(s)+1); !strings.Contains(b.title, want) {
			t.Fatalf("title %q, want %s", b.title, want)
		}
		b.shot(fmt.Sprintf("cal-%d-a", s+1))
		b.keys("Ctrl L")
		b.shot(fmt.Sprintf("cal-%d-a-en", s+1))
		b.keys("Ctrl L", "F3") // the step is played
		p := b.page.(*calibrate)
		if v := p.view(); v.Result == nil {
			if !v.Ready {
				t.Fatalf("step %d cannot be finished: %+v", s, v)
			}
			b.keys("Enter")
		}
		if r := p.view().Result; r == nil || r.Verdict != pad.Pass {
			t.Errorf("step %d: %+v", s, r)
		}
		b.shot(fmt.Sprintf("cal-%d-b", s+1))
		b.keys("Ctrl L")
		b.shot(fmt.Sprintf("cal-%d-b-en", s+1))
		b.keys("Ctrl L", "Enter")
	}
	p := b.page.(*calibrate)
	if !p.sum {
		t.Fatal("no summary after the last step")
	}
	b.shot("cal-9")
	b.keys("Ctrl L")
	b.shot("cal-9-en")
	b.keys("Ctrl L", "Enter")
	c, err := b.st.Calibration(t.Context(), b.dev.Info())
	if err != nil || c == nil || c.Operator != "t0001" || c.NoiseMM <= 0 || len(c.Pressure) < 3 {
		t.Fatalf("kept: %+v, %v", c, err)
	}
	b.keys("Enter")
	if _, ok := b.page.(*home); !ok {
		t.Fatalf("after keeping: %T", b.page)
	}
	b.keys(`"9005"`)
	if q := b.page.(*calibrate); q.before == nil || q.before.ID() != c.ID() {
		t.Error("the next calibration does not know this one")
	}
	b.shot("cal-again")
}

// Each way out of the usual: redo, turning pages, a stray tap, leaving.
func TestCalibrationBesideTheWay(t *testing.T) {
	b := start(t)
	b.withCalibration()
	b.login()
	b.keys(`"9005"`, "Enter")
	p := b.page.(*calibrate)
	if v := p.view(); v.Step != wizard.Link || v.Result != nil {
		t.Fatal("Enter went on without a measurement")
	}
	b.keys("PgDn", "PgDn", "PgDn")
	if p.view().Step != wizard.Geometry {
		t.Fatalf("step %d", p.view().Step)
	}
	p.sample(pad.Sample{X: 70, Y: 28, P: 0.4, Phase: pad.Down}, 0)
	p.sample(pad.Sample{X: 70, Y: 28}, 0)
	if !p.view().Stray {
		t.Error("a stray tap counts")
	}
	b.shot("cal-stray")
	b.play()
	if p.view().Result == nil {
		t.Fatal("no result")
	}
	b.keys("F9")
	if p.view().Result != nil {
		t.Error("F9 kept the result")
	}
	b.keys("PgUp", "F3", "Enter", "PgUp", "PgDn")
	if p.view().Result == nil {
		t.Error("the result was lost by turning pages")
	}
	for range 6 {
		b.keys("PgDn")
	}
	if !p.sum {
		t.Fatal("no summary")
	}
	b.shot("cal-sum-poor")
	b.keys("Enter")
	if c, _ := b.st.Calibration(t.Context(), b.dev.Info()); c != nil {
		t.Error("kept without a geometry")
	}
	b.keys("Esc", "Esc")
	if b.page != page(p) {
		t.Fatal("the second Esc left")
	}
	b.keys("Esc", "Enter")
	if _, ok := b.page.(*home); !ok {
		t.Fatalf("%T", b.page)
	}
}

// The pad goes and comes back; the results of a pad that is gone are gone.
func TestCalibrationWithoutPad(t *testing.T) {
	b := start(t)
	b.withCalibration()
	b.login()
	b.keys(`"9005"`)
	b.play()
	p := b.page.(*calibrate)
	if p.view().Result == nil {
		t.Fatal("not measured")
	}
	b.unplugged(b.dev)
	if p.w != nil {
		t.Error("the wizard goes on without a pad")
	}
	b.shot("cal-nopad")
	b.keys("Enter", "F9", "F3", "PgDn") // none of them does anything
	b.plug()
	if p.w == nil || p.view().Result != nil {
		t.Error("the new pad has the old one's results")
	}
	b.keys("Esc")
	if _, ok := b.page.(*home); !ok {
		t.Fatalf("%T", b.page)
	}
}

// The results can be taken along as a file that holds numbers only.
func TestCalibrationSheet(t *testing.T) {
	b := start(t)
	b.withCalibration()
	var got []byte
	b.o.Export = func(name string, data []byte) (string, error) { got = data; return name, nil }
	b.login()
	b.keys(`"9005"`, "PgDn", "PgDn", "PgDn", "F3", "F8")
	for _, want := range []string{`"Geometry"`, `"loo"`, `"moqian/calibration-sheet/1"`, `"operator": "t0001"`, `"map"`} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
}

func TestCrossFrame(t *testing.T) {
	i := pad.Info{Width: 100, Height: 60}
	f := crossFrame(200, 120, i, &pad.Point{X: 50, Y: 30})
	black := func(x, y int) bool { return f.Pix[3*(y*200+x)] == 0 }
	if !black(100, 60) || !black(103, 60) || !black(100, 57) || black(103, 57) || black(150, 60) {
		t.Error("the cross is elsewhere")
	}
	for _, p := range []pad.Point{{X: 0, Y: 0}, {X: 100, Y: 60}} {
		crossFrame(200, 120, i, &p)
	}
	if bytes.IndexByte(crossFrame(20, 12, i, nil).Pix, 0) >= 0 {
		t.Error("a frame without a target is not white")
	}
}
