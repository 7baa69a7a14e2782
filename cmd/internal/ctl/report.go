package ctl

import (
	"fmt"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/durable"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/proof/report"
	"moqian/cmd/internal/station"
)

// writeReport writes the verification report of the judged files.
func (c *Console) writeReport(judged []proof.File, path string) error {
	fonts, err := station.Fonts(config.Default().Fonts)
	if err != nil {
		return err
	}
	site := config.Default()
	if dir, err := c.folder(); err == nil && (c.common.data != "" || c.common.config != "") {
		if site, err = c.site(dir); err != nil {
			return err
		}
	}
	b, err := report.PDF(judged, report.Head{Bank: site.Bank.ZH, Branch: site.Branch.ZH, Program: "moqian " + Release}, fonts)
	if err != nil {
		return fmt.Errorf("laying out the report: %w", err)
	}
	if err := durable.WriteFile(path, b); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
