//go:build !virtualpad

package main

import (
	"context"
	"flag"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/station"
	"moqian/cmd/teller/ui"
	"moqian/pad/usb"
)

func modeSite(string) (config.Site, error) { return config.Default(), nil }

func mode(o station.Options) station.Options { return o }

// prepare adds the pads on their cables.
func prepare(_ context.Context, _ *station.Station, o *ui.Options) error {
	o.Pads = usb.New(usb.Options{})
	return nil
}

func probeFlags(*flag.FlagSet, *flags) {}

func startProbe(flags) (func(x, y int, at time.Time), func(frames int), error) {
	return nil, func(int) {}, nil
}
