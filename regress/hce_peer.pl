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
		put($s, "HTTP/1.1 200 ") or return;
		1 while put($s, "x" x 10000);
	},
	continues => sub {
		my ($s) = @_;
		1 while put($s, "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" x 50);
	},
	# answers before it is asked, and waits
	hasty => sub {
		my ($s) = @_;
		syswrite($s, "HTTP/1.1 200 OK\r\n\r\n");
		drain($s);
	},
	# the head is cut off with the end of the connection right behind it
	halfhead => sub {
		my ($s) = @_;
		syswrite($s, "HTTP/1.1 200 OK\r\nA: ");
		$s->shutdown(1);
		drain($s);
	},
	# each part of the head is seen alone
	parts => sub {
		my ($s) = @_;
		for my $part ("HT", "TP/1.1 2", "00 OK\r", "\nA: b\r\n", "\r\n") {
			syswrite($s, $part) or return;
			select(undef, undef, undef, 0.02);
		}
		drain($s);
	},
	hints => sub {
		my ($s) = @_;
		put($s, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" .
		    "HTTP/1.1 200 OK\r\n\r\n");
		drain($s);
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
	# bodies, good and bad
	chunks => sub {
		my ($s) = @_;
		<$s>;
		put($s, chunked() . "3\r\nwel\r\n4\r\ncome\r\n" .
		    "0\r\nTrailer: x\r\n\r\n");
		drain($s);
	},
	badchunk => sub {
		my ($s) = @_;
		<$s>;
		put($s, chunked() . "3\r\nabc\r\nxyz\r\nwelcome\r\n");
		drain($s);
	},
	negchunk => sub {
		my ($s) = @_;
		<$s>;
		put($s, chunked() . "-7\r\nwelcome\r\n0\r\n\r\n");
		drain($s);
	},
	hugechunk => sub {
		my ($s) = @_;
		<$s>;
		put($s, chunked() . "7fffffffffffffff\r\n") or return;
		1 while put($s, "x" x 10000);
	},
	manychunks => sub {
		my ($s) = @_;
		<$s>;
		put($s, chunked()) or return;
		1 while put($s, "1\r\nx\r\n" x 1000);
	},
	trailers => sub {
		my ($s) = @_;
		<$s>;
		put($s, chunked() . "1\r\nx\r\n0\r\n") or return;
		1 while put($s, "X-More: " . ("x" x 1000) . "\r\n");
	},
	gigabyte => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n" .
		    "\r\nwelcome") or return;
		1 while put($s, "x" x 10000);
	},
	shortbody => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nwel");
	},
	slowbody => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\n\r\n") or return;
		while (put($s, "w")) {
			select(undef, undef, undef, 0.05);
		}
	},
	# a handshake of one message that does not end
	tlshuge => sub {
		my ($s) = @_;
		sysread($s, my $buf, 4096);
		put($s, "\x16\x03\x03\x40\x00\x02\xff\xff\xff" .
		    ("x" x 16380)) or return;
		1 while put($s, "\x16\x03\x03\x40\x00" . ("x" x 16384));
	},
	tlsslow => sub {
		my ($s) = @_;
		sysread($s, my $buf, 4096);
		for my $c (split //, "\x16\x03\x03\x40\x00\x02" . "\0" x 100) {
			put($s, $c) or return;
			select(undef, undef, undef, 0.05);
		}
	},
	# internal_error, RFC 8446 6.2
	tlsalert => sub {
		my ($s) = @_;
		sysread($s, my $buf, 4096);
		put($s, "\x15\x03\x03\x00\x02\x02\x50");
		drain($s);
	},
	# made to keep a search busy
	nasty => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\n\r\n" .
		    (("a" x 99 . "!") x 300));
		drain($s);
	},
	badlength => sub {
		my ($s) = @_;
		<$s>;
		put($s, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n" .
		    "\r\nwelcome");
		drain($s);
	},
);

sub chunked {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
}

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
