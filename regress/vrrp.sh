# regress/vrrp.sh: directors that run VRRP.  Sourced after regress/lib.sh and
# lab/net.sh, inside of the lab.
#
#	LVSD, LVSCTL		the programs
#	director NS		runs lvsd in the namespace with the file
#				$LAB_TMP/NS.conf; waits until it is up
#	instance PRIO [LINE...]	prints a vrrp block "VI_1", version 3 and
#				100 ms, with more lines if given
#	ctl NS COMMAND...	lvsctl
#	crash NS		kill -9 to the parent and its engines, together
#	power_off NS		the same, and nothing comes from there any more
#				until link_mend
#	role NS NAME		prints the state of an instance
#	is_role NS NAME STATE
#	received NS		prints how many adverts its VI_1 has taken
#	hears NS		waits until it has taken ten more
#	holds NS [ADDR]		has the address, on any interface
#	lacks NS [ADDR]
#	says NS ERE		its log has such a line
#	count_said NS ERE	how many
#	mac_of NS ADDR		the hardware address NS has for a neighbour
#	capture FILE FILTER...	records what the client sees of the network,
#				as the process "capture"; waits until it does
#	capture_at NS FILE FILTER...	the same, of what NS sends and is sent
#	faults			what sanitizers found, if lvsd was built so
#	remarks FILE		what tshark finds wrong with the VRRP in it

case ${OBJ:=build} in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
LVSD=${LVSD:-$OBJ/lvsd}
LVSCTL=${LVSCTL:-$OBJ/lvsctl}

director() {
	chmod 600 "$LAB_TMP/$1.conf"
	proc_start "$1" "$1" "$LVSD" -dv -f "$LAB_TMP/$1.conf" \
	    -s "/run/lvsd-$1.sock"
	wait_for 10 says "$1" 'lvsd runs' && return 0
	cat "$LAB_TMP/$1.log"
	return 1
}

instance() {
	_priority=$1
	shift
	echo 'vrrp "VI_1" on eth0 {'
	printf '\t%s\n' 'version 3' 'vrid 51' "priority $_priority" \
	    'advertise 100ms' "address $LAB_VIP/24" "$@"
	echo '}'
}

ctl() {
	_ns=$1
	shift
	"$LVSCTL" -s "/run/lvsd-$_ns.sock" "$@"
}

# A director that could act on a lost link would release its addresses.
power_off() {
	link_mute "$1"
	crash "$1"
	link_cut "$1"
}

# All are stopped first: none may notice the death of another and act.  The
# next life needs their lock.
crash() {
	_pids=$(proc_pid "$1")
	_pids="$_pids $(ps -o pid= --ppid "$_pids")"
	kill -STOP $_pids
	kill -KILL $_pids
	rm -f "$LAB_TMP/$1.pid"
	for _pid in $_pids; do
		wait_for 10 _pid_gone "$_pid"
	done
}

role() {
	ctl "$1" show vrrp | awk -v name="$2" \
	    '$2 == "vrrp" && $3 == name { print $4 }'
}

is_role() {
	[ "$(role "$1" "$2")" = "$3" ]
}

received() {
	ctl "$1" show vrrp |
	    sed -n 's/.* \([0-9]*\) received; prio.*/\1/p' | head -n 1
}

hears() {
	_until_received=$(($(received "$1") + 10))
	wait_for 10 heard "$1" "$_until_received"
}

heard() {
	[ "$(received "$1")" -ge "$2" ]
}

holds() {
	ip -n "$1" -o addr show to "${2-$LAB_VIP}" | grep -q .
}

lacks() {
	! holds "$@"
}

says() {
	grep -Eq -e "$2" "$LAB_TMP/$1.log"
}

count_said() {
	grep -Ec -e "$2" "$LAB_TMP/$1.log"
}

mac_of() {
	ip -n "$1" neigh show "$2" |
	    sed -n 's/.*lladdr \([0-9a-f:]*\).*/\1/p'
}

capture() {
	capture_at client "$@"
}

capture_at() {
	_at=$1
	_file=$2
	shift 2
	proc_start capture $_at tcpdump --immediate-mode \
	    -i eth0 -U -n -w "$_file" "$@"
	wait_for 10 says capture 'listening on'
}

faults() {
	grep -hE 'Sanitizer|runtime error' "$LAB_TMP"/*.log
}

# The checksum of IP is the kernel's, and this finds nothing wrong in it.
remarks() {
	tshark -r "$1" -o ip.check_checksum:TRUE \
	    -Y 'vrrp && (_ws.expert || _ws.malformed)' 2>/dev/null
}
