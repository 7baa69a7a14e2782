# Functions for the end-to-end scripts: a display of their own, the program in a
# folder of its own, keys, and pictures. They read where the work stands from the
# window's title and wait for it; no step sleeps for luck.
#   NUMBER of the display: MOQIAN_E2E_DISPLAY, 77 without it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
out=${MOQIAN_E2E_OUT:-$top/build/e2e}
number=${MOQIAN_E2E_DISPLAY:-77}
teller=${TELLER:-$top/build/teller-trial}
work=$(mktemp -d)
x_pid= wm_pid= app_pid=
mkdir -p "$out"

need() {
	for c in "$@"; do
		command -v "$c" >/dev/null || { echo "e2e: $c is missing (apt: xvfb xdotool openbox imagemagick x11-utils xclip)" >&2; exit 3; }
	done
}

# screen WxH: an X server with a window manager and without borders
screen() {
	need Xvfb openbox xdotool import
	mkdir -p "$work/fb"
	Xvfb ":$number" -screen 0 "${1}x24" -noreset -fbdir "$work/fb" >"$work/x.log" 2>&1 &
	x_pid=$!
	export DISPLAY=":$number" XDG_RUNTIME_DIR="$work"
	for _ in $(seq 100); do xdotool getmouselocation >/dev/null 2>&1 && break; sleep 0.1; done
	cat >"$work/rc.xml" <<'XML'
<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*"><decor>no</decor><focus>yes</focus></application></applications></openbox_config>
XML
	openbox --config-file "$work/rc.xml" >"$work/wm.log" 2>&1 &
	wm_pid=$!
	sleep 0.3
}

# app [arguments]: the program; it is usable when its window has a title and was painted
app() {
	local t0 t1
	data=${MOQIAN_E2E_DATA:-$work/data}
	t0=$(date +%s%N)
	"$teller" --data "$data" "$@" >"$work/app.log" 2>&1 &
	app_pid=$!
	for _ in $(seq 300); do
		win=$(xdotool search --onlyvisible --name ' – TEST$' 2>/dev/null | head -1 || true)
		[ -n "$win" ] && painted && break
		kill -0 $app_pid 2>/dev/null || { cat "$work/app.log" >&2; fail "the program ended"; }
		sleep 0.05
	done
	t1=$(date +%s%N)
	[ -n "$win" ] || fail "no window"
	usable=$(((t1 - t0) / 1000000))
	xdotool windowmove "$win" 0 0 windowfocus "$win"
}

# painted: the TEST ribbon's colour stands in Xvfb's own file of the screen
painted() { LC_ALL=C grep -aqP '\x4e\xc1\xf2.\x4e\xc1\xf2' "$work/fb/Xvfb_screen0"; }

title() { xdotool getwindowname "$win" 2>/dev/null || true; }

# want WORDS [SECONDS]: waits until the title holds the words
want() {
	local i n=$((${2:-20} * 20))
	for ((i = 0; i < n; i++)); do
		[[ "$(title)" == *"$1"* ]] && return 0
		kill -0 $app_pid 2>/dev/null || { tail -20 "$work/app.log" >&2; fail "the program ended while waiting for: $1"; }
		sleep 0.05
	done
	picture "failed"
	fail "wanted the title to hold: $1, it is: $(title)"
}

# press KEY WORDS [SECONDS]: presses until the title holds the words, as a person
# does whose key came while the program was at work
press() {
	local i try
	for try in $(seq $((${3:-24} / 3))); do
		key "$1"
		for ((i = 0; i < 60; i++)); do
			[[ "$(title)" == *"$2"* ]] && return 0
			sleep 0.05
		done
	done
	want "$2" 1
}

key() { for k in "$@"; do xdotool key --clearmodifiers "$k"; sleep 0.06; done; }
text() { xdotool type --clearmodifiers --delay 12 "$1"; sleep 0.1; }

# paste TEXT by the clipboard
paste() {
	printf %s "$1" | xclip -selection clipboard -i
	xdotool key ctrl+v
	sleep 0.3
}

# picture NAME: waits until the screen stands still, then keeps it
picture() {
	local a b i
	sleep 0.25
	a=$(import -window root -resize 25% -format %# info:)
	for i in $(seq 12); do
		sleep 0.08
		b=$(import -window root -resize 25% -format %# info:)
		[ "$a" = "$b" ] && break
		a=$b
	done
	import -window root "$out/$1.png"
}

fail() { echo "e2e: $*" >&2; exit 1; }

stop_app() {
	[ -n "$app_pid" ] && kill "$app_pid" 2>/dev/null && wait "$app_pid" 2>/dev/null || true
	app_pid=
}

finish() {
	stop_app
	[ -n "$wm_pid" ] && kill "$wm_pid" 2>/dev/null || true
	[ -n "$x_pid" ] && kill "$x_pid" 2>/dev/null && wait "$x_pid" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT

# words of the titles, in the language that runs
words() {
	local f="$top/assets/lang/texts.tsv" col=2
	[ "${lang:-zh}" = en ] && col=3
	awk -F'\t' -v id="$1" -v c=$col '$1 == id { print $c }' "$f"
}

login() {
	want "$(words login.title)"
	text "${1:-t0001}"; key Return; text moqian-trial; key Return; text 135790
	want "$(words unlock.title)"
	text 246810; key Return
	want "$(words home.code)"
}

approve() { text s0001; key Return; text moqian-trial; key Return; text 135790; }

# read_all [PREFIX]: the customer's button on every page, however many there are,
# from the first to the sign box; a picture of each when PREFIX is given
read_all() {
	local at try
	for try in $(seq 200); do
		at=$(title)
		[[ $at == *"$(words s.title) 1/"* ]] && return 0
		if [[ $at == *"$(words step.3) "* ]]; then
			[ -z "${1:-}" ] || picture "$1$(echo "$at" | sed -E 's#.* ([0-9]+)/[0-9]+.*#\1#')"
			key Return
		fi
		for _ in $(seq 60); do [ "$(title)" = "$at" ] || break; sleep 0.05; done
	done
	fail "the customer's pages do not end: $(title)"
}

# calibrate [PREFIX]: the wizard from home to home, each step played, kept
calibrate() {
	local p=${1:-} i
	text 9005
	for ((i = 1; i <= 8; i++)); do
		want "9005 $(words sys.9005) $i/8"
		[ -z "$p" ] || [ $i -ne 4 ] || picture "$p-$i-do"
		key F3
		for _ in $(seq 600); do
			case "$(title)" in
			*"$i/8 $(words g.finish)"*)
				sleep 0.3
				key Return
				for _ in $(seq 200); do # a second Return would leave the next step out
					[[ $(title) == *"$(words g.finish)"* ]] || break
					sleep 0.05
				done
				;;
			*"$i/8 $(words g.pass)"* | *"$i/8 $(words g.remarks)"* | *"$i/8 $(words g.fail)"*) break ;;
			esac
			sleep 0.05
		done
		want "$i/8 "
		[ -z "$p" ] || picture "$p-$i"
		key Return
	done
	want "9005 $(words sys.9005) $(words g.sum)"
	[ -z "$p" ] || picture "$p-9"
	press Return "$(words g.kept)"
	press Return "$(words home.code)"
}

# business CODE [PREFIX]: from home to home, a picture a step when PREFIX is given
business() {
	local code=$1 p=${2:-} n i t
	shoot() { [ -z "$p" ] || picture "$p-$code-$1"; }
	text "$code"
	want "$code $(words step.1)"
	shoot 1-entry
	key F7
	for i in $(seq 8); do
		key F5
		for _ in $(seq 60); do
			t=$(title)
			[[ $t == *"$(words step.2)"* || $t == *"$(words step.3)"* ]] && break 2
			sleep 0.05
		done
	done
	if [[ $(title) == *"$(words step.2)"* ]]; then
		shoot 2-approve
		approve
	fi
	want "$(words step.3) 1/"
	[ "${cust:-}" ] && xdotool windowfocus --sync "$cust" || key F11
	read_all ${p:+"$p-$code-3-confirm"}
	n=$(title | sed -E 's#.* 1/([0-9]+).*#\1#')
	for ((i = 1; i <= n; i++)); do
		want "$(words s.title) $i/$n $(words s.ready)"
		xdotool windowfocus --sync "$win"
		key F3
		want "$(words s.title) $i/$n $(words s.rest)" 30
		shoot "4-sign$i"
		if [ $i -lt $n ]; then
			press Return "$(words s.title) $((i + 1))/$n"
		else
			press Return "$code $(words step.5)" 30
		fi
	done
	[ -z "$p" ] || sleep 2
	shoot 5-done
	press Return "$(words home.code)"
}
