//go:build !virtualpad

package main

import (
	"context"
	"flag"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/station"
	"moqian/cmd/teller/ui"
	"moqian/pad"
)

func modeSite(string) (config.Site, error) { return config.Default(), nil }

func mode(o station.Options) station.Options { return o }

// prepare has nothing to add: pads come on their cables.
func prepare(_ context.Context, _ *station.Station, o *ui.Options) error {
	o.Pads = noPads{}
	return nil
}

// noPads waits for ever: this build has no driver yet.
type noPads struct{}

// Next waits for the context.
func (noPads) Next(ctx context.Context) (*pad.Device, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func probeFlags(*flag.FlagSet, *flags) {}

func startProbe(flags) (func(x, y int, at time.Time), func(frames int), error) {
	return nil, func(int) {}, nil
}
