package render

// Flat is the group's items where they lie in what holds it.
func (g Group) Flat() []Item { return shift(g.Items, g.X, g.Y) }

// shift moves items.
func shift(items []Item, dx, dy float64) []Item {
	out := make([]Item, len(items))
	for i, it := range items {
		switch it := it.(type) {
		case Text:
			it.X, it.Y = it.X+dx, it.Y+dy
			out[i] = it
		case Line:
			it.X1, it.Y1, it.X2, it.Y2 = it.X1+dx, it.Y1+dy, it.X2+dx, it.Y2+dy
			out[i] = it
		case Rect:
			it.X, it.Y = it.X+dx, it.Y+dy
			out[i] = it
		case Path:
			it.Segs = transform{sx: 1, sy: 1, dx: dx, dy: dy}.segs(it.Segs)
			out[i] = it
		case Modules:
			it.X, it.Y = it.X+dx, it.Y+dy
			out[i] = it
		case Span:
			it.Items = shift(it.Items, dx, dy)
			out[i] = it
		case Group:
			it.X, it.Y = it.X+dx, it.Y+dy
			out[i] = it
		}
	}
	return out
}
