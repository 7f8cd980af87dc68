#!/bin/sh
#
# A host that is back gets its share little by little: as the kernel has it and
# as requests have it, over a reload and the deaths of lbe and lvsd.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/daemon.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
vip=10.77.0.20
slow=40

# service PORT SCHEDULER
service() {
	cat <<-END
	service "$1" {
		listen on $vip tcp port $1
		scheduler $2
		slow start ${slow}s
		forward to <web> port 80 check tcp
	}
	END
}

configure() {
	{
		cat <<-END
		${1-}
		interval 1s
		timeout 990ms
		table <web> { $rs1, $rs2 }
		END
		service 80 wrr
		service 81 lc
		service 82 mh
	} >"$LAB_TMP/dir1.conf"
	chmod 600 "$LAB_TMP/dir1.conf"
}

# weight RS PORT: in the kernel; nothing when it is not there.
weight() {
	in_ns dir1 ipvsadm -Sn |
	    sed -n "s/^-a -t $vip:$2 -r $1:80 .* -w \([0-9]*\).*/\1/p"
}

weight_is() {
	[ "$(weight "$1" "$2")" = "$3" ]
}

# rises RS PORT FROM: has more than this, and not all.
rises() {
	_weight=$(weight "$1" "$2")
	[ "${_weight:-0}" -gt "$3" ] && [ "$_weight" -lt 100 ]
}

of() {
	case " $1 " in
	*" $2="*)	_rest=${1#*" $2="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

# share: what rs1 gets of the requests is what its weight says, which rises
# meanwhile.  In the round of wrr all of a small weight comes at the end.
share() {
	_from=$(weight $rs1 80)
	_told=$(in_ns client "$TOP/lab/ask" http $vip 80 5 300 2>&1)
	_until=$(weight $rs1 80)
	_got=$(of "$_told" rs1)
	diag "weight $_from to $_until: $_told"
	[ "$(of "$_told" failed)" = 0 ] &&
	    [ "$_got" -ge $((300 * _from / (100 + _from) - 20)) ] &&
	    [ "$_got" -le $((300 * _until / (100 + _until) + 20)) ]
}

# connections: of sixty that are kept, to the service with lc, rs1 has as many
# as its weight says.  The kernel gives each to whoever has the fewest.
connections() {
	_from=$(weight $rs1 81)
	proc_start kept client perl -MIO::Socket::INET -e '
		$| = 1;
		push @s, IO::Socket::INET->new(PeerAddr => "'$vip':81",
		    Timeout => 5) // die for 1 .. 60;
		print "kept\n";
		sleep 60'
	wait_for 10 says kept '^kept' || return 1
	_until=$(weight $rs1 81)
	_got=$(in_ns dir1 ipvsadm -Ln -t $vip:81 | awk -v rs="$rs1:80" \
	    '$2 == rs { print $5 + $6 }')
	diag "weight $_from to $_until: $_got of 60"
	proc_stop kept
	[ "$_got" -ge $((60 * _from / (100 + _from) - 2)) ] &&
	    [ "$_got" -le $((60 * _until / (100 + _until) + 2)) ]
}

# back: rs1 fails, and is there again.
back() {
	rs_stop rs1
	wait_for 15 weight_is $rs1 80 ""
	rs_http rs1
	wait_for 15 rises $rs1 80 0
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 addr add $vip/32 dev eth0
nat_client $vip "$(ns_addr dir1)"
rs_http rs1 || bail "no nginx"
rs_http rs2 || bail "no nginx"
configure
ok "lvsd runs" director dir1
for port in 80 81 82; do
	ok "at the start both have all at once: $port" wait_for 10 \
	    weight_is $rs1 $port 100
	ok "the other one too: $port" wait_for 10 weight_is $rs2 $port 100
done
like "lc is given to the kernel as wlc" "$(in_ns dir1 ipvsadm -Sn)" \
    "^-A -t $vip:81 -s wlc"
like "it is shown" "$(ctl dir1 show services)" \
    'scheduler lc, slow start 40s, weights in the kernel times 100'
ok "each has its share" share

ok "a host that is back begins with little" back
ok "and gets little" share
like "that is shown" "$(ctl dir1 show hosts)" ', weight 1 in [0-9]+s$'
ok "with other schedulers too" rises $rs1 81 0
ok "each" rises $rs1 82 0
is "the others are as before" "$(weight $rs2 80)" 100
now=$(weight $rs1 80)
ok "it gets more" wait_for 15 rises $rs1 80 "$((now + 4))"
ok "of the requests too" share
ok "of the connections with lc as well" connections
now=$(weight $rs1 80)
configure "log state changes"
exits "a reload" 0 ctl dir1 reload
ok "does not end that" rises $rs1 80 $((now - 1))
pid=$(engine_pid lbe)
kill -KILL "$pid"
ok "the engine dies, and has a successor" wait_for 10 another lbe "$pid"
ok "which goes on from there" wait_for 15 rises $rs1 80 $((now + 2))
ok "up to all" wait_for 60 weight_is $rs1 80 100
ok "then the shares are equal" share
unlike "nothing is shown any more" "$(ctl dir1 show hosts)" ', weight 1 in '

: >"$LAB_TMP/dir1.log"
crash dir1
ok "another lvsd" director dir1
ok "knows its hosts" wait_for 15 says dir1 'service "80": 2 of 2 hosts up'
is "and does not begin anew" "$(weight $rs1 80) $(weight $rs2 80)" "100 100"
done_testing
