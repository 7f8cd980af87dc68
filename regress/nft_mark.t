#!/bin/sh
#
# Marks that lvsd has packets given, looked at by nft(8) behind it: the right
# packets, over the life of a configuration and of lvsd, whatever somebody
# else does.  What IPVS makes of marks is in regress/ipvs_traffic.t.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"

command -v nft >/dev/null || skip_all "nft is not installed"
OBJ=${OBJ:-build}
case $OBJ in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
drive=$OBJ/asan/regress/unit/net_drive
[ -x "$drive" ] || drive=$OBJ/regress/unit/net_drive
[ -x "$drive" ] || bail "$drive is not there: make drives"

# The driver has one configuration after another, in dir1.
start() {
	rm -f "$LAB_TMP/in"
	mkfifo "$LAB_TMP/in"
	in_ns dir1 "$drive" <"$LAB_TMP/in" >>"$LAB_TMP/out" \
	    2>>"$LAB_TMP/log" &
	driver=$!
	exec 3>"$LAB_TMP/in"
}

stop() {
	[ -n "$driver" ] || return 0
	exec 3>&-
	wait "$driver"
	driver=
}
driver=

# conf LINE...: a service with these lines.
conf() {
	{
		cat <<-END
		table <t> { $(ns_addr rs1) }
		table <t6> { $(ns_addr rs1 6) }
		service "one" {
			listen on 10.77.0.250 tcp port 99
			listen on mark 5
			listen on mark 6
			forward to <t>
		}
		service "six" {
			listen on mark 5 inet6
			forward to <t6>
		END
		printf '\t%s\n' "$@"
		echo "}"
	} | sed '/^	mark [56] for [0-9]*\./d' >"$LAB_TMP/conf"
	for _line; do
		case $_line in
		*.*)	sed -i "/listen on mark 6$/a $_line" "$LAB_TMP/conf" ;;
		esac
	done
	: >"$LAB_TMP/out"
	echo "conf $LAB_TMP/conf" >&3
	wait_for 10 grep -q ^did "$LAB_TMP/out" || echo "no answer"
	grep -avE "^(did|took|gap)" "$LAB_TMP/out"
}

# marks ADDRESS PORT [udp]: the mark with which a packet for there arrives.
marks() {
	in_ns dir1 nft reset counters >/dev/null
	in_ns client perl -e '
		use Socket qw(:addrinfo SOCK_DGRAM SOCK_STREAM);
		my ($a, $p, $how) = @ARGV;
		my ($e, $to) = getaddrinfo($a, $p, { flags => AI_NUMERICHOST,
		    socktype => $how eq "udp" ? SOCK_DGRAM : SOCK_STREAM });
		socket(my $s, $to->{family}, $to->{socktype}, 0) or die;
		$s->blocking(0);
		connect($s, $to->{addr});
		send($s, "x", 0) if $how eq "udp";
		select(undef, undef, undef, 0.05);
	' "$1" "$2" "${3-tcp}"
	in_ns dir1 nft list counters | awk '
		/counter/ { name = $2 }
		/packets/ && $2 > 0 { print name }'
}

has_chain() {
	in_ns dir1 nft list chain inet lvsd "$1" >/dev/null 2>&1
}

cleanup() {
	stop
	net_down
}

trap cleanup EXIT
net_up || bail "no network"
in_ns dir1 nft -f - <<-END || skip_all "no nftables in this kernel"
	table inet eye {
		counter five { }
		counter six { }
		counter none { }
		chain c {
			type filter hook input priority 0
			iif lo accept
			meta l4proto icmpv6 accept
			meta mark 5 counter name five accept
			meta mark 6 counter name six accept
			counter name none
		}
	}
END
for last in 64 65 66 67 68 69; do
	echo "addr add 10.77.0.$last/32 dev eth0"
	echo "addr add fd77::$last/128 dev eth0 nodad"
done | ip -n dir1 -batch -

start
is "a configuration is taken" "$(conf \
    "mark 5 for 10.77.0.64/30 tcp port 80, 7000:7010" \
    "mark 6 for 10.77.0.68 udp" \
    "mark 6 for 10.77.0.69" \
    "mark 5 for fd77::64, fd77::66 tcp port 80:81")" ""
is "the first address of a network" "$(marks 10.77.0.64 80)" five
is "the last one" "$(marks 10.77.0.67 80)" five
is "the first port of a range" "$(marks 10.77.0.65 7000)" five
is "the last one" "$(marks 10.77.0.65 7010)" five
is "the one before" "$(marks 10.77.0.65 6999)" none
is "the one behind" "$(marks 10.77.0.65 7011)" none
is "another protocol" "$(marks 10.77.0.65 80 udp)" none
is "another address" "$(marks 10.77.0.1 80)" none
is "all of UDP" "$(marks 10.77.0.68 9 udp)" six
is "not of TCP" "$(marks 10.77.0.68 9)" none
is "all of an address" "$(marks 10.77.0.69 9) $(marks 10.77.0.69 9 udp)" \
    "six six"
is "IPv6" "$(marks fd77::66 81)" five
is "its neighbour" "$(marks fd77::67 81)" none
is "its other port" "$(marks fd77::66 82)" none
unlike "no chain but what is needed" "$(in_ns dir1 nft list table inet lvsd)" \
    'chain input'

# Somebody else.
in_ns dir1 nft delete table inet lvsd
ok "a table that is deleted comes back" wait_for 5 has_chain prerouting
is "wholly" "$(marks 10.77.0.64 80) $(marks fd77::64 80)" "five five"
in_ns dir1 nft flush map inet lvsd marks4
ok "so does what is in it" wait_for 5 eval \
    '[ "$(marks 10.77.0.64 80)" = five ]'
in_ns dir1 nft flush chain inet lvsd prerouting
ok "and its rules" wait_for 5 eval '[ "$(marks 10.77.0.64 80)" = five ]'

# Another configuration: at no moment is a packet without a mark.
in_ns client perl -e '
	use IO::Socket::INET;
	my $s = IO::Socket::INET->new(Proto => "udp",
	    PeerAddr => "10.77.0.68:9") or die;
	for (1 .. 2000) { $s->send("x"); select(undef, undef, undef, 0.0005); }
' &
flood=$!
in_ns dir1 nft reset counters >/dev/null
for i in 1 2 3 4 5; do
	conf "mark 5 for 10.77.0.68 udp" "mark 5 for fd77::64 tcp"
	conf "mark 6 for 10.77.0.68/31" "mark 5 for fd77::64 tcp"
done
wait $flood
is "marks change at once" "$(in_ns dir1 nft list counter inet eye none |
    sed -n 's/.*packets \([0-9]*\) .*/\1/p')" 0
is "to the new" "$(marks 10.77.0.68 9 udp)" six
is "and the old are gone" "$(marks 10.77.0.64 80)" none

# The next life.
before=$(in_ns dir1 nft list table inet lvsd)
stop
is "marks outlive lvsd" "$(in_ns dir1 nft list table inet lvsd)" "$before"
in_ns dir1 nft monitor >"$LAB_TMP/monitor" &
monitor=$!
start
conf "mark 6 for 10.77.0.68/31" "mark 5 for fd77::64 tcp" "mark 5 for 10.77.0.64"
is "are taken over by the next" "$(marks 10.77.0.68 9 udp)" six
is "and completed" "$(marks 10.77.0.64 9 udp)" five
kill $monitor
unlike "without taking one away" "$(cat "$LAB_TMP/monitor")" \
    'delete (element|table|chain|map)'
conf
not_ok "without marks there is no table" \
    in_ns dir1 nft list table inet lvsd

done_testing
