//go:build virtualpad

package wizard

import (
	"math"
	"testing"
	"time"

	"moqian/pad"
)

var desk = pad.Info{Maker: "Test", Model: "T", Serial: "7", Width: 96, Height: 60, Levels: 1024, Rate: 200}

// play feeds a step's readings and ends it.
func play(w *Wizard, s Step) {
	w.Go(s)
	for _, r := range Demo(desk, s, 1) {
		w.Add(r, r.T+3*time.Millisecond)
	}
	w.Finish()
}

// All eight steps of a good pad pass, and what is kept puts the pen where it
// was.
func TestAllStepsOfAGoodPad(t *testing.T) {
	w := New(desk)
	if _, ok := w.Calibration(); ok {
		t.Error("there is a calibration before anything was measured")
	}
	for s := range Steps {
		play(w, s)
		v := w.View()
		if v.Result == nil {
			t.Fatalf("step %d has no result: %+v", s, v)
		}
		if v.Result.Verdict != pad.Pass {
			t.Errorf("step %d: %s %v", s, v.Result.Verdict, v.Result.Facts)
		}
		if len(v.Result.Facts) == 0 {
			t.Errorf("step %d has no figures", s)
		}
	}
	if worst, n := w.View().Verdict(); worst != pad.Pass || n != int(Steps) {
		t.Errorf("the whole: %s of %d", worst, n)
	}
	c, ok := w.Calibration()
	if !ok || c.Pad != desk.ID() || c.NoiseMM <= 0 || len(c.Pressure) < 3 || c.Fit.Targets != Targets {
		t.Fatalf("%v %+v", ok, c)
	}
	true48 := pad.Sample{X: 48*0.997 + 0.004*30 + 0.1, Y: 30*1.004 - 0.003*48 + 0.05}
	if got := c.Apply(true48); math.Hypot(got.X-48, got.Y-30) > 0.15 {
		t.Errorf("the middle comes to %.2f, %.2f", got.X, got.Y)
	}
	if a := w.View().All[Geometry].Arrows; len(a) != Targets || a[4].Length() > 0.5 {
		t.Errorf("arrows %v", a)
	}
}

// Faults of a pad are found.
func TestFaultsAreFound(t *testing.T) {
	bad := func(s Step, spoil func(int, *pad.Sample) bool) *Result {
		w := New(desk)
		w.Go(s)
		for i, r := range Demo(desk, s, 1) {
			if spoil(i, &r) {
				w.Add(r, r.T+3*time.Millisecond)
			}
		}
		w.Finish()
		return w.View().Result
	}
	for name, c := range map[string]struct {
		s     Step
		want  pad.Verdict
		spoil func(int, *pad.Sample) bool
	}{
		"reports lost":      {Link, pad.Fail, func(i int, s *pad.Sample) bool { s.Lost = i % 50 / 49; return true }},
		"a shaking sensor":  {Rest, pad.Fail, func(i int, s *pad.Sample) bool { s.X += float64(i%2) * 0.8; return true }},
		"a range that lies": {Reach, pad.Fail, func(_ int, s *pad.Sample) bool { s.X *= 0.4; return true }},
		"a pad with a crease": {Geometry, pad.Fail, func(_ int, s *pad.Sample) bool {
			if s.X > 70 && s.Y < 40 && s.Y > 20 {
				s.X += 9
			}
			return true
		}},
		"a swallowed stroke": {Lift, pad.Fail, func(i int, s *pad.Sample) bool { return i > 5 }},
		"a leap":             {Speed, pad.Fail, func(i int, s *pad.Sample) bool { s.Lost = i / 80 % 2; return true }},
	} {
		r := bad(c.s, c.spoil)
		if r == nil || r.Verdict != c.want {
			t.Errorf("%s: %+v", name, r)
		}
	}
	w := New(desk)
	w.Go(Latency)
	for i, r := range Demo(desk, Latency, 1) {
		w.Add(r, r.T+time.Duration(i%3)*50*time.Millisecond)
	}
	if v := w.View(); v.Result == nil || v.Result.Verdict != pad.Fail {
		t.Errorf("a late pad: %+v", v.Result)
	}
}

// A tap far from its cross does not count and says so; redoing begins anew.
func TestStrayTapsAndRedo(t *testing.T) {
	w := New(desk)
	w.Go(Geometry)
	tap := func(x, y float64) {
		w.Add(pad.Sample{X: x, Y: y, P: 0.4, Phase: pad.Down}, 0)
		w.Add(pad.Sample{X: x, Y: y}, 0)
	}
	tap(50, 50)
	if v := w.View(); !v.Stray || v.Part != 0 || v.Target == nil || *v.Target != Target(desk, 0) {
		t.Errorf("%+v", v)
	}
	for range Taps {
		tap(9.7, 6.1)
	}
	if v := w.View(); v.Stray || v.Part != Taps || *v.Target != Target(desk, 1) {
		t.Errorf("%+v", v)
	}
	w.Again()
	if v := w.View(); v.Part != 0 {
		t.Errorf("after redo %d taps", v.Part)
	}
	play(w, Geometry)
	w.Again()
	if v := w.View(); v.Result != nil {
		t.Error("the result stands after redo")
	}
}

// A step is not finished before it has enough, nor while the pen is down.
func TestFinishNeedsEnough(t *testing.T) {
	w := New(desk)
	w.Go(Speed)
	w.Finish()
	if w.View().Result != nil {
		t.Fatal("judged without a report")
	}
	for i := range 80 {
		w.Add(pad.Sample{T: time.Duration(i) * 5 * time.Millisecond, X: float64(i) / 2, P: 0.5, Phase: pad.Down}, 0)
	}
	w.Finish()
	if w.View().Result != nil {
		t.Fatal("judged with the pen down")
	}
	w.Add(pad.Sample{T: 500 * time.Millisecond}, 0)
	w.Finish()
	if w.View().Result == nil {
		t.Fatal("not judged")
	}
}

// Nothing that was written is held after its step.
func TestReadingsAreOverwritten(t *testing.T) {
	w := New(desk)
	for s := range Steps {
		play(w, s)
		for _, a := range w.got[:cap(w.got)] {
			if a != (pad.Arrival{}) {
				t.Fatalf("step %d left readings", s)
			}
		}
		if w.light != nil || w.spots != nil || w.targets != nil || w.tap != nil {
			t.Fatalf("step %d left parts", s)
		}
	}
	w.Go(Pressure)
	w.Add(pad.Sample{X: 1, P: 0.5, Phase: pad.Down}, 0)
	w.Wipe()
	for _, a := range w.got[:cap(w.got)] {
		if a != (pad.Arrival{}) {
			t.Fatal("a wipe left readings")
		}
	}
}
