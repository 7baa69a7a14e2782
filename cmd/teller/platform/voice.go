package platform

import (
	"context"
	"os/exec"
	"time"
)

// Voice gives a function that says a sentence, nil where no program can. A new
// sentence may begin while an old one is being said.
func Voice(ctx context.Context) func(lang, text string) {
	if path, err := exec.LookPath("spd-say"); err == nil {
		return speaker(ctx, path, func(lang, text string) []string { return []string{"-w", "-l", lang, text} })
	}
	if path, err := exec.LookPath("espeak-ng"); err == nil {
		return speaker(ctx, path, func(lang, text string) []string {
			if lang == "zh" {
				lang = "cmn"
			}
			return []string{"-v", lang, text}
		})
	}
	return nil
}

func speaker(ctx context.Context, path string, args func(lang, text string) []string) func(string, string) {
	return func(lang, text string) {
		ctx, stop := context.WithTimeout(ctx, 15*time.Second)
		defer stop()
		_ = exec.CommandContext(ctx, path, args(lang, text)...).Run() // a silent loudspeaker stops nobody
	}
}
