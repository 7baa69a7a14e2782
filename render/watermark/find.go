package watermark

const (
	// repairStrokes bounds the strokes whose header is tried with one wrong bit.
	repairStrokes = 32
	// shiftStrokes bounds the inks that are tried with a stroke missing or added
	// when only pieces can name the voucher.
	shiftStrokes = 40
)

// flips are the ways in which an edited anchor turns the low bits of a stroke:
// not at all, all of x, all of y, both.
var flips = [...][2]byte{{0, 0}, {1, 0}, {0, 1}, {1, 1}}

// find looks for the mark of an ink: in whole headers first, then in headers
// with a wrong bit, then in the pieces of small strokes. The mark that most
// bits speak for wins; seen tells the index of each stroke whose header was
// read, −1 elsewhere.
func (k keys) find(s []stroke) (m mark, seen []int, ok bool) {
	seen = make([]int, len(s))
	for i := range seen {
		seen[i] = -1
	}
	vote := map[string]int{}
	found := make([]mark, len(s))
	look := func(repair bool) {
		for i := range s {
			if repair && i >= repairStrokes {
				return
			}
			g, index, ok := k.readHeader(s[i].bits, repair)
			if !ok {
				continue
			}
			found[i], seen[i] = g, index
			id := string(g.name(0))
			if vote[id] += len(s[i].bits); !sameVote(vote, m, id) {
				m = g
			}
		}
	}
	if look(false); len(vote) == 0 {
		look(true)
	}
	if len(vote) == 0 {
		m, ok = k.readPieces(s)
		return m, seen, ok
	}
	for i := range seen {
		if seen[i] >= 0 && string(found[i].name(0)) != string(m.name(0)) {
			seen[i] = -1
		}
	}
	return m, seen, true
}

// sameVote says whether the leader keeps its place before the mark id.
func sameVote(vote map[string]int, leader mark, id string) bool {
	return leader.count > 0 && vote[string(leader.name(0))] >= vote[id]
}

// readHeader reads the header of a large stroke, with repair also one in which
// one bit is wrong or the anchor was edited.
func (k keys) readHeader(bits []byte, repair bool) (mark, int, bool) {
	var laid []class
	have := -1 // the size that laid is for; most strokes have one for all handles
	for handle := minHandle; handle <= maxHandle; handle++ {
		size, full := headerSize(len(bits), handle)
		if !full {
			break
		}
		if size != have {
			laid, have = layout(len(bits), size), size
		}
		ways := flips[:1]
		if repair {
			ways = flips[:]
		}
		for _, flip := range ways {
			body := k.majority(bits, laid, flip, size, handle)
			if m, index, ok := k.open(body, handle); ok && index != noIndex {
				return m, index, true
			}
			for i := 0; repair && i < len(body); i++ {
				body[i] ^= 1
				if m, index, ok := k.open(body, handle); ok && index != noIndex {
					return m, index, true
				}
				body[i] ^= 1
			}
		}
	}
	return mark{}, 0, false
}

// majority takes the mask off the header bits and lets the copies vote.
func (k keys) majority(bits []byte, class []class, flip [2]byte, size, handle int) []byte {
	mask := k.fullMask(size)
	votes := make([]int, bodySize(handle))
	j := 0
	for i, c := range class {
		if c != header {
			continue
		}
		votes[j%len(votes)] += 2*int(bits[i]^flip[i%2]^mask[j]) - 1
		j++
	}
	return ballot(votes)
}

func ballot(votes []int) []byte {
	out := make([]byte, len(votes))
	for i, v := range votes {
		if v > 0 {
			out[i] = 1
		}
	}
	return out
}

// readPieces puts the header together from small strokes. They tell their index
// only to who knows the count, so it tries: all in place, one missing, one
// added.
func (k keys) readPieces(s []stroke) (mark, bool) {
	if m, ok := k.tryPieces(s, len(s), natural); ok {
		return m, true
	}
	if len(s) > shiftStrokes {
		return mark{}, false
	}
	for at := 0; at <= len(s); at++ {
		missing := func(i int) int {
			if i >= at {
				return i + 1
			}
			return i
		}
		if m, ok := k.tryPieces(s, len(s)+1, missing); ok {
			return m, true
		}
	}
	for at := range s {
		added := func(i int) int {
			switch {
			case i == at:
				return -1
			case i > at:
				return i - 1
			}
			return i
		}
		if m, ok := k.tryPieces(s, len(s)-1, added); ok {
			return m, true
		}
	}
	return mark{}, false
}

func natural(i int) int { return i }

// tryPieces reads the header under the guess that stroke i has index place(i)
// of count; −1 leaves it out.
func (k keys) tryPieces(s []stroke, count int, place func(int) int) (mark, bool) {
	if count < 1 || count > maxStrokes {
		return mark{}, false
	}
	for handle := minHandle; handle <= maxHandle; handle++ {
		votes := make([]int, bodySize(handle))
		for i := range s {
			size, full := headerSize(len(s[i].bits), handle)
			if index := place(i); index >= 0 && !full {
				k.votePiece(votes, s[i].bits, size, index, count)
			}
		}
		if m, index, ok := k.open(ballot(votes), handle); ok && index == noIndex && m.count == count {
			return m, true
		}
	}
	return mark{}, false
}

func (k keys) votePiece(votes []int, bits []byte, size, index, count int) {
	mask := k.pieceMask(index, count, size)
	from := offset(index, count, len(votes))
	j := 0
	for i, c := range layout(len(bits), size) {
		if c == header {
			votes[(from+j)%len(votes)] += 2*int(bits[i]^mask[j]) - 1
			j++
		}
	}
}
