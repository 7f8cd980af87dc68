#!/bin/sh
#
# A virtual MAC on the wire, for IPv4 and IPv6: adverts, announcements and
# answers of a master have it; the client never learns another one, whoever is
# master; a backup neither answers, nor takes anything, nor sends a frame.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

mac4=00:00:5e:00:01:33 mac6=00:00:5e:00:02:33
local6=fe80::77:10
routed=192.0.2.1

# config PRIORITY [LINE...]: VI_1 of IPv4 and VI_6 of IPv6.
config() {
	_priority=$1
	shift
	echo 'vrrp "VI_6" on eth0 {'
	printf '\t%s\n' 'vrid 51' "priority $_priority" 'advertise 100ms' \
	    "address $local6/64" "address $LAB_VIP6/64" 'use virtual mac'
	echo '}'
	instance "$_priority" 'use virtual mac' "$@"
}

both() {
	is_role "$1" VI_6 "$2" && is_role "$1" VI_1 "$2"
}

settled() {
	wait_for 10 both "$1" master && wait_for 10 both "$2" backup &&
	    wait_for 10 holds "$1" && wait_for 10 holds "$1" $LAB_VIP6 &&
	    wait_for 10 lacks "$2" && wait_for 10 lacks "$2" $LAB_VIP6
}

reaches() {
	in_ns client ping -qc1 -W1 "$1"
}

neighbours() {
	echo "$(mac_of client $LAB_VIP) $(mac_of client $LAB_VIP6)"
}

sysctl_of() {
	in_ns "$1" cat "/proc/sys/net/$2"
}

# wire NS SECONDS FILTER...: how many frames come out of NS meanwhile.
wire_start() {
	_ns=$1
	shift
	proc_start wire lan tcpdump -i "$_ns" -Q in -U -n -e \
	    -w "$LAB_TMP/wire.pcap" "$@"
	wait_for 10 says wire 'listening on'
}

wire_end() {
	proc_stop wire INT
	tcpdump -r "$LAB_TMP/wire.pcap" -n -e 2>/dev/null
}

virtual="ether src $mac4 or ether src $mac6"

# A frame of the capture as hexadecimal digits: FILTER
frame() {
	tshark -r "$LAB_TMP/all.pcap" -Y "$1" -c 20000 -x 2>/dev/null |
	    awk 'NF == 0 { exit }
	    { for (i = 2; i <= 17 && $i ~ /^[0-9a-f][0-9a-f]$/; i++)
		printf "%s", $i }'
}

# Whose MAC is in the answers to a question by ARP.
answered_by() {
	in_ns client arping -c3 -w3 -I eth0 "$1" |
	    grep -o '\[[0-9A-Fa-f:]*\]' | sort -u | tr '\n' ' '
}

# Frames for the virtual MACs go to this one, whatever it says.
misled() {
	for _mac in $mac4 $mac6; do
		bridge -n lan fdb replace $_mac dev "$1" master static sticky
	done
	ip -n client -batch - <<-END
	neigh replace $LAB_VIP lladdr $mac4 dev eth0
	neigh replace $LAB_VIP6 lladdr $mac6 dev eth0
	neigh replace $(ns_addr "$1") lladdr $mac4 dev eth0
	END
}

led() {
	for _mac in $mac4 $mac6; do
		bridge -n lan fdb del $_mac dev "$1" master
	done
	printf 'neigh del %s dev eth0\n' $LAB_VIP $LAB_VIP6 \
	    "$(ns_addr "$1")" | ip -n client -batch -
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 link add link eth0 type macvlan mode vepa 2>/dev/null ||
    skip_all "no macvlan in this kernel"
ip -n dir1 link del macvlan0

# What a device must not take over, and what it must not mind.
for ns in dir1 dir2; do
	in_ns $ns sysctl -qw net.ipv4.conf.default.forwarding=0 \
	    net.ipv4.conf.all.rp_filter=1 \
	    net.ipv6.conf.default.accept_ra=2 \
	    net.ipv6.conf.eth0.accept_ra=2
	ip -n $ns route add $routed via "$(ns_addr rs1)"
done
ip -n rs1 addr add $routed/32 dev lo

capture "$LAB_TMP/all.pcap"
config 200 >"$LAB_TMP/dir1.conf"
config 100 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "and is master" wait_for 10 both dir1 master
wire_start dir2 "$virtual"
ok "dir2 starts" director dir2
ok "dir1 is master, dir2 backup" settled dir1 dir2
sleep 1
is "dir2 has sent nothing with a virtual MAC" "$(wire_end)" ""

# What there is.
like "a device for IPv4" "$(ip -n dir1 -d link show vrrp.51)" \
    "link/ether $mac4"
like "and one for IPv6" "$(ip -n dir1 -d link show vrrp6.51)" \
    "link/ether $mac6"
like "marked as lvsd's" "$(ip -n dir1 link show vrrp.51)" 'alias lvsd'
like "has the address" "$(ip -n dir1 addr show dev vrrp.51)" \
    "inet $LAB_VIP/24.*noprefixroute"
is "the way to the network is still the one" "$(ip -n dir1 route get \
    "$(ns_addr client)" | head -n1 | grep -o 'dev .*src [^ ]*')" \
    "dev eth0 src 10.77.0.1"

# Master.
ok "the client reaches the master" reaches $LAB_VIP
ok "by IPv6 too" reaches $LAB_VIP6
ok "and by the link" reaches $local6%eth0
is "it knows the virtual MACs" "$(neighbours)" "$mac4 $mac6"
is "ARP for the address is answered with it alone" \
    "$(answered_by $LAB_VIP)" "[00:00:5E:00:01:33] "
is "for the interface's with its own alone" \
    "$(answered_by "$(ns_addr dir1)")" "[02:77:00:00:00:01] "
ip -n client route add $routed via $LAB_VIP
ok "the virtual MAC is that of a router" reaches $routed
ip -n client route del $routed
wire_start dir1 "arp and ether src $(ip -n dir1 -br link show eth0 |
    awk '{ print $3 }')"
ip -n dir1 neigh flush all
in_ns dir1 ping -qc1 -W1 -I $LAB_VIP "$(ns_addr rs2)" >/dev/null
unlike "the interface does not ask in the name of the address" \
    "$(wire_end)" "tell $LAB_VIP"

# A router advertisement (type 134), with an hour as default router.
in_ns client perl -MSocket -e '
	socket(my $s, AF_INET6, SOCK_RAW, 58) or die;
	setsockopt($s, 41, 18, pack("i", 255)) or die;
	setsockopt($s, SOL_SOCKET, 25, "eth0\0") or die;
	my $ra = pack("CCnCCnNN", 134, 0, 0, 64, 0, 3600, 0, 0);
	send($s, $ra, 0, Socket::pack_sockaddr_in6(0,
	    Socket::inet_pton(AF_INET6, "ff02::1"))) or die;
' || diag "cannot advertise"
ok "a router advertised is taken by the interface" wait_for 5 \
    eval 'ip -n dir1 -6 route show default | grep -q "dev eth0"'
is "but not by a device" "$(ip -n dir1 -6 route show default |
    grep -c 'dev vrrp6')" 0

# Backup.
is "a backup's devices have no address, made of a MAC or other" \
    "$(ip -n dir2 -br addr show type macvlan | awk 'NF > 2')" ""
misled dir2
wire_start dir2 icmp or icmp6 and 'ip6[40] == 128'
not_ok "FRR-3, misled to the backup: no answer" reaches $LAB_VIP
not_ok "by IPv6 neither" reaches $LAB_VIP6
not_ok "nor from its own address" reaches "$(ns_addr dir2)"
is "it passes nothing on" "$(wire_end)" ""
led dir2
ok "led right there is" reaches $LAB_VIP

# Over to the other.
ok "dir1 stops" proc_stop dir1
ok "dir2 is master" wait_for 10 both dir2 master
ok "and reached" wait_for 5 reaches $LAB_VIP
ok "by IPv6 too" wait_for 5 reaches $LAB_VIP6
is "under the same MACs" "$(neighbours)" "$mac4 $mac6"
is "dir1 has no device any more" "$(ip -n dir1 -br link show type macvlan)" ""
is "nor a rule" "$(ip -n dir1 -6 rule | grep -c iif)" 0
is "and its interface is as before" "$(sysctl_of dir1 \
    ipv4/conf/eth0/arp_ignore) $(sysctl_of dir1 \
    ipv4/conf/eth0/arp_announce)" "0 0"
ok "dir1 comes back" director dir1
ok "preempts" settled dir1 dir2
wire_start dir2 "$virtual"
ok "is reached" wait_for 5 reaches $LAB_VIP
ok "by IPv6 too" wait_for 5 reaches $LAB_VIP6
is "under the same MACs still" "$(neighbours)" "$mac4 $mac6"
misled dir2
not_ok "dir2 answers no more" reaches $LAB_VIP
not_ok "by IPv6 neither" reaches $LAB_VIP6
led dir2
is "and has sent nothing more with a virtual MAC" "$(wire_end)" ""

# To and fro, before the reports of a new master are through.
heard=
for i in 1 2 3 4; do
	ctl dir1 vrrp resign VI_6 >/dev/null
	wait_for 10 is_role dir2 VI_6 master
	ctl dir2 vrrp resign VI_6 >/dev/null
	wait_for 10 is_role dir2 VI_6 backup
	wire_start dir2 "ether src $mac6"
	sleep 1
	heard=$heard$(wire_end)
done
is "a short time as master leaves no trace either" "$heard" ""

# A death; the switch must learn anew where the MAC is.
ok "dir1 crashes" crash dir1
link_cut dir1
ok "dir2 is master" wait_for 10 both dir2 master
ok "and reached" wait_for 5 reaches $LAB_VIP
ok "by IPv6 too" wait_for 5 reaches $LAB_VIP6
is "under the same MACs at last" "$(neighbours)" "$mac4 $mac6"
proc_stop capture

# All that was on the wire.
is "every advert has the virtual MAC of its family" \
    "$(tshark -r "$LAB_TMP/all.pcap" -Y vrrp -T fields -E separator=' ' \
    -e eth.src -e ip.src -e ipv6.src 2>/dev/null | sort -u | sed 's/ *$//')" \
    "$mac4 10.77.0.1
$mac4 10.77.0.2
$mac6  fe80::1
$mac6  fe80::2"
is "and nothing wrong in it" "$(remarks "$LAB_TMP/all.pcap")" ""
is "an advert comes before any address" "$(tshark -r "$LAB_TMP/all.pcap" \
    -Y "eth.src == $mac4" -c 20000 -T fields -e _ws.col.Protocol \
    2>/dev/null | head -n1)" VRRP
is "an announcement by ARP is as other routers send it" \
    "$(frame "eth.src == $mac4 && arp.isgratuitous")" \
    "ffffffffffff00005e0001330806000108000604000100005e0001330a4d000affffffffffff0a4d000a"
is "one by neighbour discovery too" \
    "$(frame "eth.src == $mac6 && icmpv6.nd.na.target_address == $LAB_VIP6 &&
    icmpv6.nd.na.flag.s == 0")" \
    "33330000000100005e00023386dd6000000000203afffd770000000000000000000000000010ff02000000000000000000000000000188007b5ca0000000fd770000000000000000000000000010020100005e000233"
is "answers say that it is a router, and its MAC" \
    "$(tshark -r "$LAB_TMP/all.pcap" -Y "icmpv6.nd.na.flag.s == 1 &&
    icmpv6.nd.na.target_address == $LAB_VIP6" -T fields -E separator=' ' \
    -e eth.src -e icmpv6.nd.na.flag.r -e icmpv6.opt.linkaddr 2>/dev/null |
    sort -u)" "$mac6 1 $mac6"
is "ARP never had another MAC for the address" \
    "$(tshark -r "$LAB_TMP/all.pcap" -Y "arp.src.proto_ipv4 == $LAB_VIP" \
    -T fields -e arp.src.hw_mac 2>/dev/null | sort -u)" "$mac4"
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
