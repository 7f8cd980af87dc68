#!/bin/sh
#
# Checks by UDP, and by bytes over TCP.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
command -v perl >/dev/null || skip_all "perl is not installed"
ip link set lo up && ip route add unreachable 198.51.100.0/24 ||
    skip_all "no loopback"

# Answers "pong " and what it got, late or after something else if asked to;
# the other port takes all and says nothing.
cat >"$dir/udp.pl" <<'END'
use IO::Select;
use IO::Socket::INET;
my ($s, $silent) = map { IO::Socket::INET->new(Proto => 'udp',
    LocalAddr => '127.0.0.1', LocalPort => $_) or die "$_: $@" } 7001, 7002;
$| = 1;
print "ready\n";
my $select = IO::Select->new(\*STDIN, $s, $silent);
while (1) {
	for my $fd ($select->can_read) {
		exit 0 if $fd == \*STDIN;
		my $from = $fd->recv(my $got, 65535);
		next if $fd == $silent;
		$fd->send("something else", 0, $from) if $got =~ /twice/;
		$fd->send("", 0, $from) if $got =~ /empty/;
		$fd->send("x" x 60000, 0, $from) if $got =~ /long/;
		$fd->send("pong $got", 0, $from);
	}
}
END
mkfifo "$dir/udp.in" "$dir/peers.in"
perl "$dir/udp.pl" <"$dir/udp.in" >"$dir/udp.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/udp.in"
perl "$TOP/regress/hce_peer.pl" binary=7013 <"$dir/peers.in" \
    >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 9>"$dir/peers.in"
wait_for 10 grep -q ready "$dir/udp.out" || bail "$(cat "$dir/udp.out")"
wait_for 10 grep -q ready "$dir/peers.out" || bail "$(cat "$dir/peers.out")"
hce_start || bail "no hce: $(cat "$dir/log")"

# target NAME ADDRESS PORT CHECK
target() {
	echo "table <$1> { $2 }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d udp port 80\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port %d check %s\n}\n' "$1" "$3" "$4"
}
n=0
{
	echo 'interval 500ms'
	echo 'timeout 300ms'
	echo 'fall 1'
	target silence 127.0.0.1 7002 udp
	target closed 127.0.0.1 7003 udp
	target noroute 198.51.100.1 7003 udp
	target reply 127.0.0.1 7001 'udp send "ping"'
	target expected 127.0.0.1 7001 'udp send "ping" expect "pong ping"'
	target other 127.0.0.1 7001 'udp send "ping" expect "pang*"'
	target twice 127.0.0.1 7001 'udp send "twice" expect "pong*"'
	target empty 127.0.0.1 7001 'udp send "empty" expect "pong*"'
	target long 127.0.0.1 7001 'udp send "long" expect "xxx*"'
	target hex 127.0.0.1 7001 \
	    'udp binary send 00ff expect 706f6e672000ff'
	target unsaid 127.0.0.1 7002 'udp send "ping" expect "*"'
	target expectclosed 127.0.0.1 7003 'udp send "ping" expect "*"'
	target port 127.0.0.1 7003 'udp send "ping" expect "pong*" on port 7001'
	target tcphex 127.0.0.1 7013 'binary send nothing expect 00000100504f'
	target tcpother 127.0.0.1 7013 'binary send nothing expect 000002'
	target tcpmore 127.0.0.1 7013 \
	    'binary send nothing expect 00000100504f4e470000'
} | conf

verdict "silence is good" silence "up \(ok\) (29[0-9]|[3-9][0-9][0-9])ms"
verdict "a closed port" closed "down \(connection refused\)"
verdict "no way there" noroute "down \(unreachable: No route to host\)"
verdict "any answer is good" reply \
    "up \(ok\) ([0-9]|[0-9][0-9]|1[0-9][0-9])ms"
verdict "the answer expected" expected "up \(ok\)"
verdict "another answer" other "down \(no match\)"
verdict "a second answer" twice "up \(ok\)"
verdict "after one without a byte" empty "up \(ok\)"
verdict "a long answer" long "up \(ok\)"
verdict "bytes" hex "up \(ok\)"
verdict "no answer where one is expected" unsaid "down \(timeout in read\)"
verdict "a closed port where one is" expectclosed "down \(connection refused\)"
verdict "another port" port "up \(ok\)"
verdict "bytes over TCP" tcphex "up \(ok\)"
verdict "other bytes" tcpother "down \(no match\)"
verdict "too few bytes" tcpmore "down \(no match\)"
ok "hce ends in good order" hce_stop
done_testing
