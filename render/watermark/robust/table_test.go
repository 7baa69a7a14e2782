package robust

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/render/ink"
)

var (
	tableFile  = flag.String("table", "", "append the rows of the table to this file, and go on from what stands there")
	tableWays  = flag.String("ways", "", "only channels whose name has one of these words, separated by commas")
	tableNibs  = flag.String("amplitudes", "12,35", "amplitudes of the table, µm")
	tableMost  = flag.Int("most", 1000, "at most so many signatures a channel")
	tableQuick = flag.Bool("quick", false, "table without the original")
)

// leastLength of ink in mm for the table.
const leastLength = 90

// line of the table: one signature through one channel.
type line struct {
	Amplitude float64
	Way, ID   string
	Length    float64
	Margin    Margin
	Informed  float64 // T
	Original  float64 // T
	Blind     bool
	Wrong     int     // claims accepted that should not be
	WrongT    float64 // largest
	Embed     float64 // ms
	Read      float64 // ms
	Check     float64 // ms
}

// TestTable is the table of the README. A short sample runs always, all records
// with MOQIAN_TORTURE=1: hours, in pieces with -args -table FILE.
func TestTable(t *testing.T) {
	torture := os.Getenv("MOQIAN_TORTURE") != ""
	lines := map[string]line{}
	if *tableFile != "" {
		lines = readLines(t, *tableFile)
	}
	all := everyone(t)
	n := map[string]int{}
	for _, amplitude := range strings.Split(*tableNibs, ",") {
		opt := Options{}
		fmt.Sscan(amplitude, &opt.Amplitude)
		opt.Cap = map[float64]float64{12: 15, 16: 20, 35: 50}[opt.Amplitude]
		if !torture && opt.Amplitude != 12 {
			continue
		}
		for k := range all {
			all.one(t, k*131%len(all), opt, torture, lines, n) // writers mixed
		}
	}
	for _, s := range summary(lines) {
		t.Log(s)
	}
	for _, l := range lines {
		if l.Wrong > 0 || !torture && l.Informed < Threshold {
			t.Errorf("%+v", l)
		}
	}
}

// one signature through all channels.
func (all people) one(t *testing.T, i int, opt Options, torture bool, lines map[string]line, n map[string]int) {
	var in, out []ink.Outline
	var m Margin
	var took time.Duration
	print := sync.OnceValue(func() *shade { return printed(out) })
	s, handle := keyOf(uint64(i))
	for j, c := range channels() {
		l := line{Amplitude: opt.Amplitude, Way: c.name, ID: all[i].id}
		group := fmt.Sprintf("%g %s", l.Amplitude, l.Way)
		if !wanted(c.name) || !torture && j > 1 || n[group] >= *tableMost || !torture && n[group] >= 3 {
			continue
		}
		key := group + " " + l.ID
		if o, ok := lines[key]; ok {
			if o.Length >= leastLength {
				n[group]++
			}
			continue
		}
		if in == nil {
			in = drawn(t, all[i].samples)
			var err error
			start := time.Now()
			if out, m, err = Embed(in, s, handle, opt); err != nil {
				t.Fatal(err)
			}
			took = time.Since(start)
		}
		l.Length, l.Margin, l.Embed = m.Length, m, ms(took)
		if l.Length >= leastLength {
			n[group]++
			l.read(t, c.f(t, out, print, rand.New(rand.NewPCG(uint64(i), 2026+uint64(j)))), s, handle, out)
		}
		lines[key] = l
		if *tableFile != "" {
			appendLine(t, *tableFile, l)
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func wanted(name string) bool {
	for _, w := range strings.Split(*tableWays, ",") {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

func keyOf(i uint64) (s Secret, handle []byte) {
	r := rand.New(rand.NewPCG(i, 2026))
	for j := range s {
		s[j] = byte(r.Uint32())
	}
	for range 3 {
		handle = append(handle, byte(r.Uint32()))
	}
	return s, handle
}

func (l *line) read(t *testing.T, g *Gray, s Secret, handle []byte, out []ink.Outline) {
	t.Helper()
	other := []byte{handle[0] ^ 1, handle[1], handle[2]}
	claims := [][]byte{handle, other}
	if l.Amplitude != 12 || l.Way != channels()[0].name {
		claims = claims[:1] // a wrong claim is sought in all poses: slow
	}
	p := newPattern(s)
	start := time.Now()
	views := p.views(g) // once for both
	look := time.Since(start)
	a := p.check(views, claims)
	l.Check = ms(time.Since(start))
	l.Informed = a[0].T
	for _, c := range a[1:] {
		l.WrongT = max(l.WrongT, c.T)
		l.Wrong += count1(c.Accept)
	}
	if !*tableQuick {
		b, err := CheckOriginal(g, s, claims, out)
		if err != nil {
			t.Fatal(err)
		}
		l.Original = b[0].T
		for _, c := range b[1:] {
			l.WrongT = max(l.WrongT, c.T)
			l.Wrong += count1(c.Accept)
		}
	}
	start = time.Now()
	r := p.readAny(views)
	l.Read = ms(look + time.Since(start))
	l.Blind = r.Found && bytes.Equal(r.Handle, handle)
	l.Wrong += count1(r.Found && !l.Blind)
}

func count1(b bool) int {
	if b {
		return 1
	}
	return 0
}

// summary is a row for each amplitude and channel.
func summary(lines map[string]line) (out []string) {
	for _, amplitude := range []float64{12, 16, 35} {
		for _, c := range channels() {
			var n, informed, original, blind, wrong, self int
			var embed, read, check []float64
			for _, l := range lines {
				if l.Amplitude != amplitude || l.Way != c.name || l.Length < leastLength {
					continue
				}
				n++
				self += count1(l.Margin.Blind)
				informed += count1(l.Informed >= Threshold)
				original += count1(l.Original >= Threshold)
				blind += count1(l.Blind)
				wrong += l.Wrong
				embed, read, check = append(embed, l.Embed), append(read, l.Read), append(check, l.Check)
			}
			if n == 0 {
				continue
			}
			part := func(k int) float64 { return 100 * float64(k) / float64(n) }
			out = append(out, fmt.Sprintf("%g µm | %s | n %d | informed %.1f %% | with original %.1f %% | blind %.1f %% (itself %.1f %%) | wrong %d | ms: embed p50 %.0f p95 %.0f, read %.0f %.0f, check %.0f %.0f",
				amplitude, c.name, n, part(informed), part(original), part(blind), part(self), wrong,
				share(embed, 0.5), share(embed, 0.95), share(read, 0.5), share(read, 0.95), share(check, 0.5), share(check, 0.95)))
		}
	}
	return out
}

func readLines(t *testing.T, name string) map[string]line {
	lines := map[string]line{}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return lines
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	whole := int64(0)
	for sc := bufio.NewReader(f); ; {
		b, err := sc.ReadBytes('\n')
		if err == io.EOF { // a last line cut short is measured again
			if err := os.Truncate(name, whole); err != nil {
				t.Fatal(err)
			}
			return lines
		}
		whole += int64(len(b))
		var l line
		if err := errors.Join(err, json.Unmarshal(b, &l)); err != nil {
			t.Fatal(err)
		}
		lines[fmt.Sprintf("%g %s %s", l.Amplitude, l.Way, l.ID)] = l
	}
}

func appendLine(t *testing.T, name string, l line) {
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(append(b, '\n')); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
