#!/usr/bin/perl
#
# hce_echo.pl: answers echo requests to 127.0.0.11 and on, all but the first in
# a way that must not be taken for an answer.  The kernel's own answers have to
# be turned off.  Prints "ready" when it listens; ends with its input.

use strict;
use warnings;
use IO::Select;
use Socket qw(AF_INET SOCK_RAW inet_aton pack_sockaddr_in);

my $other = "127.0.0.99";
my %change = (
	"127.0.0.11" => sub { },
	"127.0.0.12" => sub { substr($_[0], -1) ^= "\x01" },	# token
	"127.0.0.13" => sub { substr($_[0], 7, 1) ^= "\x01" },	# sequence
	"127.0.0.14" => sub { substr($_[0], 5, 1) ^= "\x01" },	# identifier
	"127.0.0.15" => sub { $_[1] = $other },			# source
	"127.0.0.16" => sub { $_[0] = substr($_[0], 0, -1) },	# short
	"127.0.0.17" => sub { $_[0] .= "\0" },			# long
	"127.0.0.18" => sub { substr($_[0], 1, 1) = "\x01" },	# code
	"127.0.0.19" => sub { substr($_[0], 8, 1) ^= "\x01" },	# host
	"127.0.0.20" => sub { $_[0] = substr($_[0], 0, 3) },	# no header
);

sub checksum {
	my ($packet) = @_;
	my $sum = 0;
	$sum += $_ for unpack("n*", length($packet) % 2 ? "$packet\0" :
	    $packet);
	$sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
	return ~$sum & 0xffff;
}

sub reply {
	my ($from, $to, $packet) = @_;
	socket(my $s, AF_INET, SOCK_RAW, 1) or die "socket: $!\n";
	bind($s, pack_sockaddr_in(0, inet_aton($from))) or die "bind: $!\n";
	send($s, $packet, 0, pack_sockaddr_in(0, $to));
}

socket(my $raw, AF_INET, SOCK_RAW, 1) or die "raw socket: $!\n";
my $select = IO::Select->new(\*STDIN, $raw);
$| = 1;
print "ready\n";
while (1) {
	for my $fd ($select->can_read) {
		exit 0 if $fd != $raw;
		recv($raw, my $packet, 2048, 0);
		my $hlen = (ord($packet) & 15) * 4;
		my ($src, $dst) = unpack("a4 a4", substr($packet, 12, 8));
		my $icmp = substr($packet, $hlen);
		my $from = join(".", unpack("C4", $dst));
		next if ord($icmp) != 8 || !$change{$from};
		substr($icmp, 0, 4) = "\0\0\0\0";
		$change{$from}->($icmp, $from);
		substr($icmp, 2, 2) = pack("n", checksum($icmp)) if
		    length($icmp) > 3;
		reply($from, $src, $icmp);
	}
}
