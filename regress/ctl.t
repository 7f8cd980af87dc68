#!/bin/sh
#
# lvsctl against a running lvsd with real servers, checks and IPVS: what it
# shows, what it changes, what monitors see, and what hostile clients get.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/daemon.sh"

cleanup() {
	[ -z "$monitor" ] || kill "$monitor" 2>/dev/null
	net_down
}
monitor=
trap cleanup EXIT

configure() {
	cat >$conf <<-CONF
	interval 500ms
	timeout 400ms
	rise 1
	fall 1
	log state changes
	table <web> {
		10.77.0.11
		10.77.0.12 weight 3
	}
	table <sorry> { 127.0.0.1 }
	service "www" {
		listen on 10.77.0.10 tcp port 80
		scheduler wrr
		persistent 50s
		route to <web> port 80 check http "/health" code 200
		forward to <sorry> port 8080
	}
	service "dns" {
		listen on 10.77.0.10 udp port 53
		scheduler rr
		one-packet
		forward to <web> port 53
	}
	vrrp "VI_1" on eth0 {
		vrid 51
		version 3
		priority 200
		advertise 100ms
		address 10.77.0.10/24
	}
	$1
	CONF
}

start() {
	: >$log
	in_ns dir1 "$LVSD" -dv -f $conf >>$log 2>&1 &
	echo $! >"$LAB_TMP/lvsd.pid"
	wait_for 20 logged 'lvsd runs'
}

not_alive() {
	! proc_alive lvsd
}

lvsctl() {
	"$LVSCTL" "$@"
}

# Rows of an answer without ids and blanks: "host 10.77.0.11:80 up".
rows() {
	awk -F '\t' '/^[0-9]/ {
		gsub(/ *$/, "", $2); gsub(/ *$/, "", $3); gsub(/ *$/, "", $4)
		print $2, $3, $5
	}'
}

summary() {
	lvsctl show summary | rows
}

summary_has() {
	summary | grep -Fqx -e "$1"
}

# The kernel's real servers of the virtual service: "10.77.0.11:80=1 ...".
kernel() {
	in_ns dir1 ipvsadm -Sn | awk -v vip="$1" '
	    $1 == "-a" && $3 == vip {
		for (i = 2; i < NF; i++)
			if ($i == "-w") w = $(i + 1)
		printf "%s%s=%s", sep, $5, w
		sep = " "
	    }'
}

kernel_is() {
	[ "$(kernel "$1")" = "$2" ]
}

monitor_saw() {
	grep -Eq -e "$1" "$LAB_TMP/monitor"
}

# A control client made of perl, which every Debian has: sends the bytes and
# exits 0 when it is thrown out without an answer.
hostile() {
	perl -MSocket -e '
		socket(S, AF_UNIX, SOCK_SEQPACKET, 0) or exit 2;
		connect(S, sockaddr_un($ARGV[0])) or exit 3;
		send(S, eval($ARGV[1]), 0);
		alarm(5);
		exit(defined(recv(S, $buf, 64, 0)) && length($buf) ? 1 : 0);
	' "$sock" "$1"
}

WWW=10.77.0.10:80
DNS=10.77.0.10:53

exits "without a daemon: exit status 1" 1 lvsctl show summary
is "and one clear line" "$output" "lvsctl: no lvsd listens on $sock \
(is it running? -s names another socket)"

net_up || bail "no network"
rs_http rs1
rs_http rs2
configure ""
start || bail "lvsd does not start"
ok "the kernel has both hosts" wait_for 10 \
    kernel_is $WWW "10.77.0.11:80=1 10.77.0.12:80=3"
unlike "and had no sorry server before" "$(cat $log)" 'backup table'
wait_for 10 summary_has "vrrp VI_1 master"

is "show summary" "$(summary)" "service www active
table web:80 active (2 hosts)
host 10.77.0.11:80 up
host 10.77.0.12:80 up
table sorry:8080 active (1 hosts)
host 127.0.0.1:8080 up
service dns active
table web:53 active (2 hosts)
host 10.77.0.11:53 up
host 10.77.0.12:53 up
vrrp VI_1 master"
is "its head" "$(lvsctl sh su | head -n 1 | tr -s ' \t' ' ')" \
    "Id Type Name Avlblty Status"
like "availability of checked hosts" "$(lvsctl sh su)" \
    '^[0-9]+ +	host    	10.77.0.11:80           	100.00%	up$'
like "show hosts has the checks" "$(lvsctl show hosts)" \
    '^		total: [0-9]+/[0-9]+ checks, ok \([0-9]+ms\), for 00:00:'
services=$(lvsctl show services)
like "show services has the scheduler" "$services" \
    '^		scheduler wrr, persistent 50s$'
like "and flags" "$services" '^		scheduler rr, one-packet$'
like "and listens" "$services" '^		listen on 10.77.0.10:53 udp$'
like "and tables" "$services" \
    '^		route, check http, 2 of 2 hosts up$'
like "and backups" "$services" \
    '^		backup, forward, check none, 1 of 1 hosts up$'
vrrp=$(lvsctl show vrrp)
like "show vrrp has the interface" "$vrrp" '^		on eth0 vrid 51 version 3 IPv4$'
like "and the role" "$vrrp" \
    '^		master for 00:00:.*, priority 200, advertise 100ms$'
ok "show vrrp of one" lvsctl sh v VI_1
exits "of one that there is not" 1 lvsctl show vrrp VI_9
is "is named" "$(lvsctl show vrrp VI_9 2>&1 | tail -n 1)" \
    'lvsctl: there is no vrrp "VI_9"'

"$LVSCTL" monitor >"$LAB_TMP/monitor" 2>&1 &
monitor=$!
# It is there once an event has come; commands that change nothing make none.
table_events() {
	lvsctl table disable sorry >/dev/null
	lvsctl table enable sorry >/dev/null
	monitor_saw 'table "sorry:8080" disabled -> enabled by uid 0'
}
ok "monitor sees what the operator does" wait_for 10 table_events

ok "host disable, on all its ports" lvsctl host disable 10.77.0.11
is "says what it did" "$output" \
    "host 10.77.0.11:80 of table web:80: enabled -> disabled
host 10.77.0.11:53 of table web:53: enabled -> disabled"
ok "leaves the kernel" wait_for 5 kernel_is $WWW "10.77.0.12:80=3"
ok "on all its ports" wait_for 5 kernel_is $DNS "10.77.0.12:53=3"
ok "is logged with who did it" logged \
    'host 10.77.0.11:80 .*enabled -> disabled by uid 0, pid [0-9]+$'
like "is shown" "$(lvsctl show hosts)" '^		disabled by root since 20'
ok "a reload" lvsctl reload
like "says what it did" "$output" \
    '^generation 2 runs, 0 operations in the kernel$'
is "and keeps it out" "$(kernel $WWW)" "10.77.0.12:80=3"
pid=$(engine_pid lbe)
: >$log
kill -9 "$pid"
ok "a new lbe" wait_for 20 logged 'lbe runs generation'
ok "still keeps it out" wait_for 10 \
    summary_has "host 10.77.0.11:80 disabled"
is "of the kernel" "$(kernel $WWW)" "10.77.0.12:80=3"
exits "the monitor of the old one has ended" 0 wait_for 20 monitor_saw \
    'lvsctl: lvsd has gone'
wait "$monitor"
is "with status 1" $? 1
monitor=
ok "host enable, one port of it" lvsctl host enable 10.77.0.11:80
ok "comes back" wait_for 10 \
    kernel_is $WWW "10.77.0.11:80=1 10.77.0.12:80=3"
is "there alone" "$(kernel $DNS)" "10.77.0.12:53=3"
ok "the other" lvsctl h en 10.77.0.11:53

exits "a host that there is not" 1 lvsctl host disable 10.0.0.1
is "is named" "$output" 'lvsctl: there is no host "10.0.0.1"'
exits "an id that there is not" 1 lvsctl service enable 4711
is "is named too" "$output" 'lvsctl: there is no service with the id 4711'

ok "table disable" lvsctl table disable web:80
ok "its backup serves" wait_for 5 kernel_is $WWW "127.0.0.1:8080=1"
ok "as is shown" summary_has "service www active (using backup table)"
ok "table enable" lvsctl table enable web
ok "its hosts are back after a check" wait_for 10 \
    kernel_is $WWW "10.77.0.11:80=1 10.77.0.12:80=3"
ok "service disable" lvsctl service disable dns
ok "it leaves the kernel" wait_for 5 kernel_is $DNS ""
ok "as is shown" summary_has "service dns disabled"
ok "service enable" lvsctl service enable dns
ok "it is back" wait_for 5 \
    kernel_is $DNS "10.77.0.11:53=1 10.77.0.12:53=3"

"$LVSCTL" monitor >"$LAB_TMP/monitor" 2>&1 &
monitor=$!
ok "a monitor" wait_for 10 table_events
rs_stop rs2
ok "a server dies: out of the kernel" wait_for 10 \
    kernel_is $WWW "10.77.0.11:80=1"
ok "as is shown" summary_has "host 10.77.0.12:80 down"
like "with the reason" "$(lvsctl show hosts)" 'checks, connection refused'
# A check that was under way, or a busy machine, may have been first.
ok "monitor sees its host" wait_for 20 monitor_saw \
    'host "web:80 10.77.0.12:80" up -> down, (connection|timeout|closed) '
ok "its service" wait_for 20 monitor_saw 'service "www" 1 of 2 hosts up$'

configure 'table <web> { 10.77.0.11 }'
exits "reload of a bad file" 1 lvsctl reload
like "says where" "$output" "^$conf:[0-9]+: "
like "and that nothing changed" "$output" \
    '^lvsctl: not reloaded, generation 2 goes on$'
is "which is so" "$(kernel $WWW)" "10.77.0.11:80=1"

ok "log verbose" lvsctl log verbose
ok "log brief" lvsctl log brief
ok "is logged" logged 'log: verbose -> brief by uid 0'

exits "another user" 1 setpriv --reuid 65534 --regid 65534 --clear-groups \
    "$LVSCTL" show summary
like "is told so" "$output" "^lvsctl: $sock: permission denied"
ok "rubbish is thrown out" hostile '"\xff" x 4096'
ok "so is half a header" hostile '"\0" x 7'
ok "and the parent's stop" hostile 'pack("L4", 5, 16, 0, 0)'
ok "while others are served" summary_has "service www active"

ok "stop" lvsctl stop
ok "lvsd ends" wait_for 10 not_alive
wait "$monitor"
is "the monitor ends with status 1" $? 1
monitor=
like "and says why" "$(cat "$LAB_TMP/monitor")" '^lvsctl: lvsd has gone$'
exits "no daemon any more" 1 lvsctl show summary
done_testing
