#!/bin/sh
#
# The kernel's table and lvsd under traffic: lvsd or an engine is killed and
# starts again, somebody else changes the table, lvsd ends.  What was right is
# not written again, and what is of others is let alone.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/writes.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
# What the real servers answer to through NAT goes by way of the master.
nat=10.77.0.20 gateway=10.77.0.9

# configure WEIGHT [LINE...]: rs2 has this weight for what goes through NAT, and
# but with 5 there is a service on a mark.
configure() {
	_weight=$1
	shift
	{
		printf '%s\n' "$@"
		cat <<-END
		lease 60s
		interval 500ms
		timeout 400ms
		table <web> { $rs1, $rs2 }
		table <kept> { $rs1, $rs2 weight $_weight }
		service "direct" {
			listen on $LAB_VIP tcp port 80
			scheduler rr
			route to <web> check http "/health" code 200
		}
		service "nat" {
			listen on $nat tcp port 7007
			scheduler wlc
			forward to <kept> check tcp
		}
		END
		[ "$_weight" = 5 ] || cat <<-END
		service "marked" {
			listen on mark 5
			route to <web>
		}
		END
		instance 200 "address $nat/24" "address $gateway/24"
	} >"$LAB_TMP/dir1.conf"
}

ipvsadm_at() {
	in_ns dir1 ipvsadm "$@"
}

table() {
	ipvsadm_at -Sn | sort
}

# Those of somebody else.
foreign() {
	table | grep -E '203.0.113|-f 7'
}

foreign_add() {
	ipvsadm_at -A -t 203.0.113.1:80 -s lc
	ipvsadm_at -a -t 203.0.113.1:80 -r 203.0.113.9:80 -m -w 3
	ipvsadm_at -A -f 7 -s rr
}

table_is() {
	[ "$(table)" = "$1" ]
}

# Connections that the kernel has counted for our services.
counted() {
	ipvsadm_at -Ln --stats | awk '$1 == "TCP" { n += $3 } END { print n }'
}

# The kernel adds up every two seconds.
counts_from() {
	[ "$(counted)" -gt "$1" ]
}

well() {
	ctl dir1 show summary | grep -c 'active (2 hosts)' | grep -qx "${1-3}"
}

traffic_start() {
	proc_start requests client "$TOP/lab/ask" http $LAB_VIP 80 10
	proc_start kept client "$TOP/lab/ask" kept $nat 7007 10
	proc_start large client curl -sS --max-time 60 \
	    -o "$LAB_TMP/got" "http://$LAB_VIP/large"
	wait_for 10 eval '[ "$(ipvsadm_at -Lnc |
	    grep -Ec "ESTABLISHED.* ($nat:7007|$LAB_VIP:80) ")" -ge 2 ]'
}

# of FILE NAME: a value of what lab/ask told.
of() {
	_told=" $(tr '\n' ' ' <"$LAB_TMP/$1.log") "
	case $_told in
	*" $2="*)	_rest=${_told#*" $2="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

large_ended() {
	! proc_alive large
}

# traffic_end WHEN: what was there has lost nothing.
traffic_end() {
	sleep 0.3
	for _one in requests kept; do
		proc_stop $_one
		diag "$1: $(cat "$LAB_TMP/$_one.log")"
	done
	is "$1: the connection through NAT lives" "$(of kept failed)" 0
	ok "$1: and is of use" test "$(of kept answered)" -gt 20
	ok "$1: the long download ends" wait_for 30 large_ended
	ok "$1: and is whole" cmp "$LAB_TMP/got" "$LAB_TMP/large"
}

nothing_failed() {
	is "$1: no request failed" "$(of requests failed)" 0
	ok "$1: of many" test "$(of requests answered)" -gt 50
}

# written WHEN [REQUEST...]: just this has been asked of the kernel.
written() {
	_when=$1
	shift
	if [ -z "$recorded" ]; then
		skip 1 "this kernel does not show its netlink"
		return
	fi
	is "$_when: what was written" "$(writes "$(proc_pid dir1)" | sort |
	    tr '\n' ' ')" "${*:+$* }"
}

record() {
	[ -z "$recorded" ] || writes_start dir1
}

another() {
	_pid=$(engine dir1 "$1")
	[ -n "$_pid" ] && [ "$_pid" != "$2" ]
}

engine() {
	ps -o pid=,args= --ppid "$(proc_pid "$1")" |
	    awk -v role="$2" '$2 == "lvsd:" && $3 == role { print $1 }'
}

# mended WHEN WHAT: a change is found, told and undone.
mended() {
	ok "$1: is mended" wait_for 30 table_is "$before"
	ok "$1: and told" wait_for 10 says dir1 \
	    "somebody else changed the kernel's table \($2\): repairing"
}

trap net_down EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
	proc_start echo-$rs $rs "$TOP/lab/echo" $rs 0.0.0.0 7007
done
nat_client $nat $gateway
in_ns dir1 sh -c 'modprobe -q ip_vs; :'
foreign_add
others=$(foreign)
recorded=yes
writes_start dir1 || recorded=
configure 1
director dir1 || bail "lvsd does not run"
ok "is master" wait_for 10 is_role dir1 VI_1 master
ok "and has found the servers" wait_for 10 well
written "a start" new-dest new-dest new-dest new-dest new-dest new-dest \
    new-service new-service new-service
before=$(table)

# lvsd is killed, and another one starts.
traffic_start
crash dir1
n=$(counted)
is "kill: the kernel has all" "$(table)" "$before"
ok "kill: and makes connections" wait_for 10 counts_from "$n"
record
n=$(counted)
ok "kill: the next one runs" director dir1
ok "kill: took over what was there" says dir1 \
    'took over 3 services with 6 real servers'
ok "kill: is master" wait_for 10 is_role dir1 VI_1 master
ok "kill: looks at the servers" wait_for 10 well
ok "kill: and sees them" wait_for 10 eval '[ "$(ctl dir1 show hosts |
    grep -c "up")" -ge 4 ]'
traffic_end "kill"
nothing_failed "kill"
written "kill"
is "kill: the table is the same" "$(table)" "$before"
ok "kill: and counts on" wait_for 10 counts_from "$n"
not_ok "kill: nothing had to be repaired" says dir1 'repair'

# What another configuration wants otherwise is written, and nothing else.
crash dir1
configure 5
record
ok "changed: the next one runs" director dir1
after=$(printf '%s\n' "$before" |
    sed -e "/$nat.*$rs2:/s/-w 1/-w 5/" -e '/-f 5/d')
ok "changed: has its weight, and lacks a service" wait_for 10 table_is "$after"
ok "changed: which it knows for its own" says dir1 \
    '1 services that an earlier lvsd has left'
ok "changed: looks at the servers" wait_for 10 well 2
written "changed" del-service set-dest
configure 1
record
exits "changed: and back, by a reload" 0 ctl dir1 reload
is "changed: the table is as before" "$(table)" "$before"
written "reload" new-dest new-dest new-service set-dest
record
exits "the same again" 0 ctl dir1 reload
written "nothing changed"

# Engines.
traffic_start
record
for role in lbe hce vrrpe; do
	pid=$(engine dir1 $role)
	: >"$LAB_TMP/dir1.log"
	kill -9 "$pid"
	ok "$role is started again" wait_for 10 another $role "$pid"
	ok "$role runs" wait_for 10 says dir1 "$role runs generation"
done
ok "engines: is master" wait_for 10 is_role dir1 VI_1 master
ok "engines: look at the servers" wait_for 10 well
traffic_end "engines"
nothing_failed "engines"
written "engines"
is "engines: the table is the same" "$(table)" "$before"

# Somebody else changes the table.  A kernel without a service does not see
# packets of connections any more, and answers them itself: by a reset.
traffic_start
: >"$LAB_TMP/dir1.log"
record
ipvsadm_at -C
foreign_add
mended "ipvsadm -C" "3 services missing"
sleep 0.3
proc_stop requests
proc_stop kept
proc_stop large
diag "ipvsadm -C: $(cat "$LAB_TMP/requests.log")"
isnt "ipvsadm -C: requests were refused meanwhile" \
    "$(of requests failed)" 0
ok "ipvsadm -C: none when it was mended" test "$(of requests until)" -le \
    "$(of requests regained)"
written "ipvsadm -C" new-dest new-dest new-dest new-dest new-dest new-dest \
    new-service new-service new-service

traffic_start
: >"$LAB_TMP/dir1.log"
record
ipvsadm_at -e -t $nat:7007 -r $rs2:7007 -m -w 9
mended "a weight" "1 real servers changed"
written "a weight" set-dest
: >"$LAB_TMP/dir1.log"
record
ipvsadm_at -a -t $LAB_VIP:80 -r 10.77.0.13:80 -g
mended "a host more" "1 real servers not configured"
written "a host more" del-dest
: >"$LAB_TMP/dir1.log"
record
ipvsadm_at -d -t $nat:7007 -r $rs2:7007
mended "a host less" "1 real servers missing"
written "a host less" new-dest
: >"$LAB_TMP/dir1.log"
record
ipvsadm_at -E -f 5 -s wrr
mended "another scheduler" "1 services changed"
written "another scheduler" set-service
: >"$LAB_TMP/dir1.log"
record
ipvsadm_at -D -t $nat:7007
mended "a service less" "1 services missing"
written "a service less" new-dest new-dest new-service
traffic_end "changes"

is "services of others are as they were" "$(foreign)" "$others"

# lvsd ends.
proc_stop dir1
is "an end keeps the table" "$(table)" "$before"
configure 1 "on exit remove"
ok "lvsd starts again" director dir1
ok "is master again" wait_for 10 is_role dir1 VI_1 master
crash dir1
is "a kill keeps it in any case" "$(table)" "$before"
ok "lvsd starts once more" director dir1
ok "is master once more" wait_for 10 is_role dir1 VI_1 master
record
pid=$(proc_pid dir1)
proc_stop dir1
is "on exit remove: our services are gone, those of others are not" \
    "$(table)" "$others"
ok "on exit remove: it is told" says dir1 '3 services removed, 0 refused'
done_testing
