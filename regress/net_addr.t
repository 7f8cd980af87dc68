#!/bin/sh
#
# The parent's network side: addresses held, released, put back, announced;
# interfaces watched.

. "$(dirname "$0")/lib.sh"

lab_enter -n

OBJ=${OBJ:-build}
case $OBJ in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
drive=$OBJ/asan/regress/unit/net_drive
[ -x "$drive" ] || drive=$OBJ/regress/unit/net_drive
[ -x "$drive" ] || bail "$drive is not there: make drives"

dir=$(mktemp -d /tmp/net.XXXXXX) || bail "no temporary directory"
driver=
sniffer=

cleanup() {
	[ -z "$sniffer" ] || kill "$sniffer" 2>/dev/null
	stop
	rm -rf "$dir"
}

start() {
	rm -f "$dir/in"
	: >"$dir/out"
	mkfifo "$dir/in"
	"$drive" <"$dir/in" >>"$dir/out" 2>>"$dir/log" &
	driver=$!
	exec 3>"$dir/in"
}

# stop: ends it in good order, but it releases nothing unless asked to.
stop() {
	[ -n "$driver" ] || return 0
	exec 3>&-
	wait "$driver"
	stopped=$?
	driver=
}

# ask COMMAND: what it answers; "took" is for the reader.
ask() {
	: >"$dir/out"
	echo "$*" >&3
	wait_for 10 grep -q ^did "$dir/out" || echo "no answer"
	grep -vE '^(did|took|gap)' "$dir/out"
}

told() {
	wait_for 10 grep -qxE "$1" "$dir/out"
}

all() {
	ip -br addr show dev "$1" |
	    awk '{ for (i = 3; i <= NF; i++) print $i }' | grep -v ^fe80 | sort
}

# held IF: what is there beside the addresses of the machine itself.
held() {
	all "$1" | grep -vxE '10\.0\.0\.[12]/24'
}

has() {
	ip addr show dev "$1" | grep -qF " $2 "
}

has_not() {
	! has "$@"
}

captured() {
	[ "$(grep -c -- "$1" "$dir/capture")" -ge "$2" ]
}

# capture: begin anew; ready when tcpdump says so.
capture() {
	[ -z "$sniffer" ] || { kill "$sniffer"; wait "$sniffer"; }
	: >"$dir/capture"
	: >"$dir/tcpdump"
	ip netns exec peer tcpdump -lnetxx -i e0 \
	    'arp or (icmp6 and ip6[40] == 136)' \
	    >"$dir/capture" 2>"$dir/tcpdump" 3>&- &
	sniffer=$!
	wait_for 10 grep -q listening "$dir/tcpdump"
}

trap cleanup EXIT

# Detection of duplicates has no place where addresses come by order.
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip netns add peer
ip link add e0 address 02:00:00:00:00:0a type veth peer name e0 netns peer
ip -n peer link set e0 up
ip link set e0 up
echo 0 >/proc/sys/net/ipv4/conf/e0/promote_secondaries
ip addr add 10.0.0.1/24 dev e0
ip addr add 10.0.0.2/24 dev e0

# Renewals would be seen among the changes.
cat >"$dir/a.conf" <<-END
	no lease
	vrrp "one" on e0 {
		vrid 1
		address 10.0.0.10/24
		address 10.0.0.11
		address 192.0.2.10/24
		track interface late0
	}
	vrrp "two" on e0 {
		vrid 2
		address 10.0.0.20
	}
	vrrp "own" on e0 {
		vrid 3
		priority 255
		address 10.0.0.1
	}
	vrrp "later" on late0 {
		vrid 1
		address 10.1.0.10
	}
END

start
like "interfaces are told, the primary address with it" \
    "$(ask conf "$dir/a.conf")" \
    '^iface e0 there up mtu 1500 10.0.0.1 link-local$'
like "also one that is not there" "$(ask ifaces)" \
    '^iface late0 absent down mtu 0 - -$'
is "nothing is held yet" "$(held e0)" ""

capture
is "addresses of a master" "$(ask hold one)" "result one 3 ok"
is "are there with their prefixes" "$(held e0)" "10.0.0.10/24
10.0.0.11/32
192.0.2.10/24"
ok "and announced five times" wait_for 10 captured 'tell 10.0.0.11,' 5
is "by ARP as other routers do it" \
    "$(grep -A4 'tell 10.0.0.10,' "$dir/capture" | sed -n '2,4s/.*: *//p' |
    tr -d ' \n')" \
    "ffffffffffff02000000000a0806000108000604000102000000000a0a00000affffffffffff0a00000a"
is "all before any again" "$(grep -o 'tell [0-9.]*,' "$dir/capture" |
    head -4 | tr '\n' ' ')" \
    "tell 10.0.0.10, tell 10.0.0.11, tell 192.0.2.10, tell 10.0.0.10, "
is "they are not taken for the primary" "$(ask ifaces |
    grep 'e0 there')" "iface e0 there up mtu 1500 10.0.0.1 link-local"
is "asked again nothing changes" "$(ask hold one)" "result one 3 ok"

is "an address that is there already is taken as it is" "$(ask hold own)" \
    "result own 1 ok"
ask release own
ok "and stays when released" has e0 10.0.0.1/24
ok "announced it was" wait_for 5 captured 'tell 10.0.0.1,' 5

# Somebody else.
ip addr del 10.0.0.11/32 dev e0
ok "an address taken away is put back" told 'vrrp "one": address 10.0.0.11/32 on e0 was removed by somebody else: put back'
ok "it is there" has e0 10.0.0.11/32
: >"$dir/out"
ip addr flush dev e0 scope global
ok "all taken away" told 'vrrp "one": address 192\.0\.2\.10/.* put back'
ok "the primary being gone is told" told 'iface e0 .* - link-local'
ip addr add 10.0.0.2/24 dev e0
ok "a new primary is told" told 'iface e0 .* 10.0.0.2 link-local'
is "and what is held is there" "$(held e0)" "10.0.0.10/24
10.0.0.11/32
192.0.2.10/24"
ip addr add 10.0.0.1/24 dev e0

ip link set e0 down
ok "down is told" told 'iface e0 there down .*'
ip link set e0 up
ok "and up" told 'iface e0 there up .*'
ip -n peer link set e0 down
ok "no carrier is down" told 'iface e0 there down .*'
ip -n peer link set e0 up
ip link set e0 mtu 1400
ok "the MTU is told" told 'iface e0 there up mtu 1400 .*'

# Addresses of an interface that comes, goes, comes again.
is "a master on no interface" "$(ask hold later | grep ^result)" \
    "result later 0 No such device"
ip link add late0 type veth peer name late1
ip link set late1 up
ip link set late0 up
ok "an interface that comes is told" told 'iface late0 there up .*'
ok "and gets its address" wait_for 10 has late0 10.1.0.10/32
ip link set late0 down
ip link set late0 name gone0
ok "one that is renamed is gone" told 'iface late0 absent .*'
ip link del gone0
ip link add late0 type veth peer name late1
ip link set late1 up
ip link set late0 up
ok "one of the same name is it again" wait_for 10 has late0 10.1.0.10/32
ask release later
ok "until released" has_not late0 10.1.0.10/32

# Release, and the quick way back.
is "an instance releases its own only" "$(ask release one |
    grep -v ^iface; all e0)" \
    "10.0.0.1/24
10.0.0.2/24"
is "what was done by ourselves is no repair" "$( (ask hold two
    ask release two; ask hold two; ask ifaces) | grep -c 'put back')" 0
is "held at last" "$(held e0)" 10.0.0.20/32
capture
ask release two >/dev/null
ask hold two >/dev/null
ok "a new master announces at once" wait_for 5 captured 'tell 10.0.0.20,' 5
ask announce two
is "announcing again within a second is once" \
    "$(grep -c 'tell 10.0.0.20,' "$dir/capture")" 5
ok "and all again some seconds later" wait_for 10 captured 'tell 10.0.0.20,' 10

# A reload: a prefix changes, an address goes, another comes, one moves from
# a master to a backup, an instance ends.
ask hold one >/dev/null
cat >"$dir/b.conf" <<-END
	no lease
	vrrp "one" on e0 {
		vrid 1
		address 10.0.0.10
		address 192.0.2.10/24
		address 10.0.0.12
	}
	vrrp "three" on e0 {
		vrid 4
		address 10.0.0.11
	}
END
ip monitor address >"$dir/monitor" 2>&1 3>&- &
monitor=$!
wait_for 5 test -d "/proc/$monitor"
is "another configuration" "$(ask conf "$dir/b.conf")" ""
kill "$monitor"
is "is what is held" "$(held e0)" "10.0.0.10/32
10.0.0.12/32
192.0.2.10/24"
unlike "what stays is not touched" "$(cat "$dir/monitor")" '192\.0\.2\.10'

# lvsd dies; its next life.
stop
is "it ended well" "$stopped" 0
is "one that dies leaves its addresses" "$(held e0)" "10.0.0.10/32
10.0.0.12/32
192.0.2.10/24"
ip monitor address >"$dir/monitor" 2>&1 3>&- &
monitor=$!
start
is "the next does not take them for the primary" "$(ask conf "$dir/b.conf")" \
    "iface e0 there up mtu 1400 10.0.0.2 link-local"
is "keeps them" "$(held e0)" "10.0.0.10/32
10.0.0.12/32
192.0.2.10/24"
is "for its master" "$(ask hold one)" "result one 3 ok"
kill "$monitor"
is "untouched" "$(grep -c inet "$dir/monitor")" 0
stop
start
ask conf "$dir/b.conf" >/dev/null
ask release one
is "or removes them for its backup" "$(held e0)" ""
ask hold one >/dev/null
ask hold three >/dev/null
is "two masters" "$(held e0)" "10.0.0.10/32
10.0.0.11/32
10.0.0.12/32
192.0.2.10/24"
ask release_all
is "nothing is left at the end" "$(all e0)" "10.0.0.1/24
10.0.0.2/24"

# Many at once.
{
	echo 'vrrp "many" on e0 {'
	echo '	vrid 9'
	i=1
	while [ $i -le 200 ]; do
		echo "	address 10.2.0.$i"
		i=$((i + 1))
	done
	echo '}'
} >"$dir/many.conf"
ask conf "$dir/many.conf" >/dev/null
is "200 addresses" "$(ask hold many)" "result many 200 ok"
diag "hold: $(grep took "$dir/out")"
is "are there" "$(held e0 | wc -l)" 200
ip addr flush dev e0 to 10.2.0.0/16
ok "and come back" wait_for 10 told 'vrrp "many": address 10\.2\.0\.200/.* put back'
is "all" "$(held e0 | wc -l)" 200
ask release many
diag "release: $(grep took "$dir/out")"
is "and go" "$(held e0 | wc -l)" 0

# An address of the machine that came after a virtual one of its network.
printf 'vrrp "first" on e0 {\n\tvrid 11\n\taddress 10.4.0.10/24\n}\n' \
    >"$dir/first.conf"
ask conf "$dir/first.conf" >/dev/null
ask hold first >/dev/null
ip addr add 10.4.0.1/24 dev e0
ask release first >/dev/null
ok "an address that came first goes alone" has_not e0 10.4.0.10/24
ok "the later one stays" has e0 10.4.0.1/24
ip addr del 10.4.0.1/24 dev e0

# A reload while slow announcements are under way: the first address goes.
slow() {
	echo 'vrrp "slow" on e0 {'
	printf '\t%s\n' 'vrid 10' 'announce interval 200ms'
	printf '\taddress %s\n' "$@"
	echo '}'
}
slow 10.3.0.1 10.3.0.2 10.3.0.3 >"$dir/slow.conf"
slow 10.3.0.2 10.3.0.3 >"$dir/less.conf"
ask conf "$dir/slow.conf" >/dev/null
capture
ask hold slow >/dev/null
ok "a slow announcement begins" wait_for 5 captured 'tell 10.3.0.1,' 1
ask conf "$dir/less.conf" >/dev/null
ok "and goes on with what is left" wait_for 10 captured 'tell 10.3.0.3,' 2
is "without what has gone" "$(grep -c 'tell 10.3.0.1,' "$dir/capture")" 1
ask release slow
stop
is "nothing leaked" "$stopped" 0

done_testing
