#!/bin/sh
#
# Checks of name servers: dnsmasq, and some that are none.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
PATH=$PATH:/usr/sbin
for need in dnsmasq perl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
ip link set lo up || skip_all "no loopback"

dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
    --no-daemon --listen-address=127.0.0.1 --bind-interfaces --port=7053 \
    --pid-file= --local=/example.com/ --user=root --group=root \
    --host-record=www.example.com,192.0.2.80,2001:db8::80 \
    --cname=alias.example.com,www.example.com \
    --mx-host=example.com,mail.example.com,10 \
    --txt-record=example.com,"v=spf1 -all" \
    --srv-host=_sip._tcp.example.com,www.example.com,5060,1,2 \
    --ptr-record=80.2.0.192.in-addr.arpa,www.example.com \
    >"$dir/dnsmasq" 2>&1 &
pids="$pids $!"

# Answers by UDP and TCP, each port in its way.
cat >"$dir/dns.pl" <<'END'
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
$SIG{PIPE} = $SIG{CHLD} = 'IGNORE';
my $head = sub { substr($_[0], 0, 2) . pack("n5", @_[1 .. 5]) };
my %ways = (
	7101 => sub { "\0" x 40 },
	7102 => sub { my $q = shift; my $id = unpack("n", $q) ^ 1;
	    pack("n", $id) . "\x81\x80" . substr($q, 4) },
	7103 => sub { $_[0] },
	7104 => sub { $head->($_[0], 0x8182, 1, 0, 0, 0) . substr($_[0], 12) },
	7105 => sub { $head->($_[0], 0x8380, 1, 0, 0, 0) . substr($_[0], 12) },
	7106 => sub { $head->($_[0], 0x8180, 1, 9, 0, 0) . substr($_[0], 12) .
	    "\xc0\x0c" x 100 },
	7107 => sub { $head->($_[0], 0x8180, 1, 200, 0, 0) .
	    substr($_[0], 12) . join "", map { pack("nnnNnn",
	    0xc000 | 12 + 15 + 6 + 14 * $_, 5, 1, 0, 2, 0xc00c) } 0 .. 199 },
	7108 => sub { undef },
);
my (%udp, %tcp);
my $select = IO::Select->new(\*STDIN);
for my $port (keys %ways) {
	my $u = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1',
	    LocalPort => $port) or die "$port: $@";
	my $t = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100,
	    LocalPort => $port, ReuseAddr => 1) or die "$port: $@";
	$select->add($u, $t);
	$udp{$u} = $tcp{$t} = $ways{$port};
}
$| = 1;
print "ready\n";
while (1) {
	for my $fd ($select->can_read) {
		exit 0 if $fd == \*STDIN;
		if (my $way = $udp{$fd}) {
			my $from = $fd->recv(my $q, 65535);
			my $a = $way->($q);
			$fd->send($a, 0, $from) if defined $a;
			next;
		}
		my $s = $fd->accept or next;
		next if fork;
		alarm 20;
		sysread($s, my $q, 65535);
		my $a = $tcp{$fd}->(substr($q, 2));
		if (defined $a) {
			syswrite($s, pack("n", length $a) . $a);
		} else {
			syswrite($s, "\xff\xff");
			1 while syswrite($s, "x");
		}
		exit 0;
	}
}
END
mkfifo "$dir/dns.in"
perl "$dir/dns.pl" <"$dir/dns.in" >"$dir/dns.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/dns.in"
wait_for 10 grep -q ready "$dir/dns.out" || bail "$(cat "$dir/dns.out")"
serves() {
	ss -Hlun "sport = :7053" | grep -q .
}
wait_for 10 serves || bail "dnsmasq: $(cat "$dir/dnsmasq")"
hce_start || bail "no hce: $(cat "$dir/log")"

# target NAME PORT CHECK
target() {
	echo "table <$1> { 127.0.0.1 }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d udp port 53\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port %d check dns %s\n}\n' "$1" "$2" "$3"
}
n=0
{
	echo 'interval 500ms'
	echo 'timeout 400ms'
	echo 'fall 1'
	target a 7053 'www.example.com'
	target answer 7053 'www.example.com answer 192.0.2.80'
	target other 7053 'www.example.com answer 192.0.2.81'
	target aaaa 7053 'WWW.example.com. type AAAA answer 2001:DB8:0::80'
	target cname 7053 'alias.example.com type CNAME answer www.example.com'
	target behind 7053 'alias.example.com answer 192.0.2.80'
	target mx 7053 'example.com type MX answer "10 mail.example.com."'
	target txt 7053 'example.com type TXT answer "v=spf1 -all"'
	target srv 7053 '_sip._tcp.example.com type SRV answer "1 2 5060 www.example.com"'
	target ptr 7053 '80.2.0.192.in-addr.arpa type PTR answer www.example.com'
	target none 7053 'none.example.com'
	target nxdomain 7053 'none.example.com rcode nxdomain'
	target refused 7053 'www.example.org'
	target tcp 7053 'www.example.com answer 192.0.2.80 over tcp'
	target closed 7100 'www.example.com'
	target tcpclosed 7100 'www.example.com over tcp'
	target zeroes 7101 'www.example.com'
	target otherid 7102 'www.example.com'
	target question 7103 'www.example.com'
	target servfail 7104 'www.example.com'
	target cut 7105 'www.example.com answer 192.0.2.80'
	target fewer 7106 'www.example.com answer 192.0.2.80'
	target loops 7107 'www.example.com type CNAME answer x'
	target silent 7108 'www.example.com'
	target tcpzeroes 7101 'www.example.com over tcp'
	target tcploops 7107 'www.example.com type CNAME answer x over tcp'
	target tcpgiant 7108 'www.example.com over tcp'
} | conf

verdict "an address" a "up \(ok\)"
verdict "the address wanted" answer "up \(ok\)"
verdict "another" other "down \(not the DNS answer wanted\)"
verdict "AAAA" aaaa "up \(ok\)"
verdict "CNAME" cname "up \(ok\)"
verdict "the address behind it" behind "up \(ok\)"
verdict "MX" mx "up \(ok\)"
verdict "TXT" txt "up \(ok\)"
verdict "SRV" srv "up \(ok\)"
verdict "PTR" ptr "up \(ok\)"
verdict "a name that is not there" none "down \(DNS code nxdomain\)"
verdict "and must not be" nxdomain "up \(ok\)"
verdict "a name of others" refused "down \(DNS code refused\)"
verdict "over TCP" tcp "up \(ok\)"
verdict "nobody" closed "down \(connection refused\)"
verdict "nobody over TCP" tcpclosed "down \(connection refused\)"
verdict "zeroes" zeroes "down \(not DNS\)"
verdict "another id" otherid "down \(not DNS\)"
verdict "the question itself" question "down \(not DNS\)"
verdict "a server that fails" servfail "down \(DNS code servfail\)"
verdict "an answer cut off" cut "down \(DNS answer cut off\)"
verdict "fewer records than told" fewer "down \(not DNS\)"
verdict "names in loops" loops "down \((not DNS|not the DNS answer wanted)\)"
verdict "silence" silent "down \(timeout in read\)"
verdict "zeroes over TCP" tcpzeroes "down \(not DNS\)"
verdict "names in loops over TCP" tcploops \
    "down \((not DNS|not the DNS answer wanted)\)"
verdict "a giant answer over TCP" tcpgiant "down \((not DNS|timeout in read)\)"
ok "hce ends in good order" hce_stop
done_testing
