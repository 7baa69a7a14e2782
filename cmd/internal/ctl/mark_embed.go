//go:build virtualpad

package ctl

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/markcmd"
	"moqian/cmd/internal/station"
	"moqian/render/ink"
)

func (c *Console) markEmbed(_ context.Context, args []string) error {
	site := config.Default()
	o := markcmd.Options{Nib: ink.Nib{Min: site.NibMin, Max: site.NibMax}}
	f := c.flags("mark embed")
	key := f.String("key", "", "key `file` of the mark")
	handle := f.String("handle", "", "3 to 11 bytes in `HEX`")
	bound := f.String("context", "", "`file` whose SHA-256 the ink is bound to")
	amplitude := f.String("amplitude", "", "`UM[/CAP]` in µm; 12/15 without it")
	box := f.String("box", "60x25", "signature box `WxH` in mm")
	f.StringVar(&o.Sign, "sign", "", "PKCS#8 PEM `file` of an Ed25519 key that signs the ink")
	f.BoolVar(&o.Off, "off", false, "the same ink without a mark")
	f.StringVar(&o.ID, "id", "", "the record's `id`")
	f.Float64Var(&o.Scale, "scale", 1, "multiply the record's lengths")
	words, err := c.parse("mark embed", f, args, 2, 2)
	if err != nil {
		return err
	}
	if o.Handle, err = hex.DecodeString(*handle); err != nil || !o.Off && (len(o.Handle) < 3 || len(o.Handle) > 11) {
		return usagef("--handle %q: want 3 to 11 bytes in hex", *handle)
	}
	if !o.Off && (*key == "" || *bound == "") {
		return usagef("want --key KEYFILE and --context FILE, or --off")
	}
	if o.Amplitude, o.Cap, err = pair(*amplitude, "/"); err != nil {
		return usagef("--amplitude %s: want UM or UM/CAP", *amplitude)
	}
	if o.W, o.H, err = pair(*box, "x"); err != nil || o.H == 0 {
		return usagef("--box %s: want WxH in mm", *box)
	}
	o.Key, o.Context, o.Sign = c.path(*key), c.path(*bound), c.path(o.Sign)
	fonts, err := station.Fonts(site.Fonts)
	if err != nil {
		return err
	}
	m, err := markcmd.Embed(c.path(words[0]), c.path(words[1]), o, fonts)
	if err != nil {
		return err
	}
	return c.show(m, func(w io.Writer) {
		fmt.Fprintf(w, "TEST 测试: %s, %d strokes, %d bits, robust T %.1f, public part %s (room %d)\n",
			words[1], m.Strokes, m.Bits, m.Robust.T, m.Public, m.Room)
	})
}

// pair reads A or A<sep>B; empty is 0, 0.
func pair(s, sep string) (a, b float64, err error) {
	if s == "" {
		return 0, 0, nil
	}
	first, second, both := strings.Cut(s, sep)
	if a, err = strconv.ParseFloat(first, 64); err == nil && both {
		b, err = strconv.ParseFloat(second, 64)
	}
	return a, b, err
}
