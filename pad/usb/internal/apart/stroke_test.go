package apart_test

import (
	"slices"
	"testing"

	"moqian/pad"
	"moqian/pad/usb/internal/apart"
	"moqian/pad/usb/internal/drive"
)

// The pen leaves in the middle of a stroke and returns touching: two strokes,
// and no point at 0, 0.
func TestAway(t *testing.T) {
	for _, policy := range []drive.Policy{drive.Clear, drive.Require} {
		p := apart.New(apart.STU430())
		dev := open(t, p, policy)
		var rs []apart.Reading
		for i := range uint16(12) {
			r := apart.Reading{X: 1000 + 100*i, Y: 2000, Pressure: 300, Near: true, Tip: true, Clock: 5 * i, Seq: i + 1}
			if i == 5 {
				r = apart.Reading{Clock: r.Clock, Seq: r.Seq}
			}
			rs = append(rs, r)
		}
		last := rs[11]
		last.Pressure, last.Tip, last.Seq, last.Clock = 0, false, 13, 60
		rs = append(rs, last)
		got, ev := record(t, dev, len(rs), func() { p.Write(rs...) }, nil)
		var strokes []int
		down := false
		for _, s := range got {
			if s.X < 10 || s.Y < 20 {
				t.Errorf("a point at %v, %v", s.X, s.Y)
			}
			if s.Phase == pad.Down {
				if !down {
					strokes = append(strokes, 0)
				}
				strokes[len(strokes)-1]++
			}
			down = s.Phase == pad.Down
		}
		if !slices.Equal(strokes, []int{5, 6}) || ev.OutOfRange != 1 || ev.Lost != 0 {
			t.Errorf("strokes %v, out of range %d, lost %d", strokes, ev.OutOfRange, ev.Lost)
		}
	}
}

// Reports that come twice are refused and counted.
func TestRepeated(t *testing.T) {
	p := apart.New(apart.STU430())
	dev := open(t, p, drive.Clear)
	truth := work(40, 0, 1)
	sent := slices.Concat(truth[:20], truth[18:20], truth[20:])
	got, ev := record(t, dev, len(truth), func() { p.Write(sent...) }, nil)
	compare(t, got, truth)
	if ev.Rejected != 2 || ev.Lost != 0 {
		t.Errorf("rejected %d, lost %d", ev.Rejected, ev.Lost)
	}
}
