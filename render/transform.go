package render

import "math"

// transform scales, turns clockwise (radians), then moves.
type transform struct{ sx, sy, turn, dx, dy float64 }

func (t transform) segs(in []Seg) []Seg {
	sin, cos := math.Sincos(t.turn)
	out := make([]Seg, len(in))
	for i, s := range in {
		for k, p := range s.P {
			x, y := p.X*t.sx, p.Y*t.sy
			s.P[k] = Pt{x*cos - y*sin + t.dx, x*sin + y*cos + t.dy}
		}
		out[i] = s
	}
	return out
}

func rectangle(x, y, w, h float64) []Seg {
	at := func(op byte, x, y float64) Seg { return Seg{Op: op, P: [3]Pt{{x, y}}} }
	return []Seg{at('M', x, y), at('L', x+w, y), at('L', x+w, y+h), at('L', x, y+h), {Op: 'Z'}}
}
