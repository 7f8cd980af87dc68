#!/bin/sh
#
# The short way of a reload: where the file says the same but for weights, the
# tree stays, and what was can be come back to.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/writes.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)

# configure WEIGHT WEIGHT [ADDRESS]: of rs1, of rs2, and of one more.
configure() {
	cat >"$LAB_TMP/dir1.conf" <<-END
	ipvs sysctl drop_entry 1
	table <web> {
		$rs1 weight $1
		$rs2 weight $2
		${3-}
	}
	service "a" {
		listen on $LAB_VIP tcp port 80
		route to <web> check http "/health" code 200
	}
	service "b" {
		listen on $LAB_VIP tcp port 81
		listen on $LAB_VIP udp port 81
		route to <web>
	}
	END
}

# weights PORT: what the kernel has.
weights() {
	in_ns dir1 ipvsadm -Sn | sort |
	    sed -n "s/^-a -[tu] $LAB_VIP:$1 .* -w \([0-9]*\).*/\1/p" |
	    tr '\n' ' '
}

weights_are() {
	[ "$(weights "$1")" = "$2 " ]
}

short() {
	says dir1 "reload: the files say the same but for $1 weights"
}

generation_is() {
	says dir1 "reload: generation $1 runs"
}

engine() {
	pgrep -P "$(proc_pid dir1)" -f "^lvsd: $1"
}

lives_again() {
	engine "$1" | grep -qvx "$2"
}

drop_entry() {
	in_ns dir1 sh -c "echo $1 >/proc/sys/net/ipv4/vs/drop_entry"
}

trap net_down EXIT
net_up || bail "no network"
rs_http rs1
rs_http rs2
configure 10 20
in_ns dir1 ipvsadm -Ln >/dev/null	# loads ip_vs
drop_entry 1
ok "dir1 starts" director dir1
ok "its hosts are up" wait_for 20 weights_are 80 '10 20'
is "in all services" "$(weights 81)" '10 20 10 20 '

# What somebody else has changed since is made again.
drop_entry 0
exits "nothing has changed in the file" 0 ctl dir1 reload
is "a setting of the kernel is made again" \
    "$(in_ns dir1 cat /proc/sys/net/ipv4/vs/drop_entry)" 1
ok "and what it was is kept" wait_for 5 \
    grep -q '^sysctl drop_entry was "0"' /run/lvsd-dir1.sock.state

recorded=
writes_start dir1 && recorded=yes
exits "nothing has changed" 0 ctl dir1 reload
is "which is a generation" "$output" \
    "generation 3 runs, 0 operations in the kernel"
ok "come to by the short way" says dir1 'reload: the files say the same$'
configure 10 21
exits "a weight changes" 0 ctl dir1 reload
like "which all its uses get" "$output" 'generation 4 runs, 3 operations'
ok "by the short way" short 2
is "in the kernel" "$(weights 80) $(weights 81)" '10 21  10 21 10 21 '
if [ -n "$recorded" ]; then
	is "and nothing but that is written" \
	    "$(writes "$(proc_pid dir1)" | tr '\n' ' ')" \
	    'set-dest set-dest set-dest '
else
	skip 1 "this kernel does not show its netlink"
fi
like "lvsctl shows it" "$(ctl dir1 show hosts)" ', weight 21$'
exits "a plan of it" 0 ctl dir1 plan
is "is no change" "$output" "no change"

# Back, and for a while.
exits "back" 0 ctl dir1 rollback
is "are the weights that were" "$(weights 80)" '10 20 '
exits "the file again" 0 ctl dir1 reload
is "has the others" "$(weights 80)" '10 21 '
configure 11 22
exits "for a while" 0 ctl dir1 reload -c 2s
is "there are others" "$(weights 80)" '11 22 '
like "which is shown" "$(ctl dir1 show summary)" 'waits to be confirmed'
ok "then it goes back by itself" wait_for 20 weights_are 80 '10 21'
exits "for ever" 0 ctl dir1 reload -c 60s
exits "when it is confirmed" 0 ctl dir1 confirm
is "they stay" "$(weights 80)" '11 22 '

# What comes between.
pid=$(engine lbe)
kill -KILL "$pid"
ok "lbe is started again" wait_for 20 lives_again lbe "$pid"
pid=$(engine hce)
kill -KILL "$pid"
ok "and hce" wait_for 20 lives_again hce "$pid"
ok "they answer" wait_for 20 ctl dir1 show summary
is "the weights are those of last" "$(weights 80)" '11 22 '
exits "an operator's weight" 0 ctl dir1 host weight $rs2 50
configure 12 23
exits "is not that of the file" 0 ctl dir1 reload
is "and goes first" "$(weights 80)" '12 50 '
exits "without it" 0 ctl dir1 host weight $rs2 configured
ok "the file's is there" wait_for 5 weights_are 80 '12 23'

# The long way in between.
configure 12 23 "10.77.0.99 weight 1"
count=$(count_said dir1 'the files say the same')
exits "one host more" 0 ctl dir1 reload
is "is the long way" "$(count_said dir1 'the files say the same')" "$count"
ok "which leads there" wait_for 5 weights_are 81 '12 23 1 12 23 1'
configure 13 23 "10.77.0.99 weight 1"
exits "and from there the short one" 0 ctl dir1 reload
ok "goes on" wait_for 5 weights_are 81 '13 23 1 13 23 1'
exits "back" 0 ctl dir1 rollback
is "goes one step" "$(weights 81)" '12 23 1 12 23 1 '
configure 10 x "10.77.0.99 weight 1"
exits "what is wrong" 1 ctl dir1 reload
like "is told" "$output" 'weight: "x" is not a number'
is "and nothing changes" "$(weights 81)" '12 23 1 12 23 1 '

ok "dir1 stops" proc_stop dir1
is "lvsd ended well" "$(faults)" ""
done_testing
