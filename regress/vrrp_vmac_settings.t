#!/bin/sh
#
# The settings that a virtual MAC needs: they are made, each is needed, what
# was before comes back at the end; and such a master that does not accept.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

mac4=00:00:5e:00:01:33 mac6=00:00:5e:00:02:33 own=02:77:00:00:00:01

# [LINE...]: VI_6 of IPv6 and VI_1 of IPv4, both masters.
config() {
	echo 'vrrp "VI_6" on eth0 {'
	printf '\t%s\n' 'vrid 51' 'priority 200' 'advertise 100ms' \
	    'address fe80::77:10/64' "address $LAB_VIP6/64" \
	    'use virtual mac' "$@"
	echo '}'
	instance 200 'use virtual mac' "$@"
}

master() {
	wait_for 10 is_role dir1 VI_1 master &&
	    wait_for 10 is_role dir1 VI_6 master &&
	    wait_for 10 holds dir1 && wait_for 10 holds dir1 $LAB_VIP6
}

setting() {
	in_ns dir1 cat "/proc/sys/net/$1"
}

set_to() {
	in_ns dir1 sh -c 'echo "$2" >"/proc/sys/net/$1"' - "$@"
}

settings() {
	for _name in arp_ignore arp_announce; do
		setting ipv4/conf/eth0/$_name
	done | tr '\n' ' '
}

device() {
	for _name in ipv4/conf/vrrp.51/arp_ignore ipv4/conf/vrrp.51/rp_filter \
	    ipv4/conf/vrrp.51/forwarding ipv6/conf/vrrp6.51/addr_gen_mode \
	    ipv6/conf/vrrp6.51/accept_ra; do
		setting $_name
	done | tr '\n' ' '
}

# Whose MACs are in the answers to three questions by ARP.
answered_by() {
	in_ns client arping -c3 -w3 -I eth0 "$1" |
	    grep -o '\[[0-9A-Fa-f:]*\]' | tr 'A-F' 'a-f' | tr -d '[]' |
	    sort -u | tr '\n' ' '
}

# As whom the interface asks, with its own MAC, when the address has to.
asks_as() {
	proc_start wire lan tcpdump -i dir1 -Q in -U -n -l \
	    "arp[6:2] == 1 and ether src $own"
	wait_for 10 says wire 'listening on'
	ip -n dir1 neigh flush all
	in_ns dir1 ping -qc1 -W1 -I $LAB_VIP "$(ns_addr rs2)" >/dev/null
	wait_for 5 says wire tell
	proc_stop wire INT
	grep -o 'tell [0-9.]*' "$LAB_TMP/wire.log" | sort -u
}

# By what is answered now: ARP without the settings may have misled it.
reaches() {
	ip -n client neigh flush dev eth0
	in_ns client ping -qc1 -W1 ${1-$LAB_VIP} >/dev/null
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 link add link eth0 type macvlan mode vepa 2>/dev/null ||
    skip_all "no macvlan in this kernel"
ip -n dir1 link del macvlan0

# What is more than needed stays, what others set meanwhile too.
set_to ipv4/conf/eth0/arp_ignore 2
config >"$LAB_TMP/dir1.conf"
ok "an interface with a setting of its own" director dir1
ok "is master" master
is "keeps it" "$(settings)" "2 2 "
set_to ipv4/conf/eth0/arp_announce 1
ok "lvsd stops" proc_stop dir1
is "what was set meanwhile stays" "$(settings)" "2 1 "

# The plain case, on a machine that is strict and takes advertised routers.
set_to ipv4/conf/eth0/arp_ignore 0
set_to ipv4/conf/eth0/arp_announce 0
set_to ipv4/conf/all/rp_filter 1
set_to ipv6/conf/default/accept_ra 2
ok "lvsd starts" director dir1
ok "is master again" master
is "the interface is as it must be" "$(settings)" "1 2 "
is "the devices too" "$(device)" "1 2 1 1 0 "
ok "the client reaches the address" wait_for 5 reaches
is "the address is answered for by its MAC" "$(answered_by $LAB_VIP)" "$mac4 "
is "the interface by its own" "$(answered_by "$(ns_addr dir1)")" "$own "
is "which asks as itself" "$(asks_as)" "tell $(ns_addr dir1)"

# Without.
set_to ipv4/conf/eth0/arp_ignore 0
is "else the interface answers for the address" \
    "$(answered_by $LAB_VIP)" "$mac4 $own "
set_to ipv4/conf/eth0/arp_ignore 1
set_to ipv4/conf/vrrp.51/arp_ignore 0
is "and the device for the interface" \
    "$(answered_by "$(ns_addr dir1)")" "$mac4 $own "
set_to ipv4/conf/vrrp.51/arp_ignore 1
set_to ipv4/conf/eth0/arp_announce 0
is "asks in the name of the address" "$(asks_as)" "tell $LAB_VIP"
set_to ipv4/conf/eth0/arp_announce 2
set_to ipv4/conf/vrrp.51/rp_filter 1
not_ok "and nothing is taken by the device" reaches
set_to ipv4/conf/vrrp.51/rp_filter 2
ok "with all of them it is" wait_for 5 reaches

# No accept.
config 'no accept' >"$LAB_TMP/dir1.conf"
ok "no accept" ctl dir1 reload
not_ok "IPv6 is not taken" reaches $LAB_VIP6
is "but neighbours are answered, with the virtual MAC" \
    "$(mac_of client $LAB_VIP6)" $mac6
not_ok "nor IPv4" reaches
is "answered with the one of IPv4" "$(mac_of client $LAB_VIP)" $mac4
ok "the master's own address is not meant" reaches "$(ns_addr dir1)"
config >"$LAB_TMP/dir1.conf"
ok "accept" ctl dir1 reload
ok "all is taken" reaches
ok "by IPv6 too" reaches $LAB_VIP6

ok "lvsd stops" proc_stop dir1
is "the interface is as it was" "$(settings)" "0 0 "
is "no device is left" "$(ip -n dir1 -br link show type macvlan)" ""
is "nor a rule" "$(ip -n dir1 -6 rule | grep -c iif)" 0
is "lvsd ended well" "$(faults)" ""
done_testing
