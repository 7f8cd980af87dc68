#!/usr/bin/perl
#
# hce_peer.pl MODE=PORT ...: servers on 127.0.0.1 that answer each in its way,
# most of them badly.  Prints "ready" when all listen; ends with its input.

use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);

$SIG{PIPE} = $SIG{CHLD} = 'IGNORE';

my %modes = (
	# says hello and answers a line
	banner => sub {
		my ($s) = @_;
		put($s, "220 mail.example.com ESMTP\r\n") or return;
		my $line = <$s> // return;
		put($s, $line =~ /^NOOP/ ? "250 2.0.0 Ok\r\n" : "500 what?\r\n");
		drain($s);
	},
	# NULs before what is looked for
	binary => sub {
		my ($s) = @_;
		put($s, "\0\0\1\0PONG\0");
		drain($s);
	},
	silent => sub { drain($_[0]) },
	closes => sub { },
	# an answer that is cut off, politely and not
	short => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\nServer: sho");
	},
	resets => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\nServer: sho");
		setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0));
	},
	garbage => sub {
		my ($s) = @_;
		put($s, join("", map { chr(int(rand(256))) } 1 .. 4096) .
		    "\r\n");
		drain($s);
	},
	endless => sub {
		my ($s) = @_;
		put($s, "HTTP/1.1 200 OK\r\n") or return;
		1 while put($s, "X-More: " . ("x" x 1000) . "\r\n");
	},
	# one header line that never ends
	longline => sub {
		my ($s) = @_;
		put($s, "HTTP/1.1 200 OK\r\nX-More: ") or return;
		1 while put($s, "x" x 10000);
	},
	noline => sub {
		my ($s) = @_;
		1 while put($s, "x" x 10000);
	},
	continues => sub {
		my ($s) = @_;
		1 while put($s, "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" x 50);
	},
	continue1 => sub {
		my ($s) = @_;
		put($s, "HTTP/1.1 100 Continue\r\n\r\n" .
		    "HTTP/1.1 204 No Content\r\n\r\n");
		drain($s);
	},
	# a byte a time, slowly enough to never get done
	slow => sub {
		my ($s) = @_;
		for my $c (split //, "HTTP/1.1 200 OK\r\nServer: slow\r\n\r\n") {
			put($s, $c) or return;
			select(undef, undef, undef, 0.1);
		}
	},
	# good, after a while
	later => sub {
		my ($s) = @_;
		<$s>;
		select(undef, undef, undef, 0.15);
		put($s, "HTTP/1.1 200 OK\r\n\r\nwelcome");
	},
	# right headers, and a body that does not end
	bigbody => sub {
		my ($s) = @_;
		put($s, "HTTP/1.1 200 OK\r\n\r\n") or return;
		1 while put($s, "x" x 10000);
	},
);

sub put {
	my ($s, $bytes) = @_;
	my $n = syswrite($s, $bytes);
	return defined $n && $n > 0;
}

sub drain {
	my ($s) = @_;
	1 while sysread($s, my $buf, 4096);
}

my $select = IO::Select->new(\*STDIN);
my %server;
for my $arg (@ARGV) {
	my ($mode, $port) = split /=/, $arg;
	die "no such mode: $mode\n" if !$modes{$mode};
	my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    LocalPort => $port, Listen => 100, ReuseAddr => 1) or
	    die "$mode on $port: $@\n";
	$select->add($l);
	$server{$l} = $modes{$mode};
}
$| = 1;
print "ready\n";
while (1) {
	for my $l ($select->can_read) {
		exit 0 if !$server{$l};
		my $s = $l->accept or next;
		my $pid = fork // next;
		if ($pid == 0) {
			alarm 20;
			$server{$l}->($s);
			exit 0;
		}
	}
}
