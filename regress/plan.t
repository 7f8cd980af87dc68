#!/bin/sh
#
# A plan is what the reload does then: carried out by ipvsadm(8) on a copy of the
# kernel's table it comes to the same; and by itself it changes nothing.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)

# configure: standard input, and a part that stays.
configure() {
	{
		cat <<-END
		table <web> { $rs1, $rs2 }
		service "www" {
			listen on $LAB_VIP tcp port 80
			scheduler rr
			route to <web> port 80
		}
		END
		cat
	} >"$file"
}

table() {
	in_ns "$1" ipvsadm -Sn | sort
}

# A namespace that has IPVS, too, has the same as dir1, and then the plan.
copy() {
	in_ns dir2 ipvsadm -C
	in_ns dir1 ipvsadm -Sn | in_ns dir2 ipvsadm -R
}

# tried: to load it would come to the same as was planned from afar.
tried() {
	copy
	exits "$1, from afar: a plan" 0 ctl dir1 plan "$file"
	echo "$output" >"$LAB_TMP/plan"
	ok "$1, from afar: can be carried out" carry_out
	tried=$(table dir2)
	tried_ops=$(grep '^ipvsadm' "$LAB_TMP/plan")
}

carry_out() {
	sed '/^once their checks are good/,$d' "$LAB_TMP/plan" |
	    grep '^ipvsadm ' | sed 's/^/ip netns exec dir2 /' | sh -e
}

# comes_true WHAT: after a reload the kernel has what the plan said.
comes_true() {
	before=$(table dir1)
	tried "$1"
	copy
	exits "$1: a plan" 0 ctl dir1 plan
	echo "$output" >"$LAB_TMP/plan"
	plan=$output
	is "$1: changes nothing" "$(table dir1)" "$before"
	ok "$1: can be carried out" carry_out
	exits "$1: the reload" 0 ctl dir1 reload
	is "$1: does it" "$(table dir1)" "$(table dir2)"
	is "$1: and what was planned from afar" "$tried" "$(table dir2)"
	is "$1: step by step" "$tried_ops" "$(grep '^ipvsadm' "$LAB_TMP/plan")"
	is "$1: with as many operations" \
	    "$(echo "$output" | sed -n 's/.*runs, \([0-9]*\) op.*/\1/p')" \
	    "$(sed -n 's/^\([0-9]*\) operations in the kernel.*/\1/p' \
	    "$LAB_TMP/plan")"
}

of() {
	case " $told " in
	*" $1="*)	_rest=${told#*" $1="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

trap net_down EXIT
net_up || bail "no network"
file=$LAB_TMP/dir1.conf
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
done
ip -n dir1 addr add $LAB_VIP/24 dev eth0
configure </dev/null
ok "lvsd runs" director dir1
ok "it has the servers" wait_for 10 eval 'table dir1 | grep -q "^-a.*$rs2"'
proc_start requests client "$TOP/lab/ask" http $LAB_VIP 80 20

exits "the same again" 0 ctl dir1 plan
is "is no change" "$output" "no change"
exits "from afar" 0 ctl dir1 plan "$file"
like "is none that can be seen" "$output" \
    '^no change in what can be seen; passwords, keys and what checks send are '
exits "the reload" 0 ctl dir1 reload
like "writes nothing" "$output" ' runs, 0 operations in the kernel$'

configure <<'END'
table <four> { 10.9.0.1 weight 3, 10.9.0.2 }
table <six> { fd99::1, fd99::2 weight 0 }
service "many" {
	listen on 192.0.2.1 tcp port 443
	listen on 192.0.2.2 udp port any
	scheduler wlc
	persistent 300s prefix 24
	forward to <four>
}
service "six" {
	listen on 2001:db8::1 tcp port 80
	scheduler sh port fallback
	persistent 60s prefix 64
	forward to <six> port 8080
}
service "mark" {
	listen on mark 7
	scheduler wrr
	tunnel to <four> type gue port 6080 checksum
}
service "dns" {
	listen on 192.0.2.3 udp port 53
	scheduler mh fallback
	one-packet
	route to <four> port 53
}
END
comes_true "more services"
like "it names what is added" "$plan" '^added service "many"$'
like "with all in it" "$plan" '^	\+ listen on 192.0.2.1 tcp port 443$'

configure <<'END'
table <four> { 10.9.0.3, 10.9.0.2 weight 7 upper 10 lower 5 }
table <six> { fd99::1, fd99::2 weight 2 }
service "renamed" {
	listen on 192.0.2.1 tcp port 443
	listen on 192.0.2.4 tcp port 443
	scheduler wlc
	persistent 600s
	forward to <four>
}
service "six" {
	listen on 2001:db8::1 tcp port 80
	scheduler sh port
	forward to <six> port 8080
}
service "mark" {
	listen on mark 7
	scheduler wrr
	forward to <four>
}
END
comes_true "all is different"
like "a changed table" "$plan" '^changed table <four>$'
like "with the old" "$plan" '^	- 10.9.0.2$'
like "and the new" "$plan" '^	\+ 10.9.0.2 weight 7 upper 10 lower 5$'
like "a service less" "$plan" '^removed service "dns"$'

ctl dir1 host disable 10.9.0.3 >/dev/null
ctl dir1 host weight 10.9.0.2 9 >/dev/null
ok "the operator has his say" wait_for 5 eval \
    'table dir1 | grep -q "10.9.0.2:443 .*-w 9" &&
    ! table dir1 | grep -q 10.9.0.3'
sed -i 's/weight 7/weight 8/; s/10.9.0.3/10.9.0.3 weight 2/' "$file"
exits "a plan" 0 ctl dir1 plan
like "it is changed" "$output" '^changed table <four>$'
like "but not what he has set" "$output" "^0 operations in the kernel's IPVS$"
exits "a plan from afar" 0 ctl dir1 plan "$file"
like "knows that, too" "$output" "^0 operations in the kernel's IPVS$"

# What is on its way goes on.
exits "one drains" 0 ctl dir1 host drain 10.9.0.2 10m
exits "a plan" 0 ctl dir1 plan
like "is not changed by it" "$output" "^0 operations in the kernel's IPVS$"
like "goes on" "$(ctl dir1 show hosts)" 'drain'
exits "a plan from afar" 0 ctl dir1 plan "$file"
like "goes on" "$(ctl dir1 show hosts)" 'drain'
exits "it drains no more" 0 ctl dir1 host enable 10.9.0.2
ok "it has its weight" wait_for 5 eval \
    'table dir1 | grep -q "10.9.0.2:443 .*-w 9"'

configure <<'END'
table <checked> { 10.77.0.11, 10.77.0.12 }
service "checked" {
	listen on 192.0.2.5 tcp port 80
	forward to <checked> port 9 check tcp
}
vrrp "VI_1" on eth0 {
	vrid 51
	auth pass "secret1"
	address 10.77.0.20/24
}
END
comes_true "hosts that are checked"
like "wait for a verdict" "$plan" '^once their checks are good$'
like "each" "$plan" '^ipvsadm -a -t 192.0.2.5:80 -r 10.77.0.12:9 -m -w 1$'
unlike "no secret is told" "$plan" secret1
sed -i 's/secret1/secret2/' "$file"
exits "another password" 0 ctl dir1 plan
like "is another one" "$output" '^	\+ auth pass is another password$'
unlike "and still secret" "$output" secret
sed -i 's/10.77.0.20/10.77.0.21/' "$file"
like "addresses" "$(ctl dir1 plan)" '^	\+ address 10.77.0.21/24$'
ok "it is master" wait_for 20 is_role dir1 VI_1 master
ok "and has the one before" wait_for 10 holds dir1 10.77.0.20
plan=$(ctl dir1 plan)
like "so it would add" "$plan" '^ip address add 10.77.0.21/24 dev eth0$'
like "and remove" "$plan" '^ip address del 10.77.0.20/24 dev eth0$'
exits "and with a reload" 0 ctl dir1 reload
ok "it does" wait_for 10 holds dir1 10.77.0.21
ok "both" wait_for 10 lacks dir1 10.77.0.20
sed -i 's/vrid 51/vrid 0/' "$file"
exits "what is wrong" 1 ctl dir1 plan
like "is told as in a reload" "$output" 'dir1.conf:[0-9]*: '
sed -i 's/vrid 0/vrid 51/' "$file"

# Another file, which lvsd does not know of: who asks must be able to read it.
cp "$file" "$LAB_TMP/other.conf"
sed -i 's/scheduler rr/scheduler wrr/; s/secret2/secret3/' \
    "$LAB_TMP/other.conf"
before=$(table dir1)
exits "another file" 0 ctl dir1 plan "$LAB_TMP/other.conf"
like "says what is in it" "$output" '^	- scheduler rr$'
like "now" "$output" '^	\+ scheduler wrr$'
like "and in the kernel" "$output" "^ipvsadm -E -t $LAB_VIP:80 -s wrr$"
unlike "but no secret" "$output" 'secret[0-9]'
is "nothing changes by it" "$(table dir1)" "$before"
exits "the same by lvsd -n" 0 "$LVSD" -n -f "$LAB_TMP/other.conf" \
    -s /run/lvsd-dir1.sock
like "as well" "$output" '^	\+ scheduler wrr$'
exits "and with a relative path" 0 eval "cd /run &&
    '$LVSD' -n -f '$LAB_TMP/other.conf' -s lvsd-dir1.sock"
like "too" "$output" '^	\+ scheduler wrr$'
echo 'socket "/run/lvsd-dir1.sock"' >>"$LAB_TMP/other.conf"
exits "a socket that is only in the file" 0 "$LVSD" -n \
    -f "$LAB_TMP/other.conf"
is "is not asked" "$output" "configuration OK"
exits "one that nobody listens on" 1 "$LVSD" -n -f "$LAB_TMP/other.conf" \
    -s /run/lvsd-none.sock
like "is an error" "$output" 'lvsd-none.sock: no lvsd to compare with'
echo bogus >"$LAB_TMP/other.conf"
exits "a wrong one" 1 ctl dir1 plan "$LAB_TMP/other.conf"
like "is told where" "$output" 'other.conf:1: '
exits "one that is not there" 1 ctl dir1 plan "$LAB_TMP/none.conf"

# More than may wait for a client to read it.
perl -e 'print "table <many> {\n";
    printf "\t10.20.%d.%d\n", $_ / 256, $_ % 256 for 1 .. 10000;
    print "}\nservice \"many\" {\n\tlisten on 192.0.2.6 tcp port 80\n",
    "\tforward to <many> port 80\n}\n"' | configure
for plan in "plan" "plan $file"; do
	exits "$plan of many" 0 ctl dir1 $plan
	is "$plan of many: tells of each" \
	    "$(echo "$output" | grep -c '^	+ 10\.20\.')" 10000
	is "$plan of many: and what is done" \
	    "$(echo "$output" | grep -c '^ipvsadm -a .* -r 10\.20\.')" 10000
done
configure </dev/null
comes_true "less"
ok "lvsd is as it was all the time" proc_alive dir1

proc_stop requests
read -r told <"$LAB_TMP/requests.log"
diag "$told"
ok "requests were answered" test "$(of answered)" -gt 100
is "and none failed" "$(of failed)" 0
proc_stop dir1
done_testing
