#!/bin/sh
#
# The parent's IPVS side against a real kernel, looked at by ipvsadm(8).

. "$(dirname "$0")/lib.sh"

lab_enter

. "$TOP/regress/ipvs.sh"

trap cleanup EXIT

if [ ! -e /sys/module/ip_vs ]; then
	modprobe=$(cat /proc/sys/kernel/modprobe)
	echo /bin/false >/proc/sys/kernel/modprobe
	exits "without IPVS there is no start" 1 "$drive"
	like "and the reason is told" "$output" \
	    "this kernel has no IPVS .*: load or install ip_vs"
	echo "$modprobe" >/proc/sys/kernel/modprobe
else
	skip 2 "this kernel has ip_vs loaded already"
fi

cat >"$dir/a.conf" <<-END
	ipvs timeout tcp 900s tcpfin 100s udp 200s
	table <web> {
		10.9.0.1 weight 3
		10.9.0.2
		127.0.0.1
	}
	table <sorry> {
		10.9.0.9
	}
	table <web6> {
		fd00:9::1
		fd00:9::2 weight 0
	}
	service "nat" {
		listen on 10.1.0.1 tcp port 80
		listen on 10.1.0.2 tcp port 80
		scheduler wlc
		forward to <web> port 8000
	}
	service "route" {
		listen on 10.1.0.3 tcp port 80
		scheduler sh
		persistent 50s netmask 255.255.255.0
		route to <web> port 80
		forward to <sorry> port 80
	}
	service "tunnel" {
		listen on 10.1.0.4 udp port 53
		scheduler rr
		one-packet
		tunnel to <web> port 53
	}
	service "six" {
		listen on fd00:1::1 tcp port 80
		scheduler mh
		persistent 300s prefix 64
		forward to <web6> port 80
	}
END
# 127.0.0.1 is this director itself.
sort >"$dir/a.table" <<-END
	-A -t 10.1.0.1:80 -s wlc
	-a -t 10.1.0.1:80 -r 10.9.0.1:8000 -m -w 3
	-a -t 10.1.0.1:80 -r 10.9.0.2:8000 -m -w 1
	-a -t 10.1.0.1:80 -r 127.0.0.1:8000 -m -w 1
	-A -t 10.1.0.2:80 -s wlc
	-a -t 10.1.0.2:80 -r 10.9.0.1:8000 -m -w 3
	-a -t 10.1.0.2:80 -r 10.9.0.2:8000 -m -w 1
	-a -t 10.1.0.2:80 -r 127.0.0.1:8000 -m -w 1
	-A -t 10.1.0.3:80 -s sh -p 50 -M 255.255.255.0
	-a -t 10.1.0.3:80 -r 10.9.0.1:80 -g -w 3
	-a -t 10.1.0.3:80 -r 10.9.0.2:80 -g -w 1
	-a -t 10.1.0.3:80 -r 127.0.0.1:80 -g -w 1
	-A -u 10.1.0.4:53 -s rr -o
	-a -u 10.1.0.4:53 -r 10.9.0.1:53 -i -w 3 --tun-type ipip
	-a -u 10.1.0.4:53 -r 10.9.0.2:53 -i -w 1 --tun-type ipip
	-a -u 10.1.0.4:53 -r 127.0.0.1:53 -i -w 1 --tun-type ipip
	-A -t [fd00:1::1]:80 -s mh -p 300 -M 64
	-a -t [fd00:1::1]:80 -r [fd00:9::1]:80 -m -w 1
	-a -t [fd00:1::1]:80 -r [fd00:9::2]:80 -m -w 0
END

start
is "a configuration is taken" "$(ask conf "$dir/a.conf")" ""
is "nothing was there" "$(ask adopted)" "adopted 0"
is "all is wanted" "$(ask all)" ""
is "nothing is written before the commit" "$(table)" ""
is "the commit writes all" "$(ask commit)" "done 19 refused 0 error none"
is "the kernel has it as configured" "$(table)" "$(cat "$dir/a.table")"
is "the timeouts are set" "$(ipvsadm -L --timeout)" \
    "Timeout (tcp tcpfin udp): 900 100 200"
is "the same again writes nothing" "$(ask none; ask all; ask commit)" \
    "done 0 refused 0 error none"
is "a reading finds nothing to repair" "$(ask verify)" "verify 0"

# Somebody else's services.
ipvsadm -A -t 203.0.113.1:80 -s lc
ipvsadm -a -t 203.0.113.1:80 -r 203.0.113.9:80 -m
ipvsadm -A -f 7 -s rr
foreign=$(table | grep -E '203.0.113|-f 7')

is "a weight" "$(ask host nat 10.9.0.2 7; ask commit)" \
    "done 2 refused 0 error none"
is "is in the kernel" "$(table | grep -c -- '-r 10.9.0.2:8000 -m -w 7')" 2
is "a host leaves" "$(ask host six fd00:9::2 -1; ask commit)" \
    "done 1 refused 0 error none"
is "and is not there" "$(table | grep -c fd00:9::2)" 0
is "a service leaves" "$(ask service tunnel 0; ask commit)" \
    "done 1 refused 0 error none"
is "with its hosts" "$(table | grep -c '10.1.0.4:53')" 0
is "and returns with all of them" "$(ask service tunnel 1; ask commit)" \
    "done 4 refused 0 error none"
is "the backup takes over" "$(ask host route 10.9.0.1 -1
    ask host route 127.0.0.1 -1; ask host route 10.9.0.9 1; ask commit)" \
    "done 3 refused 0 error none"
is "by its own method" "$(table | grep -- '-a -t 10.1.0.3:80')" \
    "-a -t 10.1.0.3:80 -r 10.9.0.2:80 -g -w 1
-a -t 10.1.0.3:80 -r 10.9.0.9:80 -m -w 1"
ask none
ask all
ask commit >/dev/null
is "all as it was" "$(table | grep -vE '203.0.113|-f 7')" \
    "$(cat "$dir/a.table")"

# What somebody else does to ours.
ipvsadm -C
ipvsadm -R <<-END
	-A -t 203.0.113.1:80 -s lc
	-a -t 203.0.113.1:80 -r 203.0.113.9:80 -m
	-A -f 7 -s rr
END
is "a cleared table is repaired" "$(ask verify)" "verify 5"
is "wholly" "$(table | grep -vE '203.0.113|-f 7')" "$(cat "$dir/a.table")"
like "and that is logged" "$(cat "$dir/log")" \
    "somebody else changed the kernel's table \(5 services missing\)"
like "with what was done" "$(cat "$dir/log")" "repaired, 19 changes made"
: >"$dir/log"
ipvsadm -E -t 10.1.0.1:80 -s rr
ipvsadm -E -t 10.1.0.3:80 -s sh -p 60
ipvsadm -e -t 10.1.0.2:80 -r 10.9.0.1:8000 -m -w 9
ipvsadm -e -t 10.1.0.2:80 -r 10.9.0.2:8000 -m -w 1 -x 100 -y 50
ipvsadm -d -t 10.1.0.3:80 -r 10.9.0.1:80
ipvsadm -a -t 10.1.0.3:80 -r 10.9.0.77:80 -g
ipvsadm -a -t '[fd00:1::1]:80' -r '[fd00:9::77]:80' -m
is "small changes are found" "$(ask verify)" "verify 2"
is "and undone" "$(table | grep -vE '203.0.113|-f 7')" \
    "$(cat "$dir/a.table")"
unlike "also what ipvsadm -S does not tell: thresholds" \
    "$(ipvsadm -Ln --thresholds)" ' 100 +50 '
like "each kind of them is told" "$(cat "$dir/log")" "\(2 services changed, \
1 real servers missing, 2 real servers changed, 2 real servers not configured\)"
is "a second reading finds nothing" "$(ask verify)" "verify 0"
ipvsadm -d -t 10.1.0.1:80 -r 10.9.0.1:8000
ipvsadm -D -t 10.1.0.2:80
is "a change that meets what is not as noted" \
    "$(ask host nat 10.9.0.1 5; ask commit)" "done 5 refused 0 error none"
is "ends as wanted" "$(table | grep '10.9.0.1:8000')" \
    "-a -t 10.1.0.1:80 -r 10.9.0.1:8000 -m -w 5
-a -t 10.1.0.2:80 -r 10.9.0.1:8000 -m -w 5"
ipvsadm -D -t 10.1.0.2:80
is "so does the end of a service that has ended" \
    "$(ask service nat 0; ask commit)" "done 2 refused 0 error none"
is "somebody else's are as they were" "$(table | grep -E '203.0.113|-f 7')" \
    "$foreign"
ask all
ask commit >/dev/null
stop

# A new life finds the old one's work.
start
ask conf "$dir/a.conf"
is "what is there is taken over" "$(ask adopted)" "adopted 14"
is "and a reading changes nothing before lbe has spoken" "$(ask verify)" \
    "verify 0"
is "and is not written again" "$(ask none; ask all; ask commit)" \
    "done 0 refused 0 error none"
stop
ipvsadm -E -t 10.1.0.1:80 -s rr -p 10
ipvsadm -a -t 10.1.0.1:80 -r 10.9.0.66:8000 -m
ipvsadm -e -t 10.1.0.3:80 -r 10.9.0.1:80 -m -w 70000
odd=$(table)
start
ask conf "$dir/a.conf"
is "hosts not configured are not told of" "$(ask adopted)" "adopted 14"
is "what differs stays until the commit" "$(table)" "$odd"
is "and is changed, not made anew, by it" \
    "$(ask none; ask all; ask commit)" "done 3 refused 0 error none"
is "to what is configured" "$(table | grep -vE '203.0.113|-f 7')" \
    "$(cat "$dir/a.table")"

# Another configuration: a service gone, a host gone, a scheduler, a method,
# a service under another name.
cat >"$dir/b.conf" <<-END
	table <web> {
		10.9.0.1 weight 3
		10.9.0.2
	}
	table <web6> {
		fd00:9::1
		fd00:9::2 weight 0
	}
	service "other" {
		listen on 10.1.0.1 tcp port 80
		scheduler wrr
		route to <web> port 80
	}
	service "route" {
		listen on 10.1.0.3 tcp port 80
		scheduler lblcr
		route to <web> port 80
	}
	service "six" {
		listen on fd00:1::1 tcp port 80
		scheduler mh
		persistent 300s prefix 64
		route to <web6> port 80
	}
END
before=$(table)
is "another configuration" "$(ask conf "$dir/b.conf")" ""
is "changes nothing yet" "$(table)" "$before"
is "and by its commit just what differs" "$(ask all; ask commit)" \
    "done 12 refused 0 error none"
is "so that the kernel has it" "$(table | grep -vE '203.0.113|-f 7')" \
    "$(sort <<-END
	-A -t 10.1.0.1:80 -s wrr
	-a -t 10.1.0.1:80 -r 10.9.0.1:80 -g -w 3
	-a -t 10.1.0.1:80 -r 10.9.0.2:80 -g -w 1
	-A -t 10.1.0.3:80 -s lblcr
	-a -t 10.1.0.3:80 -r 10.9.0.1:80 -g -w 3
	-a -t 10.1.0.3:80 -r 10.9.0.2:80 -g -w 1
	-A -t [fd00:1::1]:80 -s mh -p 300 -M 64
	-a -t [fd00:1::1]:80 -r [fd00:9::1]:80 -g -w 1
	-a -t [fd00:1::1]:80 -r [fd00:9::2]:80 -g -w 0
	END
    )"
is "the timeouts stay" "$(ipvsadm -L --timeout)" \
    "Timeout (tcp tcpfin udp): 900 100 200"
is "somebody else's are still as they were" \
    "$(table | grep -E '203.0.113|-f 7')" "$foreign"

# What the kernel refuses.
cat >"$dir/c.conf" <<-END
	table <web> {
		10.9.0.1
		10.9.0.2
	}
	service "www" {
		listen on 10.1.0.1 tcp port 80
		scheduler ovf
		forward to <web> port 80
	}
	service "dns" {
		listen on 10.1.0.9 udp port 53
		scheduler ovf
		forward to <web> port 53
	}
END
if [ -e /sys/module/ip_vs_ovf ]; then
	skip 7 "this kernel has the scheduler that is to be missing"
else
	modprobe=$(cat /proc/sys/kernel/modprobe)
	echo /bin/false >/proc/sys/kernel/modprobe
	ask conf "$dir/c.conf"
	got=$(ask all; ask commit)
	like "an old service with a scheduler that is missing is told of" \
	    "$got" '^error listen -: service "www" 10.1.0.1:80 tcp: scheduler ovf: not available in this kernel$'
	like "and a new one once, not its hosts each" "$got" \
	    '^error listen -: service "dns" 10.1.0.9:53 udp: scheduler ovf: not available in this kernel$'
	like "what was possible is done" "$got" \
	    "^done 4 refused 4 error No such file or directory$"
	is "it is tried again by a reading, without telling it again" \
	    "$(ask verify)" "verify 2"
	echo "$modprobe" >/proc/sys/kernel/modprobe
	like "until it can be done" "$(ask verify)" \
	    '^accepted listen -: service "dns" 10.1.0.9:53 udp: add: the kernel takes it now$'
	is "and is" "$(table | grep -c 'udp\|-u 10.1.0.9:53')" 3
	is "all of it" "$(ask verify)" "verify 0"
	ask service dns 0
	ask commit >/dev/null
fi
cat >"$dir/d.conf" <<-END
	table <web> {
		224.0.0.1
		10.9.0.1
	}
	service "www" {
		listen on 10.1.0.1 tcp port 80
		forward to <web> port 80
	}
END
got=$(ask conf "$dir/d.conf")
if [ -z "$got" ]; then
	got=$(ask all; ask commit)
	like "a refused host is told by name" "$got" '^error listen host: service "www" 10.1.0.1:80 tcp: real server 224.0.0.1:80 \(forward, weight 1\): add: Invalid argument$'
	is "its neighbour is there" "$(table | grep -c 10.9.0.1:80)" 1
else
	skip 2 "such a host cannot be configured: $got"
fi
stop

# Many: the figure is told, not judged.
ipvsadm -C
awk 'BEGIN {
	print "table <t> {"
	for (i = 1; i <= 10; i++)
		print "10.9.0." i " weight " i
	print "}"
	for (i = 0; i < 4000; i++)
		printf "service \"s%d\" {\nlisten on 10.1.%d.%d tcp port 80\n" \
		    "route to <t> port 80\n}\n", i, i / 250, 1 + i % 250
}' >"$dir/many.conf"
start
ask conf "$dir/many.conf"
ask all
is "4,000 services with 10 real servers each" "$(ask commit)" \
    "done 44000 refused 0 error none"
is "are all in the kernel" "$(ipvsadm -Sn | wc -l)" 44000
is "and remain as they are" "$(ask verify)" "verify 0"
diag "$(ask memory)"
stop
start
ask conf "$dir/many.conf"
is "and are taken over" "$(ask adopted)" "adopted 40000"
is "without one write" "$(ask none; ask all; ask commit)" \
    "done 0 refused 0 error none"
stop

done_testing
