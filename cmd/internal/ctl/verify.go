package ctl

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/station"
	"moqian/sign"
)

// maxFile bounds what verify reads of one file.
const maxFile = 256 << 20

// names is a flag that may be given again.
type names []string

func (n *names) String() string { return strings.Join(*n, " ") }

func (n *names) Set(v string) error { *n = append(*n, v); return nil }

func (c *Console) verify(ctx context.Context, args []string) error {
	var roots, tsa, crls, markKeys, markPublic names
	f := c.flags("verify")
	f.Var(&roots, "roots", "PEM `file` of trusted roots, again for more; with --data the site's without it")
	f.Var(&tsa, "tsa-roots", "PEM `file` of roots for time stamps")
	f.Var(&crls, "crl", "revocation list `file` (PEM or DER)")
	f.Var(&markKeys, "mark-key", "key `file` of the mark, or head office's master; again for more; with --data the workstation's without it")
	f.Var(&markPublic, "mark-public", "PEM `file` of registered public keys that sign ink, again for more; with --data also the workstation's own")
	at := f.String("at", "", "judge as of this `time` (RFC 3339)")
	report := f.String("report", "", "also write a verification report to this PDF `file`")
	files, err := c.parse("verify", f, args, 1, -1)
	if err != nil {
		return err
	}
	o, err := c.verifyOptions(roots, tsa, crls, *at)
	if err == nil {
		err = c.markOptions(&o, markKeys, markPublic)
	}
	if err != nil {
		return err
	}
	if c.common.data == "" {
		return c.verifyAll(ctx, files, o, *report)
	}
	return c.with(ctx, func(st *station.Station) error {
		if err := c.stationOptions(ctx, st, &o, len(roots) == 0, len(tsa) == 0, len(markKeys) == 0); err != nil {
			return err
		}
		return c.verifyAll(ctx, files, o, *report)
	})
}

// stationOptions takes from the workstation what the line does not name.
func (c *Console) stationOptions(ctx context.Context, st *station.Station, o *proof.Options, roots, tsa, mark bool) (err error) {
	if roots {
		if o.Roots, err = st.Roots(); err != nil {
			return err
		}
		o.RootNames = []string{st.Site.Roots}
	}
	if tsa && st.Site.TSARoots != "" {
		if o.TSARoots, err = station.Pool(st.Site.TSARoots); err != nil {
			return err
		}
	}
	return stationMarks(ctx, st, o, mark)
}

func (c *Console) verifyAll(ctx context.Context, files []string, o proof.Options, report string) error {
	judged := make([]proof.File, len(files))
	good := true
	for i, name := range files {
		judged[i] = c.judge(ctx, name, o)
		good = good && judged[i].Verdict == sign.Valid
	}
	if report != "" {
		if err := c.writeReport(judged, c.path(report)); err != nil {
			return err
		}
	}
	err := c.show(judged, func(w io.Writer) {
		for _, j := range judged {
			printVerdict(w, j)
		}
	})
	if err == nil && !good {
		return answer(exitNo)
	}
	return err
}

func (c *Console) verifyOptions(roots, tsa, crls names, at string) (proof.Options, error) {
	o := proof.Options{At: c.Now(), RootNames: roots}
	if at != "" {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return o, usagef("--at %s: want a time like 2026-01-02T15:04:05+08:00", at)
		}
		o.At = t
	}
	var err error
	if o.Roots, err = station.Pool(c.paths(roots)...); err != nil {
		return o, err
	}
	if len(tsa) > 0 {
		if o.TSARoots, err = station.Pool(c.paths(tsa)...); err != nil {
			return o, err
		}
	}
	if o.CRLs, err = station.CRLs(c.paths(crls)...); err != nil {
		return o, err
	}
	return o, nil
}

func (c *Console) paths(in []string) []string {
	out := make([]string, len(in))
	for i, p := range in {
		out[i] = c.path(p)
	}
	return out
}

// judge reads one file; what cannot be read is in the answer.
func (c *Console) judge(ctx context.Context, name string, o proof.Options) proof.File {
	b, err := readBounded(c.path(name), maxFile)
	if err != nil {
		r := proof.Examine(ctx, nil, o)
		r.File, r.Verdict = name, sign.Error
		r.Problems = []sign.Problem{{Code: "unreadable", Text: "无法读取文件 / the file cannot be read: " + err.Error()}}
		return r
	}
	r := proof.Examine(ctx, b, o)
	r.File = name
	return r
}

func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("larger than %d MB", most>>20)
	}
	return b, err
}

func printVerdict(w io.Writer, j proof.File) {
	fmt.Fprintf(w, "%s: %s\n", j.File, j.Verdict)
	if j.Voucher != nil {
		test := ""
		if j.Voucher.Test {
			test = " TEST 测试"
		}
		fmt.Fprintf(w, "  voucher %s%s\n", j.Voucher.Number, test)
	}
	for _, s := range j.Signatures {
		fmt.Fprintf(w, "  %s: %s, %s, intact %v, chain %s, later changes %s, %s (%s)\n",
			s.Field, s.Signatory, s.Level, s.Intact, s.Chain, s.LaterChanges, s.SignedAt, s.TimeSource)
	}
	fmt.Fprintf(w, "  mark: %s\n", j.Mark.Binding.State)
	if p := j.Mark.Public; p.Key != "" || p.Marked != "" {
		fmt.Fprintf(w, "  ink signature: %s (key %s, registered %v; marked %s, room %d bits)\n", p.State, p.Key, p.Registered, p.Marked, p.Room)
	}
	for _, p := range j.Problems {
		fmt.Fprintf(w, "  %s: %s\n", p.Code, p.Text)
	}
}
