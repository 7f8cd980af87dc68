#!/bin/sh
#
# Services that follow a VRRP instance, on two directors: which of them has
# them in its kernel, what a client has of it when the instance moves, whose
# hosts are checked, and an instance that tracks what follows it.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)

# A service with many ports takes a while; the last is what is asked.
ports=$(seq -s ', ' 1000 1100)
last=8000

# service NAME PORTS LINE...
service() {
	printf 'service "%s" {\n\tlisten on %s tcp port %s\n' $1 $LAB_VIP "$2"
	printf '\tscheduler rr\n'
	shift 2
	printf '\t%s\n' "$@"
	echo '}'
}

# configure NS PRIORITY [BOUND]: "www" and "many" follow, "rare" and "often" do
# and are not checked on standby, "plain" is always there.
configure() {
	_bound=${3-while master of \"VI_1\"}
	{
		cat <<-END
		interval 500ms
		timeout 400ms
		fall 2
		lease 60s
		table <web> { $rs1, $rs2 }
		END
		service plain 7 'route to <web>'
		service www 80 "$_bound" \
		    'route to <web> port 80 check http "/health"'
		service many "$ports, $last" "$_bound" \
		    'route to <web> check http "/health" on port 80'
		service rare 81 "${_bound:+$_bound suspend checks}" \
		    'initial up' \
		    'route to <web> check tcp on port 80 interval 1m'
		service often 82 "${_bound:+$_bound suspend checks}" \
		    'route to <web> check tcp on port 80'
		instance "$2" 'track service "www" weight -100'
	} >"$LAB_TMP/$1.conf"
}

of() {
	case " $told " in
	*" $1="*)	_rest=${told#*" $1="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

requests_start() {
	proc_start requests client "$TOP/lab/ask" tcp $LAB_VIP $last 5
	sleep 0.3
}

requests_end() {
	sleep 0.3
	proc_stop requests
	read -r told <"$LAB_TMP/requests.log"
	diag "$1: $told"
}

# Ports in the kernel, of those that are not the many, with their hosts.
table() {
	in_ns "$1" ipvsadm -Sn | sed -n "s/^-a -t $LAB_VIP:\([0-9]*\) .*/\1/p" |
	    grep -v '^1...$' | sort | uniq -c | awk '{ printf "%s=%s ", $2, $1 }'
}

has_table() {
	[ "$(table "$1")" = "$2" ]
}

status() {
	ctl "$1" show summary | sed -n \
	    "s/.*[[:space:]]service[[:space:]]*$2[[:space:]]*//p"
}

is_status() {
	[ "$(status "$1" "$2")" = "$3" ]
}

# How many hosts are not checked.
suspended() {
	ctl "$1" show hosts | grep -c 'checks suspended'
}

is_suspended() {
	[ "$(suspended "$1")" = "$2" ]
}

# checks NS PORT: how many were made of the hosts on it, all together.
checks() {
	ctl "$1" show hosts | awk -v re=":$2\$" '
		$2 == "host" { mine = $3 ~ re }
		$1 == "total:" && mine { split($2, n, "/"); sum += n[2] }
		END { print sum + 0 }'
}

has_checks() {
	[ "$(checks "$1" "$2")" -ge "$3" ]
}

up() {
	ctl "$1" show hosts | grep -c ":$2[[:space:]].*[[:space:]]up\$"
}

# in_time: nobody was refused, or the addresses did not wait.
in_time() {
	[ "$(of refused)" = 0 ] || says dir2 'its addresses wait no longer'
}

engine_of() {
	ps -o pid=,args= --ppid "$(proc_pid "$1")" |
	    awk -v role="$2" '$2 == "lvsd:" && $3 == role { print $1 }'
}

is_another() {
	_new=$(engine_of "$1" "$2")
	[ -n "$_new" ] && [ "$_new" != "$3" ]
}

pair() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 is_role "$2" VI_1 backup &&
	    wait_for 10 holds "$1" && wait_for 10 lacks "$2"
}

all='7=2 80=2 8000=2 81=2 82=2 '
plain='7=2 '

# moved WHAT TO FROM
moved() {
	ok "$1: $2 has the services" wait_for 5 has_table $2 "$all"
	ok "$1: $3 has not" wait_for 5 has_table $3 "$plain"
}

way() {
	printf "route $2 blackhole %s\n" "$rs1" "$rs2" | ip -n "$1" -batch -
}

trap net_down EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
	proc_start echo-$rs $rs "$TOP/lab/echo" $rs 0.0.0.0 $last
done
configure dir1 200
configure dir2 150
ok "dir1 runs" director dir1
ok "dir2 runs" director dir2
ok "dir1 is master" pair dir1 dir2
moved "start" dir1 dir2
is "the master's is active" "$(status dir1 www)" active
is "the backup's is on standby" "$(status dir2 www)" \
    "standby (VI_1 is backup)"
like "which is told of each" "$(ctl dir2 show services)" \
    'while master of VI_1, else checks are suspended'
is "the master checks all" "$(suspended dir1)" 0
is "the backup not those of two services" "$(suspended dir2)" 4

# By itself.  The new master does not know the connections of the very moment.
requests_start
ok "resigned" ctl dir1 vrrp resign VI_1
ok "dir2 is master" pair dir2 dir1
requests_end resign
moved "resign" dir2 dir1
ok "resign: nobody is refused, the services come first" in_time
ok "resign: next to nothing fails" test "$(of failed)" -le 3
ok "checked at once, for it has an interval of 1m" \
    wait_for 5 has_checks dir2 81 2
is "and no more suspended" "$(suspended dir2)" 0
is "but on the other" "$(suspended dir1)" 4
is "whose verdicts stay" "$(status dir1 rare)" "standby (VI_1 is backup)"
ctl dir1 vrrp undemote VI_1 >/dev/null
ok "back again" pair dir1 dir2
moved "back" dir1 dir2
is "the verdicts of dir2 stay, too" "$(up dir2 81)" 2
often=$(checks dir2 82)
ok "others are checked" wait_for 10 has_checks dir2 80 \
    $(($(checks dir2 80) + 10))
is "but not those that follow, however often" "$(checks dir2 82)" "$often"

# By death.
requests_start
power_off dir1
ok "death: dir2 is master" wait_for 5 is_role dir2 VI_1 master
ok "death: it has the services" wait_for 5 has_table dir2 "$all"
requests_end death
ok "death: less than 1400 ms without an answer" test "$(of gap)" -lt 1400
ok "death: nobody is refused, the services come first" in_time
ok "dir1 starts again" director dir1
link_mend dir1
ok "and is master" pair dir1 dir2
moved "return" dir1 dir2

# Engines die: what is in the kernel stays.
before=$(table dir1)
for role in lbe vrrpe hce; do
	_pid=$(engine_of dir1 $role)
	kill -KILL $_pid
	ok "$role of the master dies, and is there again" \
	    wait_for 10 is_another dir1 $role $_pid
	sleep 1				# which is longer than it needs
	is "$role: the services are the same" "$(table dir1)" "$before"
	ok "$role: and the address" holds dir1
done
kill -KILL "$(engine_of dir2 lbe)"
ok "lbe of the backup is there again" wait_for 10 is_status dir2 www \
    "standby (VI_1 is backup)"
ok "and wants no checks" wait_for 10 is_suspended dir2 4
kill -KILL "$(engine_of dir2 hce)"
ok "nor hce makes any" wait_for 10 is_suspended dir2 4
ok "no service has come" has_table dir2 "$plain"

# The death of lvsd alone is none of what it directs; if its start takes long the
# other is master for a while.
requests_start
crash dir1
ok "lvsd starts again" director dir1
requests_end restart
ok "restart: nobody is refused" in_time
ok "restart: next to nothing fails" test "$(of failed)" -le 6
ok "it is master" wait_for 10 is_role dir1 VI_1 master
ok "with its services" has_table dir1 "$all"

# It tracks a service that follows it.
way dir1 add
ok "a master that does not reach the servers gives way" pair dir2 dir1
moved "way lost" dir2 dir1
ok "it is told why" says dir1 'service www fails'
way dir1 del
ok "it finds them on standby, and takes over" pair dir1 dir2
moved "way found" dir1 dir2

# Reloads.
ok "reloaded with nothing new" ctl dir2 reload
is "nothing is new" "$(table dir2)" "$plain"
is "still suspended" "$(suspended dir2)" 4
configure dir2 150 ""
ok "reloaded without roles" ctl dir2 reload
ok "all are active" wait_for 10 has_table dir2 "$all"
ok "and checked" wait_for 5 is_suspended dir2 0
configure dir2 150
ok "reloaded with roles" ctl dir2 reload
ok "those that follow have gone" wait_for 10 has_table dir2 "$plain"
is "and are not checked" "$(suspended dir2)" 4

# The addresses do not wait for an engine that hangs.
_pid=$(engine_of dir2 lbe)
kill -STOP $_pid
ok "resigned again" ctl dir1 vrrp resign VI_1
ok "with lbe stopped, dir2 has the address" wait_for 5 holds dir2
ok "which it tells" says dir2 'vrrp VI_1: .* its addresses wait no longer'
kill -CONT $_pid
ok "and the services when lbe goes on" wait_for 15 has_table dir2 "$all"
done_testing
