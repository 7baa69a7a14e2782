#!/usr/bin/env bash
# Pictures of every page in both languages at 1366×768 and 1920×1080, of the
# customer's window at 1280×800 and 1024×600, and of the dark look; then one
# sheet for each. usage: sheet.sh
. "$(dirname "$0")/lib.sh"

# pages NAME: one customer through every page, a picture each
pages() {
	local p=$1 n i
	picture "$p-01-login"
	login
	text 21; picture "$p-02-home"; key BackSpace BackSpace
	business 2103 ""
	text 2102
	want "2102 $(words step.1)"
	picture "$p-03-entry-empty"
	key F7
	sleep 0.3
	key Up Up Up; xdotool key --repeat 9 --delay 15 BackSpace; text 68500
	key Up; key BackSpace; key Down
	sleep 0.3
	picture "$p-03-entry"
	key Up; text 3; key Down Down; key Down; sleep 0.2; picture "$p-03-choice"; key Escape
	key F1; picture "$p-03-help"; key Escape
	press F5 "$(words step.2)"
	picture "$p-06-approve"
	approve
	want "$(words step.3) 1/"
	picture "$p-04-confirm"
	customer_focus
	key F2; picture "$p-04-confirm-large"; key F2
	press Return "$(words step.3) 2/"
	picture "$p-04-confirm2"
	press Prior "$(words step.3) 1/"
	read_all
	want "$(words s.title) 1/2 $(words s.ready)"
	picture "$p-05-sign-empty"
	for i in 1 2; do
		xdotool windowfocus --sync "$win"
		press F3 "$(words s.title) $i/2 $(words s.rest)" 30
		[ $i -eq 1 ] && picture "$p-05-sign"
		[ $i -eq 1 ] && press Return "$(words s.title) 2/2 $(words s.ready)" 30
	done
	press Return "2102 $(words step.5)" 30
	sleep 2.5
	picture "$p-07-finished"
	key F2; sleep 1; picture "$p-07-zoom"; key Escape
	press Return "$(words home.code)"
	picture "$p-02-home-list"
	press F12 "$(words lock.title)"
	picture "$p-20-lock"
	text moqian-trial; key Return; text 135790
	want "$(words home.code)"
	press F3 9001
	sleep 0.3
	picture "$p-08-today"
	press Escape "$(words home.code)"
	press F6 9002
	picture "$p-08-queue"
	press Escape "$(words home.code)"
	text 9004; want 9004; sleep 0.6
	picture "$p-09-log"
	press Escape "$(words home.code)"
	text 9003; want 9003; sleep 0.6
	picture "$p-10-stats"
	press Escape "$(words home.code)"
	calibrate "$p-11-calib"
	text 9006; want 9006; sleep 0.6
	picture "$p-13-settings"
	press Escape "$(words home.code)"
}

customer_focus() { if [ -n "${cust:-}" ]; then xdotool windowfocus --sync "$cust"; else key F11; fi; }

sheet() { montage "$out/$1"-[0-9]*.png -tile 3x -geometry "${2:-900x}+6+6" -background '#888' "$out/sheet-$1.png"; echo "$out/sheet-$1.png"; }

run() { # NAME SCREEN LANGUAGE [arguments]
	local name=$1 size=$2
	lang=$3
	shift 3
	rm -rf "$work/data"
	[ -z "$x_pid" ] || { kill $wm_pid $x_pid 2>/dev/null; wait $x_pid 2>/dev/null || true; }
	screen "$size"
	app --lang "$lang" "$@"
	cust=
	case "$*" in *customer-at*) cust=$(xdotool search --name "$(words app.customer)" | head -1) ;; esac
	[ "${dark:-}" ] && key ctrl+d && sleep 0.5
	pages "$name"
	stop_app
	sheet "$name"
}

want_only=${1:-}
one() { [ -z "$want_only" ] || [ "$want_only" = "$1" ]; }
one zh-1366 && run zh-1366 1366x768 zh --one-window
one en-1366 && run en-1366 1366x768 en --one-window
one zh-1920 && run zh-1920 1920x1080 zh --one-window
one en-1920 && run en-1920 1920x1080 en --one-window
one two-zh && run two-zh 2646x800 zh --customer-at 1366,0,1280,800
one two-en && run two-en 2390x768 en --customer-at 1366,0,1024,600
dark=1
one dark-1366 && run dark-1366 1366x768 zh --one-window
exit 0
