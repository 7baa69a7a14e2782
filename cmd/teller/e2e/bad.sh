#!/usr/bin/env bash
# Bad input in real windows: each time a sentence that says what to do, nothing
# lost, and the window alive. Pictures bad-*. usage: bad.sh
. "$(dirname "$0")/lib.sh"
need xclip
lang=${LANG_UI:-zh}
tctl() { (cd "$top" && CGO_ENABLED=0 go run -tags virtualpad ./cmd/tellerctl "$@" --data "$work/data" --json); }
passed() { echo "bad: $1: ok"; }

# to_sign CODE: from home to the open box
to_sign() {
	text "$1"
	want "$1 $(words step.1)"
	key F7
	press F5 "$(words step.3) 1/"
	key F11
	read_all
	want "$1 $(words s.title) 1/1 $(words s.ready)"
}

screen 1366x768
app --lang "$lang" --one-window

# 1 a wrong password, bounded tries: four leave one, the fifth locks
want "$(words login.title)"
for i in 1 2 3 4 5; do
	[ $i -eq 1 ] && { text t0002; key Return; }
	text wrong-word; key Return; text 135790
	sleep 1
	[ $i -eq 2 ] && picture bad-1-password
done
picture bad-1-locked
text moqian-trial; key Return; text 135790
sleep 1
[[ "$(title)" == *"$(words login.title)"* ]] || fail "a locked account came in"
key Up Up Escape
xdotool key --repeat 12 --delay 30 BackSpace
passed "password"
stop_app
app --lang "$lang" --one-window
want "$(words login.title)"
text t0001; key Return; text moqian-trial; key Return; text 135790
want "$(words unlock.title)"
text 111111; key Return
sleep 1
picture bad-2-pin
text 246810; key Return
want "$(words home.code)"
passed "PIN"

# 2 a character that no font has: the sentence stands at the field
text 2103
want "2103 $(words step.1)"
key F7
for _ in $(seq 8); do key Up; done
xdotool key --repeat 12 --delay 20 BackSpace
paste "刘$(printf '\U3134A')强"
key F5
sleep 2
picture bad-3-glyph
[[ "$(title)" == *"$(words step.1)"* ]] || fail "a name without glyph was taken: $(title)"
key Escape
sleep 0.3
press Return "$(words home.code)"
passed "glyph"

# 3 the cable is pulled in the middle of a signature; it comes back
to_sign 2103
key F3
sleep 1
key ctrl+u
want "$(words s.closed)"
picture bad-4-unplugged
key ctrl+u
want "$(words s.ready)"
key F3
want "$(words s.rest)" 30
press Return "2103 $(words step.5)" 30
press Return "$(words home.code)"
passed "pad unplugged"

# 4 the archive is away for now: work goes on, the queue keeps it
mv "$work/data/archive" "$work/data/archive.away"
: >"$work/data/archive"
to_sign 2103
key F3
want "$(words s.rest)" 30
press Return "2103 $(words step.5)" 30
sleep 3
picture bad-5-archive-away
press Return "$(words home.code)"
press F6 9002
sleep 1
picture bad-5-queue
passed "archive away"

# 5 the archive refuses for good: other bytes lie where the document belongs
stop_app
rm "$work/data/archive"; mv "$work/data/archive.away" "$work/data/archive"
place=$(tctl queue list | python3 -c '
import json, sys
for i in json.load(sys.stdin):
    if i["state"] in ("QUEUED", "READY"):
        print(i["branch"] + "/" + i["business"] + "/" + i["id"] + "-" + i["sha256"] + ".pdf")')
[ -n "$place" ] || fail "the document was not kept"
mkdir -p "$work/data/archive/$(dirname "$place")"
echo "other bytes" >"$work/data/archive/$place"
app --lang "$lang" --one-window
login
press F6 9002
sleep 4
picture bad-5-refused
rm "$work/data/archive/$place"
key F5
sleep 3
picture bad-5-retried
stop_app
n=$(tctl queue list | grep -c '"VERIFIED"\|"SENT"') || true
[ "$n" -eq 2 ] || fail "$n of 2 documents delivered after the retry"
passed "archive refused"

# 6 the disk floor: nothing is started that could not be kept
cat >"$work/data/site.json" <<JSON
{"schema":"moqian-site 1","bank":{"zh":"墨签银行","en":"Moqian Bank"},"branch":{"zh":"测试支行","en":"Trial Branch"},
"branch_code":"99999","workstation":"01","seal":"墨签银行测试支行","key":"trial/teller.p12","roots":"trial/root.pem",
"archive":"dir:archive","floor":99999999999999}
JSON
app --lang "$lang" --one-window
login
text 2103
want "2103 $(words step.1)"
key F7
sleep 0.5
key F5
sleep 2
picture bad-6-disk
[[ "$(title)" == *"$(words step.1)"* ]] || fail "below the floor a number was given: $(title)"
key Escape
sleep 0.3
press Return "$(words home.code)"
passed "disk floor"
kill -0 $app_pid || fail "the window is gone"
stop_app
tctl log verify >/dev/null || fail "the log does not verify"
passed "log"
