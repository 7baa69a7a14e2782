//go:build !virtualpad

package ctl

import (
	"context"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/station"
)

// A production build has no software pad and no way from a file to ink.
func trialCommands() []command { return nil }

func (c *Console) modeSite(string) (config.Site, error) { return config.Default(), nil }

func (c *Console) mode(o station.Options) station.Options { return o }

func (c *Console) prepared(context.Context, *station.Station) error { return nil }

const trialBuild = false
