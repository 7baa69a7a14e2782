package upload

import (
	"time"

	"moqian/store"
)

// Progress of a round.
type Progress struct {
	Done, Total           int           // documents: sent, and all of the round
	DoneBytes, TotalBytes int64         // of them
	Failed                int           // tried and still here
	Rate                  float64       // bytes per second, over the last half minute
	ETA                   time.Duration // until the rest is sent at this rate; -1 unknown
}

// tally counts what a round has done.
type tally struct {
	begin time.Time
	p     Progress
	marks []mark // of the last half minute
}

type mark struct {
	at    time.Time
	bytes int64
}

func newTally(begin time.Time, todo []store.Item) tally {
	t := tally{begin: begin, p: Progress{Total: len(todo)}, marks: []mark{{begin, 0}}}
	for _, it := range todo {
		t.p.TotalBytes += int64(it.Bytes)
	}
	return t
}

func (t *tally) add(bytes int, sent bool) {
	if !sent {
		t.p.Failed++
		return
	}
	t.p.Done++
	t.p.DoneBytes += int64(bytes)
}

// window is how far back the rate looks.
const window = 30 * time.Second

func (t *tally) progress(now time.Time) Progress {
	for len(t.marks) > 1 && now.Sub(t.marks[0].at) > window {
		t.marks = t.marks[1:]
	}
	if last := t.marks[len(t.marks)-1]; now.Sub(last.at) >= time.Second {
		t.marks = append(t.marks, mark{now, t.p.DoneBytes})
	}
	p := t.p
	p.ETA = -1
	if span := now.Sub(t.marks[0].at).Seconds(); span > 0 {
		p.Rate = float64(p.DoneBytes-t.marks[0].bytes) / span
	}
	if p.Rate > 0 {
		p.ETA = time.Duration(float64(p.TotalBytes-p.DoneBytes) / p.Rate * float64(time.Second))
	}
	return p
}
