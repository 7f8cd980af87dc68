#!/bin/sh
#
# Adverts to peers instead of the group: two directors and three, versions 2
# and 3, IPv4 and IPv6; the TTL that is wanted; a source of one's own.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

# config PRIORITY ADDRESS LINE...
config() {
	echo 'vrrp "VI_1" on eth0 {'
	printf '\t%s\n' 'vrid 51' "priority $1" "address $2"
	shift 2
	printf '\t%s\n' "$@"
	echo '}'
}

settled() {
	wait_for 15 is_role "$1" VI_1 master &&
	    wait_for 15 is_role "$2" VI_1 backup
}

fields() {
	_file=$1
	shift
	tshark -r "$LAB_TMP/$_file" -Y vrrp -T fields -E separator=' ' "$@" \
	    2>/dev/null | sort -u
}

# pair NAME ADDRESS ONE TWO LINE...: dir1 and dir2, known by ONE and TWO.
pair() {
	_name=$1 _vip=$2 _one=$3 _two=$4
	shift 4
	capture_at dir1 "$LAB_TMP/pair.pcap" proto 112
	config 200 "$_vip" "peer $_two" "$@" >"$LAB_TMP/dir1.conf"
	config 100 "$_vip" "peer $_one" "$@" >"$LAB_TMP/dir2.conf"
	ok "$_name: dir1 starts" director dir1
	ok "dir2 starts" director dir2
	ok "dir1 is master" settled dir1 dir2
	like "to one peer" "$(ctl dir1 show vrrp)" \
	    "adverts from $_one to 1 peer$"
	like "whom the other follows" "$(ctl dir2 show vrrp)" \
	    "master $_one priority 200"
	ok "dir1 stops" proc_stop dir1
	ok "dir2 hears the release" wait_for 5 says dir2 \
	    'backup -> master: the master has released'
	ok "dir1 comes back" director dir1
	ok "and preempts" settled dir1 dir2
	proc_stop dir2
	proc_stop dir1
	proc_stop capture
	is "nothing was dropped" "$(grep -h dropped "$LAB_TMP"/dir?.log)" ""
}

right() {
	is "tshark finds nothing wrong" "$(remarks "$LAB_TMP/pair.pcap")" ""
}

trap net_down EXIT
net_up || bail "no network"

pair "version 2" $LAB_VIP/24 10.77.0.1 10.77.0.2 'advertise 1s' \
    'auth pass "s3cr3t"'
right
is "each to the other, TTL 255" "$(fields pair.pcap -e ip.src -e ip.dst \
    -e ip.ttl -e ip.dsfield)" "10.77.0.1 10.77.0.2 255 0xc0
10.77.0.2 10.77.0.1 255 0xc0"
pair "version 3" $LAB_VIP/24 10.77.0.1 10.77.0.2 'version 3' \
    'advertise 100ms'
right
is "checksums with the peer's address" "$(fields pair.pcap \
    -e vrrp.checksum.status)" 1
pair "version 3, RFC 9568" $LAB_VIP/24 10.77.0.1 10.77.0.2 'version 3' \
    'advertise 100ms' 'checksum rfc9568'
is "checksums of the form that tshark does not know" \
    "$(fields pair.pcap -e vrrp.checksum.status)" 0
pair "IPv6" 'fe80::77:10/64' fe80::1 fe80::2 'advertise 100ms' \
    "address $LAB_VIP6/64"
right
is "each to the other, hop limit 255" "$(fields pair.pcap -e ipv6.src \
    -e ipv6.dst -e ipv6.hlim)" "fe80::1 fe80::2 255
fe80::2 fe80::1 255"

# IPv6 with global addresses: each says which one is its own.
config 200 fe80::77:10 'advertise 100ms' 'source fd77::1' 'peer fd77::2' \
    >"$LAB_TMP/dir1.conf"
config 100 fe80::77:10 'advertise 100ms' 'source fd77::2' 'peer fd77::1' \
    >"$LAB_TMP/dir2.conf"
ok "IPv6, global addresses: dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 is master" settled dir1 dir2
proc_stop dir2
proc_stop dir1

# Three, one of which knows another by a second address.
ip -n dir2 addr add 10.77.0.22/24 dev eth0
config 200 $LAB_VIP/24 'version 3' 'advertise 100ms' 'peer 10.77.0.22' \
    'peer 10.77.0.11' >"$LAB_TMP/dir1.conf"
config 100 $LAB_VIP/24 'version 3' 'advertise 100ms' 'source 10.77.0.22' \
    'peer 10.77.0.1' 'peer 10.77.0.11' >"$LAB_TMP/dir2.conf"
config 150 $LAB_VIP/24 'version 3' 'advertise 100ms' 'peer 10.77.0.1' \
    'peer 10.77.0.22' >"$LAB_TMP/rs1.conf"
ok "three: dir2 starts" director dir2
ok "is master" wait_for 10 is_role dir2 VI_1 master
ok "rs1 starts" director rs1
ok "preempts" settled rs1 dir2
ok "dir1 starts" director dir1
ok "preempts" settled dir1 dir2
ok "rs1 is backup" wait_for 5 is_role rs1 VI_1 backup
ok "dir1 crashes" crash dir1
ok "the second best takes over" settled rs1 dir2

# That one cannot be reached does not keep adverts from the other.
in_ns rs1 nft -f - <<NFT
table ip cut {
	chain out {
		type filter hook output priority 0;
		ip daddr 10.77.0.1 ip protocol 112 drop
	}
}
NFT
ok "a peer cannot be reached" wait_for 5 says rs1 \
    'cannot send an advert on eth0 from 10.77.0.11 to 10.77.0.1'
ok "dir2 hears the other still" hears dir2
is "and is backup" "$(role dir2 VI_1)" backup
in_ns rs1 nft delete table ip cut
ok "which is said when it is over" wait_for 5 says rs1 \
    'adverts to 10.77.0.1 can be sent again'
proc_stop rs1
proc_stop dir2

# A router between them: its TTL must be allowed.
hops() {
	in_ns dir2 nft -f - <<-NFT
	table ip hops {
		chain in {
			type filter hook prerouting priority 0;
			ip protocol 112 ip ttl set 253
		}
	}
	NFT
}
config 200 $LAB_VIP/24 'version 3' 'advertise 100ms' 'peer 10.77.0.2' \
    >"$LAB_TMP/dir1.conf"
config 100 $LAB_VIP/24 'version 3' 'advertise 100ms' 'peer 10.77.0.1' \
    >"$LAB_TMP/dir2.conf"
ip -n dir2 addr del 10.77.0.22/24 dev eth0
hops
ok "two routers away: dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir2 drops what it hears" wait_for 5 says dir2 \
    'advert from 10.77.0.1: dropped: TTL 253, not 255'
ok "both are master" wait_for 10 is_role dir2 VI_1 master
config 100 $LAB_VIP/24 'version 3' 'advertise 100ms' \
    'peer 10.77.0.1 ttl 253' >"$LAB_TMP/dir2.conf"
ok "the TTL is allowed" ctl dir2 reload
ok "dir2 obeys" settled dir1 dir2
proc_stop dir2
proc_stop dir1
is "lvsd ended well" "$(faults)" ""
done_testing
