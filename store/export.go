package store

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Format of an exported log.
type Format string

const (
	// JSONL is one Entry as JSON on each line, with "n", its number from 1.
	JSONL Format = "jsonl"
	// Syslog is RFC 5424, facility 13 (log audit), one message a line.
	Syslog Format = "syslog"
)

// Export writes all entries from number from (1 is the first) in order. host is
// the HOSTNAME of RFC 5424, the workstation's name. It reads them in pieces, so
// that a long log neither fills the memory nor holds up the queue.
func (a *Audit) Export(ctx context.Context, w io.Writer, f Format, host string, from int) (n int, err error) {
	if f != JSONL && f != Syslog {
		return 0, fmt.Errorf("exporting the log: the format %q is neither %s nor %s", f, JSONL, Syslog)
	}
	out := bufio.NewWriter(w)
	const piece = 1000
	for at := int64(max(from, 1) - 1); ; at += piece {
		lines, err := a.lines(ctx, f, host, at, piece)
		if err != nil {
			return n, fmt.Errorf("exporting the log: %w", err)
		}
		for _, l := range lines {
			if _, err := out.WriteString(l + "\n"); err != nil {
				return n, fmt.Errorf("exporting the log: %w", err)
			}
			n++
		}
		if len(lines) < piece {
			break
		}
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("exporting the log: %w", err)
	}
	return n, nil
}

func (a *Audit) lines(ctx context.Context, f Format, host string, at, most int64) (lines []string, err error) {
	err = a.s.view(ctx, func(t *tx) error {
		h, err := t.head()
		if err != nil {
			return err
		}
		for i := at; i < min(at+most, h.N); i++ {
			r, err := t.record(i)
			if err != nil {
				return err
			}
			e, err := decodeEntry(r.text)
			if err != nil {
				return err
			}
			line := e.syslog(i+1, host)
			if f == JSONL {
				if line, err = e.jsonl(i + 1); err != nil {
					return err
				}
			}
			lines = append(lines, line)
		}
		return nil
	})
	return lines, err
}

func (e Entry) jsonl(n int64) (string, error) {
	raw, err := json.Marshal(struct {
		N int64 `json:"n"`
		Entry
	}{n, e})
	return string(raw), err
}

// syslog makes one RFC 5424 message: severity 6 (informational), or 4 (warning)
// when the outcome is not ok; MSGID is the action; the structured data is named
// after the private enterprise number reserved for documentation, 32473.
func (e Entry) syslog(n int64, host string) string {
	const facility = 13
	severity := 6
	if e.Outcome != "ok" {
		severity = 4
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<%d>1 %s %s moqian - %s [moqian@32473 n=\"%d\"", facility*8+severity,
		e.Time.Format("2006-01-02T15:04:05.999999Z07:00"), word(host, 255), word(e.Action, 32), n)
	param := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=\"%s\"", name, paramValue(value))
		}
	}
	param("actor", e.Actor)
	param("voucher", e.Voucher)
	param("type", e.Type)
	param("pad", e.Pad)
	param("outcome", e.Outcome)
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		param("d."+paramName(k), e.Detail[k])
	}
	fmt.Fprintf(&b, "] %s", paramValueFree(e.Action+" "+e.Outcome))
	return b.String()
}

// word is a field of the header: printable ASCII without spaces, or "-".
func word(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' {
			return '_'
		}
		if r < 33 || r > 126 {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// paramName is at most 30 characters here: two are taken by "d.".
func paramName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 33 || r > 126 || strings.ContainsRune(`="]`, r) {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "x"
	}
	return s[:min(len(s), 30)]
}

// paramValue escapes what section 6.3.3 asks for, and line ends, which would
// make two messages of one.
func paramValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`, "\n", " ", "\r", " ").Replace(strings.ToValidUTF8(s, ""))
}

func paramValueFree(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(strings.ToValidUTF8(s, ""))
}
