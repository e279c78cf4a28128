# SPDX-License-Identifier: GPL-3.0-or-later
# parts.pl FILE: a message as Perl's MIME::Parser reads it, in the form of tests/parts.py.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use Encode;
use MIME::Parser;
use MIME::WordDecoder;

my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);
$parser->extract_nested_messages(0);
my $message = $parser->parse_open($ARGV[0]) or die "not parsed";
shown($message->head);
walk($message, 0);
print "defect: $_\n" for grep { !/^\s*$/ } $parser->results->errors, $parser->results->warnings;

# The fields that people look at, decoded.
sub shown
{
	my $head = shift;
	for my $name (qw(From To Cc Reply-To Subject Organization)) {
		for my $value ($head->get_all($name)) {
			my $text = decode('MIME-Header', $value);
			$text =~ s/\s+/ /g;
			$text =~ s/^ | $//g;
			print encode('UTF-8', "$name: $text\n");
		}
	}
}

sub name_of
{
	my $name = shift->head->recommended_filename;
	return '-' if !defined $name || $name eq '';
	return utf8::is_utf8($name) ? encode('UTF-8', $name) : $name;
}

sub walk
{
	my ($part, $depth) = @_;
	my $type = $part->effective_type;
	my $disposition = $part->head->mime_attr('content-disposition') || '-';
	my $id = $part->head->get('Content-ID') || '-';
	$id =~ s/^\s+|\s+$//g;
	my @fields = ($depth, $type, lc $disposition, name_of($part), $id);
	if ($type =~ /^multipart/) {
		print join(' ', @fields), "\n";
		walk($_, $depth + 1) for $part->parts;
		return;
	}
	my $bytes = $part->bodyhandle ? $part->bodyhandle->as_string : $part->stringify_body;
	if ($type =~ /^message\// || $type eq 'text/rfc822-headers') {
		$bytes =~ s/\n+$//;
	} elsif ($type =~ /^text\// && $disposition ne 'attachment') {
		my $text = decode($part->head->mime_attr('content-type.charset') || 'us-ascii', $bytes);
		$text =~ s/\r\n/\n/g;
		$text =~ s/\n+$//;
		$bytes = encode('UTF-8', $text);
	}
	print join(' ', @fields, length $bytes, sha1_hex($bytes)), "\n";
}
