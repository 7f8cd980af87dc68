#!/bin/sh
#
# Several checks of one host: one verdict, whose reason names the check.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
command -v perl >/dev/null || skip_all "perl is not installed"

ip link set lo up || skip_all "no loopback"
mkfifo "$dir/peers.in"
perl "$TOP/regress/hce_peer.pl" banner=7001 closes=7002 silent=7003 \
    <"$dir/peers.in" >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/peers.in"
wait_for 10 grep -q ready "$dir/peers.out" ||
    bail "the servers: $(cat "$dir/peers.out")"
hce_start || bail "no hce: $(cat "$dir/log")"

good='check send nothing expect "220*" on port 7001'
bad='check send nothing expect "221*" on port 7001'
# checks NAME CHECK...: a configuration of one host.
checks() {
	_name=$1
	shift
	conf <<-END
		log state changes
		interval 300ms
		timeout 250ms
		fall 1
		table <$_name> { 127.0.0.1 }
		service "s" {
			listen on 192.0.2.10 tcp port 80
			forward to <$_name> port 7002 $*
		}
	END
}

checks both check tcp "$good"
verdict "all are good" both "up \(ok\)"
checks second check tcp "$bad"
verdict "the second is not" second "down \(no match\)"
like "the log names it" "$(cat "$dir/log")" "host 127\.0\.0\.1 \
\(second:7002\), check 2 send \([0-9]+ms, no match\), state unknown -> down"
checks first check tcp on port 1 "$good"
verdict "the first is not" first "down \(connection refused\)"
checks none check tcp on port 1 "$bad"
verdict "none is" none "down \((connection refused|no match)\)"

# Over reloads a host keeps its verdict, and its checks what they have said.
counted() {
	say stats
	[ "$(sed -n "s/^stats $1 .*\///p" "$dir/out" | tail -n 1)" -ge "$2" ]
}
told_since() {
	tail -n +$((lines + 1)) "$dir/out" | sed -n 's/^host both \(.*)\).*/\1/p'
}
checks both check tcp
verdict "a host with one check" both "up \(ok\)"
ok "is checked" wait_for 10 counted both 6
lines=$(wc -l <"$dir/out")
checks both check tcp "$bad"
wait_for 10 told both "down"
is "it is up with one more, until that says no" "$(told_since)" \
    "down (no match)"
ok "and its counters go on" wait_for 5 counted both 7
checks both check tcp
verdict "without the bad one it is up" both "up \(ok\)"

checks silent check tcp on port 7003
ok "a host that says nothing is checked" wait_for 10 counted silent 3
is "and no connection to it waits for its end" \
    "$(ss -Htn state time-wait '( dport = :7003 )')" ""
ok "hce ends in good order" hce_stop
done_testing
