//go:build virtualpad

package virtual

import "math"

// step in mm between the points of a dense path.
const step = 0.05

type vec struct{ x, y float64 }

func dist(a, b vec) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }

func mix(a, b vec, u float64) vec { return vec{a.x + (b.x-a.x)*u, a.y + (b.y-a.y)*u} }

// wangXiaoMing is 王小明 stroke by stroke, typed by hand: the points a pen
// passes, in hundredths of the character's square, Y downwards.
func wangXiaoMing() [][][]vec {
	return [][][]vec{
		{ // 王, the upright and the last bar in one go
			{{18, 19}, {50, 16}, {80, 13}},
			{{24, 49}, {48, 46}, {72, 44}},
			{{51, 15}, {49, 48}, {48, 84}},
			{{6, 88}, {45, 83}, {94, 79}, {89, 82}},
		},
		{ // 小 with a hook, the last dot looping on
			{{50, 6}, {52, 40}, {51, 80}, {49, 88}, {46, 87}, {36, 77}},
			{{27, 38}, {20, 54}, {7, 68}},
			{{70, 34}, {86, 48}, {93, 60}, {86, 66}, {81, 57}, {90, 46}, {104, 40}},
		},
		{ // 明, the bars of 月 joined
			{{11, 24}, {13, 50}, {14, 79}},
			{{12, 24}, {35, 20}, {38, 22}, {38, 50}, {36, 77}},
			{{15, 49}, {34, 47}},
			{{15, 75}, {35, 72}},
			{{58, 12}, {60, 45}, {55, 72}, {42, 94}},
			{{59, 13}, {83, 9}, {87, 12}, {88, 50}, {87, 84}, {84, 89}, {73, 80}},
			{{62, 36}, {82, 33}, {80, 38}, {62, 55}, {64, 58}, {84, 55}},
			{{103, 90}, {103.6, 90.8}, {104, 91}},
		},
	}
}

// smooth lays a centripetal Catmull-Rom curve through the points, in even
// steps along it.
func smooth(via []vec) []vec {
	n := len(via)
	first := mix(via[0], via[1], -1)
	last := mix(via[n-1], via[n-2], -1)
	p := append(append([]vec{first}, via...), last)
	out := []vec{via[0]}
	for i := 1; i+2 < len(p); i++ {
		k := max(2, int(math.Ceil(dist(p[i], p[i+1])/step)))
		for j := 1; j <= k; j++ {
			out = append(out, between(p[i-1:i+3], float64(j)/float64(k)))
		}
	}
	return out
}

// between is the point at u (0 to 1) from p[1] to p[2] (Barry and Goldman's
// pyramid with knots at the square roots of the distances).
func between(p []vec, u float64) vec {
	var t [4]float64
	for i := 1; i < 4; i++ {
		t[i] = t[i-1] + max(math.Sqrt(dist(p[i-1], p[i])), 1e-6)
	}
	at := t[1] + u*(t[2]-t[1])
	lerp := func(a, b vec, ta, tb float64) vec { return mix(a, b, (at-ta)/(tb-ta)) }
	a, b, c := lerp(p[0], p[1], t[0], t[1]), lerp(p[1], p[2], t[1], t[2]), lerp(p[2], p[3], t[2], t[3])
	return lerp(lerp(a, b, t[0], t[2]), lerp(b, c, t[1], t[3]), t[1], t[2])
}
