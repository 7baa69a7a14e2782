package report

import "moqian/render"

func colour(st state) render.Color {
	return rgb(map[state]uint32{proven: green, stated: green, remark: amber, no: red, unknown: grey}[st])
}

// tint of the verdict box.
func tint(st state) *render.Color {
	return ptr(map[state]uint32{proven: 0xf1f6f3, stated: 0xf1f6f3, remark: 0xfbf6ee, no: 0xfaf0f1, unknown: fill}[st])
}

// symbol draws a state around x, y, d wide: told apart by shape in black and
// white.
func (s *sheet) symbol(st state, x, y, d float64) {
	c, w := colour(st), rgb(white)
	r := d / 2
	mark := c
	switch st {
	case proven:
		s.add(render.Path{Segs: circle(x, y, r), Fill: &c})
		mark = w
	case stated, unknown:
		s.add(render.Path{Segs: circle(x, y, r*0.9), Stroke: &c, Width: r * 0.2})
	case remark:
		s.add(render.Path{Segs: figure(true, x, y-r, x+r*1.1, y+r*0.9, x-r*1.1, y+r*0.9), Fill: &c})
		mark = w
	case no:
		s.add(render.Rect{X: x - r*0.9, Y: y - r*0.9, W: r * 1.8, H: r * 1.8, Fill: &c})
		mark = w
	}
	for _, f := range strokes(st, x, y, r) {
		s.add(render.Path{Segs: f, Stroke: &mark, Width: r * 0.26})
	}
}

// strokes are the lines inside a symbol.
func strokes(st state, x, y, r float64) [][]render.Seg {
	k := r * 0.42
	switch st {
	case proven, stated:
		return [][]render.Seg{figure(false, x-k, y, x-k*0.2, y+k*0.8, x+k*1.1, y-k*0.8)}
	case remark:
		return [][]render.Seg{figure(false, x, y-r*0.4, x, y+r*0.25), figure(false, x, y+r*0.5, x, y+r*0.7)}
	case no:
		return [][]render.Seg{figure(false, x-k, y-k, x+k, y+k), figure(false, x-k, y+k, x+k, y-k)}
	}
	return [][]render.Seg{figure(false, x-k, y, x+k, y)}
}

// figure is a polygon, closed or not.
func figure(closed bool, xy ...float64) []render.Seg {
	var out []render.Seg
	for i := 0; i < len(xy); i += 2 {
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		out = append(out, render.Seg{Op: op, P: [3]render.Pt{{X: xy[i], Y: xy[i+1]}}})
	}
	if closed {
		out = append(out, render.Seg{Op: 'Z'})
	}
	return out
}

// circle in four cubics.
func circle(x, y, r float64) []render.Seg {
	const k = 0.5522847498
	curve := func(x1, y1, x2, y2, x3, y3 float64) render.Seg {
		return render.Seg{Op: 'C', P: [3]render.Pt{{X: x + x1*r, Y: y + y1*r}, {X: x + x2*r, Y: y + y2*r}, {X: x + x3*r, Y: y + y3*r}}}
	}
	return []render.Seg{
		{Op: 'M', P: [3]render.Pt{{X: x + r, Y: y}}},
		curve(1, k, k, 1, 0, 1), curve(-k, 1, -1, k, -1, 0), curve(-1, -k, -k, -1, 0, -1), curve(k, -1, 1, -k, 1, 0),
		{Op: 'Z'},
	}
}
