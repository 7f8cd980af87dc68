#!/bin/sh
#
# The lab's network with a real IPVS, set up by hand: if this fails, what
# other lab tests say of lvsd means nothing.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"

vip=$LAB_VIP
vip6=$LAB_VIP6

# How often each real server answered, as "rs1=4 rs2=4".
tally() {
	get_n 8 "$1" 2>&1 | sort | uniq -c |
	    awk '{ printf "%s%s=%s", (NR > 1 ? " " : ""), $2, $1 }'
}

# service VIP PORT MODE RS...: a round robin service in dir1.
service() {
	_address=$1 _port=$2 _mode=$3
	shift 3
	{
		echo "-A -t $_address:$_port -s rr"
		for _rs in "$@"; do
			echo "-a -t $_address:$_port -r $_rs:$_port $_mode"
		done
	} | in_ns dir1 ipvsadm -R
}

counted() {
	in_ns dir1 ipvsadm -ln --stats | grep -Eq "^TCP +$1 +$2 "
}

# Deprecated, lest the director take the VIP for the source of its tunnels'
# packets: the real servers would drop what seems to come from themselves.
vip_to() {
	ip -n "$1" addr add "$vip/32" dev eth0 &&
	    ip -n "$1" addr add "$vip6/128" dev eth0 nodad preferred_lft 0
}

trap net_down EXIT
plan 34

ok "network comes up" net_up
ok "client reaches rs2" in_ns client ping -qc1 -W2 "$(ns_addr rs2)"
ok "client reaches rs2 by IPv6" in_ns client ping -qc1 -W2 "$(ns_addr rs2 6)"
like "hardware addresses are as documented" \
    "$(ip -n rs2 link show eth0)" 02:77:00:00:00:12
ok "certificate" rs_certify
ok "rs1 serves" rs_http rs1
ok "rs2 serves" rs_http rs2
is "rs1 says who it is" "$(get "http://$(ns_addr rs1)/")" rs1
is "/health answers" "$(get "http://$(ns_addr rs2)/health")" ok
is "https answers" "$(in_ns client curl -sS --cacert "$LAB_TMP/tls.crt" \
    --resolve "www.example.com:443:$(ns_addr rs1)" \
    https://www.example.com/)" rs1
rs_sick rs2
not_ok "/health of the sick is an error" get "http://$(ns_addr rs2)/health"
rs_well rs2
ok "and none of the healed" get "http://$(ns_addr rs2)/health"

ok "dir1 has the VIP" vip_to dir1
ok "rs1 ready for direct routing" rs_dr rs1 "$vip"
ok "rs2 ready for direct routing" rs_dr rs2 "$vip"
rs_dr rs1 "$vip6"
rs_dr rs2 "$vip6"
service "$vip" 80 -g "$(ns_addr rs1)" "$(ns_addr rs2)"
is "direct routing reaches both" "$(tally "http://$vip/")" "rs1=4 rs2=4"
service "[$vip6]" 80 -g "[$(ns_addr rs1 6)]" "[$(ns_addr rs2 6)]"
is "direct routing reaches both by IPv6" "$(tally "http://[$vip6]/")" \
    "rs1=4 rs2=4"
# The kernel brings its counters up to date every two seconds.
ok "the director counted them" wait_for 5 counted "$vip:80" 8
is "the other director's table is its own" \
    "$(in_ns dir2 ipvsadm -Sn)" ""

ok "rs1 stops" rs_stop rs1
not_ok "and refuses connections" get "http://$(ns_addr rs1)/"
ok "rs1 serves again" rs_http rs1 back
is "rs1 says the new text" "$(get "http://$(ns_addr rs1)/")" back
rs_stop rs1
rs_http rs1

in_ns dir1 ipvsadm -C
for rs in rs1 rs2; do
	ip -n $rs addr del "$vip/32" dev lo
	ip -n $rs addr del "$vip6/128" dev lo
	rs_tun $rs "$vip"
	rs_tun $rs "$vip6"
done
service "$vip" 80 -i "$(ns_addr rs1)" "$(ns_addr rs2)"
is "tunnels reach both" "$(tally "http://$vip/")" "rs1=4 rs2=4"
service "[$vip6]" 80 -i "[$(ns_addr rs1 6)]" "[$(ns_addr rs2 6)]"
is "tunnels reach both by IPv6" "$(tally "http://[$vip6]/")" "rs1=4 rs2=4"

in_ns dir1 ipvsadm -C
for rs in rs1 rs2; do
	ip -n $rs link set tunl0 down
	ip -n $rs link set ip6tnl0 down
	rs_gateway $rs "$(ns_addr dir1)"
	rs_gateway $rs "$(ns_addr dir1 6)"
done
service "$vip" 80 -m "$(ns_addr rs1)" "$(ns_addr rs2)"
is "NAT reaches both" "$(tally "http://$vip/")" "rs1=4 rs2=4"
service "[$vip6]" 80 -m "[$(ns_addr rs1 6)]" "[$(ns_addr rs2 6)]"
is "NAT reaches both by IPv6" "$(tally "http://[$vip6]/")" "rs1=4 rs2=4"

link_cut rs2
like "a cut cable takes the carrier" "$(ip -n rs2 link show eth0)" NO-CARRIER
link_mend rs2
ok "a mended one gives it back" \
    wait_for 5 in_ns client ping -qc1 -W1 "$(ns_addr rs2)"

link_mute rs2
not_ok "a mute one lets nothing through" \
    in_ns client ping -qc1 -W1 "$(ns_addr rs2)"
like "its carrier is there" "$(ip -n rs2 link show eth0)" 'state UP'
link_cut rs2
link_mend rs2
ok "until it has been cut and mended" \
    wait_for 5 in_ns client ping -qc1 -W1 "$(ns_addr rs2)"

proc_start sleeper dir2 sleep 100
pid=$(proc_pid sleeper)
net_down
not_ok "net_down ends what was started" test -e "/proc/$pid/exe"
is "and removes the namespaces" "$(ip netns list)" ""
done_testing
