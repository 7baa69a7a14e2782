#!/usr/bin/env bash
# Measures the way of a sample from the pad to the framebuffer: two windows, the
# software pad at 200 Hz, the pixel of each sample watched in Xvfb's own file.
# Prints p50 and p90 in ms; fails above 20 and 40. usage: latency.sh [SIGNATURES]
. "$(dirname "$0")/lib.sh"
n=${1:-4}
screen 2646x800
app --customer-at 1366,0,1280,800 --probe "$work/fb/Xvfb_screen0" --probe-x 1366
cust=$(xdotool search --name "$(words app.customer)" | head -1)
login
text 2103
want "2103 $(words step.1)"
key F7
press F5 "$(words step.3) 1/"
xdotool windowfocus --sync "$cust"
read_all
want "2103 $(words s.title) 1/1 $(words s.ready)"
xdotool windowfocus --sync "$win"
cpu() { awk '{ print ($14 + $15) * 10 }' /proc/$app_pid/stat; }
from=$(cpu) began=$(date +%s%N)
for ((i = 1; i <= n; i++)); do
	key F3
	want "$(words s.title) 1/1 $(words s.rest)" 30
	[ $i -eq 1 ] && picture latency
	[ $i -lt $n ] && press F9 "$(words s.title) 1/1 $(words s.ready)"
done
spent=$(($(cpu) - from))
echo "signing cost $spent ms of CPU;  the program used $((($(cpu) - from) * 1000000000 / ($(date +%s%N) - began))) ms of CPU a second while signing; load $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores"
kill $app_pid
wait $app_pid || true
app_pid=
line=$(grep '^latency' "$work/app.log") || { cat "$work/app.log" >&2; fail "no figures"; }
grep '^floor' "$work/app.log" || true
echo "$line"
echo "$line" | awk '{ for (i = 1; i < NF; i++) { if ($i == "p50") a = $(i + 1); if ($i == "p90") b = $(i + 1) } exit !(a != "" && a <= 20 && b <= 40) }' ||
	fail "above p50 20 ms or p90 40 ms"
