#!/bin/sh
#
# Checks that ask an agent on the host, and agents that answer nonsense.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
command -v perl >/dev/null || skip_all "perl is not installed"
ip link set lo up || skip_all "no loopback"

# An agent on each of these ports answers what is in the file of its number.
cat >"$dir/agent.pl" <<'END'
use IO::Select;
use IO::Socket::INET;
$SIG{PIPE} = $SIG{CHLD} = 'IGNORE';
my $dir = shift;
my $select = IO::Select->new(\*STDIN);
my %port;
for (@ARGV) {
	my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100,
	    LocalPort => $_, ReuseAddr => 1) or die "$_: $@";
	$select->add($s);
	$port{$s} = $_;
}
$| = 1;
print "ready\n";
while (1) {
	for my $fd ($select->can_read) {
		exit 0 if $fd == \*STDIN;
		my $s = $fd->accept or next;
		print "asked $port{$fd}\n";
		next if fork;
		open my $f, '<', "$dir/$port{$fd}" or exit 1;
		local $/;
		my $text = <$f>;
		syswrite $s, substr($text, 0, 4) and
		    select undef, undef, undef, 0.05 and
		    $text = substr($text, 4) if $text =~ /parts/;
		syswrite $s, $text;
		exit 0;
	}
}
END
mkfifo "$dir/agent.in" "$dir/peers.in"
ports="7001 7002 7003 7004 7005 7006 7007 7008 7009 7010 7011 7012 7013 7014"
printf 'up\n' >"$dir/7001"
printf '75%%\n' >"$dir/7002"
printf 'up 30%% ready\r\n#late' >"$dir/7003"
printf 'DOWN#disk full\n' >"$dir/7004"
printf 'drain # on \033[31mWednesday\n' >"$dir/7005"
printf 'up, 1%%\tready,maxconn:30' >"$dir/7006"
printf 'what is this\n' >"$dir/7007"
printf '\n' >"$dir/7008"
printf 'up\0\n' >"$dir/7009"
printf 'up 99999999999999999999%%\n' >"$dir/7010"
printf 'up -5%% 5%%%% %% 5 0x5%%\n' >"$dir/7011"
printf 'up parts 0%%\n' >"$dir/7012"
printf 'maint # until noon, and after that some more words that no one has any time to read\n' >"$dir/7013"
printf 'stopped\n' >"$dir/7014"
perl "$dir/agent.pl" "$dir" $ports <"$dir/agent.in" >"$dir/agent.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/agent.in"
perl "$TOP/regress/hce_peer.pl" silent=7101 closes=7102 noline=7103 \
    garbage=7104 resets=7105 <"$dir/peers.in" >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 9>"$dir/peers.in"
wait_for 10 grep -q ready "$dir/agent.out" || bail "$(cat "$dir/agent.out")"
wait_for 10 grep -q ready "$dir/peers.out" || bail "$(cat "$dir/peers.out")"
hce_start || bail "no hce: $(cat "$dir/log")"

# target NAME PORT [WEIGHT]: asked more often than one verdict takes
target() {
	echo "table <$1> { 127.0.0.1 weight ${3:-100} }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d tcp port 80\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port 9 check agent port %d\n}\n' "$1" "$2"
}
config() {
	n=0
	echo 'interval 300ms'
	echo 'timeout 250ms'
	echo 'fall 3'
	target up 7001
	target percent 7002
	target several 7003
	target down 7004
	target drain 7005 "${1:-100}"
	target commas 7006 1
	target unknown 7007
	target empty 7008
	target nul 7009
	target huge 7010 60000
	target broken 7011
	target parts 7012
	target maint 7013
	target stopped 7014
	target silent 7101
	target closes 7102
	target noline 7103
	target garbage 7104
	target resets 7105
	target refused 7100
}
config | conf

verdict "up" up 'up \(ok\) [0-9]+ms [0-9]+/[0-9]+$'
verdict "a share of the weight" percent 'up \(ok\) .* weight 75$'
verdict "several words, and nothing of the next line" several \
    'up \(ok\) .* weight 30$'
verdict "down at once, whatever fall is, and why" down \
    'down \(agent says down \(disk full\)\) [0-9]+ms 0/1$'
verdict "drained, with what a terminal could be harmed by taken out" drain \
    'up \(agent says drain \(on \?\[31mWednesday\)\) .* weight 0$'
verdict "commas, no end of line, and never less than 1" commas \
    'up \(ok\) .* weight 1$'
verdict "words of no meaning" unknown "down \(not an agent's answer\)"
verdict "no words" empty "down \(not an agent's answer\)"
verdict "a NUL is of its word" nul "down \(not an agent's answer\)"
verdict "a huge share is cut to what the kernel takes" huge \
    'up \(ok\) .* weight 65535$'
verdict "broken shares are none" broken 'up \(ok\) [0-9]+ms [0-9]+/[0-9]+$'
verdict "a line in parts" parts 'up \(ok\) .* weight 0$'
verdict "maint, and as much of why as there is room for" maint \
    'down \(agent says maint \(until noon, .{51}\)\) [0-9]+ms 0/1$'
verdict "stopped" stopped 'down \(agent says stopped\)'
verdict "no answer" silent 'down \(timeout in read\)'
verdict "closed" closes 'down \(closed before the answer\)'
verdict "a line without an end" noline 'down \(answer too long\)'
verdict "garbage" garbage "down \((not an agent's answer|answer too long)\)"
verdict "reset" resets 'down'
verdict "no agent" refused 'down \(connection refused\)'

# What a line does not name stays.
say_agent() {
	printf "$2\n" >"$dir/$1.new" && mv "$dir/$1.new" "$dir/$1"
}
say_agent 7002 up
say_agent 7005 'up 20%%'
say_agent 7013 'up 100%%'
say_agent 7004 '50%%'
say_agent 7014 'up'
verdict "up again" stopped 'up \(ok\)'
# stays DESC ID PORT ERE: so it is after the agent was asked twice more
more() {
	[ "$(grep -c "$1" "$2")" -ge "$3" ]
}
stays() {
	wait_for 10 more "asked $3\$" "$dir/agent.out" \
	    $(($(grep -c "asked $3\$" "$dir/agent.out") + 3))
	before=$(grep -c "^stats $2 " "$dir/out")
	say stats
	wait_for 10 more "^stats $2 " "$dir/out" $((before + 1))
	like "$1" "$(grep "^stats $2 " "$dir/out" | tail -n 1)" "$4"
}
stays "a share is kept without being said again" percent 7002 \
    'up \(ok\) .* weight 75$'
stays "drained until it says ready" drain 7005 \
    'up \(agent says drain\) .* weight 0$'
stays "down until it says up" down 7004 'down \(agent says down\)'
stays "in maintenance until it says ready" maint 7013 \
    'down \(agent says maint\)'
config 50 | conf
say_agent 7005 ready
say_agent 7013 ready
verdict "ready after drain: the share that was said, of the new weight" \
    drain 'up \(ok\) .* weight 10$'
verdict "ready after maint" maint 'up \(ok\) .* weight 100$'

# Without the check there is no such weight.
config 50 | sed '/service "drain"/,$s/port 9 check agent port 7005/port 9 check tcp on port 7001/' |
    conf
verdict "the weight goes with its check" drain 'up \(ok\) [0-9]+ms [0-9]+/[0-9]+$'

ok "hce ends in good order" hce_stop
done_testing
