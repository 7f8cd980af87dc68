# lab/fleet.sh: many services for the tools of lab/bench, and these started and
# ended.  Sourced after lab/bench.sh by a script that runs in the lab and has set
# services and reals; check and interval, if set, are of the health checks.
#
#	fleet FORMAT SERVICES REALS [WEIGHT]	prints a configuration, see
#				fleet.h; the weight is of the last real server
#	files SERVICES REALS	writes them to $dir/TOOL.conf, and with another
#				weight of the last to $dir/TOOL.weight
#	ns_new, ns_end		a fresh namespace for the next tool, and its end
#	in_ns COMMAND...	runs a command there
#	start TOOL		until the kernel has all; leaves pid, and the
#				least wall and cpu so far (microseconds), rss,
#				pss (kB) and processes in arrays by tool
#	stop TOOL
#	measured TOOL RUNS	starts it so many times in new namespaces
#	least ARRAY KEY NUMBER	keeps the smallest

dir=$(mktemp -d) || exit 1
ns=			# where the tool under test runs
: ${check=} ${interval=60}
declare -A wall cpu rss pss processes

die() {
	echo "$0: $*" >&2
	exit 1
}

# What the tools are given: as many services as asked for, see fleet.h.

# fleet FORMAT SERVICES REALS [WEIGHT]: the weight is of the last real server.
fleet() {
	awk -v format="$1" -v services="$2" -v reals="$3" \
	    -v last="${4:-10}" -v check="$check" -v interval="$interval" '
	function ip(n) {
		return sprintf("10.%d.%d.%d", int(n / 65536) % 256,
		    int(n / 256) % 256, n % 256)
	}
	# Both count one failure, and one answer that is good again.
	function ka_check() {
		if (check == "")
			return
		if (check == "tcp")
			print "\t\tTCP_CHECK {"
		else
			print "\t\tHTTP_GET {\n\t\t\turl {\n\t\t\t\tpath /\n" \
			    "\t\t\t\tstatus_code 200\n\t\t\t}"
		print "\t\t\tconnect_timeout " patience "\n\t\t\tretry 0\n" \
		    "\t\t\tdelay_before_retry 1\n\t\t}"
	}
	function lvsd_check(s) {
		if (check == "" || check == "tcp")
			return check == "" ? "" : " check tcp"
		return " check http \"/\" code 200" (check != "shared" ? "" : \
		    " on " ip(128 * 65536 + s * reals) " port 80")
	}
	BEGIN {
		# A machine that is busy with a reload is no reason to fail.
		patience = interval < 10 ? 1 : 10
		if (format == "lvsd" && check != "")
			printf "interval %ds\ntimeout %ds\nrise 1\nfall 1\n",
			    interval, patience
		for (s = 0; s < services; s++) {
			vip = ip(64 * 65536 + s)
			if (format == "lvsd")
				printf "table <t%d> {\n", s
			else if (format == "keepalived")
				printf "virtual_server %s 80 {\n" \
				    "\tlvs_sched wlc\n\tlvs_method DR\n" \
				    "\tprotocol TCP\n\tdelay_loop %d\n", vip,
				    interval
			else
				printf "-A -t %s:80 -s wlc\n", vip
			for (r = 0; r < reals; r++) {
				real = ip(128 * 65536 + s * reals + r)
				weight = 10
				if (s == services - 1 && r == reals - 1)
					weight = last
				if (format == "lvsd")
					printf "\t%s weight %d\n", real, weight
				else if (format == "keepalived") {
					printf "\treal_server %s 80 {\n" \
					    "\t\tweight %d\n", real, weight
					ka_check()
					print "\t}"
				} else
					printf "-a -t %s:80 -r %s:80 -g " \
					    "-w %d\n", vip, real, weight
			}
			if (format == "lvsd")
				printf "}\nservice \"s%d\" {\n" \
				    "\tlisten on %s tcp port 80\n" \
				    "\tscheduler wlc\n%s\troute to <t%d>%s\n}\n",
				    s, vip, check != "" ? "\tinitial up\n" : "",
				    s, lvsd_check(s)
			else if (format == "keepalived")
				print "}"
		}
	}'
}

files() {
	local tool

	last_service=$(fleet ipvsadm "$1" "$2" | awk '/^-A/ { vip = $3 }
	    END { print vip }')
	for tool in lvsd keepalived ipvsadm; do
		fleet $tool "$1" "$2" >"$dir/$tool.conf"
		fleet $tool "$1" "$2" 20 >"$dir/$tool.weight"
	done
}

# Each measurement has a fresh namespace: an empty table, and none of the
# kernel's memory of one that was full.

ns_new() {
	ns=bench$((++ns_number))
	ip netns add $ns && ip -n $ns link set lo up ||
	    die "cannot make a network namespace"
}
ns_number=0

ns_end() {
	ip netns del $ns
	ns=
	quiet
}

in_ns() {
	ip netns exec "$ns" "$@"
}

# The kernel takes seconds to free a large table, after the namespace is gone
# for us.  Wait until the machine does little for half a second; where it has
# other things to do, not for ever.
quiet() {
	local tries idle was now

	for ((tries = 0; tries < 40; tries++)); do
		was=$(idle_ticks)
		sleep 0.5
		now=$(idle_ticks)
		((now - was < 45)) || return
	done
}

idle_ticks() {
	awk '/^cpu / { print $5 }' /proc/stat
}

# How the tools are run.

command_of() {
	case $1 in
	fill)		command="fill $services $reals" ;;
	lvsd | alone)	command="lvsd -d -f $dir/lvsd.conf -s $dir/lvsd.sock" ;;
	keepalived)	command="keepalived -n -l -G -C -I -f $dir/keepalived.conf"
			command+=" -p $dir/ka.pid -c $dir/ka-check.pid" ;;
	ipvsadm)	command="ipvsadm -R" ;;
	esac
}

# start TOOL: leaves pid, and the figures in the arrays.
start() {
	local tool=$1 input=/dev/null numbers w c n r p

	command_of "$tool"
	[[ $tool = ipvsadm ]] && input=$dir/ipvsadm.conf
	: >"$dir/$tool.log"
	numbers=$(in_ns watch start "$services" $((services * reals)) \
	    "$input" "$dir/$tool.log" $command) || {
		bad "$tool: $(tail -n 3 "$dir/$tool.log")"
		return 1
	}
	read -r pid w c n r p <<<"$numbers"
	least wall $tool $w
	least cpu $tool $c
	processes[$tool]=$n rss[$tool]=$r pss[$tool]=$p
}

# least ARRAY KEY NUMBER: keeps the smallest.
least() {
	local -n array=$1

	if [[ ! ${array[$2]-} ]] || (($3 < array[$2])); then
		array[$2]=$3
	fi
}

# The tool's table stays, for its namespace ends next.
stop() {
	case $1 in
	lvsd | alone)	lvsctl -s "$dir/lvsd.sock" stop >/dev/null 2>&1 ;;
	keepalived)	kill "$pid" ;;
	*)		return ;;
	esac
	wait_for 60 eval "! test -e /proc/$pid" || {
		bad "$1 does not end"
		kill -KILL "$pid"
	}
}

# measured TOOL RUNS: starts it so many times in new namespaces.
measured() {
	local i

	for ((i = 0; i < $2; i++)); do
		ns_new
		start "$1" && stop "$1"
		ns_end
	done
}

trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP
modprobe -aq ip_vs ip_vs_wlc
