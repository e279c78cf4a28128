#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Replies of more than one part: HTML, pictures, files, the original.  Each is
# read by two programs that have nothing to do with each other and with us,
# Python's email package and Perl's MIME::Parser: both must find the same parts with the same bytes.

# shellcheck disable=SC2016,SC2059 # texts hold dollar signs that are backsoon's
. tests/lib.sh

sent=$dir/sent.1.mail

# One delivery of $mail; both parsers agree, nothing is wrong, and no line is too long.
answer()	# NAME [OPTION...]
{
	name=$1
	shift
	rm -f "$dir"/sent.*
	rm -f "$HOME/.vacation.gdbm" "$HOME/.vacation.gdbm.lock"
	deliver --recipient bob@example.org "$@"
	is "$status.$(replies)" 0.1 "$name: one reply"
	same_parts "$sent" "$name"
	is "$(LC_ALL=C awk 'length($0) > 998 || /[^\t -~]/' "$sent" | head -n 3)" "" "$name: 7-bit lines of at most 998"
}

# The tree of types.
shape()
{
	printf '%s\n' "$parts" | awk '/^[0-9]/ { printf "%s%s%s", sep, ($1 > 0 ? sprintf("%" $1 "s", "") : ""), $2; sep = "\n" }' | tr '\n' ',' | sed 's/, */,/g'
}

text()		# N: the N-th part's text
{
	python3 tests/parts.py "$sent" "$1"
}

sum()		# FILE: length and SHA-1 as the parsers write them
{
	echo "$(wc -c <"$1" | tr -d ' ') $(sha1sum "$1" | cut -d ' ' -f 1)"
}

# --- text and HTML -----------------------------------------------------------------------

message plain
cat >"$HOME/away.html" <<'EOF'
<html><head><title>Away</title></head><body><h1>Away</h1>
<p>Hello $FROM_NAME, your mail &ldquo;$SUBJECT&rdquo; waits.</p>
<ul><li>one</li><li>two</li></ul><p>See <a href="https://example.org/team">the team</a>.</p></body></html>
EOF
answer 'text and HTML' --html away.html
is "$(shape)" 'multipart/alternative,text/plain,text/html' 'text and HTML: alternative'
is "$(text 1)" 'I am away.' 'text and HTML: the plain text is the message file'
like "$(text 2)" '<p>Hello .*, your mail &ldquo;' 'text and HTML: the HTML'

message plain 'Subject: a <b>bold</b> & "quoted" one'
answer 'HTML escapes' --html away.html
like "$(text 2)" 'a &lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot; one' 'HTML escapes: what a stranger wrote is no markup'

message plain
printf 'Subject: away\nContent-Type: text/html; charset=utf-8\n\n' >"$HOME/.vacation.msg"
cat "$HOME/away.html" >>"$HOME/.vacation.msg"
answer 'HTML alone'
is "$(shape)" 'multipart/alternative,text/plain,text/html' 'HTML alone: a plain part is made of it'
like "$(text 1)" 'the team <https://example.org/team>' 'HTML alone: links stay'
like "$(text 1)" '^ *\* one$' 'HTML alone: lists stay'
unlike "$(text 1)" '<p>|<li>|Away</title>' 'HTML alone: no tags'
message_file 'I am away.'

# --- pictures and files ------------------------------------------------------------------

printf '\211PNG\r\n\032\n\0\0\0\rIHDR' >"$HOME/logo.png"
head -c 70000 /dev/urandom >>"$HOME/logo.png"
printf '<p>Away <img src="cid:logo.png" alt="Logo"></p>' >"$HOME/away.html"
printf '%%PDF-1.5\n' >"$HOME/paper.pdf"
perl -e 'print map { chr } 0 .. 255 for 1 .. 40; print "\r\n\n\r"' >>"$HOME/paper.pdf"
printf 'name,number\r\nanna,1\r\n' >"$HOME/list.csv"
cp "$HOME/paper.pdf" "$HOME/Größe – 図.pdf"
long=$(printf 'ä%.0s' $(seq 60)).txt
printf 'text\n' >"$HOME/$long"

answer 'a picture' --html away.html
is "$(shape)" 'multipart/alternative,text/plain,multipart/related,text/html,image/png' 'a picture: related'
cid=$(printf '%s\n' "$parts" | sed -n 's/.*image\/png.* <\(.*\)> .*/\1/p')
like "$(text 3)" "cid:$cid\"" 'a picture: the HTML names it'
like "$parts" "image/png inline logo.png <.*> $(sum "$HOME/logo.png")\$" 'a picture: byte for byte'

answer 'files' --attach paper.pdf --attach list.csv
is "$(shape)" 'multipart/mixed,text/plain,application/pdf,text/csv' 'files: mixed'
like "$parts" "application/pdf attachment paper.pdf - $(sum "$HOME/paper.pdf")\$" 'files: all 256 bytes come through'
like "$parts" "text/csv attachment list.csv - $(sum "$HOME/list.csv")\$" 'files: CRLF stays'

answer 'names' --attach "$HOME/Größe – 図.pdf" --attach "$long"
like "$parts" "application/pdf attachment Größe – 図.pdf - $(sum "$HOME/paper.pdf")\$" 'names: beyond ASCII'
like "$parts" "text/plain attachment $long - " 'names: long'

answer 'all of it' --html away.html --attach logo.png --attach paper.pdf --quote text --attach-original message
is "$(shape)" 'multipart/mixed,multipart/alternative,text/plain,multipart/related,text/html,image/png,application/pdf,message/rfc822' \
    'all of it: the whole tree'

message plain
rm -f "$HOME/.vacation.gdbm" "$HOME/.vacation.gdbm.lock" "$dir"/sent.*
deliver --recipient bob@example.org --attach gone.pdf
is "$status.$(replies)" 0.0 'a file that is not there: no reply, status 0'
like "$err" 'gone\.pdf' 'a file that is not there: the log names it'
deliver --recipient bob@example.org --attach paper.pdf --max-attachments 5K
is "$status.$(replies)" 0.0 'files that are too large: no reply, status 0'
like "$err" 'paper\.pdf|max-attachments' 'files that are too large: the log says so'

# As much as may be attached, and an original for which no room is left.
head -c 31M /dev/urandom >"$HOME/large.bin"
{ cat tests/cases/plain.eml; head -c 6M /dev/zero | tr '\0' x | fold -w 70; } >"$mail"
rm -f "$dir"/sent.* "$HOME/.vacation.gdbm" "$HOME/.vacation.gdbm.lock"
deliver --recipient bob@example.org --attach large.bin --max-attachments 32M --attach-original message
is "$status.$(replies).$(grep -c '^Content-Type: text/rfc822-headers' "$sent")" 0.1.1 'an original that there is no room for: its header'
rm -f "$HOME/large.bin"
message plain

rm -f "$dir"/sent.* "$HOME/.vacation.gdbm" "$HOME/.vacation.gdbm.lock"
deliver --recipient bob@example.org --quote text --attribution "$(printf '%%F schrieb f\374r mich:')"
like "$(cat "$sent")" 'schrieb f=C3=BCr mich:$' 'an attribution in Latin-1'
rm -f "$dir"/sent.* "$HOME/.vacation.gdbm" "$HOME/.vacation.gdbm.lock"
deliver --recipient bob@example.org --html gone.html
is "$status.$(replies)" 0.0 'an HTML file that is not there: no reply, status 0'
answer 'afterwards' --attach paper.pdf

# --- the original ------------------------------------------------------------------------

quoted()	# NAME BODY WANT [HEADER LINE...]: what stands below the text
{
	name=$1 body=$2 want=$3
	shift 3
	message plain -MIME-Version -Content-Type -Content-Transfer-Encoding "$@"
	sed -i '/^$/,$d' "$mail"
	printf "\n$body" >>"$mail"
	answer "quote, $name" --quote text
	is "$(text 0 | sed '1,/writes:$/d')" "$want" "quote, $name"
}

quoted 'plain' 'Hello Bob,\n\nshall we?\n-- \nAlice\n' '> Hello Bob,
>
> shall we?'
quoted 'latin1' 'Gr\374\337e\n' '> Grüße' 'Content-Type: text/plain; charset=iso-8859-1'
quoted 'koi8-r' '\320\322\311\327\305\324\n' '> привет' 'Content-Type: text/plain; charset=koi8-r'
quoted 'base64' 'R3LDvMOfZSAKCg==\n' '> Grüße' 'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: base64'
quoted 'HTML alone' '<p>Hello <b>Bob</b>,</p><p>shall we?</p><script>x()</script>\n' '> Hello Bob,
>
> shall we?' 'Content-Type: text/html'
quoted 'multipart' '--b\nContent-Type: text/plain; charset=utf-8\n\nplain one\n--b\nContent-Type: text/html\n\n<p>no</p>\n--b--\n' '> plain one' \
    'Content-Type: multipart/alternative; boundary=b'
quoted 'a part that is cut' '--b\nContent-Type: text/plain\n\nplain one\n' '> plain one' 'Content-Type: multipart/mixed; boundary=b'
quoted 'a quotation' '> old\n>> older\nnew\n' '>> old
>>> older
> new'

message plain
{ sed '/^$/q' "$mail"; seq 500; } >"$dir/long" && mv "$dir/long" "$mail"
answer 'quote, cut' --quote text --quote-lines 10
is "$(text 0 | grep -c '^> [0-9]')" 10 'quote, cut: ten lines'
like "$(text 0)" '^> \[\.\.\.\]$' 'quote, cut: and a mark'
answer 'quote header' --quote header
like "$(text 0)" '^> Subject: ' 'quote header: its subject'
answer 'attribution' --quote text --attribution 'On %{%Y-%m-%d}d %F <%f> wrote (100%%):'
like "$(text 0)" '^On [0-9-]* .* <alice@example\.com> wrote \(100%\):$' 'attribution: letters'
answer 'in HTML' --quote text --html away.html
like "$(text 3)" '<blockquote' 'in HTML: a blockquote'

message plain
answer 'original header' --attach-original header
is "$(shape)" 'multipart/mixed,text/plain,text/rfc822-headers' 'original header: attached'
is "$(text 2)" "$(sed '/^$/,$d' "$mail")" 'original header: as it came'
answer 'original message' --attach-original message
is "$(shape)" 'multipart/mixed,text/plain,message/rfc822' 'original message: attached'
message plain 'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: 8bit'
printf 'Grüße\n' >>"$mail"
answer 'original in 8 bits' --attach-original message
is "$(shape)" 'multipart/mixed,text/plain,message/rfc822' 'original in 8 bits: attached'

# --- a message file that has parts of its own ------------------------------------------------

message plain
cat >"$HOME/.vacation.msg" <<'EOF'
Subject: away: $SUBJECT
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe, $FROM
--inner
Content-Type: text/html; charset=utf-8

<p>Grüße, $FROM</p>
--inner--
--outer
Content-Type: application/pdf; name="a b.pdf"
Content-Disposition: attachment; filename="a b.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjUK
--outer--
EOF
answer 'multipart message file'
is "$(shape)" 'multipart/mixed,multipart/alternative,text/plain,text/html,application/pdf' 'multipart message file: the same shape'
is "$(text 2)" 'Grüße, alice@example.com' 'multipart message file: variables, charset'
like "$(text 3)" '<p>Grüße, alice@example.com</p>' 'multipart message file: in HTML too'
like "$parts" 'application/pdf attachment a b.pdf - 9 ' 'multipart message file: the file'

# --- lines -----------------------------------------------------------------------------------

long='This is one paragraph that its author has written as one line, as web forms and editors that break lines on the screen alone make people do it.'
message_file "$long"
answer 'a long line'
like "$(sed -n '/^Content-Type/,/^$/p' "$sent" | tr -d '\n')" 'format=flowed' 'a long line: format=flowed'
is "$(text 0 | awk 'length($0) > 78')" "" 'a long line: is broken'
is "$(text 0 | perl -0pe 's/ \n/ /g')" "$long" 'a long line: and comes together again'
message_file 'Short.'
answer 'a short line'
unlike "$(cat "$sent")" 'flowed' 'a short line: plain'

# --- what is meant to hurt ---------------------------------------------------------------------

hostile()	# NAME [WHAT OF IT IS ATTACHED]: $mail is it; delivered, one reply that two parsers read, within the time limit
{
	began=$(date +%s)
	answer "hostile, $1" --quote text --attach-original "${2:-message}" --charset sender
	is "$(($(date +%s) - began < 8))" 1 "hostile, $1: in time"
}

message plain 'Content-Type: multipart/mixed; boundary=b'
perl -e 'print "\n--b\nContent-Type: text/plain\n\nx\n" x 10000' >>"$mail"
hostile '10,000 parts' header	# Python writes what it has read anew, and not the same
message plain 'Content-Type: multipart/mixed; boundary=b0'
perl -e 'print "\n--b$_\nContent-Type: multipart/mixed; boundary=b", $_ + 1, "\n" for 0 .. 999' >>"$mail"
hostile 'nested 1,000 deep' header	# Python cannot read that at all
for type in 'text/plain; name*=UTF-8' "text/plain; x*0*=zz''a" "text/plain; name*0*=UTF-8''%" 'multipart/mixed; boundary=' 'multipart/mixed' '/' \
    'text/plain; charset=' 'text/plain; charset="=?' 'text/plain; charset=utf-7' 'text/html; charset=utf-16' \
    "text/plain; $(printf '%0500d' 0 | tr 0 '\134')"; do
	message plain "Content-Type: $(printf '%s' "$type" | sed 's/\\/\\\\/g')"
	hostile "Content-Type: $(printf '%.40s' "$type")"
done
message plain
{ echo ': x' && cat "$mail"; } >"$dir/hostile" && mv "$dir/hostile" "$mail"
hostile 'a field without a name' header
message plain 'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: base64'
{ sed '/^$/,$d' "$mail" && printf 'X-Last: 1 \t '; } >"$dir/hostile" && mv "$dir/hostile" "$mail"
hostile 'a header that ends in blanks' header
message plain 'Content-Type: text/html'
perl -e 'print "<div><table><ul>" x 60000, "<p>end"' >>"$mail"
hostile 'HTML without an end'
message plain 'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: base64'
perl -e 'print "=" x 1000000, "\377" x 1000' >>"$mail"
hostile 'broken base64'
message plain
perl -e 'print "x" x 2000000, "\0\r\r\n"' >>"$mail"
hostile 'a line of two megabytes'

done_testing
