#!/bin/sh
#
# A running lvsd: its processes are confined, are started again when they
# die, and neither death nor a bad reload moves an address.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/daemon.sh"

trap 'kill -9 "$_lvsd" $monitor 2>/dev/null' EXIT
monitor=

configure() {
	cat >$conf <<-CONF
	vrrp "VI" on v0 {
		version 3
		vrid 51
		priority 200
		advertise 100ms
		address 192.0.2.1/24
		$1
	}
	CONF
}

has_address() {
	[ -n "$(ip addr show dev v0 to "$1")" ]
}

has_no_address() {
	[ -z "$(ip addr show dev v0 to "$1")" ]
}

# A line of /proc/PID/status.
status() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

limit() {
	sed -n "s/^$2  *\([^ ]*\)  *\([^ ]*\) .*/\1 \2/p" "/proc/$1/limits"
}

ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 10.0.0.1/24 dev v0
configure
lvsd_start
ok "lvsd runs" logged 'lvsd runs'
parent=$_lvsd
uid=$(id -u _lvsd)
gid=$(id -g _lvsd)
none=0000000000000000

for role in vrrpe hce lbe; do
	pid=$(engine_pid $role)
	is "$role is a child of the parent" "$(status "$pid" PPid)" "$parent"
	is "$role runs as _lvsd" "$(status "$pid" Uid | tr -s '\t' ' ')" \
	    "$uid $uid $uid $uid"
	is "$role has its group alone" "$(status "$pid" Gid |
	    tr -s '\t' ' ') $(status "$pid" Groups)" \
	    "$gid $gid $gid $gid $gid "
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		is "$role has nothing in $set" "$(status "$pid" $set)" $none
	done
	is "$role gains no privileges" "$(status "$pid" NoNewPrivs)" 1
	is "$role sees an empty directory" "$(readlink "/proc/$pid/root") $(
	    ls -A "/proc/$pid/root/")" "/run/lvsd/empty "
	is "$role cannot be traced: its files are root's" \
	    "$(stat -c %U "/proc/$pid/maps")" root
	is "$role makes no process" "$(limit "$pid" 'Max processes')" "0 0"
	is "$role leaves no core" "$(limit "$pid" 'Max core file size')" "0 0"
done

# NET_ADMIN NET_RAW SYS_MODULE SYS_CHROOT SETUID SETGID SETPCAP KILL CHOWN
# SYS_NICE SYS_RESOURCE, at most: a container may lack one.
allowed=$(((1 << 12) | (1 << 13) | (1 << 16) | (1 << 18) | (1 << 7) |
    (1 << 6) | (1 << 8) | (1 << 5) | (1 << 0) | (1 << 23) | (1 << 24)))
for set in CapPrm CapEff CapBnd; do
	caps=$((0x$(status "$parent" $set)))
	is "the parent has nothing else in $set" $((caps & ~allowed)) 0
	isnt "but NET_ADMIN" $((caps & 1 << 12)) 0
done
is "the parent hands nothing on" \
    "$(status "$parent" CapInh) $(status "$parent" CapAmb)" "$none $none"

ok "the address is taken" wait_for 10 has_address 192.0.2.1

# Nothing of the address may be seen to move until further notice.
ip monitor address >/tmp/moves &
monitor=$!

for role in hce lbe vrrpe; do
	pid=$(engine_pid $role)
	kill -9 "$pid"
	ok "a killed $role is started again" wait_for 5 another $role "$pid"
	ok "which is logged with the signal" \
	    logged "$role \(pid $pid\) ended by signal 9"
done
ok "the new vrrpe is master again" \
    wait_for 5 logged 'vrrpe: vrrp VI: .*-> master: .*restart'
for time in second third fourth; do
	pid=$(engine_pid hce)
	kill -9 "$pid"
	[ $time = fourth ] && ok "the fourth time it takes longer" \
	    wait_for 5 logged 'hce is started again in 1 s'
	ok "the $time time it comes" wait_for 5 another hce "$pid"
done
is "it took longer once" "$(grep -c 'hce is started again in' $log)" 1

pid=$(engine_pid lbe)
kill -STOP "$pid"
ok "one that hangs is killed" \
    wait_for 20 logged "lbe \(pid $pid\) is killed: it has not answered"
ok "and replaced" wait_for 5 another lbe "$pid"

# Reloads.
ok "all is settled" wait_for 10 eval '[ -n "$(engine_pid vrrpe)" ] &&
    [ -n "$(engine_pid hce)" ] && [ -n "$(engine_pid lbe)" ]'
: >$log
configure "nonsense"
exits "a bad file is not loaded" 1 "$LVSCTL" -s $sock reload
like "file and line are told" "$output" "^(lvsctl: )?$conf:7: "
ok "and logged" logged "reload: $conf:7: "
ok "what ran goes on" logged 'generation [0-9]+ goes on'
configure
sed -i "1i socket \"/run/another.sock\"" $conf
exits "the socket cannot change" 1 "$LVSCTL" -s $sock reload
like "and this is said" "$output" 'control socket cannot change'
rm $conf
exits "a missing file is not loaded" 1 "$LVSCTL" -s $sock reload
like "and named" "$output" "$conf"
configure
exits "the same again is loaded" 0 "$LVSCTL" -s $sock reload
kill "$monitor"
is "the address never moved" "$(grep "Deleted.*192.0.2.1" /tmp/moves)" ""
monitor=

configure "address 192.0.2.2/24"
exits "another address is loaded" 0 "$LVSCTL" -s $sock reload
ok "and taken at once" wait_for 2 has_address 192.0.2.2
ok "the old stays" has_address 192.0.2.1
configure
kill -HUP "$parent"
ok "a signal loads, too" wait_for 5 has_no_address 192.0.2.2
ok "and tells the log" wait_for 5 logged 'reload: generation [0-9]+ runs'

# The first of many killed while a reload is on.
pid=$(engine_pid hce)
kill -STOP "$pid"
configure "address 192.0.2.3/24"
kill -HUP "$parent"
sleep 0.2
exits "one reload at a time" 1 "$LVSCTL" -s $sock reload
like "the second is told" "$output" 'already under way'
: >$log
kill -9 "$pid"
ok "an engine's death while staging" \
    wait_for 5 logged 'reload: hce has died meanwhile'
ok "ends the reload" wait_for 5 logged 'generation [0-9]+ goes on'
ok "and nothing has changed" has_no_address 192.0.2.3
ok "until the next" wait_for 5 another hce "$pid"
exits "which succeeds" 0 "$LVSCTL" -s $sock reload
ok "and changes" wait_for 2 has_address 192.0.2.3

# The end.
ok "lvsctl ends it" "$LVSCTL" -s $sock stop
wait "$parent"
is "in good order" $? 0
ok "its addresses are gone" has_no_address 192.0.2.0/24
ok "those of others are not" has_address 10.0.0.1
ok "the socket is gone" test ! -e $sock -a ! -e $sock.lock

configure
lvsd_start
ok "again master" wait_for 10 has_address 192.0.2.1
lvsd_stop
is "SIGTERM ends it, too" $? 0
ok "addresses are gone" has_no_address 192.0.2.0/24
done_testing
