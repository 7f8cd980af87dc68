#!/bin/sh
#
# Every kind of service and real server that IPVS knows, as the kernel takes
# it from the parent, and as the parent reads it again.

. "$(dirname "$0")/lib.sh"

lab_enter

. "$TOP/regress/ipvs.sh"

trap cleanup EXIT

cat >"$dir/a.conf" <<-END
	table <t> {
		10.9.0.1 upper 100 lower 80
		10.9.0.2 weight 2 upper 7
	}
	table <six> {
		fd00:9::1
	}
	table <both> {
		10.9.0.3
		fd00:9::3
	}
	service "sctp" {
		listen on 10.1.0.1 sctp port 80
		scheduler sh port
		forward to <t> port 8000
	}
	service "many" {
		listen on 10.1.0.2, 10.1.0.3 tcp port 80, 81
		listen on 10.1.0.2 udp port 80
		scheduler sh fallback
		route to <t>
	}
	service "any" {
		listen on 10.1.0.4 tcp port any
		scheduler sh port fallback
		persistent 50s
		forward to <t>
	}
	service "mark" {
		listen on mark 5
		listen on mark 0xfffffff0
		scheduler mh port fallback
		forward to <t> port 8000
	}
	service "mark6" {
		listen on mark 5 inet6
		scheduler mh port
		one-packet
		route to <six>
	}
	service "gue" {
		listen on 10.1.0.5, fd00:1::5 tcp port 80
		scheduler rr
		tunnel to <both> type gue port 6080 checksum
	}
	service "gue2" {
		listen on 10.1.0.6 tcp port 80
		scheduler rr
		tunnel to <both> type gue port 6081 remote checksum
	}
	service "gre" {
		listen on 10.1.0.7 tcp port 80
		scheduler rr
		tunnel to <both> type gre checksum
	}
	service "ipip" {
		listen on fd00:1::7 tcp port 80
		scheduler rr
		tunnel to <both>
	}
	service "sip" {
		listen on 10.1.0.8 udp port 5060
		scheduler rr
		persistent 60s prefix 24 engine sip
		forward to <t>
	}
END
# both FLAG ADDRESS METHOD: its destinations <both>
both() {
	echo "-a $1 $2 -r 10.9.0.3:80 $3"
	echo "-a $1 $2 -r [fd00:9::3]:80 $3"
}
# t FLAG ADDRESS PORT METHOD: its destinations <t>
t() {
	echo "-a $1 $2 -r 10.9.0.1:$3 $4 -w 1"
	echo "-a $1 $2 -r 10.9.0.2:$3 $4 -w 2"
}
{
	echo "-A --sctp-service 10.1.0.1:80 -s sh -b sh-port"
	t --sctp-service 10.1.0.1:80 8000 -m
	for at in "-t 10.1.0.2:80" "-t 10.1.0.2:81" "-t 10.1.0.3:80" \
	    "-t 10.1.0.3:81" "-u 10.1.0.2:80"; do
		echo "-A $at -s sh -b sh-fallback"
		t $at "${at##*:}" -g
	done
	echo "-A -t 10.1.0.4:0 -s sh -p 50 -b sh-fallback,sh-port"
	t -t 10.1.0.4:0 0 -m
	# ipvsadm(8) takes the second for a negative number.
	for mark in 5 -16; do
		echo "-A -f $mark -s mh -b mh-fallback,mh-port"
		t -f $mark 8000 -m
	done
	echo "-A -f 5 -6 -s mh -o -b mh-port"
	echo "-a -f 5 -6 -r [fd00:9::1]:0 -g -w 1"
	for at in 10.1.0.5:80 '[fd00:1::5]:80'; do
		echo "-A -t $at -s rr"
		both -t $at "-i -w 1 --tun-type gue --tun-port 6080 --tun-csum"
	done
	echo "-A -t 10.1.0.6:80 -s rr"
	both -t 10.1.0.6:80 \
	    "-i -w 1 --tun-type gue --tun-port 6081 --tun-remcsum"
	echo "-A -t 10.1.0.7:80 -s rr"
	both -t 10.1.0.7:80 "-i -w 1 --tun-type gre --tun-csum"
	echo "-A -t [fd00:1::7]:80 -s rr"
	both -t "[fd00:1::7]:80" "-i -w 1 --tun-type ipip"
	echo "-A -u 10.1.0.8:5060 -s rr -p 60 -M 255.255.255.0 --pe sip"
	t -u 10.1.0.8:5060 5060 -m
} | sort >"$dir/a.table"

start
is "a configuration is taken" "$(ask conf "$dir/a.conf")" ""
ask all
is "the kernel takes all of it" "$(ask commit)" \
    "done 47 refused 0 error none"
is "as configured" "$(table)" "$(cat "$dir/a.table")"
like "with the bounds, too" "$(ipvsadm -Ln --thresholds)" \
    '10.9.0.1:8000 +100 +80 '
like "of which one may be alone" "$(ipvsadm -Ln --thresholds)" \
    '10.9.0.2:8000 +7 +0 '
is "it is read as the same" "$(ask verify)" "verify 0"
stop
start
ask conf "$dir/a.conf"
is "and taken over by another life" "$(ask adopted)" "adopted 31"
is "which writes nothing" "$(ask none; ask all; ask commit)" \
    "done 0 refused 0 error none"

# What somebody else does to it.
: >"$dir/log"
ipvsadm -E -f 5 -s mh
ipvsadm -E -u 10.1.0.8:5060 -s rr -p 60 -M 255.255.255.0 --pe ""
ipvsadm -e -t 10.1.0.5:80 -r 10.9.0.3:80 -i --tun-type gue --tun-port 6080
ipvsadm -e -t 10.1.0.6:80 -r 10.9.0.3:80 -i --tun-type gue --tun-port 6082 \
    --tun-remcsum
ipvsadm -e -t 10.1.0.7:80 -r '[fd00:9::3]:80' -i --tun-type ipip
ipvsadm -e -t 10.1.0.4:0 -r 10.9.0.1:0 -m -x 100 -y 79
is "is found" "$(ask verify)" "verify 2"
is "and undone" "$(table)" "$(cat "$dir/a.table")"
like "and told" "$(cat "$dir/log")" \
    "\(2 services changed, 4 real servers changed\)"
is "once" "$(ask verify)" "verify 0"

# A reload changes what has changed, in its place.
sed -e 's/upper 100 lower 80/upper 100 lower 81/' \
    -e 's/gue port 6080 checksum/gue port 6080/' \
    -e 's/gre checksum/gue port 6081/' \
    -e 's/ engine sip//' \
    -e 's/mh port fallback/mh port/' \
    -e 's/port 80, 81/port 80/' \
    -e 's/0xfffffff0/6/' "$dir/a.conf" >"$dir/b.conf"
is "another configuration" "$(ask conf "$dir/b.conf")" ""
ask all
# 7 times the bound; 4 and 2 tunnels; sip; mark 5; two services on port 81
# end; the mark -16 ends, 6 begins with two hosts.
is "changes just that" "$(ask commit)" "done 21 refused 0 error none"
sed -e 's/ --tun-csum/ --tun-nocsum/' -e '/10.1.0.7:80/s/gre/gue --tun-port 6081/' \
    -e 's/ --pe sip//' -e 's/mh-fallback,mh-port/mh-port/' \
    -e '/10.1.0.[23]:81/d' -e 's/-16/6/' "$dir/a.table" |
    sort >"$dir/b.table"
is "so that the kernel has it" "$(table)" "$(cat "$dir/b.table")"
is "and nothing else" "$(ask verify)" "verify 0"

# Every scheduler that this kernel has.
schedulers=
for scheduler in rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh twos; do
	modprobe -q ip_vs_$scheduler && schedulers="$schedulers $scheduler"
done
echo "table <t> { 10.9.0.1 }" >"$dir/c.conf"
number=1
for scheduler in $schedulers; do
	cat >>"$dir/c.conf" <<-END
	service "$scheduler" {
		listen on 10.2.0.$number tcp port 80
		scheduler $scheduler
		forward to <t>
	}
	END
	number=$((number + 1))
done
is "schedulers" "$(ask conf "$dir/c.conf")" ""
ask all
ask commit >/dev/null
number=1
for scheduler in $schedulers; do
	is "scheduler $scheduler" "$(table | grep "^-A.*10.2.0.$number:")" \
	    "-A -t 10.2.0.$number:80 -s $scheduler"
	number=$((number + 1))
done
ok "which are those of Linux 5.0 at least" test "$number" -gt 13

done_testing
