#!/bin/sh
#
# Hosts that end their connections before they leave the kernel: what counts,
# what is shown, what a reload and deaths of lbe and lvsd make of it, the
# deadline, and who waits.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/daemon.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
vip=10.77.0.20
finish=$LAB_TMP/finish

configure() {
	cat >"$LAB_TMP/dir1.conf" <<-END
	${1-}
	ipvs timeout tcp 900s tcpfin 5s udp 300s
	interval 1s
	timeout 990ms
	table <web> { $rs1, $rs2 }
	service "stream" {
		listen on $vip tcp port 9000
		forward to <web> port 9000 check tcp on port 80
	}
	END
	chmod 600 "$LAB_TMP/dir1.conf"
}

# server NS: who connects to it gets a line every 20 ms until there is a file
# that ends it; then it tells how much that was.
server() {
	proc_start stream-$1 $1 perl -MIO::Socket::INET -e '
		my ($name, $finish) = @ARGV;
		$SIG{CHLD} = "IGNORE";
		$| = 1;
		my $s = IO::Socket::INET->new(LocalPort => 9000, Listen => 16,
		    ReuseAddr => 1) or die;
		while (my $c = $s->accept) {
			fork and next;
			$SIG{PIPE} = sub { exit };
			my $sent = 0;
			until (-e $finish) {
				$sent += syswrite($c, "$name\n") // exit;
				select(undef, undef, undef, 0.02);
			}
			print "sent $sent\n" if $sent > 1000;
			exit;
		}' $1 "$finish"
}

# download NAME: all of it, to a file.
download() {
	: >"$LAB_TMP/got-$1"
	proc_start "$1" client perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(PeerAddr => "'$vip':9000",
		    Timeout => 5) or die "connect: $!\n";
		open(my $got, ">>", $ARGV[0]) or die;
		while (sysread($s, my $text, 4096)) {
			syswrite($got, $text);
		}' "$LAB_TMP/got-$1"
	wait_for 10 test -s "$LAB_TMP/got-$1"
}

grows() {
	_was=$(stat -c %s "$LAB_TMP/got-$1")
	wait_for 5 has_grown "$1" "$_was"
}

has_grown() {
	[ "$(stat -c %s "$LAB_TMP/got-$1")" -gt "$2" ]
}

# Who answers a new connection, of four.
answering() {
	for _ in 1 2 3 4; do
		in_ns client perl -MIO::Socket::INET -e '
			my $s = IO::Socket::INET->new(
			    PeerAddr => "'$vip':9000", Timeout => 5) or exit;
			print scalar <$s>'
	done | sort | uniq -c | awk '{ printf "%s=%s ", $2, $1 }'
}

kernel() {
	in_ns dir1 ipvsadm -Sn | sed -n 's/^-a .* -r 10.77.0.\([0-9]*\):.* -w \
*\([0-9]*\).*/\1=\2/p' | sort | tr '\n' ' '
}

kernel_is() {
	[ "$(kernel)" = "$1" ]
}

# The line of show hosts about what the operator wants.
drains() {
	ctl dir1 show hosts | grep -Eq "$1"
}

ended() {
	! proc_alive "$1"
}

trap net_down EXIT
net_up || bail "no network"
n1=${rs1##*.} n2=${rs2##*.}
ip -n dir1 addr add $vip/32 dev eth0
nat_client $vip "$(ns_addr dir1)"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	server $rs
done
configure
ok "lvsd runs" director dir1
ok "both serve" wait_for 10 kernel_is "$n1=1 $n2=1 "

ctl dir1 host disable $rs2 >/dev/null
download long
ctl dir1 host enable $rs2 >/dev/null
ok "a download is under way" wait_for 10 kernel_is "$n1=1 $n2=1 "
exits "its host is to end" 0 ctl dir1 host drain $rs1
is "is told" "$output" "host $rs1:9000 of table web:9000: enabled -> draining"
ok "it is in the kernel with weight 0" wait_for 5 kernel_is "$n1=0 $n2=1 "
is "the other one gets all that is new" "$(answering)" "rs2=4 "
ok "is shown with what is left" wait_for 5 drains \
    'draining by root since 20.*, 1 connections left$'
like "and in the summary" "$(ctl dir1 show summary)" \
    "host.*$rs1:9000.*draining"
ok "the download goes on" grows long

exits "a reload" 0 ctl dir1 reload
configure "log state changes"
exits "another" 0 ctl dir1 reload
is "changes nothing of it" "$(kernel)" "$n1=0 $n2=1 "
pid=$(engine_pid lbe)
kill -KILL "$pid"
ok "the engine dies, and has a successor" wait_for 10 another lbe "$pid"
ok "which goes on" wait_for 15 drains \
    'draining by root since 20.*, 1 connections left$'
is "and changes nothing" "$(kernel)" "$n1=0 $n2=1 "
crash dir1
ok "another lvsd" director dir1
ok "goes on too" wait_for 15 drains \
    'draining by root since 20.*, 1 connections left$'
is "and changes nothing" "$(kernel)" "$n1=0 $n2=1 "
ok "the download goes on" grows long

proc_start waits dir1 "$LVSCTL" -s /run/lvsd-dir1.sock host drain -w $rs1 1h
ok "somebody waits for it" wait_for 5 says waits \
    '^1 connections left, 35..s to the deadline$'
ok "the time left is shown" wait_for 5 drains ', 35..s to the deadline$'
touch "$finish"
ok "the download ends" wait_for 10 ended long
is "and has all" "$(stat -c %s "$LAB_TMP/got-long")" \
    "$(sed -n 's/^sent //p' "$LAB_TMP/stream-rs1.log")"
ok "then its host leaves the kernel" wait_for 30 kernel_is "$n2=1 "
ok "who waited is told" wait_for 5 says waits '^drained$'
ok "and waits no more" wait_for 5 ended waits
ok "it is shown" drains 'drained by root since 20'
ok "and logged" says dir1 \
    "host $rs1:9000 of table web:9000 .*: draining -> drained, no connections"
exits "drained is drained" 0 ctl dir1 host drain $rs1
is "and is told" "$output" \
    "host $rs1:9000 of table web:9000: drained already"
pid=$(engine_pid lbe)
kill -KILL "$pid"
ok "another engine" wait_for 10 another lbe "$pid"
ok "leaves it out" wait_for 10 drains 'drained by root since 20'
is "of the kernel" "$(kernel)" "$n2=1 "
exits "a host that is enabled" 0 ctl dir1 host enable $rs1
is "is told" "$output" "host $rs1:9000 of table web:9000: drained -> enabled"
ok "serves again" wait_for 10 kernel_is "$n1=1 $n2=1 "
rm "$finish"

ctl dir1 host disable $rs2 >/dev/null
download cut
ctl dir1 host enable $rs2 >/dev/null
wait_for 10 kernel_is "$n1=1 $n2=1 "
exits "by a deadline" 0 ctl dir1 host drain -w $rs1 2s
# The first download may be remembered as closed yet.
like "what is left is cut" "$output" \
    'drained, [12] connections left at the deadline$'
is "the host is gone" "$(kernel)" "$n2=1 "
sleep 0.3
was=$(stat -c %s "$LAB_TMP/got-cut")
sleep 1
is "and with it the download" "$(stat -c %s "$LAB_TMP/got-cut")" "$was"
ok "which is logged" says dir1 \
    'draining -> drained, [12] connections left at the deadline'
proc_stop cut
ctl dir1 host enable $rs1 >/dev/null
ok "and back" wait_for 10 kernel_is "$n1=1 $n2=1 "

download third
ctl dir1 host drain $rs1 >/dev/null
ctl dir1 host drain $rs2 >/dev/null
proc_start waits dir1 "$LVSCTL" -s /run/lvsd-dir1.sock host drain -w $rs1
proc_start waits2 dir1 "$LVSCTL" -s /run/lvsd-dir1.sock host drain -w $rs2
ok "one of two has a connection" wait_for 5 eval \
    'cat "$LAB_TMP"/waits*.log | grep -q "1 connections left"'
ok "the other ends at once" wait_for 30 eval 'ended waits || ended waits2'
ctl dir1 host enable $rs1 >/dev/null
ctl dir1 host enable $rs2 >/dev/null
ok "who waits is told that it was ended" wait_for 10 eval \
    'grep -q "another command has ended the drain" "$LAB_TMP"/waits*.log'
ok "both serve, without having been out" wait_for 10 kernel_is \
    "$n1=1 $n2=1 "
ok "the download goes on" grows third

exits "a host that is not there" 1 ctl dir1 host drain 10.77.0.99
like "is told" "$output" 'there is no host "10.77.0.99"'
ctl dir1 host disable $rs1 >/dev/null
exits "of one that is disabled nothing is to be ended" 0 \
    ctl dir1 host drain -w $rs1
like "is told" "$output" "disabled already"
done_testing
