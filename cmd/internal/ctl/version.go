package ctl

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// Release of the program.
const Release = "0.1.0"

// Version is what version prints.
type Version struct {
	Version   string            `json:"version"`
	Commit    string            `json:"commit,omitempty"`
	Go        string            `json:"go"`
	Tags      string            `json:"tags,omitempty"`
	Trial     bool              `json:"trial"`
	Libraries map[string]string `json:"libraries"`
}

func (c *Console) version(_ context.Context, args []string) error {
	f := c.flags("version")
	if _, err := c.parse("version", f, args, 0, 0); err != nil {
		return err
	}
	v := Version{Version: Release, Trial: trialBuild, Libraries: map[string]string{}}
	if b, ok := debug.ReadBuildInfo(); ok {
		v.Go = b.GoVersion
		for _, s := range b.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Commit = s.Value
			case "-tags":
				v.Tags = s.Value
			}
		}
		for _, d := range b.Deps {
			v.Libraries[d.Path] = d.Version
		}
	}
	return c.show(v, func(w io.Writer) {
		trial := ""
		if v.Trial {
			trial = ", trial build: everything is TEST 测试"
		}
		fmt.Fprintf(w, "tellerctl %s %s %s%s\n", v.Version, strings.TrimSpace(v.Commit+" "+v.Tags), v.Go, trial)
	})
}
