//go:build !virtualpad

package ctl

import (
	"context"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
)

// A production build has no software pad and no way from a file to ink.
func trialCommands() []command { return nil }

func (c *Console) modeSite(string) (config.Site, error) { return config.Default(), nil }

func (c *Console) mode(o station.Options) station.Options { return o }

func (c *Console) prepared(context.Context, *station.Station) error { return nil }

// keyHolders in order of preference: the board's own chip, the user's keyring,
// a file.
func keyHolders() []machinekey.Holder { return machinekey.Default() }

const trialBuild = false
