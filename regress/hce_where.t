#!/bin/sh
#
# Checks with a mark, by an interface and from an address: those that need a
# privilege get their sockets of the parent.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/daemon.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1)

# service NUMBER CHECK...
service() {
	_last=$1
	shift
	cat <<-END
	table <t$_last> { $rs1 }
	service "s$_last" {
		listen on 10.77.0.$_last tcp port 80
		forward to <t$_last> port 80 $*
	}
	END
}

# Nothing may go by the way that all others take.
configure() {
	{
		cat <<-END
		log state changes
		interval 800ms
		timeout 700ms
		fall 2
		END
		service 21 check tcp mark 7
		service 22 check icmp mark 8
		service 23 check http '"/health"' and '"/"' mark 9 \
		    on interface eth0
		service 24 check icmp on interface eth0
		service 25 check udp on port 9 mark 10
		service 26 check tcp on interface "${1-eth0}"
		service 27 check tcp from 10.77.0.201 mark 11
		service 28 check icmp from 10.77.0.202
		service 29 check tcp
	} >"$LAB_TMP/dir1.conf"
	chmod 600 "$LAB_TMP/dir1.conf"
}

is_host() {
	ctl dir1 show hosts | awk -v t="<t$1:80>" -v t2="t$1:80" -v s="$2" '
	    $2 == "table" { inside = $3 == t || $3 == t2 }
	    inside && /10\.77\.0\.11/ && index($0, s) { found = 1 }
	    END { exit !found }'
}

trap net_down EXIT
net_up || bail "no network"
rs_http rs1 || bail "no server"
# It would tell of a closed port once a second.
in_ns rs1 sysctl -qw net.ipv4.icmp_ratelimit=0
ip -n dir1 addr add 10.77.0.201/24 dev eth0
ip -n dir1 addr add 10.77.0.202/24 dev eth0
# Nothing but these reaches the real server.
{
	for mark in 7 8 9 10; do
		echo "rule add pref 100 fwmark $mark lookup 100"
	done
	echo "rule add pref 101 oif eth0 lookup 100"
	echo "rule add pref 102 from 10.77.0.201 fwmark 11 lookup 100"
	echo "rule add pref 103 from 10.77.0.202 lookup 100"
	echo "route add 10.77.0.0/24 dev eth0 table 100"
	echo "route add blackhole $rs1"
} | ip -n dir1 -batch - || bail "no routes"
configure
ok "dir1 starts" director dir1 || bail "$output"
for last in 21 22 23 24 26 27 28; do
	ok "check $last is good" wait_for 10 is_host $last up
done
ok "a port of UDP is not open" wait_for 10 is_host 25 down
ok "without mark, interface and address nothing is" \
    wait_for 10 is_host 29 down

# An interface that is not there is no fault of the host's.
configure eth9
ok "reloaded with an interface that is not there" ctl dir1 reload
ok "its check cannot be made" wait_for 10 says dir1 \
    't26:80.* cannot be made: local error: No such device'
ok "and does not count" is_host 26 up
ip -n rs1 link set eth0 down
ok "all the others are down" wait_for 10 is_host 21 down
ok "it still is not" is_host 26 up
ip -n rs1 link set eth0 up
ok "and up again" wait_for 10 is_host 21 up
ok "dir1 ends" proc_stop dir1
is "no sanitizer has found anything" "$(faults)" ""
done_testing
