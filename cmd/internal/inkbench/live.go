//go:build virtualpad

package inkbench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"moqian/pad"
	"moqian/render/ink"
)

// Live reads cases like Bench and writes, in the same format without outlines,
// what the live view has shown when the reports end: the output for the first n
// reports is a prefix of the output for all, and reaches report n-3.
func Live(ctx context.Context, r io.Reader, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	err := each(ctx, r, func(c *entry, s []pad.Sample) error {
		p := c.params()
		p.Box = ink.Box{W: 60, H: 25}
		strokes := follow(s, p)
		line = appendLive(line[:0], c.ID, strokes)
		for _, ds := range strokes {
			clear(ds)
		}
		_, err := out.Write(line)
		return err
	})
	clear(line[:cap(line)])
	return errors.Join(err, out.Flush())
}

// follow is the dabs of the live pen, by strokes.
func follow(s []pad.Sample, p ink.Params) [][]ink.Dab {
	pen := ink.NewPen(p)
	defer pen.Wipe()
	var out [][]ink.Dab
	for _, v := range s {
		n, ds := pen.Add(v)
		if len(ds) == 0 {
			continue
		}
		for len(out) <= n {
			out = append(out, nil)
		}
		out[n] = append(out[n], ds...)
	}
	return out
}

func appendLive(b []byte, id string, strokes [][]ink.Dab) []byte {
	name, _ := json.Marshal(id)
	b = append(append(append(b, `{"id":`...), name...), `,"strokes":[`...)
	for i, ds := range strokes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"c":`...)
		b = appendDabs(b, ds)
		b = append(b, '}')
	}
	return append(b, "]}\n"...)
}

func appendDabs(b []byte, ds []ink.Dab) []byte {
	b = append(b, '[')
	for j, d := range ds {
		if j > 0 {
			b = append(b, ',')
		}
		b = appendNumbers(b, d.T*1000, d.X, d.Y, d.W)
	}
	return append(b, ']')
}
