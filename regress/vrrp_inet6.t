#!/bin/sh
#
# VRRP over IPv6: two directors share addresses, beside an instance of IPv4
# with the same number; what goes over the wire; no link-local address, and
# more addresses than an advert has room for.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

local6=fe80::77:10

# config PRIORITY [LINE...]: VI_6 of IPv6 and VI_1 of IPv4.
config() {
	_priority=$1
	shift
	echo 'vrrp "VI_6" on eth0 {'
	printf '\t%s\n' 'vrid 51' "priority $_priority" 'advertise 100ms' \
	    "address $local6/64" "address $LAB_VIP6/64" "$@"
	echo '}'
	instance "$_priority"
}

both() {
	is_role "$1" VI_6 "$2" && is_role "$1" VI_1 "$2"
}

settled() {
	wait_for 10 both "$1" master && wait_for 10 both "$2" backup &&
	    wait_for 10 holds "$1" $LAB_VIP6 &&
	    wait_for 10 lacks "$2" $LAB_VIP6
}

reaches() {
	in_ns client ping -qc1 -W1 "$1" >/dev/null
}

knows() {
	reaches $LAB_VIP6 && [ "$(mac_of client $LAB_VIP6)" = "$1" ]
}

reason() {
	ctl "$1" show vrrp VI_6 | grep -Eq "$2"
}

fields() {
	tshark -r "$LAB_TMP/six.pcap" -Y 'vrrp && ipv6' -T fields \
	    -E separator=' ' "$@" 2>/dev/null | sort -u
}

trap net_down EXIT
net_up || bail "no network"
capture "$LAB_TMP/six.pcap" ip6 proto 112 or proto 112
config 200 >"$LAB_TMP/dir1.conf"
config 100 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 is master of both families, dir2 backup" settled dir1 dir2
ok "the client reaches the address there" wait_for 5 knows 02:77:00:00:00:01
like "dir2 follows a link-local address" "$(ctl dir2 show vrrp VI_6)" \
    'master fe80::1 priority 200, advertises every 100ms'
like "dir1 says from where it advertises" "$(ctl dir1 show vrrp VI_6)" \
    'adverts from fe80::1$'
like "no address is a source by itself" \
    "$(ip -n dir1 -6 addr show to $LAB_VIP6)" 'deprecated'
like "nor the link-local one" "$(ip -n dir1 -6 addr show to $local6)" \
    'deprecated'
unlike "and both can be used" "$(ip -n dir1 -6 addr show dev eth0)" tentative

ok "dir1 stops" proc_stop dir1
ok "dir2 hears the release" wait_for 5 says dir2 \
    'VI_6: backup -> master: the master has released'
ok "the client finds it there" wait_for 5 knows 02:77:00:00:00:02
ok "dir1 comes back" director dir1
ok "preempts" settled dir1 dir2
proc_stop capture
is "tshark finds nothing wrong" "$(remarks "$LAB_TMP/six.pcap")" ""
is "sources, destination, hop limit, class" \
    "$(fields -e ipv6.src -e ipv6.dst -e ipv6.hlim -e ipv6.tclass)" \
    "fe80::1 ff02::12 255 0x000000c0
fe80::2 ff02::12 255 0x000000c0"
is "version, number, count, checksum" "$(fields -e vrrp.version \
    -e vrrp.virt_rtr_id -e vrrp.addr_count -e vrrp.checksum.status)" \
    "3 51 2 1"
is "addresses in their order" "$(fields -e vrrp.ipv6_addr)" \
    "$local6,$LAB_VIP6"

# Without a link-local address there is nothing to send from.
ip -n dir1 addr del fe80::1/64 dev eth0
ok "dir1 loses its link-local address" wait_for 5 is_role dir1 VI_6 fault
ok "and says so" reason dir1 'eth0 has no IPv6 link-local address'
is "IPv4 does not mind" "$(role dir1 VI_1)" master
ok "dir2 takes over" wait_for 5 is_role dir2 VI_6 master
ip -n dir1 addr add fe80::1/64 dev eth0 nodad
ok "dir1 has one again" wait_for 10 is_role dir1 VI_6 master

# 77 addresses fill the smallest MTU that IPv6 knows.
lines=
for i in $(seq 100 174); do
	lines="$lines
	address fd77::$i"
done
config 200 "$lines" >"$LAB_TMP/dir1.conf"
ok "77 addresses" ctl dir1 reload
ok "are still fine" holds dir1 fd77::174
ip -n dir1 link set eth0 mtu 1280
ip -n dir2 link set eth0 mtu 1280
mtu_said() {
	ctl dir1 show vrrp VI_6 | grep -q 'on eth0' &&
	    [ "$(ip -n dir1 -o link show eth0 | grep -c 'mtu 1280')" = 1 ]
}
ok "with an MTU of 1280 too" wait_for 5 mtu_said
is "dir1 is master" "$(role dir1 VI_6)" master
config 200 "$lines" "address fd77::175" >"$LAB_TMP/dir1.conf"
ok "and one more" ctl dir1 reload
ok "is too much" wait_for 5 is_role dir1 VI_6 fault
ok "which is said" reason dir1 \
    'an advert of its 78 addresses has 1296 bytes, more than the MTU of eth0, 1280'
ip -n dir1 link set eth0 mtu 1500
ok "fits a larger one" wait_for 5 is_role dir1 VI_6 master
proc_stop dir1
proc_stop dir2
is "nothing is left" "$(ip -n dir1 -o -6 addr show to fd77::/64 |
    grep -c ' fd77::1/')" 1
is "lvsd ended well" "$(faults)" ""
done_testing
