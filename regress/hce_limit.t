#!/bin/sh
#
# More checks than descriptors: those left out say nothing about their hosts,
# and the log says so once.

. "$(dirname "$0")/lib.sh"

. "$TOP/regress/hce.sh"
for need in perl ip; do
	command -v "$need" >/dev/null || skip_all "$need is not installed"
done

# 192.0.2.0/24 but for .254 takes every packet and never answers.
network() {
	ip link set lo up &&
	    ip link add v0 type veth peer name v1 &&
	    ip address add 192.0.2.254/24 dev v0 &&
	    ip link set v1 up && ip link set v0 up || return 1
	for _n in $(seq 1 100); do
		echo "neighbour add 192.0.2.$_n lladdr 02:00:00:00:00:01 dev v0"
	done | ip -batch -
}

# silent NUMBER CHECKS: so many hosts that never answer.
silent() {
	{
		cat <<-END
		log state changes
		interval 200ms
		timeout 200ms
		fall 2
		END
		echo "table <good> { 127.0.0.1 }"
		echo 'service "good" {'
		echo "listen on 192.0.2.200 tcp port 80"
		echo "forward to <good> port 7001 check tcp"
		echo '}'
		echo "table <silent> {"
		seq -f '192.0.2.%.0f' 1 "$1"
		echo "}"
		echo 'service "silent" {'
		echo "listen on 192.0.2.201 tcp port 80"
		echo "forward to <silent> port 80 $2"
		echo '}'
	} | conf
}

said() {
	[ "$(grep -Ec -e "$1" "$dir/log")" -eq "${2-1}" ]
}

network >/dev/null 2>"$dir/err" || skip_all "no veth: $(cat "$dir/err")"
mkfifo "$dir/peers.in"
perl "$TOP/regress/hce_peer.pl" banner=7001 <"$dir/peers.in" \
    >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/peers.in"
wait_for 10 grep -q ready "$dir/peers.out" || bail "no peer"

ulimit -n 60
ok "hce starts with 60 descriptors" hce_start
silent 10 'check tcp'
verdict "enough for a few hosts" good "up \(ok\)"
verdict "of which the silent are down" silent "down \(timeout in connect\)"
ok "and nothing is said" said descriptors 0
silent 100 'check icmp'
ok "nor with many that need none" said descriptors 0
silent 100 'check http "/" interval 201ms'
ok "it is said that they may not suffice" wait_for 10 said \
    'may need 133 descriptors at once, .* and there are 60: raise'
ok "and that they do not" wait_for 10 said \
    'out of descriptors, there are 60: checks are left out'
sleeps=$(grep -c . "$dir/out")
more() {
	say stats
	[ "$(grep -c . "$dir/out")" -gt $((sleeps + 600)) ]
}
ok "time passes" wait_for 20 more
ok "it is said once" said 'out of descriptors'
unlike "no host goes down for it" "$(cat "$dir/log")" \
    'out of descriptors\), state .* -> down'
unlike "and the good one stays" "$(grep '^host good' "$dir/out")" "down"
silent 10 'check tcp'
ok "with fewer checks it is over" wait_for 30 said \
    'descriptors are left again, [0-9]+ checks were left out'
verdict "and all is as it was" good "up \(ok\)"
ok "hce ends in good order" hce_stop
done_testing
