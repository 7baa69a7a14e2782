#!/usr/bin/env bash
# Carries each of the five business types from login to the queue, ROUNDS times
# (default 1), with a picture a step in the first round.
# usage: walk.sh [ROUNDS]; LANG_UI=en for English; SIZE=1366x768
. "$(dirname "$0")/lib.sh"
rounds=${1:-1} lang=${LANG_UI:-zh} size=${SIZE:-1366x768}
screen "$size"
(cd "$top" && CGO_ENABLED=0 go build -tags virtualpad -o "$work/tellerctl" ./cmd/tellerctl)
for ((r = 1; r <= rounds; r++)); do
	rm -rf "$work/data"
	app --lang "$lang"
	[ "$usable" -le 3000 ] || echo "e2e: usable after $usable ms (3000 allowed)"
	prefix=""
	[ $r -eq 1 ] && prefix="$lang-$size" && picture "$lang-$size-login"
	login
	[ -z "$prefix" ] || picture "$prefix-home"
	for code in 2101 2102 2103 1101 3101; do business $code "$prefix"; done
	[ -z "$prefix" ] || picture "$prefix-home2"
	key F6
	want "9002"
	[ -z "$prefix" ] || picture "$prefix-queue"
	key Escape
	want "$(words home.code)"
	stop_app
	n=$("$work/tellerctl" queue list --data "$work/data" --json | grep -c '"voucher"')
	[ "$n" -eq 5 ] || fail "round $r: $n vouchers in the queue, want 5"
	echo "round $r of $rounds: 5 types filed, usable after $usable ms"
done
