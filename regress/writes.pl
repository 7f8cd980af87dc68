#!/usr/bin/perl
#
# regress/writes.pl FILE PID [addresses]
#
# The requests to IPVS of this process in what tcpdump(8) has recorded of a
# nlmon device, one a line; if wanted those about addresses among them.

use strict;
use warnings;

# linux/netlink.h, linux/rtnetlink.h, linux/genetlink.h, pcap-linktype(7), and
# IPVS_CMD_* of linux/ip_vs.h.
use constant {
	NLM_F_REQUEST => 1, GENL_ID_CTRL => 16, CTRL_NEWFAMILY => 1,
	CTRL_ATTR_FAMILY_ID => 1, CTRL_ATTR_FAMILY_NAME => 2,
	PCAP_HEAD => 24, PCAP_RECORD => 16, LINK_HEAD => 16,
	NETLINK_ROUTE => 0, NETLINK_GENERIC => 16, NLMSG_HEAD => 16, GENL_HEAD => 4,
	PID_BITS => 0x3fffff	# libnl's address of a process
};
my @commands = qw(- new-service set-service del-service get-service new-dest
    set-dest del-dest get-dest new-daemon del-daemon get-daemon set-config
    get-config set-info get-info zero flush);

my %addresses = (20 => "new-address", 21 => "del-address");

my ($file, $pid, $with_addresses) = @ARGV;
my $family = -1;
my @requests;

sub aligned {
	return ($_[0] + 3) & ~3;
}

sub learn {
	my $attrs = shift;
	my ($id, $name) = (-1, "");

	while (length($attrs) >= 4) {
		my ($len, $type) = unpack("SS", $attrs);
		last if $len < 4;
		my $value = substr($attrs, 4, $len - 4);
		$id = unpack("S", $value) if $type == CTRL_ATTR_FAMILY_ID;
		$name = unpack("Z*", $value)
		    if $type == CTRL_ATTR_FAMILY_NAME;
		$attrs = substr($attrs, aligned($len) < length($attrs) ?
		    aligned($len) : length($attrs));
	}
	$family = $id if $name eq "IPVS";
}

sub message {
	my ($m, $protocol) = @_;
	my ($type, $flags, $from, $command) = unpack("x4SSx4LC", $m);
	my $ours = ($flags & NLM_F_REQUEST) && ($from & PID_BITS) == $pid;

	if ($protocol == NETLINK_ROUTE) {
		push @requests, [undef, $addresses{$type}]
		    if $ours && $addresses{$type};
	} elsif ($type == GENL_ID_CTRL && $command == CTRL_NEWFAMILY) {
		learn(substr($m, NLMSG_HEAD + GENL_HEAD));
	} elsif ($ours) {
		push @requests, [$type, $commands[$command] // $command];
	}
}

sub packet {
	my $p = shift;

	return if length($p) < LINK_HEAD;
	my $protocol = unpack("x14n", $p);
	return if $protocol != NETLINK_GENERIC &&
	    !($with_addresses && $protocol == NETLINK_ROUTE);
	$p = substr($p, LINK_HEAD);
	while (length($p) > NLMSG_HEAD) {
		my $len = unpack("L", $p);
		last if $len < NLMSG_HEAD || $len > length($p);
		message(substr($p, 0, $len), $protocol)
		    if $len >= NLMSG_HEAD + GENL_HEAD;
		$p = substr($p, aligned($len) < length($p) ? aligned($len) :
		    length($p));
	}
}

open(my $f, "<:raw", $file) or die "$file: $!\n";
local $/;
my $all = <$f>;
my $at = PCAP_HEAD;
while ($at + PCAP_RECORD <= length($all)) {
	my $len = unpack("x8L", substr($all, $at, PCAP_RECORD));
	last if $at + PCAP_RECORD + $len > length($all);
	packet(substr($all, $at + PCAP_RECORD, $len));
	$at += PCAP_RECORD + $len;
}
for (grep { !defined($_->[0]) || $_->[0] == $family } @requests) {
	print $_->[1], "\n";
}
