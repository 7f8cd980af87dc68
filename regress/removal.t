#!/bin/sh
#
# A wave of failures with a removal interval: hosts leave the kernel one by
# one, over a reload and a death of the engine; who is up again stays.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/regress/daemon.sh"
. "$TOP/regress/servers.sh"

trap 'kill $servers 2>/dev/null; lvsd_stop' EXIT

# configure [LINE [INTERVAL]]
configure() {
	cat >$conf <<-END
	${1-}
	interval 500ms
	timeout 490ms
	fall 1
	table <t> { 127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4 }
	service "slow" {
		listen on 127.0.0.100 tcp port 80
		removal interval ${2-4s}
		forward to <t> port 8080 check tcp
	}
	service "quick" {
		listen on 127.0.0.100 tcp port 81
		forward to <t> port 8080 check tcp
	}
	END
	chmod 600 $conf
}

# hosts PORT: how many the kernel has.
hosts() {
	ipvsadm -Sn | grep -c "^-a -t 127.0.0.100:$1 "
}

hosts_are() {
	[ "$(hosts "$1")" = "$2" ]
}

# The time now, in milliseconds.
now() {
	read -r _up _ </proc/uptime
	echo "${_up%.*}${_up#*.}0"
}

# next NUMBER: wait until so many are left; how long ago the one before left.
next() {
	wait_for 20 hosts_are 80 "$1" || return 1
	_now=$(now)
	_gap=$((_now - last))
	last=$_now
	diag "$1 hosts after ${_gap}ms"
}

# Seen late, an interval seems shorter.
apart() {
	next "$1" && [ $_gap -ge 2500 ]
}

for n in 1 2 3 4; do
	server $n
done
configure
ok "lvsd runs" lvsd_start || bail "$(tail -n 3 $log)"
ok "all are up" wait_for 10 hosts_are 80 4
wait_for 10 hosts_are 81 4
last=$(now)
fails 1 2 3
ok "without an interval all go" wait_for 10 hosts_are 81 1
is "with it one" "$(hosts 80)" 3
last=$(now)
like "others wait" "$("$LVSCTL" show hosts)" ', to be removed in [1-4]s$'
ok "which is logged" logged 'service "slow": 2 hosts that fail wait to be'
ok "the next is removed later" apart 2
configure "log state changes"
ok "a reload" "$LVSCTL" reload
is "does not remove" "$(hosts 80)" 2
ok "the last not before its time" apart 1
ok "nobody waits any more" logged 'service "slow": 0 hosts that fail wait'
unlike "nobody" "$("$LVSCTL" show hosts)" 'to be removed'
for n in 1 2 3; do
	server $n
done
ok "all are back" wait_for 10 hosts_are 80 4

configure "log state changes" 1m
ok "a longer interval" "$LVSCTL" reload
fails 1 2 3 4
ok "counts from the last removal: all wait" wait_for 10 logged \
    'service "slow": 4 hosts that fail'
is "and serve" "$(hosts 80)" 4
old=$(engine_pid lbe)
kill -KILL "$old"
ok "the engine dies, and has a successor" wait_for 10 another lbe "$old"
ok "which removes one" wait_for 20 hosts_are 80 3
ok "and the others later" wait_for 10 eval \
    '"$LVSCTL" show hosts | grep -q ", to be removed in"'
is "one by one" "$(hosts 80)" 3
for n in 1 2 3 4; do
	server $n
done
ok "all are back" wait_for 10 hosts_are 80 4
"$LVSCTL" host disable 127.0.0.1 >/dev/null
"$LVSCTL" host disable 127.0.0.2 >/dev/null
ok "the operator does not wait" wait_for 2 hosts_are 80 2
done_testing
