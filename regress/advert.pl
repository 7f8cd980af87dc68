#!/usr/bin/perl
#
# regress/advert.pl: VRRP packets as they should not be, and some as they
# should.  For regress/hostile.sh and the tests that use it.
#
#	advert.pl NAME=VALUE ... [+ NAME=VALUE ...]
#
# Without arguments it is a good advert to the group, version 3, VRID 51,
# priority 200, from the client of lab/net.sh.  After a "+" there is another
# one, of what has been said before it and what is said anew; they are sent
# by turns.  Octets are written in hexadecimal, without spaces.
#
#	if=NAME		interface; eth0
#	n=N ms=N	so many, each milliseconds one
#	src=A dst=A,A	addresses; IPv6 when they are; one packet to each dst
#	smac=M dmac=M	hardware addresses
#	ttl=N proto=N
#	v=N type=N vrid=N prio=N count=N int=N	fields; int in centiseconds,
#			of version 2 in seconds
#	addr=A,A	addresses in it
#	auth=N pass=S	of version 2; data=HEX instead of a password
#	hex=HEX		the whole message, whose checksum is put right
#	cut=N trail=N	octets less and more, before the checksum is made
#	late=N		octets cut off after it was made
#	sum=pseudo|plain|HEX	form of the checksum, or its value
#	sumdst=A	the destination in it
#	sumlen=N	octets that it covers
#	bad=N		added to it
#	pad=N		octets of the link behind the packet
#	total=N		more in the length of the IP header than there is
#	opts=HEX	options of IPv4
#	ext=hbh,dst,frag	headers of IPv6 before the message
#	frag=both|first	the packet in two fragments, or the first alone
#	noise=N		so many random octets for a message, no checksum

use strict;
use warnings;
use Socket qw(inet_pton AF_INET AF_INET6 SOCK_RAW);

use constant {
	AF_PACKET	=> 17,
	ETH_P_IP	=> 0x0800,
	ETH_P_IPV6	=> 0x86dd,
	VRRP		=> 112
};

my %default = (if => "eth0", n => 1, ms => 0, src => "10.77.0.100",
    ttl => 255, proto => VRRP, v => 3, type => 1, vrid => 51, prio => 200,
    auth => 0, cut => 0, trail => 0, late => 0, sum => "pseudo", bad => 0,
    pad => 0, total => 0, opts => "", ext => "", frag => "");

sub address {
	my $af = $_[0] =~ /:/ ? AF_INET6 : AF_INET;

	return inet_pton($af, $_[0]) // die "address $_[0]\n";
}

sub sum {
	my $sum = 0;

	$sum += $_ for unpack("n*", $_[0] . "\0" x (length($_[0]) % 2));
	$sum = ($sum & 0xffff) + ($sum >> 16) while $sum > 0xffff;
	return ~$sum & 0xffff;
}

sub message {
	my ($o, $six) = @_;
	my @addrs = split(/,/, $o->{addr} // ($six ? "fe80::77:10,fd77::10" :
	    "10.77.0.10"));
	my $int = $o->{int} // ($o->{v} == 2 ? 1 : 10);
	my $m;

	return pack("H*", $o->{hex}) if defined $o->{hex};
	$m = pack("CCCC", $o->{v} << 4 | $o->{type}, $o->{vrid}, $o->{prio},
	    $o->{count} // scalar(@addrs));
	$m .= $o->{v} == 2 ? pack("CC", defined $o->{pass} ? 1 : $o->{auth},
	    $int) : pack("n", $int);
	$m .= pack("n", 0) . join("", map { address($_) } @addrs);
	return $m if $o->{v} != 2;
	return $m . pack("a8", defined $o->{data} ? pack("H*", $o->{data}) :
	    $o->{pass} // "");
}

# What comes after the IP header, whole.
sub payload {
	my ($o, $src, $dst) = @_;
	my $six = length($src) == 16;
	my ($m, $pseudo, $sum) = (undef, "", 0);

	return join("", map { chr(int(rand(256))) } 1 .. $o->{noise})
	    if defined $o->{noise};
	$m = message($o, $six);
	$m = substr($m, 0, length($m) - $o->{cut}) . "\0" x $o->{trail};
	return $m if length($m) < 8;
	$dst = address($o->{sumdst}) if defined $o->{sumdst};
	if ($o->{sum} eq "pseudo" && ($six || ord($m) >> 4 != 2)) {
		$pseudo = $src . $dst . ($six ? pack("NN", length($m), VRRP) :
		    pack("nn", VRRP, length($m)));
	}
	substr($m, 6, 2) = pack("n", 0);
	$sum = sum($pseudo . substr($m, 0, $o->{sumlen} // length($m)));
	$sum = $sum + $o->{bad} & 0xffff;
	$sum = hex($o->{sum}) if $o->{sum} !~ /^p/;
	substr($m, 6, 2) = pack("n", $sum);
	return substr($m, 0, length($m) - $o->{late});
}

sub mac {
	my ($dst) = @_;

	return pack("H*", "01005e") . pack("C3", ord(substr($dst, 1, 1)) &
	    0x7f, unpack("C2", substr($dst, 2, 2)))
	    if length($dst) == 4 && ord($dst) >> 4 == 14;
	return pack("H*", "3333") . substr($dst, 12, 4)
	    if ord($dst) == 0xff && length($dst) == 16;
	return "\xff" x 6 if substr($dst, -1) eq "\xff";
	# The hardware addresses of lab/net.sh end as the others do, in
	# decimal.
	return pack("H*", "0277") . pack("n", 0) .
	    pack("H4", sprintf("%04d", length($dst) == 4 ?
	    ord(substr($dst, 3)) : sprintf("%x",
	    unpack("n", substr($dst, 14)))));
}

sub packet4 {
	my ($o, $src, $dst, $m, $offset) = @_;
	my $opts = pack("H*", $o->{opts});
	my $ip = pack("CCnnnCCna4a4", 0x45 + length($opts) / 4, 0xc0,
	    20 + length($opts) + length($m) + $o->{total}, 0x1234, $offset,
	    $o->{ttl}, $o->{proto}, 0, $src, $dst) . $opts;

	substr($ip, 10, 2) = pack("n", sum($ip));
	return $ip . $m;
}

# Each header says what comes after it.
sub packet6 {
	my ($o, $src, $dst, $m) = @_;
	my $next = $o->{proto};
	my %code = (hbh => 0, dst => 60, frag => 44);

	for my $ext (reverse split(/,/, $o->{ext})) {
		# A router alert, or padding, or an offset of 0 and no more.
		$m = ($ext eq "hbh" ? pack("CCCCnCC", $next, 0, 5, 2, 0, 1, 0) :
		    $ext eq "dst" ? pack("CCCCN", $next, 0, 1, 4, 0) :
		    pack("CCnN", $next, 0, 0, 0x1234)) . $m;
		$next = $code{$ext};
	}
	return pack("NnCC", 0x6c000000, length($m) + $o->{total}, $next,
	    $o->{ttl}) . $src . $dst . $m;
}

# All frames of one advert.
sub frames {
	my ($o) = @_;
	my $src = address($o->{src});
	my $six = length($src) == 16;
	my $type = $six ? ETH_P_IPV6 : ETH_P_IP;
	my @frames;

	for my $to (split(/,/, $o->{dst} // ($six ? "ff02::12" :
	    "224.0.0.18"))) {
		my $dst = address($to);
		my $m = payload($o, $src, $dst);
		my @parts;
		if ($six) {
			@parts = packet6($o, $src, $dst, $m);
		} elsif ($o->{frag}) {
			@parts = packet4($o, $src, $dst, substr($m, 0, 8),
			    0x2000);
			push @parts, packet4($o, $src, $dst, substr($m, 8), 1)
			    if $o->{frag} eq "both";
		} else {
			@parts = packet4($o, $src, $dst, $m, 0);
		}
		for my $part (@parts) {
			push @frames, pack("a6a6n", defined $o->{dmac} ?
			    pack("H*", $o->{dmac} =~ s/://gr) : mac($dst),
			    pack("H*", ($o->{smac} // "027700000100") =~
			    s/://gr), $type) . $part . "\0" x $o->{pad};
		}
	}
	return @frames;
}

my @adverts = ({ %default });
for my $arg (@ARGV) {
	if ($arg eq "+") {
		push @adverts, { %{$adverts[-1]} };
		next;
	}
	my ($name, $value) = split(/=/, $arg, 2);
	die "$arg: no NAME=VALUE\n" unless defined $value;
	$adverts[-1]->{$name} = $value;
}

my ($if, $n, $ms) = @{$adverts[-1]}{"if", "n", "ms"};
open(my $fh, "<", "/sys/class/net/$if/ifindex") or die "$if: $!\n";
my $ifindex = <$fh>;
socket(my $s, AF_PACKET, SOCK_RAW, 0) or die "socket: $!\n";
my $where = pack("SnlSCCa8", AF_PACKET, 0, $ifindex, 0, 0, 6, "");
my @rounds = map { [frames($_)] } @adverts;
for my $i (0 .. $n - 1) {
	@rounds = map { [frames($_)] } @adverts if defined $adverts[0]{noise};
	for my $frame (@{$rounds[$i % @rounds]}) {
		# The queue of the interface may be full for a moment.
		until (send($s, $frame, 0, $where)) {
			die "send: $!\n" unless $!{ENOBUFS};
			select(undef, undef, undef, 0.001);
		}
	}
	select(undef, undef, undef, $ms / 1000) if $ms;
}
