package platform

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// CanPrint says whether lp (CUPS) is there.
func CanPrint() bool { _, err := exec.LookPath("lp"); return err == nil }

// Print sends a PDF to the system's printer.
func Print(ctx context.Context, pdf []byte) error {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, "lp", "-o", "media=A4", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("printing: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
