package ctl

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"moqian/cmd/internal/padcmd"
)

// command is one word of the contract, or two.
type command struct {
	word    string
	args    string
	short   string
	example string
	more    string // formats, documented for --help
	run     func(c *Console, ctx context.Context, args []string) error
}

// commands of this build, in the order of help.
func commands() []command {
	all := []command{
		{word: "verify", args: "[flags] FILE.pdf…", short: "judge vouchers: signature, mark, evidence",
			example: "tellerctl verify --roots root.pem --json voucher.pdf", run: (*Console).verify},
		{word: "pads", args: "[--watch]", short: "attached pads and what each can state", example: "tellerctl pads --json", run: (*Console).pads},
		{word: "calibrate fit", args: "[--keep] < taps.json", short: "taps on targets to a pad's calibration", example: "tellerctl calibrate fit --json < taps.json", more: padcmd.Help, run: (*Console).calibrateFit},
		{word: "mark keygen", args: "[--master FILE --branch CODE --year YYYY] KEYFILE", short: "a fresh key for marks, or a branch's of a year", example: "tellerctl mark keygen --master master.json --branch 01001 --year 2026 branch.json", more: keyFormats, run: (*Console).markKeygen},
		{word: "mark master", args: "FILE", short: "head office's master, of which branches' keys are derived", example: "tellerctl mark master master.json", more: keyFormats, run: (*Console).markMaster},
		{word: "mark export", args: "[--id ID] KEYFILE", short: "the workstation's key for marks, for whoever verifies", example: "tellerctl mark export branch.json", more: keyFormats, run: (*Console).markExport},
		{word: "mark import", args: "KEYFILE", short: "the branch's key for marks into the workstation; older ones stay for reading", example: "tellerctl mark import branch.json", more: keyFormats, run: (*Console).markImport},
		{word: "mark keys", short: "names of the workstation's keys for marks, and which is in force", example: "tellerctl mark keys --json", run: (*Console).markKeys},
		{word: "mark public", args: "FILE.pem", short: "the public half of the key that signs ink, for head office's register", example: "tellerctl mark public 01001-03.pem", run: (*Console).markPublic},
		{word: "mark read", args: "[--key KEYFILE] [--context FILE] [--public FILE.pem]… FILE.pdf|FILE.png", short: "read the mark of ink, from a PDF or a scan", example: "tellerctl mark read --key branch.json scan.png", run: (*Console).markRead},
		{word: "mark check", args: "--key KEYFILE --handle HEX[,HEX…]|@FILE [--original FILE.pdf] FILE.png", short: "does this image carry the mark of this voucher", example: "tellerctl mark check --key branch.json --handle 0de0adb8b5d9fd12 scan.png", run: (*Console).markCheck},
		{word: "sign", args: "--key KEY.p12 [flags] IN.pdf OUT.pdf", short: "sign a PDF that is not a voucher", example: "tellerctl sign --key t.p12 --pin-file pin --level b-t --tsa http://tsa.example/ in.pdf out.pdf", run: (*Console).sign},
		{word: "augment", args: "[--level L] [flags] IN.pdf OUT.pdf", short: "add time stamps and revocation data", example: "tellerctl augment --level b-lta --tsa http://tsa.example/ --crl ca.crl in.pdf out.pdf", run: (*Console).augment},
		{word: "queue list", short: "what waits and where it is", example: "tellerctl queue list --json", run: (*Console).queueList},
		{word: "queue show", args: "ID|VOUCHER", short: "one row", example: "tellerctl queue show 999990126112800014", run: (*Console).queueShow},
		{word: "queue find", args: "[--date D] [--teller T] [--account-file F] [--archive [--from URL]] [VOUCHER]", short: "find vouchers again, here and in the archive", example: "tellerctl queue find --date 2026-01-28 --teller t0001", run: (*Console).queueFind},
		{word: "queue add", args: "FILE.pdf…", short: "take in vouchers of this workstation that it has lost", example: "tellerctl queue add 999990126112800014.pdf", run: (*Console).queueAdd},
		{word: "queue renew", args: "[--tsa-roots FILE]… VOUCHER FILE.pdf", short: "file a later form of a sent voucher, as augment makes it", example: "tellerctl queue renew 999990126112800014 999990126112800014-lta.pdf", run: (*Console).queueRenew},
		{word: "queue retry", args: "ID|VOUCHER", short: "try a refused voucher again", example: "tellerctl queue retry 999990126112800014", run: (*Console).queueRetry},
		{word: "queue export", args: "ID|VOUCHER FILE", short: "copy a voucher's PDF out", example: "tellerctl queue export 999990126112800014 v.pdf", run: (*Console).queueExport},
		{word: "queue verify", args: "[--after T] [--purge T]", short: "read back what was sent, compare, purge", example: "tellerctl queue verify --purge 720h", run: (*Console).queueVerify},
		{word: "queue fetch", args: "[--date D] VOUCHER FILE", short: "get a voucher back from the archive", example: "tellerctl queue fetch --date 2026-01-28 999990126012800014 v.pdf", run: (*Console).queueFetch},
		{word: "upload", args: "[--to URL] [--workers N] [--limit B/S] [--once|--watch]", short: "send what waits to the archive",
			example: "tellerctl upload --to dir:/archive --once --json", run: (*Console).upload},
		{word: "log list", short: "the operation log", example: "tellerctl log list", run: (*Console).logList},
		{word: "log verify", args: "[--checkpoint FILE]… [--archive | --from URL]", short: "find altered, missing or moved entries", example: "tellerctl log verify", run: (*Console).logVerify},
		{word: "log export", args: "[--format jsonl|syslog]", short: "the log for other programs", example: "tellerctl log export --format jsonl", run: (*Console).logExport},
		{word: "log checkpoint", short: "sign the log as it stands", example: "tellerctl log checkpoint", run: (*Console).logCheckpoint},
		{word: "log allow-clock", args: "--user NAME", short: "a supervisor lets the clock go back after it ran ahead; MOQIAN_PASSWORD, MOQIAN_CODE", example: "tellerctl log allow-clock --user s0001 --password-file p --code-file c", run: (*Console).logAllowClock},
		{word: "backup", args: "FILE", short: "a checked copy of the store while others work", example: "tellerctl backup store.bak", run: (*Console).backup},
		{word: "restore", args: "[--lose] FILE", short: "put a backup in the store's place", example: "tellerctl restore store.bak", run: (*Console).restore},
		{word: "recover", args: "--identity FILE machine.age", short: "a dead workstation's machine key from its escrow copy", example: "tellerctl recover --identity head-office.age machine.age", run: (*Console).recoverKey},
		{word: "check", short: "read and compare everything in the store", example: "tellerctl check", run: (*Console).check},
		{word: "compact", short: "give free pages back to the disk", example: "tellerctl compact", run: (*Console).compact},
		{word: "user add", args: "[--role teller|supervisor|auditor] NAME", short: "a new account; password from --password-file or MOQIAN_PASSWORD", example: "tellerctl user add --password-file p t0003", run: (*Console).userAdd},
		{word: "user passwd", args: "NAME", short: "a new password", example: "tellerctl user passwd --password-file p t0003", run: (*Console).userPasswd},
		{word: "user totp", args: "[--off|--resync] NAME", short: "a code generator for an account; --resync reads two codes from standard input", example: "tellerctl user totp t0003", run: (*Console).userTOTP},
		{word: "user role", args: "NAME teller|supervisor|auditor", short: "change a role", example: "tellerctl user role t0003 supervisor", run: (*Console).userRole},
		{word: "user lock", args: "[--off] NAME", short: "keep an account out, or let it in", example: "tellerctl user lock t0003", run: (*Console).userLock},
		{word: "user list", short: "accounts of this workstation", example: "tellerctl user list", run: (*Console).userList},
		{word: "doctor", short: "what must be right before the day begins", example: "tellerctl doctor", run: (*Console).doctor},
		{word: "version", short: "version, libraries, build tags", example: "tellerctl version --json", run: (*Console).version},
	}
	return append(all, trialCommands()...)
}

// find the command of a line: the longest word that fits.
func find(args []string) (string, *command, []string) {
	for i, cmd := range commands() {
		words := strings.Fields(cmd.word)
		if len(args) >= len(words) && strings.Join(args[:len(words)], " ") == cmd.word {
			return cmd.word, &commands()[i], args[len(words):]
		}
	}
	return args[0], nil, nil
}

func (c *Console) help() {
	fmt.Fprint(c.Out, "tellerctl: a counter's vouchers without a window\n\nusage: tellerctl [--data DIR] [--config FILE] [--json] COMMAND …\n\n")
	for _, cmd := range commands() {
		fmt.Fprintf(c.Out, "  %-16s %s\n", cmd.word, cmd.short)
	}
	fmt.Fprint(c.Out, "\ntellerctl COMMAND --help shows flags and an example.\nexit status: 0 done or yes, 1 no, 2 wrong usage, 3 the environment failed\n")
}

// helpGroup lists the commands that begin with a word: queue --help.
func (c *Console) helpGroup(args []string) bool {
	if len(args) > 2 || len(args) == 2 && args[1] != "--help" && args[1] != "-h" && args[1] != "-help" {
		return false
	}
	found := false
	for _, cmd := range commands() {
		if strings.HasPrefix(cmd.word, args[0]+" ") {
			fmt.Fprintf(c.Out, "  %-16s %s\n", cmd.word, cmd.short)
			found = true
		}
	}
	return found && len(args) == 2
}

func (c *Console) helpOn(word string, f *flag.FlagSet) {
	for _, cmd := range commands() {
		if cmd.word != word {
			continue
		}
		fmt.Fprintf(c.Out, "usage: tellerctl %s %s\n\n%s\n\n", cmd.word, cmd.args, cmd.short)
		f.SetOutput(c.Out)
		f.PrintDefaults()
		fmt.Fprintf(c.Out, "\nexample: %s\n", cmd.example)
		if cmd.more != "" {
			fmt.Fprintf(c.Out, "\n%s\n", cmd.more)
		}
	}
}
