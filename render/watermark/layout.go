package watermark

// class says what a bit of a stroke is for.
type class uint8

const (
	header class = iota
	own
	before  // place: the way to the stroke before
	after   // place: the way to the stroke after
	twoBack // place: the way to the last but one
	twoOn   // place: the way to the next but one
	context
	guard // keyed, over the room bits
	room  // the public part
	classes
)

// others is the turn of the classes in the bits that are not header.
func others(i int) class {
	return [...]class{own, context, before, own, context, after,
		own, context, twoBack, own, context, twoOn}[i%12]
}

// step is how many strokes away the other end of a place class is; 0 for the
// other classes.
func (c class) step() int { return [classes]int{before: -1, after: 1, twoBack: -2, twoOn: 2}[c] }

const (
	lenBits   = 4
	indexBits = 10
	tagBits   = 40
	// leastRest is what a stroke with a whole header keeps for its own bits, six
	// of each kind. A second header is worth more than bits: ink that lost the only
	// one names no voucher.
	leastRest = 18
	// keptRest is what the third part leaves beside a whole header; leastThird is
	// the smallest third part, guardBits of any are its guard.
	keptRest, leastThird, guardBits = 72, 48, 24
)

// bodySize is the length of a header in bits: 88 for 3 bytes, 152 for 11.
func bodySize(handle int) int { return lenBits + 8*handle + 2*indexBits + tagBits }

// third is how many of a stroke's n bits the third part has: what a whole header
// leaves, at most half. It depends on n alone, so that the place of each of them
// is known to everybody.
func third(n int) int {
	t := min(n-bodySize(maxHandle)-keptRest, n/2)
	if t < leastThird {
		return 0
	}
	return t
}

// roomOf n bits is what the third part has for the public part.
func roomOf(n int) int { return max(0, third(n)-guardBits) }

// headerSize says how many of n bits are header, and whether they hold a whole
// one.
func headerSize(n, handle int) (int, bool) {
	n -= third(n)
	if body := bodySize(handle); n >= body+leastRest {
		return max(body, n/2), true
	}
	return n / 3, false
}

// evenly says whether the i-th of n things is one of h that lie evenly among
// them.
func evenly(i, h, n int) bool { return (i+1)*h/n > i*h/n }

// layout deals n bits to the classes: the third part evenly among all, guard
// evenly in it; the h header bits evenly among the others.
func layout(n, h int) []class {
	out := make([]class, n)
	t, keyed, rest := third(n), 0, 0
	for i := range out {
		switch {
		case evenly(i, t, n) && evenly(i*t/n, guardBits, t):
			out[i] = guard
		case evenly(i, t, n):
			out[i] = room
		case evenly(keyed, h, n-t):
			keyed++ // header
		default:
			out[i] = others(rest)
			rest, keyed = rest+1, keyed+1
		}
	}
	return out
}

// offset is where in the header the piece of a small stroke begins: pieces of
// equal strokes cover it evenly.
func offset(index, count, body int) int { return index * body / count % body }
