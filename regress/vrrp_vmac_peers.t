#!/bin/sh
#
# Virtual MACs beside those of keepalived (use_vmac) and of FRR, which share
# an address with lvsd; each is master and backup, and all use the same MAC.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/frr.sh"

local6=fe80::77:10

# The family at hand: FAMILY MAC VIP SOURCES ADDRESSES WORD
inet() {
	family=4 mac=00:00:5e:00:01:33 vip=$LAB_VIP ours=10.77.0.1 \
	    theirs=10.77.0.2 addresses=$LAB_VIP/24 word=ip
}

inet6() {
	family=6 mac=00:00:5e:00:02:33 vip=$LAB_VIP6 ours=fe80::1 \
	    theirs=fe80::2 addresses="$local6/64 $LAB_VIP6/64" word=ipv6
}

# Of 100 milliseconds: VERSION
interval() {
	[ "$1" = 2 ] && echo 10 || echo 2
}

# lvsd on dir1: VERSION PRIORITY
lvsd_conf() {
	echo 'vrrp "VI_1" on eth0 {'
	printf '\t%s\n' "version $1" 'vrid 51' "priority $2" \
	    "advertise $(interval "$1")00ms" 'use virtual mac'
	printf '\taddress %s\n' $addresses
	echo '}'
}

# keepalived on dir2, the same
keepalived_conf() {
	cat <<-CONF
	global_defs {
		vrrp_version $1
	}
	vrrp_instance VI_1 {
		interface eth0
		use_vmac
		virtual_router_id 51
		priority 100
		advert_int $(awk -v n="$(interval "$1")" 'BEGIN { print n / 10 }')
		virtual_ipaddress {
			$(printf '%s\n' $addresses)
		}
	}
	CONF
}

keepalived_start() {
	keepalived_conf "$1" >"$LAB_TMP/keepalived.conf"
	proc_start dir2 dir2 keepalived -n -l -D -P \
	    -f "$LAB_TMP/keepalived.conf" -p "$LAB_TMP/keepalived" \
	    -r "$LAB_TMP/keepalived_vrrp"
	wait_for 10 says dir2 'Entering BACKUP STATE'
}

keepalived_stop() {
	proc_stop dir2
}

# FRR has its device made by others.
vrrpd_start() {
	[ $family = 4 ] || theirs=fe80::2:51
	frr_device dir2 peer 51 $addresses || return 1
	{
		echo 'interface eth0'
		printf ' vrrp 51 %s\n' "version $1" 'priority 100' \
		    "advertisement-interval $(interval "$1")00"
		for _address in $addresses; do
			echo " vrrp 51 $word ${_address%/*}"
		done
	} >"$LAB_TMP/vrrpd.conf"
	frr_start dir2
}

vrrpd_stop() {
	frr_stop && ip -n dir2 link del peer
}

# The last advert was of this router.
advertised_by() {
	[ "$(tcpdump -r "$pcap" -n proto 112 or ip6 proto 112 2>/dev/null |
	    tail -n1 | cut -d' ' -f3)" = "$1" ]
}

reaches() {
	in_ns client ping -qc1 -W1 $vip >/dev/null &&
	    [ "$(mac_of client $vip)" = $mac ]
}

# PEER VERSION
together() {
	name="$1, version $2, IPv$family"
	pcap=$LAB_TMP/$((tested += 1)).pcap
	capture "$pcap"

	ok "$name: it starts" "$1_start" "$2"
	ok "is master" wait_for 15 advertised_by $theirs
	lvsd_conf "$2" 200 >"$LAB_TMP/dir1.conf"
	ok "lvsd starts" director dir1
	ok "preempts" wait_for 15 is_role dir1 VI_1 master
	ok "has the address" wait_for 10 holds dir1 $vip
	ok "the other obeys" wait_for 10 advertised_by $ours
	ok "the client reaches it" wait_for 10 reaches
	hears_none=$(received dir1)
	sleep 2
	ok "and obeys still" advertised_by $ours
	is "lvsd hears no rival" "$(received dir1)" "$hears_none"
	ok "lvsd stops" proc_stop dir1
	ok "the other is master" wait_for 15 advertised_by $theirs
	ok "the client reaches it" wait_for 10 reaches
	lvsd_conf "$2" 50 >"$LAB_TMP/dir1.conf"
	ok "lvsd starts with a lower priority" director dir1
	ok "hears the other" wait_for 10 heard dir1 3
	is "is backup" "$(role dir1 VI_1)" backup
	ok "the other stops" "$1_stop"
	ok "lvsd is master" wait_for 15 is_role dir1 VI_1 master
	ok "the client reaches it" wait_for 15 reaches
	ok "by IP as by MAC" advertised_by $ours
	unlike "lvsd dropped nothing" "$(cat "$LAB_TMP/dir1.log")" dropped
	proc_stop dir1
	proc_stop capture
	is "tshark finds nothing wrong" "$(remarks "$pcap")" ""
	is "there is one MAC for all" "$(tshark -r "$pcap" -Y vrrp \
	    -T fields -e eth.src 2>/dev/null | sort -u)" $mac
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 link add link eth0 type macvlan mode vepa 2>/dev/null ||
    skip_all "no macvlan in this kernel"
ip -n dir1 link del macvlan0
tested=0
if command -v keepalived >/dev/null; then
	inet
	together keepalived 2
	together keepalived 3
	inet6
	together keepalived 3
else
	skip 66 "keepalived is not installed"
fi
if [ -x $FRR/vrrpd ]; then
	inet
	together vrrpd 3
	inet6
	together vrrpd 3
else
	skip 44 "FRR is not installed"
fi
is "lvsd ended well" "$(faults)" ""
done_testing
