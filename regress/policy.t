#!/bin/sh
#
# What becomes of services when hosts fail, as the kernel has it: quorum,
# failing open, hosts that are quiesced or trusted; over a reload and a death
# of the engine.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/regress/daemon.sh"
. "$TOP/regress/servers.sh"

trap 'kill $servers 2>/dev/null; lvsd_stop' EXIT

# configure LINE...: more lines of all services; what each is about, itself.
configure() {
	{
		cat <<-END
		interval 500ms
		timeout 490ms
		table <t> { 127.0.0.1, 127.0.0.2, 127.0.0.3 weight 2 }
		table <dead> { 127.0.0.7, 127.0.0.8 }
		table <sorry> { 127.0.0.9 }
		END
		service 80 "quorum 3 hysteresis 1"
		service 81 "fail open 60%"
		service 82 "on failure quiesce"
		service 83 "quorum 4" "forward to <sorry> port 8080"
		cat <<-END
		service "84" {
			listen on 127.0.0.100 tcp port 84
			initial up
			forward to <dead> port 8080 check tcp fall 1000
		}
		END
	} >$conf
	chmod 600 $conf
}

service() {
	cat <<-END
	service "$1" {
		listen on 127.0.0.100 tcp port $1
		forward to <t> port 8080 check tcp
		$2
		${3-}
	}
	END
}

# kernel PORT: its real servers, last number and weight of each.
kernel() {
	ipvsadm -Sn | sed -n "s/^-a -t 127.0.0.100:$1 -r \
127.0.0.\([0-9]*\):8080 .* -w \([0-9]*\).*/\1=\2/p" | sort | tr '\n' ' '
}

has() {
	[ "$(kernel "$1")" = "$2" ]
}

is_kernel() {
	wait_for 10 has "$2" "$3"
	is "$1" "$(kernel "$2")" "$3"
}

# state SERVICE: as lvsctl says.
state() {
	"$LVSCTL" show summary | sed -n \
	    "s/.*[[:space:]]service[[:space:]]*$1[[:space:]]*\(.*\)/\1/p"
}

is_state() {
	is "$1" "$(state "$2")" "$3"
}

for n in 1 2 3; do
	server $n
done
configure
ok "lvsd runs" lvsd_start || bail "$(tail -n 3 $log)"
all="1=1 2=1 3=2 "
for port in 80 81 82 83; do
	is_kernel "all up: $port" $port "$all"
	is_state "all up: $port" $port active
done
is_kernel "initial up: before a verdict" 84 "7=1 8=1 "

fails 1
is_kernel "one fails: the quorum is kept" 80 "2=1 3=2 "
is_state "one fails: and active" 80 active
is_kernel "one fails: believed" 81 "2=1 3=2 "
is_kernel "one fails: is quiesced" 82 "1=0 2=1 3=2 "
is_kernel "one fails: the backup of a quorum of all" 83 "9=1 "
is_state "one fails: is named" 83 "active (using backup table)"

fails 2
is_kernel "two fail: within the hysteresis" 80 "3=2 "
is_state "two fail: active yet" 80 active
is_kernel "two fail: too many to be true" 81 "$all"
is_state "two fail: is said" 81 "active (failed open)"
is_kernel "two fail: both quiesced" 82 "1=0 2=0 3=2 "

old=$(engine_pid lbe)
kill -KILL "$old"
ok "the engine dies, and has a successor" wait_for 10 another lbe "$old"
ok "which knows the hosts" wait_for 10 logged 'service "81": failed open'
is_state "it has not lost the quorum" 80 active
is_kernel "nor what failed open" 81 "$all"
is_kernel "nor what is quiesced" 82 "1=0 2=0 3=2 "

sed -i 's/quorum 3 hysteresis 1/quorum 3/' $conf
ok "reloaded without hysteresis" "$LVSCTL" reload
is_kernel "what is up goes on" 80 "3=2 "
is_state "but is told" 80 "active (below quorum)"
ok "and logged" logged 'service "80": below quorum 3, 1 of 3 hosts up'

server 1
server 2
for port in 80 81 82 83; do
	is_kernel "all are back: $port" $port "$all"
	is_state "all are back: $port" $port active
done
done_testing
