#!/bin/sh
#
# Services as their users have them: each way to forward, over IPv4 and IPv6,
# UDP, persistence, weights and backups; and what happens to requests and to
# a connection that is kept while lvsd is killed, reloaded and stopped.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/daemon.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
rs16=$(ns_addr rs1 6) rs26=$(ns_addr rs2 6)
# Direct routing, NAT and tunnels: an address each.
route=$LAB_VIP nat=10.77.0.20 tunnel=10.77.0.30
route6=$LAB_VIP6 nat6=fd77::20 tunnel6=fd77::30

# The addresses of the client that real servers answer by way of dir1, as
# NAT needs it.  .104 and .105 differ in the last bit only.
nat_client() {
	for _last in 104 105 106; do
		echo "addr add 10.77.0.$_last/24 dev eth0"
	done | ip -n client -batch -
	ip -n client -batch - <<-END
	addr add fd77::104/128 dev eth0 nodad
	route add $nat/32 dev eth0 src 10.77.0.104
	route add $nat6/128 dev eth0 src fd77::104
	END
	for _ns in rs1 rs2; do
		ip -n $_ns -batch - <<-END
		route add 10.77.0.104/29 via $(ns_addr dir1)
		route add fd77::104/128 via $(ns_addr dir1 6)
		END
		in_ns $_ns sysctl -qw net.ipv4.conf.all.accept_redirects=0 \
		    net.ipv6.conf.eth0.accept_redirects=0
	done
}

# service NAME ADDRESS PORT PROTO "FORWARD ..." [LINE]
service() {
	printf 'service "%s" {\n\tlisten on %s %s port %s\n' "$1" "$2" "$4" \
	    "$3"
	printf '\tscheduler rr\n\t%s\n\t%s\n}\n' "${6-}" "$5"
}

# configure [WEIGHT [LINE [INTERVAL]]]: WEIGHT is rs2's in the service "light".
configure() {
	_http='check http "/health" code 200'
	{
		cat <<-END
		interval ${3-500ms}
		timeout 400ms
		fall 2
		table <web> { $rs1, $rs2 }
		table <web6> { $rs16, $rs26 }
		table <one> { $rs1 }
		table <other> { $rs2 }
		table <light> { $rs1 weight 0, $rs2 weight ${1-1} }
		vrrp "VI_1" on eth0 {
			version 3
			vrid 51
			priority 255
			advertise 100ms
			address $route/24
			address $nat/24
			address $tunnel/24
		}
		${2-}
		END
		service route $route 80 tcp "route to <web> port 80 $_http"
		service route6 $route6 80 tcp "route to <web6> port 80 $_http"
		service nat $nat 80 tcp "forward to <web> port 80 $_http"
		service nat6 $nat6 80 tcp "forward to <web6> port 80 $_http"
		service tunnel $tunnel 80 tcp "tunnel to <web> port 80 $_http"
		service tunnel6 $tunnel6 80 tcp \
		    "tunnel to <web6> port 80 $_http"
		service udp $nat 7007 udp "forward to <web> port 7007 check tcp"
		service kept $nat 7007 tcp \
		    "forward to <one> port 7007 check tcp"
		service sticky $nat 81 tcp "forward to <web> port 80 $_http" \
		    "persistent 50s netmask 255.255.255.254"
		service backup $nat 82 tcp "forward to <one> port 80 $_http
			forward to <other> port 80 $_http"
		service light $nat 83 tcp "forward to <light> port 80 $_http"
	} >"$LAB_TMP/dir1.conf"
	chmod 600 "$LAB_TMP/dir1.conf"
}

# Deprecated, as else it were the source of what dir1 sends itself.
vip6() {
	for _address in $route6 $nat6 $tunnel6; do
		echo "addr add $_address/128 dev eth0 nodad preferred_lft 0"
	done | ip -n dir1 -batch -
}

# of LINE NAME: a value of what lab/ask tells.
of() {
	case " $1 " in
	*" $2="*)	_rest=${1#*" $2="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

# answers HOW ADDRESS PORT: by whom eight questions are answered.
answers() {
	_told=$(in_ns client "$TOP/lab/ask" "$1" "$2" "$3" 10 8 2>&1)
	echo "rs1=$(of "$_told" rs1) rs2=$(of "$_told" rs2)"
}

# Two clients in the background: one makes requests, one keeps a connection.
clients_start() {
	proc_start requests client "$TOP/lab/ask" http $route 80 20
	proc_start kept client "$TOP/lab/ask" kept $nat 7007 20
	sleep 0.3
}

# clients_end WHEN: they have missed nothing.
clients_end() {
	proc_stop requests
	proc_stop kept
	for _one in requests kept; do
		read -r _told <"$LAB_TMP/$_one.log"
		is "$1: no $_one failed" "$(of "$_told" failed)" 0
		[ "$(of "$_told" failed)" = 0 ] || diag "$_told"
		isnt "$1: $_one were made" "$(of "$_told" asked)" 0
	done
}

table() {
	in_ns dir1 ipvsadm -Sn | sort
}

# Connections that a service has had, by the kernel's own count.
had() {
	in_ns dir1 ipvsadm -ln --stats | awk -v s="$1" '$2 == s { print $3 }'
}

# state ERE: lvsctl says so of a host.
state() {
	ctl dir1 show summary | grep -Eq "$1"
}

all_up() {
	state 'host.*up' && ! state 'host.*(unknown|down|disabled)'
}

# in_table PATTERN, not_in_table PATTERN
in_table() {
	table | grep -q -e "$1"
}

not_in_table() {
	! in_table "$1"
}

has_vip() {
	[ -n "$(ip -n dir1 addr show to $route)" ]
}

trap net_down EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $route
	rs_dr $rs $route6
	rs_tun $rs $tunnel
	rs_tun $rs $tunnel6
	proc_start echo-$rs $rs "$TOP/lab/echo" $rs 0.0.0.0 7007
done
nat_client
vip6
foreign='-A -t 10.77.0.99:99 -s lc
-a -t 10.77.0.99:99 -r 10.77.0.98:99 -m -w 5'
echo "$foreign" | in_ns dir1 ipvsadm -R

configure
ok "lvsd runs" director dir1
ok "all hosts are found up" wait_for 10 all_up
ok "the address is there" wait_for 10 has_vip

# For two minutes the kernel knows a connection that has ended.  A client that
# uses its port again would be sent to a server that has gone, and nowhere.
in_ns dir1 sysctl -qw net.ipv4.vs.expire_nodest_conn=1

# Each way, and by whom it was answered.
both="rs1=4 rs2=4"
is "direct routing" "$(answers http $route 80)" "$both"
is "direct routing, IPv6" "$(answers http $route6 80)" "$both"
is "NAT" "$(answers http $nat 80)" "$both"
is "NAT, IPv6" "$(answers http $nat6 80)" "$both"
is "tunnel" "$(answers http $tunnel 80)" "$both"
is "tunnel, IPv6" "$(answers http $tunnel6 80)" "$both"
is "UDP" "$(answers udp $nat 7007)" "$both"
is "weight 0" "$(answers http $nat 83)" "rs1=0 rs2=8"
ok "is in the kernel" in_table "-r $rs1:80 -m -w 0"
is "a backup rests" "$(answers http $nat 82)" "rs1=8 rs2=0"

# Persistence.
like "the kernel has time and netmask" "$(in_ns dir1 ipvsadm -ln)" \
    "$nat:81 rr persistent 50 mask 255.255.255.254"
first=$(in_ns client curl -s --interface 10.77.0.104 http://$nat:81/)
case $first in
rs1)	second=rs2 all="rs1=8 rs2=0" ;;
*)	second=rs1 all="rs1=0 rs2=8" ;;
esac
is "the same server for the same client" "$(answers http $nat 81)" "$all"
is "and for its neighbour under the netmask" \
    "$(in_ns client curl -s --interface 10.77.0.105 http://$nat:81/)" "$first"
is "the other for the next" \
    "$(in_ns client curl -s --interface 10.77.0.106 http://$nat:81/)" "$second"

# A server ends and comes back.
rs_stop rs1
ok "rs1 is down" wait_for 10 state "$rs1:80.*down"
ok "and out of the kernel" wait_for 5 not_in_table "-r $rs1:80"
is "rs2 answers alone" "$(answers http $route 80)" "rs1=0 rs2=8"
is "and as the backup" "$(answers http $nat 82)" "rs1=0 rs2=8"
like "which lvsctl shows" "$(ctl dir1 show services)" "backup"
rs_http rs1
ok "rs1 is up" wait_for 10 all_up
ok "and in the kernel" wait_for 5 in_table "-a -t $nat:82 -r $rs1:80"
is "both answer" "$(answers http $route 80)" "$both"
is "the backup rests again" "$(answers http $nat 82)" "rs1=8 rs2=0"

# Engines die.
rs_sick rs2
ok "rs2 is down" wait_for 10 state "$rs2:80.*down"
ok "and out of the kernel" wait_for 5 not_in_table "-r $rs2:80"
before=$(table)
clients_start
for role in hce lbe vrrpe; do
	pid=$(engine_pid $role)
	: >"$LAB_TMP/dir1.log"
	kill -9 "$pid"
	ok "$role is started again" wait_for 10 another $role "$pid"
	ok "and runs" wait_for 10 says dir1 "$role runs generation"
	is "$role's death changes nothing in the kernel" "$(table)" "$before"
	ok "$role's death makes no host come or go" wait_for 5 \
	    state "$rs2:80.*down"
	unlike "as the log has it" "$(cat "$LAB_TMP/dir1.log")" \
	    'host .* state .* ->'
done
clients_end "engines died"
rs_well rs2
ok "rs2 is up" wait_for 10 all_up

# The operator's wish outlives lbe and a reload.
exits "rs2 is disabled" 0 ctl dir1 host disable "$rs2:80"
ok "it leaves the kernel" wait_for 5 not_in_table "-r $rs2:80"
pid=$(engine_pid lbe)
kill -9 "$pid"
ok "lbe is started again" wait_for 10 another lbe "$pid"
configure 7
ok "a reload" wait_for 10 ctl dir1 reload
is "rs1 answers alone" "$(answers http $route 80)" "rs1=8 rs2=0"
exits "rs2 is enabled" 0 ctl dir1 host enable "$rs2:80"
ok "it is in the kernel" wait_for 5 in_table "-r $rs2:80 -m -w 7"
ok "all is well" wait_for 10 all_up

# A reload touches what has changed.
clients_start
before=$(table)
configure 3
exits "another weight" 0 ctl dir1 reload
like "is one change in the kernel" "$output" '[^0-9]1 operation'
is "and just that" "$(table)" "$(echo "$before" | sed 's/-w 7/-w 3/')"
if in_ns dir1 modprobe -nq ip_vs_twos; then
	skip 4 "this kernel has every scheduler"
else
	configure 3 "$(service none $nat 84 tcp "forward to <web> port 80" |
	    sed 's/ rr/ twos/')"
	exits "a scheduler that is missing fails the reload" 1 ctl dir1 reload
	like "by name" "$output" 'scheduler twos: not available in this kernel'
	like "lvsctl shows it" "$(ctl dir1 show services)" \
	    'scheduler twos: not available in this kernel'
	configure 3
	exits "without it all is well" 0 ctl dir1 reload
fi
configure 3 "" 600ms
exits "another interval" 0 ctl dir1 reload
is "takes no host out" "$(table)" "$(echo "$before" | sed 's/-w 7/-w 3/')"
ok "all are up" wait_for 10 all_up
clients_end "reloads"

# lvsd dies and comes back.
before=$(table)
clients_start
ip -n dir1 monitor address >"$LAB_TMP/moves" &
monitor=$!
sleep 2.2				# the kernel's counters are that late
count=$(had $route:80)
crash dir1
is "the kernel goes on without lvsd" "$(table)" "$before"
ok "lvsd comes back" director dir1
ok "and takes over what is there" says dir1 'took over'
ok "all hosts are up" wait_for 10 all_up
is "it has changed nothing" "$(table)" "$before"
kill $monitor
is "the address has not moved" "$(grep "Deleted.*$route" "$LAB_TMP/moves")" ""
clients_end "lvsd was killed"
ok "the kernel has counted on" test "$(had $route:80)" -gt "$count"

# Somebody else.
like "a service of somebody else is still there" "$(table)" \
    '^-a -t 10.77.0.99:99 -r 10.77.0.98:99 -m -w 5$'
in_ns dir1 ipvsadm -C
ok "what somebody removes comes back" wait_for 20 in_table "-r $rs2:80"
is "and works" "$(answers http $route 80)" "$both"

# The end.
before=$(table)
exits "lvsctl ends it" 0 ctl dir1 stop
ok "it ends" wait_for 10 eval '! proc_alive dir1'
not_ok "the address is gone" has_vip
is "services stay" "$(table)" "$before"
is "and work for addresses that stay" "$(answers http $route6 80)" "$both"
done_testing
