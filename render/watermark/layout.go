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
	// leastRest is what a stroke with a whole header keeps for its own bits.
	leastRest = 48
)

// bodySize is the length of a header in bits: 88 for 3 bytes, 152 for 11.
func bodySize(handle int) int { return lenBits + 8*handle + 2*indexBits + tagBits }

// headerSize says how many of n bits are header, and whether they hold a whole
// one.
func headerSize(n, handle int) (int, bool) {
	if body := bodySize(handle); n >= body+leastRest {
		return max(body, n/2), true
	}
	return n / 3, false
}

// layout deals n bits to the classes, the h header bits evenly among the rest.
func layout(n, h int) []class {
	out := make([]class, n)
	rest := 0
	for i := range out {
		if (i+1)*h/n > i*h/n {
			continue // header
		}
		out[i] = others(rest)
		rest++
	}
	return out
}

// offset is where in the header the piece of a small stroke begins: pieces of
// equal strokes cover it evenly.
func offset(index, count, body int) int { return index * body / count % body }
