#!/bin/sh
#
# Traffic through every kind of service and real server that IPVS knows and
# regress/services.t does not: SCTP, several and any ports, marks, tunnels of
# all types and between families, bounds of connections, persistence by SIP,
# the flags of schedulers.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
rs16=$(ns_addr rs1 6) rs26=$(ns_addr rs2 6)
nat=10.77.0.20 nat6=fd77::20
route=10.77.0.30
tunnel=10.77.0.40 tunnel6=fd77::40
marked=10.77.0.64/30
both="rs1=4 rs2=4"

configure() {
	cat <<-END
	table <web> { $rs1, $rs2 }
	table <web6> { $rs16, $rs26 }
	table <bounded> { $rs1 upper 1, $rs2 }
	service "sctp" {
		listen on $nat sctp port 7007
		scheduler rr
		forward to <web> port 7007
	}
	service "ports" {
		listen on $nat, 10.77.0.21 tcp port 80, 7007
		scheduler rr
		forward to <web>
	}
	service "any" {
		listen on $route tcp port any
		scheduler rr
		persistent 60s
		route to <web>
	}
	service "mark" {
		listen on mark 5
		scheduler rr
		forward to <web>
		${marks:+mark 5 for $marked, 10.77.0.70 tcp port 80, 7000:7010}
		${marks:+mark 5 for 10.77.0.69 udp}
	}
	service "mark6" {
		listen on mark 6 inet6
		scheduler rr
		forward to <web6> port 80
		${marks:+mark 6 for fd77::66, fd77::68 tcp port 81}
	}
	service "ipip" {
		listen on $tunnel tcp port 80
		scheduler rr
		tunnel to <web6>
	}
	service "ipip6" {
		listen on $tunnel6 tcp port 80
		scheduler rr
		tunnel to <web>
	}
	service "gue" {
		listen on 10.77.0.41 tcp port 80
		scheduler rr
		tunnel to <web> type gue port 6080
	}
	service "gue-sum" {
		listen on 10.77.0.42 tcp port 80
		scheduler rr
		tunnel to <web> type gue port 6080 checksum
	}
	service "gue-remote" {
		listen on 10.77.0.43 tcp port 80
		scheduler rr
		tunnel to <web> type gue port 6080 remote checksum
	}
	service "gue-six" {
		listen on 10.77.0.44 tcp port 80
		scheduler rr
		tunnel to <web6> type gue port 6080
	}
	service "gre" {
		listen on 10.77.0.45 tcp port 80
		scheduler rr
		tunnel to <web> type gre
	}
	service "gre-sum" {
		listen on 10.77.0.46 tcp port 80
		scheduler rr
		tunnel to <web6> type gre checksum
	}
	service "bounded" {
		listen on 10.77.0.22 tcp port 7007
		scheduler rr
		forward to <bounded> port 7007
	}
	service "sip" {
		listen on 10.77.0.22 udp port 7007
		scheduler rr
		persistent 60s engine sip
		forward to <web>
	}
	service "hash" {
		listen on 10.77.0.22 tcp port 80
		scheduler ${1-sh}
		forward to <web>
	}
	END
}

# The director's addresses, and the real servers' behind tunnels and routes.
addresses() {
	for _ in 20 21 22 30 40 41 42 43 44 45 46 64 65 66 69 70; do
		echo "addr add 10.77.0.$_/32 dev eth0"
	done | ip -n dir1 -batch -
	for _ in 20 40 66 67 68; do
		echo "addr add fd77::$_/128 dev eth0 nodad preferred_lft 0"
	done | ip -n dir1 -batch -
}

# The address of the client that real servers answer by way of dir1, as NAT
# needs it; other answers come directly.
nat_client() {
	{
		echo "addr add 10.77.0.104/24 dev eth0"
		echo "addr add fd77::104/128 dev eth0 nodad"
		for _ in 20/32 21/32 22/32 64/29; do
			echo "route add 10.77.0.$_ dev eth0 src 10.77.0.104"
		done
		for _ in 66 67 68; do
			echo "route add fd77::$_ dev eth0 src fd77::104"
		done
	} | ip -n client -batch -
	for _ in rs1 rs2; do
		ip -n $_ -batch - <<-END
		route add 10.77.0.104/32 via $(ns_addr dir1)
		route add fd77::104/128 via $(ns_addr dir1 6)
		END
		in_ns $_ sysctl -qw net.ipv4.conf.all.accept_redirects=0 \
		    net.ipv6.conf.eth0.accept_redirects=0
	done
}

# ways RS: what takes packets out of their tunnels.  The devices that are
# there by themselves take ipip and 6in4; those with a checksum, and those
# out of IPv6, are made.
ways() {
	_four=$(ns_addr $1) _six=$(ns_addr $1 6)
	rs_dr $1 $route
	for _ in $tunnel $tunnel6 10.77.0.41; do
		rs_tun $1 $_
	done
	ip -n $1 -batch - <<-END
	addr add 10.77.0.42/32 dev lo
	addr add 10.77.0.43/32 dev lo
	addr add 10.77.0.44/32 dev lo
	addr add 10.77.0.45/32 dev lo
	addr add 10.77.0.46/32 dev lo
	link set sit0 up
	link add four6 type ip6tnl mode ipip6 local $_six remote fd77::1
	link set four6 up
	link add gre4 type gre local $_four remote 10.77.0.1
	link set gre4 up
	link add gre6 type ip6gre local $_six remote fd77::1 csum
	link set gre6 up
	END
	in_ns $1 ip fou add port 6080 gue
	in_ns $1 ip -6 fou add port 6080 gue
	in_ns $1 sysctl -qw net.ipv4.conf.sit0.rp_filter=0 \
	    net.ipv4.conf.four6.rp_filter=0 net.ipv4.conf.gre4.rp_filter=0 \
	    net.ipv4.conf.gre6.rp_filter=0
}

of() {
	case " $1 " in
	*" $2="*)	_rest=${1#*" $2="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

# answers HOW ADDRESS PORT [NUMBER]: by whom eight questions are answered.
answers() {
	_told=$(in_ns client "$TOP/lab/ask" "$1" "$2" "$3" 10 "${4-8}" 2>&1)
	echo "rs1=$(of "$_told" rs1) rs2=$(of "$_told" rs2)"
}

# has MODULE...: this kernel has them all.
has() {
	modprobe -aq "$@" 2>/dev/null
}

# The same marks by other means, for the kernel of user-mode-linux has nftables
# for bridges only.
tc_marks() {
	tc -n dir1 qdisc add dev eth0 ingress
	for _ in "ip dst_ip 10.77.0.64/30 ip_proto tcp dst_port 80" \
	    "ip dst_ip 10.77.0.64/30 ip_proto tcp dst_port 7007" \
	    "ip dst_ip 10.77.0.70 ip_proto tcp dst_port 7007" \
	    "ip dst_ip 10.77.0.69 ip_proto udp"; do
		tc -n dir1 filter add dev eth0 ingress protocol ip flower \
		    ${_#ip } action skbedit mark 5
	done
	tc -n dir1 filter add dev eth0 ingress protocol ipv6 flower \
	    dst_ip fd77::66 ip_proto tcp dst_port 81 action skbedit mark 6
}

has_table() {
	in_ns dir1 nft list table inet lvsd >/dev/null 2>&1
}

trap net_down EXIT
net_up || bail "no network"
has ipip ip6_tunnel sit ip_gre ip6_gre fou fou6 sctp
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	ways $rs
	proc_start echo-$rs $rs "$TOP/lab/echo" $rs 0.0.0.0 7007
done
addresses
nat_client
marks=yes
configure >"$LAB_TMP/dir1.conf"
if ! in_ns dir1 nft 'add table inet t; delete table inet t' 2>/dev/null; then
	not_ok "without nftables lvsd does not start" director dir1
	like "and says of which service, and why" \
	    "$(cat "$LAB_TMP/dir1.log")" \
	    'dir1.conf:[0-9]+: service "mark": mark needs nftables of Linux 5.6 or later in the kernel \(.*\): load the module nf_tables, or remove mark$'
	marks=
	configure >"$LAB_TMP/dir1.conf"
	tc_marks
else
	skip 2 "this kernel has nftables"
fi
ok "lvsd runs" director dir1
says dir1 'lvsd runs' || bail "$(cat "$LAB_TMP/dir1.log")"

if has sctp; then
	is "SCTP" "$(answers sctp $nat 7007)" "$both"
else
	skip 1 "this kernel has no SCTP for the real servers"
fi

# Several ports, several addresses, one service.
is "a port" "$(answers http $nat 80)" "$both"
is "another one" "$(answers tcp $nat 7007)" "$both"
is "of another address" "$(answers http 10.77.0.21 80)" "$both"
is "and its other port" "$(answers tcp 10.77.0.21 7007)" "$both"
is "to the operator they are one" \
    "$(ctl dir1 show services | grep -c 'service.*ports ')" 1
is "with all that it listens on" "$(ctl dir1 show services |
    grep -c 'listen on 10.77.0.2[01]:\(80\|7007\) tcp')" 4
ok "one order takes a host out of it" ctl dir1 host disable "$rs1"
is "on each port" "$(answers tcp 10.77.0.21 7007)" "rs1=0 rs2=8"
is "and address" "$(answers http $nat 80)" "rs1=0 rs2=8"
ok "and another one brings it back" ctl dir1 host enable "$rs1"

# Any port, one real server for a client.
first=$(answers http $route 80)
like "any port" "$first" "=8"
is "another one goes to the same host" "$(answers tcp $route 7007)" "$first"

# Marks.
is "an address of a network" "$(answers http 10.77.0.65 80)" "$both"
is "a port of a range" "$(answers tcp 10.77.0.66 7007)" "$both"
is "an address by itself" "$(answers tcp 10.77.0.70 7007)" "$both"
is "all of UDP" "$(answers udp 10.77.0.69 7007)" "$both"
is "but not of TCP" "$(answers tcp 10.77.0.69 7007)" "rs1=0 rs2=0"
is "nor any port" "$(answers http 10.77.0.65 81)" "rs1=0 rs2=0"
is "nor any address" "$(answers http 10.77.0.1 80)" "rs1=0 rs2=0"
is "IPv6" "$(answers http fd77::66 81)" "$both"
is "also there not any address" "$(answers http fd77::67 81)" "rs1=0 rs2=0"
is "all are one service of the kernel" \
    "$(in_ns dir1 ipvsadm -Ln | grep -c FWM)" 2
if [ -z "$marks" ]; then
	skip 11 "this kernel has no nftables"
else
	ok "what sets the marks is there" has_table
	: >"$LAB_TMP/dir1.log"
	in_ns dir1 nft flush ruleset
	ok "what somebody flushes comes back" wait_for 5 has_table
	ok "and that is told" wait_for 5 says dir1 'somebody else changed table inet'
	is "marks are set again" "$(answers http 10.77.0.65 80)" "$both"
	sed 's/7000:7010/7008:7010/' "$LAB_TMP/dir1.conf" >"$LAB_TMP/new"
	cat "$LAB_TMP/new" >"$LAB_TMP/dir1.conf"
	exits "a reload changes marks" 0 ctl dir1 reload
	is "some are not set any more" "$(answers tcp 10.77.0.66 7007)" "rs1=0 rs2=0"
	is "others are" "$(answers http 10.77.0.66 80)" "$both"
	before=$(in_ns dir1 nft list table inet lvsd)
	proc_start requests client "$TOP/lab/ask" http 10.77.0.65 80 20
	sleep 0.3
	proc_stop dir1
	is "marks outlive lvsd" "$(in_ns dir1 nft list table inet lvsd)" "$before"
	director dir1
	is "and its return" "$(in_ns dir1 nft list table inet lvsd)" "$before"
	proc_stop requests
	is "meanwhile no request failed" \
	    "$(of "$(cat "$LAB_TMP/requests.log")" failed)" 0
fi

# Tunnels.
is "IPv4 in IPv6" "$(answers http $tunnel 80)" "$both"
is "IPv6 in IPv4" "$(answers http $tunnel6 80)" "$both"
if has fou fou6; then
	is "GUE" "$(answers http 10.77.0.41 80)" "$both"
	is "GUE with checksum" "$(answers http 10.77.0.42 80)" "$both"
	is "GUE with remote checksum" "$(answers http 10.77.0.43 80)" "$both"
	is "GUE over IPv6" "$(answers http 10.77.0.44 80)" "$both"
else
	skip 4 "this kernel has no fou for the real servers"
fi
if has ip_gre ip6_gre; then
	is "GRE" "$(answers http 10.77.0.45 80)" "$both"
	is "GRE with checksum over IPv6" "$(answers http 10.77.0.46 80)" \
	    "$both"
else
	skip 2 "this kernel has no GRE for the real servers"
fi

# Of two connections that are kept one is at the host that takes one.
proc_start kept1 client "$TOP/lab/ask" kept 10.77.0.22 7007 100
proc_start kept2 client "$TOP/lab/ask" kept 10.77.0.22 7007 100
ok "two connections are there" wait_for 5 eval \
    '[ "$(in_ns dir1 ipvsadm -Lnc | grep -c "ESTABLISHED.*10.77.0.22:7007")" = 2 ]'
is "a full host gets no more" "$(answers tcp 10.77.0.22 7007)" "rs1=0 rs2=8"
like "its bound is shown" "$(ctl dir1 show hosts)" "at most 1 connections"
proc_stop kept1
proc_stop kept2
is "a connection was at each" "$(cat "$LAB_TMP/kept1.log" \
    "$LAB_TMP/kept2.log" | grep -o 'rs[12]=' | sort | tr -d '\n')" "rs1=rs2="

# Persistence by the Call-ID.
first=$(answers sip 10.77.0.22 7007)
like "a call stays at its host" "$first" "=8"
case $first in
"rs1=8 rs2=0")	second="rs1=0 rs2=8" ;;
*)		second="rs1=8 rs2=0" ;;
esac
is "the next one goes to the other" "$(answers sip 10.77.0.22 7007)" "$second"

# Hashing.
like "sh has one host for a client" "$(answers http 10.77.0.22 80 20)" "=20"
configure "sh port" >"$LAB_TMP/dir1.conf"
exits "another flag" 0 ctl dir1 reload
like "sh port has several" "$(answers http 10.77.0.22 80 20)" \
    "rs1=[1-9][0-9]* rs2=[1-9]"
configure "mh" >"$LAB_TMP/dir1.conf"
exits "another scheduler" 0 ctl dir1 reload
like "mh has one host for a client" "$(answers http 10.77.0.22 80 20)" "=20"
configure "mh fallback port" >"$LAB_TMP/dir1.conf"
exits "and its flags" 0 ctl dir1 reload
like "mh port has several" "$(answers http 10.77.0.22 80 20)" \
    "rs1=[1-9][0-9]* rs2=[1-9]"
like "lvsctl shows them" "$(ctl dir1 show services)" \
    "scheduler mh port fallback"

done_testing
