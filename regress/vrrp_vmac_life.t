#!/bin/sh
#
# The life of a device with a virtual MAC: over deaths of lvsd, reloads,
# somebody else's hands, the end of the interface below, beside peers that
# are spoken to one by one.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

mac=00:00:5e:00:01:33
mac1=02:77:00:00:00:01

configure() {
	instance 200 "$@" >"$LAB_TMP/dir1.conf"
}

device() {
	ip -n dir1 -d link show "${1-vrrp.51}" 2>/dev/null
}

index() {
	device | sed -n 's/^\([0-9]*\): .*/\1/p'
}

there() {
	device "$@" | grep -q "link/ether $mac"
}

not_there() {
	[ -z "$(device "$@")" ]
}

reaches() {
	in_ns client ping -qc1 -W1 ${1-$LAB_VIP} >/dev/null
}

# The client reaches the address, and knows this MAC for it.  It does not take
# a change within a second of the last; the second burst tells it again.
reaches_at() {
	reaches && [ "$(mac_of client $LAB_VIP)" = "$1" ]
}

on() {
	ip -n dir1 -o addr show dev "$1" | grep -q " ${2-$LAB_VIP}/"
}

master() {
	wait_for 10 is_role dir1 VI_1 master && wait_for 10 on "${1-vrrp.51}"
}

reason() {
	ctl dir1 show vrrp | grep -Eq "$1"
}

setting() {
	in_ns dir1 cat "/proc/sys/net/ipv4/conf/$1"
}

settings() {
	echo "$(setting eth0/arp_ignore) $(setting eth0/arp_announce)"
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 link add link eth0 type macvlan mode vepa 2>/dev/null ||
    skip_all "no macvlan in this kernel"
ip -n dir1 link del macvlan0
in_ns dir1 sysctl -qw net.ipv4.conf.eth0.arp_announce=1

# Reloads, as master.
configure
ok "with the interface's MAC" director dir1
ok "dir1 is master" master eth0
ok "and known by that" wait_for 15 reaches_at $mac1
configure 'use virtual mac'
ok "reload: a virtual MAC" ctl dir1 reload
ok "the address is on a device" wait_for 10 on vrrp.51
ok "and no more on the interface" wait_for 10 eval '! on eth0'
ok "the client is told" wait_for 15 reaches_at $mac
is "dir1 has been master all the time" "$(count_said dir1 'VI_1: .* -> ')" 2
is "settings of the interface are what they must be" "$(settings)" "1 2"
index=$(index)
configure 'use virtual mac' 'address 10.77.0.20/24' \
    'address fd77::20/64 excluded'
ok "reload: two addresses more" ctl dir1 reload
ok "on the device" wait_for 10 on vrrp.51 10.77.0.20
ok "the client reaches one" wait_for 5 reaches 10.77.0.20
ok "and the other, of IPv6" wait_for 5 reaches fd77::20
configure 'use virtual mac'
ok "reload: without them" ctl dir1 reload
ok "the one has gone" wait_for 10 eval '! on vrrp.51 10.77.0.20'
ok "the other too" wait_for 10 eval '! on vrrp.51 fd77::20'
is "the device is the same" "$(index)" "$index"
is "and no rule is left" "$(ip -n dir1 -6 rule | grep -c iif)" 0
configure 'use virtual mac "vmac0"'
ok "reload: another name" ctl dir1 reload
ok "the address is there" wait_for 10 on vmac0
ok "the old device has gone" wait_for 10 not_there
ok "the client reaches it" wait_for 15 reaches_at $mac
configure
ok "reload: without" ctl dir1 reload
ok "the address is on the interface" wait_for 10 on eth0
ok "the device has gone" wait_for 10 not_there vmac0
ok "the client is told" wait_for 15 reaches_at $mac1
is "settings of the interface are as before" "$(settings)" "0 1"

# Deaths.
configure 'use virtual mac'
ok "a virtual MAC again" ctl dir1 reload
ok "the address is there" wait_for 10 on vrrp.51
index=$(index)
proc_start addresses dir1 ip -n dir1 -o monitor address
ok "lvsd crashes" crash dir1
ok "the next life" director dir1
ok "is master" master
is "by the same device" "$(index)" "$index"
unlike "that never was without the address" "$(cat "$LAB_TMP/addresses.log")" \
    "Deleted.* $LAB_VIP/"
proc_stop addresses
ok "the client reaches it" reaches_at $mac
instance 200 'use virtual mac "vrrp.51"' |
    sed 's/vrid 51/vrid 52/' >"$LAB_TMP/dir1.conf"
ok "reload: another VRID" ctl dir1 reload
ok "is another MAC" wait_for 10 \
    eval 'device | grep -q "link/ether 00:00:5e:00:01:34"'
ok "the address is there" wait_for 10 on vrrp.51
unlike "at the first attempt" "$(cat "$LAB_TMP/dir1.log")" 'cannot be made'
ok "lvsd crashes again" crash dir1
configure
ok "the next life has no virtual MAC" director dir1
ok "the device goes" wait_for 10 not_there
is "and its settings, which one life told the next" "$(settings)" "0 1"
ok "dir1 is master" master eth0
proc_stop dir1

# Families that come and go, of a backup.
mixed() {
	echo 'vrrp "VI_1" on eth0 {'
	printf '\t%s\n' 'vrid 51' 'advertise 20s' 'use virtual mac' \
	    "address fe80::77:10/64" "address $LAB_VIP6/64" "$@"
	echo '}'
} >"$LAB_TMP/dir1.conf"
mixed
ok "a device of IPv6 alone" director dir1
ok "is there" wait_for 10 eval 'device vrrp6.51 | grep -q "[<,]UP"'
ok "with its rule" eval 'ip -n dir1 -6 rule | grep -q "iif vrrp6.51"'
is "the interface is as it was" "$(settings)" "0 1"
mixed 'address 10.77.0.30/24 excluded'
ok "reload: an address of IPv4" ctl dir1 reload
ok "the interface is as it must be" wait_for 5 eval '[ "$(settings)" = "1 2" ]'
mixed
ok "reload: without" ctl dir1 reload
ok "the interface is as it was" wait_for 5 eval '[ "$(settings)" = "0 1" ]'
mixed 'address 10.77.0.30/24 excluded'
ok "reload: IPv4 again" ctl dir1 reload
ok "as it must be" wait_for 5 eval '[ "$(settings)" = "1 2" ]'
ok "lvsd crashes" crash dir1
configure
ok "the next life has no virtual MAC" director dir1
ok "the device goes" wait_for 10 not_there vrrp6.51
is "and the rule" "$(ip -n dir1 -6 rule | grep -c iif)" 0
is "the interface is as it was" "$(settings)" "0 1"
proc_stop dir1

# Somebody else's hands.
configure 'use virtual mac'
ip -n dir1 link add link eth0 name vrrp.51 type macvlan mode vepa
ok "there is a device of this name" director dir1
ok "lvsd does not touch it" wait_for 5 is_role dir1 VI_1 fault
ok "shows what it lacks" reason 'there is no device with its virtual MAC'
ok "and says whose fault that is" says dir1 'VI_1": virtual interface vrrp.51 on eth0: there is one of this name, which is not ours; remove it, or use virtual mac with another name'
is "once" "$(count_said dir1 'which is not ours')" 1
unlike "it has no mark" "$(device)" alias
ip -n dir1 link del vrrp.51
ok "when it has gone, lvsd makes its own" wait_for 10 there
ok "and is master" master
ip -n dir1 link del vrrp.51
ok "one that is removed is made again" wait_for 10 there
ok "with its address" wait_for 10 on vrrp.51
ok "the client reaches it" wait_for 15 reaches_at $mac
ip -n dir1 link set vrrp.51 down
ok "one that is brought down comes up" wait_for 10 \
    eval 'device | grep -q "[<,]UP"'
ip -n dir1 link set vrrp.51 address 02:00:00:00:00:01
ok "one with another MAC is replaced" wait_for 10 there
ok "the client reaches it" wait_for 15 reaches_at $mac
ip -n dir1 link set vrrp.51 type macvlan mode private
ok "one in another mode is put right" wait_for 10 \
    eval 'device | grep -q "mode vepa"'

# The interface below.
ip -n lan link del dir1
ok "the interface goes: fault" wait_for 5 is_role dir1 VI_1 fault
ok "and the device with it" not_there
ip -n lan link add dir1 type veth peer name eth0 netns dir1 address $mac1
ip -n lan link set dir1 master br0 up
ip -n dir1 addr add 10.77.0.1/24 dev eth0
ip -n dir1 link set eth0 up
ok "another comes: dir1 is master" master
ok "the client reaches it" wait_for 15 reaches_at $mac
is "with the settings that it must have" "$(settings)" "1 2"

# Peers, to whom adverts go by the interface's own MAC.
configure 'use virtual mac' 'peer 10.77.0.2'
capture "$LAB_TMP/all.pcap" proto 112
wire=$LAB_TMP/wire.pcap
proc_start wire lan tcpdump -i dir1 -U -n -w "$wire" proto 112
wait_for 10 says wire 'listening on'
ok "to a peer" ctl dir1 reload
ok "dir1 is master" master
ok "the client reaches it" wait_for 15 reaches_at $mac
adverts() {
	tshark -r "$wire" -Y 'ip.dst == 10.77.0.2' -T fields -e eth.src \
	    2>/dev/null | sort -u
}
ok "adverts leave by the MAC that the peer knows" \
    wait_for 10 eval '[ "$(adverts)" = "$mac1" ]'
proc_stop wire
proc_stop capture

ok "dir1 stops" proc_stop dir1
ok "nothing is left" not_there
is "and all is as before" "$(settings)" "0 0"
is "lvsd ended well" "$(faults)" ""
done_testing
