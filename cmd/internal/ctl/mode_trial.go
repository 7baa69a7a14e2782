//go:build virtualpad

package ctl

import (
	"context"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/store/auth"
)

func trialCommands() []command {
	return []command{
		{word: "demo", args: "[--dir DIR] [--type CODE] [--set field=value]… [--record FILE --id ID] [--fast]",
			short:   "one whole transaction with the software pad",
			example: "tellerctl demo --dir trial --type 2101 --json", run: (*Console).demo},
		{word: "ink bench", args: "< cases.jsonl > out.jsonl", short: "the ink engine on the judge's cases",
			example: "tellerctl ink bench < cases.jsonl > out.jsonl", run: (*Console).inkBench},
		{word: "ink live", args: "< cases.jsonl > out.jsonl", short: "the live path on the judge's cases",
			example: "tellerctl ink live < cases.jsonl > out.jsonl", run: (*Console).inkLive},
		{word: "ink show", args: "[--id ID] RECORD.jsonl OUT.png|OUT.svg|OUT.pdf", short: "a picture of a record, before and after",
			example: "tellerctl ink show --id u1s1 rec.jsonl out.png", run: (*Console).inkShow},
		{word: "mark embed", args: "--key KEYFILE --handle HEX --context FILE [flags] RECORD.jsonl OUT.pdf", short: "a page with the marked ink of a record",
			example: "tellerctl mark embed --key k.json --handle 0102030405060708 --context c.txt --id u1s1 rec.jsonl out.pdf", run: (*Console).markEmbed},
		{word: "queue fill", args: "--count N --size BYTES", short: "signed TEST vouchers, for load and torture",
			example: "tellerctl queue fill --count 100 --size 100000", run: (*Console).queueFill},
	}
}

func (c *Console) modeSite(dir string) (config.Site, error) { return trial.Prepare(dir, c.Now()) }

func (c *Console) mode(o station.Options) station.Options {
	o.Trial, o.Factor, o.Cost = true, auth.Trial{}, trial.Cost()
	return o
}

func (c *Console) prepared(ctx context.Context, st *station.Station) error {
	return trial.Accounts(ctx, st.Users)
}

// keyHolders of trial mode: a file in the folder, so that nothing of the trial
// outlives it.
func keyHolders() []machinekey.Holder { return []machinekey.Holder{machinekey.File{}} }

const trialBuild = true
