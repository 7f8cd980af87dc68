#!/bin/sh
#
# Two directors with real services: what a client has of it when one dies,
# returns, cannot reach the real servers any more, or is stopped.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)

# configure NS PRIORITY: a director that cannot reach the real servers is
# worth less than one that can.
configure() {
	{
		cat <<-END
		interval 500ms
		timeout 400ms
		fall 2
		lease 60s
		table <web> { $rs1, $rs2 }
		service "www" {
			listen on $LAB_VIP tcp port 80
			scheduler rr
			route to <web> port 80 check http "/health" code 200
		}
		END
		instance "$2" 'track service "www" weight -40' \
		    'track table <web> weight -40'
	} >"$LAB_TMP/$1.conf"
}

# of NAME: a value of what lab/ask told last.
of() {
	case " $told " in
	*" $1="*)	_rest=${told#*" $1="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

requests_start() {
	proc_start requests client "$TOP/lab/ask" http $LAB_VIP 80 10
	sleep 0.3
}

requests_end() {
	sleep 0.3
	proc_stop requests
	read -r told <"$LAB_TMP/requests.log"
	diag "$1: $told"
}

# settled: nothing fails after the gap.  On a busy machine another gap may be
# longer than that of the change, in whose moment some may fail.
settled() {
	test "$(of until)" -le "$(of regained)" ||
	    test $(($(of until) - $(of from))) -lt 100
}

# gap WHEN MS: it is not longer, and nothing fails after it.  What is asked
# at that very moment may: the new master does not know the connection.
gap() {
	ok "$1: less than $2 ms without an answer" test "$(of gap)" -lt "$2"
	ok "$1: nothing fails after them" settled
	ok "$1: both servers answer" test "$(of rs1)" -gt 0 -a \
	    "$(of rs2)" -gt 0
}

table() {
	in_ns "$1" ipvsadm -Sn | sort
}

well() {
	ctl "$1" show summary | grep -q 'active (2 hosts)'
}

# pair MASTER BACKUP: the roles, and who has the address.
pair() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 is_role "$2" VI_1 backup &&
	    holds "$1" && lacks "$2"
}

# The way to the real servers, from one director.
way_lost() {
	printf 'route add blackhole %s\n' "$rs1" "$rs2" | ip -n "$1" -batch -
}

way_found() {
	printf 'route del blackhole %s\n' "$rs1" "$rs2" | ip -n "$1" -batch -
}

trap net_down EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
done
configure dir1 200
configure dir2 150
ok "dir1 runs" director dir1
ok "dir2 runs" director dir2
ok "dir1 has found the servers" wait_for 10 well dir1
ok "dir2 has found the servers" wait_for 10 well dir2
ok "dir1 is master" pair dir1 dir2
ok "dir1 has services" test -n "$(table dir1)"
is "the backup has them already" "$(table dir2)" "$(table dir1)"

# 3 x 100 ms and the skew of priority 150, 42 ms, from an advertisement that
# may be 100 ms old; and up to a second more for a slow machine.
requests_start
power_off dir1
ok "the master dies, the backup is master" \
    wait_for 5 is_role dir2 VI_1 master
requests_end "death"
ok "death: there is a gap" test "$(of gap)" -ge 100
ok "as it heard nothing, not even the end" says dir2 \
    'backup -> master: master .* is not heard any more'
gap "death" 1400

# The kernel of the dead has kept the address: it is not to be heard.
ok "it still had the address" holds dir1
requests_start
ok "it starts again" director dir1
ok "what it had of the address is gone" wait_for 5 lacks dir1
link_mend dir1
ok "and is master, having found the servers" pair dir1 dir2
ok "dir1 is well" wait_for 10 well dir1
requests_end "return"
gap "return" 1000

requests_start
crash dir2
link_cut dir2
sleep 0.5				# more than a backup would wait
ok "the backup's death" is_role dir1 VI_1 master
director dir2
link_mend dir2
ok "and return" wait_for 10 well dir2
ok "move no role" pair dir1 dir2
requests_end "backup's death"
gap "backup's death" 1000
is "backup's death: no request failed" "$(of failed)" 0

# The services of dir1 fail, but not those of dir2.
requests_start
way_lost dir1
ok "a master that does not reach the servers gives way" pair dir2 dir1
ok "because of them" says dir1 'service www fails'
ok "one by one" says dir1 'table web fails'
requests_end "way lost"
gap "way lost" 3000
requests_start
way_found dir1
ok "it is master again when it does" pair dir1 dir2
requests_end "way found"
gap "way found" 1000

# The skew alone.
requests_start
ok "the master is stopped" ctl dir1 stop
ok "the backup is master" wait_for 5 is_role dir2 VI_1 master
requests_end "stop"
gap "stop" 1000
ok "dir1 has no address" lacks dir1
isnt "but its services" "$(table dir1)" ""
done_testing
