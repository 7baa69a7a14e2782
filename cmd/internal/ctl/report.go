package ctl

import (
	"errors"

	"moqian/cmd/internal/proof"
)

func (c *Console) report1(proof.File, string) error { return errors.New("report") }
