#!/bin/sh
#
# Checks of mail servers: exim, and some that are none.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
. "$TOP/regress/hce_tls.sh"
PATH=$PATH:/usr/sbin
for need in exim4 perl openssl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
ip link set lo up || skip_all "no loopback"
{
	authority ca && certificate good ca yesterday "90 days" \
	    DNS:mail.example.com
} >/dev/null 2>"$dir/err" || bail "certificates: $(cat "$dir/err")"
cat >"$dir/exim.conf" <<END
primary_hostname = mail.example.com
local_interfaces = 127.0.0.1
daemon_smtp_ports = 7025 : 7465
tls_on_connect_ports = 7465
spool_directory = $dir/spool
log_file_path = $dir/exim.%s
tls_advertise_hosts = *
tls_certificate = $dir/good.pem
tls_privatekey = $dir/good.key
acl_smtp_helo = helo
begin acl
helo:
  deny condition = \${if eq{\$sender_helo_name}{bad.example.com}}
  accept
END
chmod 755 "$dir" && chmod 644 "$dir/exim.conf" "$dir/good.key"
mkdir "$dir/spool" && chown Debian-exim: "$dir" "$dir/spool" ||
    skip_all "no user for exim"
exim4 -C "$dir/exim.conf" -bdf -oP "$dir/exim.pid" >"$dir/exim.out" 2>&1 &
pids="$pids $!"

# Mail servers that are none, by port.
cat >"$dir/smtp.pl" <<'END'
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
$SIG{PIPE} = $SIG{CHLD} = 'IGNORE';
sub put { my ($s, $t) = @_; defined syswrite($s, $t) }
my %ways = (
	7001 => sub { put($_[0], "554 go away\r\n"); readline($_[0]) },
	7002 => sub { put($_[0], "hello\r\n"); readline($_[0]) },
	7003 => sub { my $s = shift; 1 while put($s, "220-more\r\n") },
	7004 => sub { my $s = shift; 1 while put($s, "x" x 1000) },
	7005 => sub { my $s = shift; put($s, "220 a\r\n"); readline($s);
	    put($s, "250-a\r\n250-STARTTLS\r\n250 b\r\n"); readline($s);
	    put($s, "220 go\r\n250 injected\r\n"); readline($s) },
	7006 => sub { my $s = shift; put($s, "220 a\r\n"); readline($s);
	    put($s, "250 a\r\n"); readline($s); sleep 10 },
	7007 => sub { my $s = shift; put($s, "220 a\r\n"); readline($s);
	    sleep 10 },
	7008 => sub { sleep 10 },
	7009 => sub { my $s = shift; put($s, "220 a\r\n"); readline($s);
	    put($s, "250-a\r\n251 b\r\n"); readline($s) },
	7010 => sub { my $s = shift; put($s, "220 a\r\n"); readline($s);
	    put($s, "250-a\r\n250 STARTTLS\r\n"); readline($s);
	    put($s, "220 go\r\n"); sleep 1; put($s, "garbage" x 100);
	    sleep 10 },
);
my %way;
my $select = IO::Select->new(\*STDIN);
for my $port (keys %ways) {
	my $t = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100,
	    LocalPort => $port, ReuseAddr => 1) or die "$port: $@";
	$select->add($t);
	$way{$t} = $ways{$port};
}
$| = 1;
print "ready\n";
while (1) {
	for my $fd ($select->can_read) {
		exit 0 if $fd == \*STDIN;
		my $s = $fd->accept or next;
		next if fork;
		alarm 20;
		$way{$fd}->($s);
		exit 0;
	}
}
END
mkfifo "$dir/smtp.in"
perl "$dir/smtp.pl" <"$dir/smtp.in" >"$dir/smtp.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/smtp.in"
wait_for 10 grep -q ready "$dir/smtp.out" || bail "$(cat "$dir/smtp.out")"
wait_for 10 listens 7025 || bail "exim: $(cat "$dir"/exim.out "$dir"/exim.*)"
hce_start "SSL_CERT_FILE=$dir/ca.pem" || bail "no hce: $(cat "$dir/log")"

# target NAME PORT OPTIONS
target() {
	echo "table <$1> { 127.0.0.1 }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d tcp port 25\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port %d check smtp %s\n}\n' "$1" "$2" "$3"
}
n=0
{
	echo 'interval 1s'
	echo 'timeout 900ms'
	echo 'fall 1'
	target plain 7025
	target name 7025 'helo me.example.com'
	target bad 7025 'helo bad.example.com'
	target starttls 7025 'starttls name mail.example.com'
	target wrong 7025 'starttls name www.example.com'
	target inside 7465 'tls name mail.example.com'
	target away 7001
	target hello 7002
	target endless 7003
	target noline 7004
	target injected 7005 'starttls no verify'
	target noquit 7006
	target nottls 7006 starttls
	target noehlo 7007
	target silent 7008
	target codes 7009
	target late 7010 'starttls no verify'
	target closed 7000
} | conf

verdict "exim" plain "up \(ok\)"
verdict "by a name" name "up \(ok\)"
verdict "by a name it does not like" bad "down \(SMTP code 550\)"
verdict "with STARTTLS" starttls "up \(ok\)"
verdict "with another name" wrong "down \(certificate of another name\)"
verdict "inside TLS" inside "up \(ok\)"
verdict "a server that will not" away "down \(SMTP code 554\)"
verdict "another protocol" hello "down \(not SMTP\)"
verdict "an endless greeting" endless "down \(answer too long\)"
verdict "an endless line" noline "down \(answer too long\)"
verdict "what was said before TLS" injected "down \(not SMTP\)"
verdict "no answer to QUIT" noquit "up \(ok\)"
verdict "no STARTTLS" nottls "down \(no STARTTLS\)"
verdict "no answer to EHLO" noehlo "down \(timeout in SMTP EHLO\)"
verdict "no greeting" silent "down \(timeout in SMTP greeting\)"
verdict "two codes in one reply" codes "down \(not SMTP\)"
verdict "no handshake" late "down \((timeout in TLS handshake|not TLS)\)"
verdict "nobody" closed "down \(connection refused\)"
like "exim heard an address for a name" "$(cat "$dir"/exim.main)" \
    'H=\(\[127\.0\.0\.1\]\)|H=\(?bad\.example\.com\)?'
ok "hce ends in good order" hce_stop
done_testing
