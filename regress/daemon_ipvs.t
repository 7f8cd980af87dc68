#!/bin/sh
#
# lvsd over a real IPVS: what the kernel holds outlives engines, parent and
# lvsd, comes by a reload and goes by one, and refusals reach the operator.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/regress/daemon.sh"

trap 'kill -9 "$_lvsd" 2>/dev/null' EXIT

# configure SCHEDULER HOST...
configure() {
	{
		cat <<-CONF
		table <web> {
		CONF
		_scheduler=$1
		shift
		printf '\t%s\n' "$@"
		cat <<-CONF
		}
		service "www" {
			listen on 10.0.0.100 tcp port 80
			scheduler $_scheduler
			forward to <web> port 8080
		}
		CONF
	} >$conf
}

without_services() {
	cat >$conf <<-CONF
	lock memory
	vrrp "VI" on v0 {
		vrid 51
		address 10.0.0.100/24
	}
	CONF
}

# The kernel's table in one line: "rr 10.0.0.11:8080=1 ...".
table() {
	ipvsadm -Sn | awk '
	    $1 == "-A" { printf "%s", $5 }
	    $1 == "-a" {
		for (i = 2; i < NF; i++) {
			if ($i == "-r") r = $(i + 1)
			if ($i == "-w") w = $(i + 1)
		}
		printf " %s=%s", r, w
	    }'
}

table_is() {
	[ "$(table)" = "$1" ]
}

ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 10.0.0.1/24 dev v0

two='rr 10.0.0.11:8080=1 10.0.0.12:8080=1'
three='rr 10.0.0.11:8080=1 10.0.0.12:8080=1 10.0.0.13:8080=4'
configure rr 10.0.0.11 10.0.0.12
lvsd_start
ok "lvsd runs" logged 'lvsd runs'
ok "the kernel has it" wait_for 10 table_is "$two"

for role in hce vrrpe lbe; do
	pid=$(engine_pid $role)
	: >$log
	kill -9 "$pid"
	ok "$role is started again" wait_for 10 another $role "$pid"
	ok "and runs" wait_for 10 logged "$role runs generation"
	is "the kernel has all" "$(table)" "$two"
done

configure rr 10.0.0.11 10.0.0.12 "10.0.0.13 weight 4"
exits "a host more" 0 "$LVSCTL" -s $sock reload
is "is in the kernel when the reload is done" "$(table)" "$three"

exits "a host disabled" 0 "$LVSCTL" -s $sock host disable 10.0.0.12
ok "leaves the kernel" wait_for 5 table_is \
    'rr 10.0.0.11:8080=1 10.0.0.13:8080=4'
pid=$(engine_pid lbe)
: >$log
kill -9 "$pid"
ok "a new lbe" wait_for 10 logged 'lbe runs generation'
ok "has its say" wait_for 10 logged 'service "www": 2 of 3 hosts up'
is "and keeps it disabled" "$(table)" 'rr 10.0.0.11:8080=1 10.0.0.13:8080=4'
ok "until it is enabled" "$LVSCTL" -s $sock host enable 10.0.0.12
ok "again" wait_for 5 table_is "$three"

ipvsadm -C
ok "what somebody else removes comes back" wait_for 20 table_is "$three"

parent=$_lvsd
kill -9 "$parent"
wait "$parent" 2>/dev/null
is "the kernel outlives lvsd" "$(table)" "$three"
lvsd_start
ok "the next takes it over" \
    wait_for 10 logged 'took over 1 services with 3 real servers'
ok "and changes nothing" wait_for 10 logged \
    'service "www": 3 of 3 hosts up'
is "of it" "$(table)" "$three"

if modprobe -nq ip_vs_twos; then
	skip 7 "the kernel has every scheduler"
else
	configure twos 10.0.0.11
	exits "what the kernel refuses fails the reload" 1 \
	    "$LVSCTL" -s $sock reload
	like "by name" "$output" 'scheduler twos'
	like "and says that it runs" "$output" 'reloaded, with errors'
	# The kernel asks for modules with a HOME.
	cat >"$LAB_TMP/probe" <<-END
	#!/bin/sh
	echo "\${HOME-lvsd} \$*" >>"$LAB_TMP/probed"
	exit 1
	END
	chmod +x "$LAB_TMP/probe"
	modprobe=$(cat /proc/sys/kernel/modprobe)
	echo "$LAB_TMP/probe" >/proc/sys/kernel/modprobe
	exits "so it does when nothing has changed" 1 \
	    "$LVSCTL" -s $sock reload
	like "in the file" "$output" 'scheduler twos'
	ok "the module is asked for again" \
	    grep -qx 'lvsd -q -- ip_vs_twos' "$LAB_TMP/probed"
	echo "$modprobe" >/proc/sys/kernel/modprobe
	configure rr 10.0.0.11 10.0.0.12
	exits "which the next mends" 0 "$LVSCTL" -s $sock reload
fi

without_services
exits "services go" 0 "$LVSCTL" -s $sock reload
ok "out of the kernel" wait_for 5 table_is ""
lvsd_stop
lvsd_start
ok "lvsd runs without services" logged 'lvsd runs'
# Here root may raise any limit, which it may not where most tests run.
locked() {
	[ "$(awk '/^VmLck/ { print $2 }' "/proc/$(engine_pid vrrpe)/status")" \
	    -gt 1000 ]
}
if prlimit --memlock=unlimited:unlimited true 2>/dev/null; then
	ok "vrrpe has locked its memory" wait_for 5 locked
else
	skip 1 "root may not raise a limit here"
fi
configure rr 10.0.0.11 10.0.0.12
exits "services come by a reload" 0 "$LVSCTL" -s $sock reload
is "into the kernel" "$(table)" "$two"
lvsd_stop
is "lvsd ends" $? 0
is "and leaves the kernel forwarding" "$(table)" "$two"
ipvsadm -A -t 203.0.113.1:80 -s lc
without_services
lvsd_start
ok "one without services removes them, but no others" \
    wait_for 10 table_is "lc"
ok "and forgets them" wait_for 5 eval '! grep -s "^kernel" /run/lvsd/state'
lvsd_stop
not_ok "and has none to be noted" test -e /run/lvsd/state

# Over a boot the kernel forgets, and what it has then is of others.
ipvsadm -C
configure rr 10.0.0.11 10.0.0.12
lvsd_start
ok "lvsd runs with services" wait_for 10 table_is "$two"
lvsd_stop
sed -i 's/^boot .*/boot 94a0b8d2-5b5c-4b8c-9a61-0d3ba7fb60f8/' /run/lvsd/state
without_services
lvsd_start
ok "of another boot it takes nothing for its own" \
    logged 'is of before the machine was started'
is "so that it is let alone" "$(table)" "$two"
lvsd_stop
done_testing
