# regress/net.sh: the parent's network side alone, driven by commands.
# Sourced after regress/lib.sh, inside of the lab.  Two interfaces, e0 and
# e1, lead to the namespace "peer"; e0 has 10.0.0.1/24.
#
#	net_begin		all of that; files go to $dir
#	start, stop		the driver; $stopped is its exit status
#	die			kills it with -9
#	ask COMMAND...		prints what it answers
#	told ERE		waits until it says such a line
#	took, gap		milliseconds that the last one took, and the
#				longest time in which nobody else was served
#	held IF			prints addresses of the range 10.1.0.0/8 and
#				fd01::/16, with their prefixes
#	count IF		how many
#	has IF ADDR/LEN, has_not IF ADDR/LEN
#	sniff			what of ARP and neighbour advertisements the
#				peer hears from now on, as $dir/capture
#	heard TEXT N		it has heard so many with that

case ${OBJ:=build} in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
drive=$OBJ/regress/unit/net_drive
dir=
driver=
sniffer=

net_end() {
	[ -z "$sniffer" ] || kill "$sniffer" 2>/dev/null
	stop
	[ -z "$dir" ] || rm -rf "$dir"
}

net_begin() {
	[ -x "$drive" ] || bail "$drive is not there: make drives"
	dir=$(mktemp -d /tmp/net.XXXXXX) || bail "no temporary directory"
	trap net_end EXIT
	echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
	ip netns add peer
	for _if in e0 e1; do
		ip link add $_if type veth peer name $_if netns peer
		ip -n peer link set $_if up
		ip link set $_if up
	done
	ip link set lo up
	ip addr add 10.0.0.1/24 dev e0
}

start() {
	rm -f "$dir/in"
	: >"$dir/out"
	mkfifo "$dir/in"
	"$drive" <"$dir/in" >>"$dir/out" 2>>"$dir/log" &
	driver=$!
	exec 3>"$dir/in"
}

stop() {
	[ -n "$driver" ] || return 0
	exec 3>&-
	wait "$driver"
	stopped=$?
	driver=
}

die() {
	exec 3>&-
	kill -KILL "$driver"
	wait "$driver" 2>/dev/null
	driver=
}

ask() {
	: >"$dir/out"
	echo "$*" >&3
	wait_for 60 grep -q ^did "$dir/out" || echo "no answer"
	grep -vE '^(did|took|gap)' "$dir/out"
}

told() {
	wait_for 10 grep -qxE "$1" "$dir/out"
}

took() {
	awk '$1 == "took" { print int($2 * 1000) }' "$dir/out"
}

gap() {
	awk '$1 == "gap" { print int($2 * 1000) }' "$dir/out"
}

held() {
	ip -o addr show dev "$1" | awk '{ print $4 }' |
	    grep -E '^(10\.[1-9]|fd01:)' | sort
}

count() {
	held "$1" | wc -l
}

has() {
	ip -o addr show dev "$1" | grep -qF " $2 "
}

has_not() {
	! has "$@"
}

sniff() {
	[ -z "$sniffer" ] || { kill "$sniffer"; wait "$sniffer"; }
	: >"$dir/capture"
	: >"$dir/tcpdump"
	ip netns exec peer tcpdump -lntt -B 8192 -s 128 -i e0 \
	    'arp or (icmp6 and ip6[40] == 136)' \
	    >"$dir/capture" 2>"$dir/tcpdump" 3>&- &
	sniffer=$!
	wait_for 10 grep -q listening "$dir/tcpdump"
}

heard() {
	[ "$(grep -c -- "$1" "$dir/capture")" -ge "$2" ]
}
