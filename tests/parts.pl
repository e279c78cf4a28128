# SPDX-License-Identifier: GPL-3.0-or-later
# parts.pl FILE...: messages as Perl's MIME::Parser reads them, in the form of tests/parts.py.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use Encode;
use MIME::Base64;
use MIME::Parser;
use MIME::QuotedPrint;

my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);
$parser->extract_nested_messages(0);
for my $file (@ARGV) {
	print "$file\n" if @ARGV > 1;
	my $message = $parser->parse_open($file) or die "not parsed";
	shown($message->head);
	walk($message, 0);
	print "defect: $_\n" for grep { !/^\s*$/ } $parser->results->errors, $parser->results->warnings;
}

# The fields that people look at, decoded.
sub shown
{
	my $head = shift;
	for my $name (qw(From To Cc Reply-To Subject Organization)) {
		for my $value ($head->get_all($name)) {
			my $text = words($value);
			$text =~ tr/"\\//d;
			$text =~ s/[ \t\n]+/ /g;
			$text =~ s/^ | $//g;
			print encode('UTF-8', "$name: $text\n");
		}
	}
}

# Bytes of a charset; GB18030 and others that Perl itself does not know are iconv's.
sub text_of
{
	my ($charset, $bytes) = @_;
	return decode($charset, $bytes) if find_encoding($charset);
	open(my $out, '>:raw', "$ARGV[0].iconv") or die;
	print $out $bytes;
	close $out;
	open(my $in, '-|:raw', 'iconv', '-f', $charset, '-t', 'UTF-8', "$ARGV[0].iconv") or die;
	my $text = decode('UTF-8', do { local $/; <$in> } // '');
	unlink "$ARGV[0].iconv";
	return $text;
}

# Encoded words (RFC 2047): blanks between two of them are nothing.
sub words
{
	my $value = shift;
	$value =~ s/(=\?[^?]+\?[bq]\?[^?]*\?=)\s+(?==\?[^?]+\?[bq]\?[^?]*\?=)/$1/gi;
	$value =~ s{=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=}
	    {text_of($1, lc $2 eq 'b' ? decode_base64($3) : decode_qp($3 =~ tr/_/ /r))}gei;
	return $value;
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
		my $text = text_of($part->head->mime_attr('content-type.charset') || 'us-ascii', $bytes);
		$text =~ s/\r\n/\n/g;
		$text =~ s/\n+$//;
		$bytes = encode('UTF-8', $text);
	}
	print join(' ', @fields, length $bytes, sha1_hex($bytes)), "\n";
}
