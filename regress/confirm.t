#!/bin/sh
#
# A configuration that is to be confirmed, and the way back: by the operator, by
# time, over the death of an engine and of lvsctl; under traffic, none of which
# is lost.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)

# configure SCHEDULER WEIGHT [LINE...]
configure() {
	_sched=$1
	_weight=$2
	shift 2
	{
		cat <<-END
		table <web> { $rs1, $rs2 weight $_weight }
		service "www" {
			listen on $LAB_VIP tcp port 80
			scheduler $_sched
			route to <web> port 80
		}
		END
		printf '%s\n' "$@"
		instance 200
	} >"$file"
}

first() {
	configure wrr 1
}

second() {
	configure wlc 3 'service "more" {' \
	    "listen on $LAB_VIP tcp port 81" 'forward to <web> port 80' '}'
}

table() {
	in_ns dir1 ipvsadm -Sn | sort
}

has() {
	[ "$(table)" = "$1" ]
}

of() {
	case " $told " in
	*" $1="*)	_rest=${told#*" $1="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

# id SERVICE: its number.
id() {
	ctl dir1 show summary | awk -v name="$1" \
	    '$2 == "service" && $3 == name { print $1 }'
}

waits() {
	ctl dir1 show summary | grep -q 'waits to be confirmed'
}

settles() {
	! waits
}

another_lbe() {
	_new=$(lbe_pid)
	[ -n "$_new" ] && [ "$_new" != "$1" ] && ctl dir1 show summary
}

lbe_pid() {
	pgrep -P "$(proc_pid dir1)" -f '^lvsd: lbe'
}

trap net_down EXIT
net_up || bail "no network"
file=$LAB_TMP/dir1.conf
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
done
first
ok "lvsd runs" director dir1
ok "it has the address" wait_for 10 holds dir1
ok "and the servers" wait_for 10 eval 'table | grep -q "^-a.*$rs2"'
one=$(table)
exits "at first there is nothing to go back to" 1 ctl dir1 rollback
like "as is told" "$output" 'none has run since lvsd was started'
exits "and nothing to confirm" 1 ctl dir1 confirm
like "as is told, too" "$output" '^nothing waits to be confirmed'
proc_start requests client "$TOP/lab/ask" http $LAB_VIP 80 10
proc_start monitor dir1 "$LVSCTL" -s /run/lvsd-dir1.sock monitor

second
exits "a configuration for a while" 0 ctl dir1 reload -c 10m
like "the operator is told to confirm it" "$output" "^generation 2 waits to be \
confirmed: without .lvsctl confirm' what generation 1 was comes back in [56]"
two=$(table)
isnt "it runs" "$two" "$one"
like "the summary tells" "$(ctl dir1 show summary)" \
    '^generation 2 waits to be confirmed'
ok "monitors were told" wait_for 5 says monitor \
    'reload "configuration" generation 2 waits 600 seconds to be confirmed'
exits "another is refused meanwhile" 1 ctl dir1 reload
like "with the remedy" "$output" "lvsctl confirm' or .lvsctl rollback' first"
exits "and back at once" 0 ctl dir1 rollback
is "to the first" "$(table)" "$one"
ok "nothing waits" settles

exits "for two seconds" 0 ctl dir1 reload -c 2s
ok "it goes back by itself" wait_for 20 settles
ok "to the first" wait_for 10 has "$one"
ok "as the log has it" says dir1 'generation 4 was not confirmed in time'
ok "and monitors" wait_for 5 says monitor \
    'reload "configuration" generation 4 was not confirmed in time'

exits "once more" 0 ctl dir1 reload -c 8
exits "confirmed" 0 ctl dir1 confirm
is "it stays" "$output" "generation 6 stays"
ok "nothing waits" settles
sleep 9				# longer than it would have waited
is "it is there" "$(table)" "$two"
www=$(id www)
more=$(id more)
exits "back" 0 ctl dir1 rollback
is "to the first" "$(table)" "$one"
like "as another generation" "$output" '^generation 7 runs, '
exits "and back from there" 0 ctl dir1 rollback
is "to the second" "$(table)" "$two"
is "what was there all the time is the same" "$(id www)" "$www"
ok "what was not is another" test "$(id more)" -gt "$more"
exits "and so on" 0 ctl dir1 rollback
is "in turn" "$(table)" "$one"

# What was running when the wait began is not lost with who asked for it.
exits "for a while" 0 ctl dir1 reload -c 20
old=$(lbe_pid)
kill -KILL "$old"
ok "an engine dies meanwhile" wait_for 10 another_lbe "$old"
ok "its successor tells that it waits" waits
is "what runs, runs on" "$(table)" "$two"
ok "until the time is over" wait_for 40 has "$one"
ok "then nothing waits" settles

ctl dir1 reload -c 2 >/dev/null &
kill -KILL $!
wait $! 2>/dev/null
ok "it goes back without lvsctl, too" \
    wait_for 10 eval '[ $(count_said dir1 "not confirmed in time") -ge 2 ]'
ok "to the first" wait_for 10 has "$one"
echo bogus >"$file"
exits "what cannot be read" 1 ctl dir1 reload -c 60
ok "is not waited for" settles
second
exits "nor does it take the way back" 0 ctl dir1 rollback
is "to the second" "$(table)" "$two"

proc_stop requests
read -r told <"$LAB_TMP/requests.log"
diag "$told"
ok "requests were answered" test "$(of answered)" -gt 500
is "and none failed" "$(of failed)" 0
exits "for a while" 0 ctl dir1 reload -c 60
proc_stop monitor
ok "the end of lvsd meanwhile" proc_stop dir1
ok "is logged with what follows" says dir1 \
    'was not confirmed: the next lvsd runs what is in '
ok "the next" director dir1
ok "waits for nothing" settles
proc_stop dir1
done_testing
