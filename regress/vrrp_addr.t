#!/bin/sh
#
# What a master holds: addresses as configured, on several interfaces, with
# its routes and rules; what of them the adverts and announcements say; what a
# reload changes of it, and what a director killed leaves to the next one.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

MANY=60

many() {
	_i=1
	while [ $_i -le $MANY ]; do
		echo "address 10.77.8.$_i"
		_i=$((_i + 1))
	done
}

# config PRIORITY GATEWAY [LINE...]
config() {
	_priority=$1
	_gateway=$2
	shift 2
	cat <<-END
		no lease		# renewals would be seen among the changes
		static address 10.99.0.1/24 on svc0
		static route 10.98.0.0/16 via 10.99.0.254
		static rule from 10.99.0.0/24 table 99
	END
	instance "$_priority" 'announce delay 0s' \
	    'address 10.77.4.1/25 label "eth0:four" scope link broadcast 10.77.4.127' \
	    'address 10.88.0.1/24 on svc0' 'address 10.77.0.20/24 excluded' \
	    'address fd77::20/64 excluded' 'address fd88::1/64 on svc0 excluded' \
	    "route 10.20.0.0/16 via $_gateway source $LAB_VIP" \
	    'route default via 10.88.0.254 on svc0 table 88' \
	    'route fd20::/64 via fd77::254' \
	    'route blackhole 10.30.0.0/16' \
	    'rule from 10.88.0.0/24 table 88 preference 88' "$@"
}

# Of lvsd's: addresses, routes of all tables, and rules.
addrs() {
	ip -n "$1" -o addr show | awk '{ print $2, $4 }' | grep -vE \
	    '^lo|10\.77\.0\.[12]/|10\.77\.8\.|10\.6\.|fd77::[12]/|fe80' | sort
}

routes() {
	ip -n "$1" -4 route show table all proto 112
	ip -n "$1" -6 route show table all proto 112
	ip -n "$1" rule show | sed -n 's/.*\(from.*\) proto 112/\1/p'
}

counted() {
	[ "$(ip -n "$1" -o addr show to 10.77.8.0/24 | wc -l)" = "$2" ]
}

# lvsd itself has an address, a route and a rule.
only_statics() {
	[ "$(addrs "$1")" = "svc0 10.99.0.1/24" ] &&
	    [ "$(routes "$1" | wc -l)" = 2 ]
}

whole() {
	[ "$(routes "$1" | wc -l)" = 7 ] && counted "$1" $MANY
}

detail() {
	ip -n dir1 -o -4 addr show to "$1" | sed 's/^[^ ]* *//; s/ *\\.*//
	    s/ dynamic//; s/  */ /g'
}

fields() {
	tshark -r "$LAB_TMP/wire.pcap" -Y "$1" -T fields -E separator=' ' \
	    $2 2>/dev/null | sort -u
}

kernel_says() {
	ctl dir1 show vrrp | grep -q "$1"
}

watch() {
	proc_start changes dir1 ip -n dir1 -o monitor address route rule
	wait_for 5 proc_alive changes
}

# What went since then, without what the kernel has for each address.
went() {
	ip -n dir1 addr add 10.111.0.1/32 dev svc1
	ip -n dir1 addr del 10.111.0.1/32 dev svc1
	wait_for 10 says changes '^Deleted .*10\.111\.0\.1'
	proc_stop changes
	sed -n '/table local/d; /10\.111/d; s/^Deleted //p' \
	    "$LAB_TMP/changes.log" |
	    grep -oE '(10|fd)[0-9a-f:.]+/[0-9]+ |default via|from .*lookup [0-9]*' |
	    sed 's/ $//; s/ proto 112//' | sort -u
}

# still COMMAND...: succeeds also after some seconds.
still() {
	! wait_for 5 _not "$@"
}

_not() {
	! "$@"
}

trap net_down EXIT
net_up || bail "no network"
for ns in dir1 dir2; do
	ip -n $ns link add svc0 type veth peer name svc1
	ip -n $ns link set svc0 up
	ip -n $ns link set svc1 up
done
capture "$LAB_TMP/wire.pcap" proto 112 or arp or icmp6
config 100 10.77.0.254 "$(many)" >"$LAB_TMP/dir1.conf"
ok "dir1 starts" director dir1
ok "it is master" wait_for 10 is_role dir1 VI_1 master
ok "all is there" wait_for 10 whole dir1
is "each on its interface, with its prefix" "$(addrs dir1)" \
    "eth0 10.77.0.10/24
eth0 10.77.0.20/24
eth0 10.77.4.1/25
eth0 fd77::20/64
svc0 10.88.0.1/24
svc0 10.99.0.1/24
svc0 fd88::1/64"
is "label, scope, broadcast" "$(detail 10.77.4.1)" \
    "eth0 inet 10.77.4.1/25 brd 10.77.4.127 scope link eth0:four"
is "or none of them" "$(detail 10.88.0.1)" \
    "svc0 inet 10.88.0.1/24 scope global svc0"
is "routes and rules" "$(routes dir1 | sed 's/ *$//' | sort)" \
    "10.20.0.0/16 via 10.77.0.254 dev eth0 src 10.77.0.10
10.98.0.0/16 via 10.99.0.254 dev svc0
blackhole 10.30.0.0/16
default via 10.88.0.254 dev svc0 table 88
fd20::/64 via fd77::254 dev eth0 metric 1024 pref medium
from 10.88.0.0/24 lookup 88
from 10.99.0.0/24 lookup 99"
heard() {
	[ "$(fields arp '-e arp.src.proto_ipv4' | grep -c '^10\.77')" -ge \
	    $((MANY + 3)) ] && fields icmpv6.type==136 \
	    '-e icmpv6.nd.na.target_address' | grep -qx fd77::20
}
ok "all are announced on eth0" wait_for 30 heard
proc_stop capture
is "tshark finds nothing wrong" "$(remarks "$LAB_TMP/wire.pcap")" ""
is "adverts count those not excluded" \
    "$(fields vrrp '-e vrrp.addr_count')" $((MANY + 3))
is "in their order" "$(fields vrrp '-e vrrp.ip_addr')" \
    "$LAB_VIP,10.77.4.1,10.88.0.1$(i=1; while [ $i -le $MANY ]; do
	printf ',10.77.8.%d' $i
	i=$((i + 1))
    done)"
is "neighbour advertisements: router, override, not solicited" \
    "$(fields 'icmpv6.type==136 && icmpv6.nd.na.target_address==fd77::20' \
    '-e ipv6.src -e ipv6.dst -e ipv6.hlim -e icmpv6.nd.na.flag.r
    -e icmpv6.nd.na.flag.s -e icmpv6.nd.na.flag.o -e icmpv6.opt.linkaddr
    -e icmpv6.checksum.status')" \
    "fd77::20 ff02::1 255 1 0 1 02:77:00:00:00:01 1"

# A reload.
watch
config 100 10.77.0.253 "$(many | sed '$s/60/61/')" | grep -v '10\.30' \
    >"$LAB_TMP/dir1.conf"
ok "another configuration" ctl dir1 reload
new() {
	holds dir1 10.77.8.61 &&
	    routes dir1 | grep -q '10.20.0.0/16 via 10.77.0.253'
}
old() {
	holds dir1 10.77.8.60 || routes dir1 | grep -q 10.30
}
ok "has what is new" wait_for 5 new
not_ok "and not what is not in it" still old
is "no more than that went" "$(went)" "10.30.0.0/16
10.77.8.60/32"

# Killed.
ip -n dir1 addr add 10.6.0.1/24 dev svc0
ip -n dir1 route add 10.61.0.0/16 via 10.6.0.2 table 88
ok "dir1 dies as a whole" crash dir1
ok "all stays" counted dir1 $MANY
watch
config 100 10.77.0.253 "$(many | sed '$s/60/61/')" |
    grep -vE '10\.(30|88|98)|10\.99\.0\.0' >"$LAB_TMP/dir1.conf"
ok "it returns, with less" director dir1
ok "as master" wait_for 10 is_role dir1 VI_1 master
ok "with all its addresses" counted dir1 $MANY
old() {
	holds dir1 10.88.0.1 || [ "$(routes dir1 | wc -l)" -gt 2 ]
}
not_ok "and not what is not configured any more" still old
is "it has no more than that" "$(addrs dir1; routes dir1 | sed 's/ *$//')" \
    "eth0 10.77.0.10/24
eth0 10.77.0.20/24
eth0 10.77.4.1/25
eth0 fd77::20/64
svc0 10.99.0.1/24
svc0 fd88::1/64
10.20.0.0/16 via 10.77.0.253 dev eth0 src 10.77.0.10
fd20::/64 via fd77::254 dev eth0 metric 1024 pref medium"
is "the rest was never away" "$(went)" \
    "10.88.0.0/24
10.88.0.1/24
10.98.0.0/16
default via
from 10.88.0.0/24 lookup 88
from 10.99.0.0/24 lookup 99"

# What the kernel refuses, and the role.
config 100 10.9.9.9 >"$LAB_TMP/dir1.conf"
ok "a gateway that cannot be reached" ctl dir1 reload
ok "is told by lvsctl" wait_for 5 kernel_says \
    'Network is unreachable'
ok "and logged with what to do" says dir1 "vrrp \"VI_1\": route 10.20.0.0/16 \
via 10.9.9.9 source $LAB_VIP table 254: .*; give it a gateway in the network"
ok "the rest is there" wait_for 5 holds dir1 10.88.0.1
config 100 10.77.0.254 >"$LAB_TMP/dir1.conf"
ok "another one" ctl dir1 reload
not_ok "is well" still kernel_says unreachable
ok "it was master all the time" [ "$(count_said dir1 'VI_1: .* -> ')" = 2 ]

# Another director.
config 200 10.77.0.254 "$(many)" >"$LAB_TMP/dir2.conf"
ok "dir2 starts, a better master" director dir2
ok "it has all" wait_for 10 whole dir2
ok "dir1 has what is its own" wait_for 10 only_statics dir1
is "others are left alone" "$(ip -n dir1 route show table 88)" \
    "10.61.0.0/16 via 10.6.0.2 dev svc0 "
ok "dir2 dies as a whole" crash dir2
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "it has them again" wait_for 10 holds dir1 10.88.0.1
ok "dir2 returns" director dir2
ok "with all of it" wait_for 10 whole dir2
ok "dir1 gives them up" wait_for 10 only_statics dir1
proc_stop dir2
proc_stop dir1
is "nothing is left of either" "$(for ns in dir1 dir2; do
	addrs $ns
	routes $ns
	ip -n $ns -o addr show to 10.77.8.0/24
    done)" ""
is "lvsd ended well" "$(faults)" ""
done_testing
