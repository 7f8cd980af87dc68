#!/bin/sh
#
# The life of a device with a virtual MAC for IPv6: over reloads, deaths of
# lvsd, the end of the interface below.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

mac=00:00:5e:00:02:33
mac1=02:77:00:00:00:01

configure() {
	{
		echo 'vrrp "VI_1" on eth0 {'
		printf '\t%s\n' 'vrid 51' 'priority 200' 'advertise 100ms' \
		    'address fe80::77:10/64' "address $LAB_VIP6/64" "$@"
		echo '}'
	} >"$LAB_TMP/dir1.conf"
}

device() {
	ip -n dir1 -d link show vrrp6.51 2>/dev/null
}

# Both addresses are on this interface.
on() {
	for _addr in fe80::77:10 $LAB_VIP6; do
		ip -n dir1 -o addr show dev "$1" | grep -q " $_addr/" ||
		    return 1
	done
}

master() {
	wait_for 10 is_role dir1 VI_1 master && wait_for 10 on "$1"
}

# The client reaches the address at this MAC.
reaches_at() {
	in_ns client ping -qc1 -W1 $LAB_VIP6 >/dev/null &&
	    [ "$(mac_of client $LAB_VIP6)" = "$1" ]
}

rules() {
	ip -n dir1 -6 rule | grep -c iif
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 link add link eth0 type macvlan mode vepa 2>/dev/null ||
    skip_all "no macvlan in this kernel"
ip -n dir1 link del macvlan0

configure
ok "with the interface's MAC" director dir1
ok "dir1 is master" master eth0
ok "and known by that" wait_for 15 reaches_at $mac1
configure 'use virtual mac'
ok "reload: a virtual MAC" ctl dir1 reload
ok "the addresses are on a device" wait_for 10 on vrrp6.51
ok "and no more on the interface" wait_for 10 eval '! on eth0'
ok "the client is told" wait_for 15 reaches_at $mac
is "dir1 has been master all the time" "$(count_said dir1 'VI_1: .* -> ')" 2
is "a master has no rule" "$(rules)" 0

device=$(device | head -n1)
proc_start addresses dir1 ip -n dir1 -o monitor address
ok "lvsd crashes" crash dir1
ok "the next life" director dir1
ok "is master" master vrrp6.51
is "by the same device" "$(device | head -n1)" "$device"
unlike "that never was without an address" \
    "$(cat "$LAB_TMP/addresses.log")" "Deleted.* ($LAB_VIP6|fe80::77:10)/"
proc_stop addresses
ok "the client reaches it" wait_for 5 reaches_at $mac

ip -n dir1 link del vrrp6.51
ok "a device that is removed is made again" wait_for 10 on vrrp6.51
ok "the client reaches it" wait_for 15 reaches_at $mac

ip -n lan link del dir1
ok "the interface goes: fault" wait_for 5 is_role dir1 VI_1 fault
ok "and the device with it" wait_for 5 eval '[ -z "$(device)" ]'
ip -n lan link add dir1 type veth peer name eth0 netns dir1 address $mac1
ip -n lan link set dir1 master br0 up
ip -n dir1 addr add fe80::1/64 dev eth0 nodad
ip -n dir1 addr add fd77::1/64 dev eth0 nodad
ip -n dir1 link set eth0 up
ok "another comes: dir1 is master" master vrrp6.51
ok "the client reaches it" wait_for 15 reaches_at $mac

ok "it resigns to nobody" \
    eval '! ctl dir1 vrrp resign VI_1'
ok "which leaves it master" master vrrp6.51
ok "the client reaches it still" wait_for 5 reaches_at $mac
configure
ok "reload: without" ctl dir1 reload
ok "the addresses are on the interface" wait_for 10 on eth0
ok "the device has gone" wait_for 10 eval '[ -z "$(device)" ]'
ok "the client is told" wait_for 15 reaches_at $mac1
is "no rule is left" "$(rules)" 0
ok "dir1 stops" proc_stop dir1
is "lvsd ended well" "$(faults)" ""
done_testing
