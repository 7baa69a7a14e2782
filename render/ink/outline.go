package ink

// Point is a position in 1/100 pt (3.5278 µm) relative to the lower left
// corner of the signature box, Y upwards: exactly the numbers, times 100, that
// stand in the PDF's form XObject.
type Point struct{ X, Y int32 }

// Curve is a cubic Bézier from the point before it through the controls A and
// B to P. A straight piece is a curve like any other.
type Curve struct{ A, B, P Point }

// Contour is a closed curve; its last point equals Start.
type Contour struct {
	Start  Point
	Curves []Curve
}

// Outline is the ink of one stroke: one path, filled by the nonzero rule.
// Scaling to the box comes before outlining, the nib after it, and nobody
// transforms an Outline later: the mark lives in its integers.
type Outline struct{ Contours []Contour }

// UnitsPerMM converts mm to the units of Point.
const UnitsPerMM = 7200 / 25.4
