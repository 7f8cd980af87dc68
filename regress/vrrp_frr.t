#!/bin/sh
#
# lvsd and FRR's vrrpd share addresses, of version 2, version 3 and IPv6, all
# of them at once; each of them is master and backup, and is released by the
# other.  vrrpd must find nothing wrong with our adverts, nor tshark with any.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/vrrp_peer.sh"
. "$TOP/regress/frr.sh"

[ -x $FRR/vrrpd ] || skip_all "FRR is not installed"

kinds="v2 v3 v6"

# kind NAME: what it is.
kind() {
	version=3 advertise=200 len=24
	case $1 in
	v2)	vrid=51 version=2 advertise=1000 ;;
	v3)	vrid=54 ;;
	v6)	vrid=56 len=64 ;;
	esac
	vips=10.77.0.$vrid
	[ $1 != v6 ] || vips="fe80::77:$vrid fd77::$vrid"
}

# lvsd on dir1: PRIORITY
ours() {
	for _kind in $kinds; do
		kind $_kind
		echo "vrrp \"$_kind\" on eth0 {"
		printf '\t%s\n' "version $version" "vrid $vrid" \
		    "priority $1" "advertise ${advertise}ms"
		printf "\taddress %s/$len\n" $vips
		echo '}'
	done
}

# vrrpd on dir2, the same.
theirs() {
	echo 'debug vrrp protocol'
	echo 'interface eth0'
	for _kind in $kinds; do
		kind $_kind
		printf " vrrp $vrid %s\n" "version $version" "priority $1" \
		    "advertisement-interval $advertise"
		for _vip in $vips; do
			case $_vip in
			*:*)	echo " vrrp $vrid ipv6 $_vip" ;;
			*)	echo " vrrp $vrid ip $_vip" ;;
			esac
		done
	done
}

devices() {
	for _kind in $kinds; do
		kind $_kind
		set --
		for _vip in $vips; do
			set -- "$@" $_vip/$len
		done
		frr_device dir2 $_kind $vrid "$@" || return 1
	done
}

# STATE KIND, of vrrpd
its_role() {
	kind $2
	_family=4
	[ $2 != v6 ] || _family=6
	[ "$(frr_role $vrid $_family)" = $1 ]
}

# KIND: of vrrpd
its_release() {
	kind $1
	says vrrpd "Received VRRP Advertisement .* vrid $vrid, priority 0,"
}

# What vrrpd says of adverts that it does not like.
complaints() {
	grep -E 'Datagram invalid|Bad |undersized|incorrect|does not match' \
	    "$LAB_TMP/vrrpd.log"
}

trap net_down EXIT
net_up || bail "no network"
capture "$LAB_TMP/all.pcap" proto 112 or ip6 proto 112
devices || skip_all "no macvlan in this kernel"
theirs 100 >"$LAB_TMP/vrrpd.conf"
ours 200 >"$LAB_TMP/dir1.conf"
ok "vrrpd starts" frr_start dir2
each "it is master" its_role Master
ok "lvsd starts" director dir1
each "lvsd preempts" in_role master
each "vrrpd obeys" its_role Backup
ok "lvsd stops" proc_stop dir1
each "vrrpd is master" its_role Master
each "it has heard the release" its_release

ours 50 >"$LAB_TMP/dir1.conf"
ok "lvsd starts with a lower priority" director dir1
each "lvsd hears vrrpd" heard_twice
each "lvsd is backup" in_role backup
each "vrrpd is master still" its_role Master
is "vrrpd has no complaints" "$(complaints)" ""
ok "it stops" frr_stop
each "lvsd hears the release" released
ok "vrrpd comes back" frr_start dir2
each "it preempts" its_role Master
each "lvsd obeys" in_role backup
unlike "lvsd dropped nothing" "$(cat "$LAB_TMP/dir1.log")" dropped
proc_stop dir1
frr_stop
proc_stop capture
is "tshark neither" "$(remarks "$LAB_TMP/all.pcap")" ""
is "nor does it see other checksums" "$(seen vrrp.checksum.status)" 1
is "both were heard" "$(seen vrrp.virt_rtr_id vrrp.version ip.src \
    ipv6.src)" "51 2 10.77.0.1
51 2 10.77.0.2
54 3 10.77.0.1
54 3 10.77.0.2
56 3 fe80::1
56 3 fe80::2:56"
is "lvsd ended well" "$(faults)" ""
done_testing
