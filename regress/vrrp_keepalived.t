#!/bin/sh
#
# lvsd and keepalived share addresses in each way that both know, all of them
# at once, an instance for each: each of them is master and backup, and is
# released by the other.  keepalived must find nothing wrong with our adverts,
# nor tshark with any.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/vrrp_peer.sh"

command -v keepalived >/dev/null || skip_all "keepalived is not installed"

kinds="v2 pass v2u v3 v3u v6 v6u"

# kind NAME: what it is.
kind() {
	version=3 advertise=200 pass= peers=
	case $1 in
	v2)	vrid=51 version=2 advertise=1000 ;;
	pass)	vrid=52 version=2 advertise=1000 pass=s3cr3t ;;
	v2u)	vrid=53 version=2 advertise=1000 peers=10.77.0 ;;
	v3)	vrid=54 ;;
	v3u)	vrid=55 peers=10.77.0 ;;
	v6)	vrid=56 ;;
	v6u)	vrid=57 peers=fe80: ;;
	esac
	case $1 in
	v6*)	vips="fe80::77:$vrid fd77::$vrid" sep=: ;;
	*)	vips=10.77.0.$vrid sep=. ;;
	esac
	len=24
	[ $sep = . ] || len=64
}

# lvsd on dir1: PRIORITY
ours() {
	for _kind in $kinds; do
		kind $_kind
		echo "vrrp \"$_kind\" on eth0 {"
		printf '\t%s\n' "version $version" "vrid $vrid" \
		    "priority $1" "advertise ${advertise}ms"
		printf "\taddress %s/$len\n" $vips
		[ -z "$pass" ] || echo "	auth pass \"$pass\""
		# keepalived sends IPv6 to peers with a hop limit of 64.
		case $_kind in
		v6u)	echo "	peer fe80::2 ttl 64" ;;
		*u)	echo "	peer $peers.2" ;;
		esac
		echo '}'
	done
}

# keepalived on dir2, the same.
theirs() {
	for _kind in $kinds; do
		kind $_kind
		echo "vrrp_instance $_kind {"
		printf '\t%s\n' "version $version" "interface eth0" \
		    "virtual_router_id $vrid" "priority $1" \
		    "advert_int $((advertise / 1000)).$((advertise / 100 % 10))"
		printf "\tvirtual_ipaddress {\n%s\t}\n" "$(
		    printf "\t\t%s/$len\n" $vips)
"
		[ -z "$pass" ] || printf '\t%s\n' 'authentication {' \
		    '	auth_type PASS' "	auth_pass $pass" '}'
		[ -z "$peers" ] || printf '\t%s\n' \
		    "unicast_src_ip $peers${sep}2" 'unicast_peer {' \
		    "	$peers${sep}1" '}'
		echo '}'
	done
}

keepalived_start() {
	proc_start dir2 dir2 keepalived -n -l -D -P \
	    -f "$LAB_TMP/keepalived.conf" -p "$LAB_TMP/keepalived" \
	    -r "$LAB_TMP/keepalived_vrrp"
	wait_for 10 says dir2 'Entering BACKUP STATE'
}

# MASTER BACKUP KIND
has_it() {
	kind $3
	for _vip in $vips; do
		holds $1 $_vip && lacks $2 $_vip || return 1
	done
}

masters() {
	wait_for 15 every has_it $1 $2
}

# TEXT KIND, of keepalived
it_says() {
	says dir2 "\($2\) $1"
}

# What keepalived says of adverts that it does not like.
complaints() {
	grep -Ei "invalid|wrong|mismatch|expect|too short|too long|not present|\
error|unexpected|unicast source" "$LAB_TMP/dir2.log"
}

trap net_down EXIT
net_up || bail "no network"
# The client would not see what is sent to a peer.
capture_at dir1 "$LAB_TMP/all.pcap" proto 112 or ip6 proto 112
theirs 100 >"$LAB_TMP/keepalived.conf"
ours 200 >"$LAB_TMP/dir1.conf"
ok "keepalived starts" keepalived_start
ok "is master of each kind: $kinds" masters dir2 dir1
ok "lvsd starts" director dir1
ok "preempts" masters dir1 dir2
each "lvsd is master" in_role master
each "keepalived obeys" it_says \
    'Master received advert from .* with higher priority 200'
ok "lvsd stops" proc_stop dir1
each "keepalived hears the release" it_says \
    'Backup received priority 0 advertisement'
ok "and is master" masters dir2 dir1

ours 50 >"$LAB_TMP/dir1.conf"
ok "lvsd starts with a lower priority" director dir1
each "lvsd hears keepalived" heard_twice
each "lvsd is backup" in_role backup
is "keepalived has no complaints" "$(complaints)" ""
ok "it stops" proc_stop dir2
each "lvsd hears the release" released
ok "and is master" masters dir1 dir2
ok "keepalived comes back" keepalived_start
ok "preempts" masters dir2 dir1
each "lvsd obeys" in_role backup
unlike "lvsd dropped nothing" "$(cat "$LAB_TMP/dir1.log")" dropped
is "keepalived has no complaints" "$(complaints)" ""
proc_stop dir1
proc_stop dir2
proc_stop capture
is "tshark neither" "$(remarks "$LAB_TMP/all.pcap")" ""
is "nor does it see other checksums" "$(seen vrrp.checksum.status)" 1
is "both were heard, the version, to the group or the other" \
    "$(seen vrrp.virt_rtr_id vrrp.version ip.src ipv6.src ip.dst \
    ipv6.dst)" "51 2 10.77.0.1 224.0.0.18
51 2 10.77.0.2 224.0.0.18
52 2 10.77.0.1 224.0.0.18
52 2 10.77.0.2 224.0.0.18
53 2 10.77.0.1 10.77.0.2
53 2 10.77.0.2 10.77.0.1
54 3 10.77.0.1 224.0.0.18
54 3 10.77.0.2 224.0.0.18
55 3 10.77.0.1 10.77.0.2
55 3 10.77.0.2 10.77.0.1
56 3 fe80::1 ff02::12
56 3 fe80::2 ff02::12
57 3 fe80::1 fe80::2
57 3 fe80::2 fe80::1"

# Passwords that differ: both are master, and say why.
kinds=pass
ours 200 >"$LAB_TMP/dir1.conf"
theirs 100 | sed s/s3cr3t/other/ >"$LAB_TMP/keepalived.conf"
ok "keepalived has another password" keepalived_start
ok "lvsd starts" director dir1
ok "keepalived does not obey" wait_for 10 says dir2 'invalid passwd'
ok "lvsd drops its adverts" wait_for 5 says dir1 \
    'advert from 10.77.0.2: dropped: wrong password'
is "once" "$(count_said dir1 'wrong password')" 1
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
