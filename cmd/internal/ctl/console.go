package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"moqian/cmd/internal/markcmd"
	"moqian/cmd/internal/say"
	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/auth"
)

// Console runs commands. Everything a command knows of the outside is here.
type Console struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	Now      func() time.Time
	// Dir is the folder that relative paths start from.
	Dir string
	// Station, when set, is already open, as in a running teller; commands then
	// work on it instead of opening the folder.
	Station *station.Station
	// User is the login of the operating system that asks; it stands in the log
	// with what is done. Empty: not told.
	User string
	// Self is the path of the program, for the check in a child process; empty:
	// not checked.
	Self string

	common common
	args   []string // the whole line, to be handed on
}

// common flags may stand before or after the command's word.
type common struct {
	data, config string
	json         bool
}

func (c *common) register(f *flag.FlagSet) {
	f.StringVar(&c.data, "data", c.data, "the workstation's `folder`")
	f.StringVar(&c.config, "config", c.config, "site configuration `file`")
	f.BoolVar(&c.json, "json", c.json, "one JSON document on standard output")
}

// Exit status of the contract.
const (
	exitYes   = 0
	exitNo    = 1
	exitUsage = 2
	exitEnv   = 3
)

// answer is an exit status with nothing more to say.
type answer int

func (a answer) Error() string { return fmt.Sprintf("exit status %d", int(a)) }

// usage is a wrong call.
type usage struct{ text string }

func (u usage) Error() string { return u.text }

func usagef(format string, a ...any) error { return usage{fmt.Sprintf(format, a...)} }

// no is a negative answer that needs a sentence.
type no struct{ err error }

func (n no) Error() string { return n.err.Error() }
func (n no) Unwrap() error { return n.err }

// Run executes one command line without the program's name and gives the exit
// status.
func (c *Console) Run(ctx context.Context, args []string) int {
	c.common, c.args = common{}, args
	f := c.flags("tellerctl")
	c.common.register(f)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			c.help()
			return exitYes
		}
		return c.report("tellerctl", usagef("%v", err))
	}
	rest := f.Args()
	if len(rest) == 0 {
		c.help()
		return exitUsage
	}
	if rest[0] == "help" {
		if len(rest) > 1 {
			return c.Run(ctx, append(rest[1:], "--help"))
		}
		c.help()
		return exitYes
	}
	word, cmd, tail := find(rest)
	if cmd == nil && c.helpGroup(rest) {
		return exitYes
	}
	if cmd == nil {
		return c.report(rest[0], usagef("no such command; tellerctl help lists them"))
	}
	return c.report(word, cmd.run(c, ctx, tail))
}

func (c *Console) flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse takes flags wherever they stand and gives the other words, of which
// there must be least to most (most < 0: any number).
func (c *Console) parse(word string, f *flag.FlagSet, args []string, least, most int) ([]string, error) {
	c.common.register(f)
	var words []string
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				c.helpOn(word, f)
				return nil, answer(exitYes)
			}
			return nil, usagef("%v; tellerctl %s --help shows how", err, word)
		}
		if args = f.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	if len(words) < least || most >= 0 && len(words) > most {
		return nil, usagef("wrong number of words; tellerctl %s --help shows how", word)
	}
	return words, nil
}

// report tells an error and gives its exit status.
func (c *Console) report(word string, err error) int {
	var a answer
	var u usage
	var n no
	switch {
	case err == nil:
		return exitYes
	case errors.As(err, &a):
		return int(a)
	case errors.As(err, &u):
		fmt.Fprintf(c.Err, "tellerctl: %s: %s\n", word, u.text)
		return exitUsage
	}
	fmt.Fprintf(c.Err, "tellerctl: %s: %s\n", word, oneLine(err))
	for _, h := range say.Hints(err) {
		fmt.Fprintf(c.Err, "hint: %s\n", h)
	}
	switch {
	case errors.As(err, &n), errors.Is(err, store.ErrNotFound):
		return exitNo
	case wrongUse(err):
		return exitUsage
	}
	return exitEnv
}

// wrongUse says whether an error is about what the caller gave.
func wrongUse(err error) bool {
	for _, e := range []error{markcmd.ErrInput, markcmd.ErrUse, station.ErrBranch, station.ErrAddress, auth.ErrWeak, auth.ErrName, auth.ErrExists, auth.ErrUnknown} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// path makes a path absolute from the caller's folder.
func (c *Console) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.Dir, p)
}

// show writes a result: JSON if asked for, else what text writes.
func (c *Console) show(v any, text func(io.Writer)) error {
	var b bytes.Buffer
	if c.common.json {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(v); err != nil {
			return err
		}
	} else {
		text(&b)
	}
	if _, err := c.Out.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}

// pin is the secret for keys: from a file or the variable MOQIAN_PIN.
func (c *Console) pin(file string) ([]byte, error) {
	if file == "" {
		if v := c.Getenv("MOQIAN_PIN"); v != "" {
			return []byte(v), nil
		}
		return nil, nil
	}
	return c.secret("PIN", file)
}

// secret is the content of a file without the line's end.
func (c *Console) secret(what, file string) ([]byte, error) {
	b, err := readBounded(c.path(file), 4096)
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", what, err)
	}
	return bytes.TrimRight(b, "\r\n"), nil
}
