package store

// aheadMost is how many bytes of the store's file are written before they are
// needed: about forty vouchers.
const aheadMost = 4 << 20

// layAhead writes zeros beyond the last page in use, as many bytes as the store
// has but no more than ahead, and waits for the disk. So the room for the next
// vouchers is there before their customers sign, and filing need not make the file
// longer, which is a third of an fsync (BenchmarkFile, floor-pre). bbolt gives a page
// there to nobody but the write transaction under way, this one, which has written
// none yet. Failing is not an error: bbolt makes the file longer itself.
func (t *tx) layAhead() {
	s, end := t.s, t.Size()
	room := min(s.ahead, end)
	if s.laid-end >= room/2 {
		return
	}
	if free, err := freeBytes(s.dir); err != nil || free < s.floor+2*s.ballast+2*room {
		return
	}
	at, to := max(s.laid, end), end+room
	zeros := make([]byte, min(to-at, 1<<20))
	for at < to {
		n, err := s.file.WriteAt(zeros[:min(int64(len(zeros)), to-at)], at)
		at += int64(n)
		if err != nil {
			break
		}
	}
	// The new length too: bbolt leaves that to whoever made the file longer.
	if s.file.Sync() == nil {
		s.laid = at
	}
}
