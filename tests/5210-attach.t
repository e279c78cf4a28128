#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Files that go along: parts read back by two other parsers to the byte and
# to the name, types against the text form of shared-mime-info's list, what
# `check' finds, and what `on' writes.

# shellcheck source=tests/lib.sh
. tests/lib.sh

driver=$BUILD/tests/attach-driver
[ -x "$driver" ] || skip_all "attach-driver is not built: make unit"
command -v python3 >/dev/null || skip_all "python3 is not installed"
home=$dir/files
mkdir -m 700 "$home"

# --- round trips -------------------------------------------------------------------------

# Names and bytes of all kinds, one file each.
python3 - "$home" <<'END'
import os, sys
home = sys.argv[1]
names = ["plain.txt", "two words.pdf", "a'b;c=d,(e).txt", 'a"quote\\and backslash.txt', "=?utf-8?q?no=20word?=.txt", "Übersicht für Müller.pdf",
    "日本語の長い名前のファイルですからとても長いのです、本当に長い.txt", "🏖" * 20 + ".png", "x" * 120 + ".pdf", "y z " * 40 + ".doc",
    "Ελληνικά.ods", "العربية.csv", "u\u0308ber.txt", "100%.txt", "no-extension", "%41.txt", "a*b'c é.txt", "é" * 90 + ".html",
    "😀é漢x" * 15 + ".zip"]
for i, name in enumerate(names):
    with open(os.path.join(home, name), "wb") as f:
        f.write(bytes(range(256)) + b"%d\r\n\n" % i)
texts = [b"", b"x", b"x\n", b"\n", b"\n\n", b"line\n" * 300, "Grüße\n".encode(), b"caf\xe9\n", b"trailing \n\t\n", b".\n..\nFrom me\n",
    b"x" * 2000, b"cr\r\nlf\n", b"\r", "é".encode() * 999 + b"\nx", b"=3D=\n", b"--=_drive\n--=_drive--\n", ("mostly ascii " * 9 + "ü\n").encode() * 9,
    b"esc \x1b[0m\n", "no end ü and much more text that is ascii".encode(), b"\xff\xfea\0\n\0"]
for i, text in enumerate(texts):
    with open(os.path.join(home, "text%02d.txt" % i), "wb") as f:
        f.write(text)
with open(os.path.join(home, "all.eml"), "wb") as f:
    f.write(b"Subject: x\n\nbody\n-- \nme\n")
END
(cd "$home" && ls) >"$dir/list"
tr '\n' '\0' <"$dir/list" | HOME=$home xargs -0 "$driver" message - >"$dir/mail" 2>"$dir/err"
is "$(cat "$dir/err")" "" "all files are taken"
is "$(awk 'length > 998' "$dir/mail" | head -n 1)" "" "no line is longer than mail may have"
is "$(LC_ALL=C grep -c '[^ -~	]' "$dir/mail")" 0 "all of it is ASCII without controls"
is "$(awk '/^(Content-| (file)?name)/ && length > 76 && !/openxml/' "$dir/mail")" "" "no line of a header is longer than 76"

cat >"$dir/read.py" <<'END'
import email, email.policy, os, sys
mail, home = sys.argv[1:3]
for policy in email.policy.default, email.policy.compat32:
    with open(mail, "rb") as f:
        message = email.message_from_binary_file(f, policy=policy)
    parts = message.get_payload()
    left = set(os.listdir(home))
    for part in parts:
        name = part.get_filename()
        if name not in left:
            print("not a name:", ascii(name))
            continue
        left.remove(name)
        with open(os.path.join(home, name), "rb") as f:
            want = f.read()
        if part.get_content_type() == "message/rfc822":
            got = part.get_payload()[0].as_bytes()
        else:
            got = part.get_payload(decode=True)
        if got != want:
            print("other bytes:", ascii(name), part["Content-Transfer-Encoding"], got[-20:], want[-20:])
        if policy is email.policy.default and (part.defects or part["Content-Disposition"].defects or part["Content-Type"].defects):
            print("defects:", ascii(name))
        if part["Content-Disposition"].split(";")[0] != "attachment" or not (part.get_param("name") or "").isascii():
            print("header fields:", ascii(name))
    if left:
        print("missing:", ascii(left))
END
is "$(python3 "$dir/read.py" "$dir/mail" "$home")" "" "Python's email package reads all names and bytes"

# MIME::Tools gives what RFC 2231 says as encoded words.
cat >"$dir/read.pl" <<'END'
use Encode;
use MIME::Parser;
my ($mail, $home) = @ARGV;
my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);
$parser->extract_nested_messages(0);
my $message = $parser->parse_open($mail);
opendir(my $dir, $home);
my %left = map { $_ => 1 } grep { !/^\.\.?$/ } readdir $dir;
for my $part ($message->parts) {
	my $name = $part->head->mime_attr("content-disposition.filename");
	$name = Encode::encode("UTF-8", Encode::decode("MIME-Header", $name)) if $name !~ /^=\?utf-8\?q\?no/;
	if (!delete $left{$name}) { print "not a name: $name\n"; next; }
	open(my $f, "<:raw", "$home/$name");
	my $want = do { local $/; <$f> } // "";
	my $got = $part->bodyhandle ? $part->bodyhandle->as_string : "";
	print "other bytes: $name\n" if $got ne $want;
}
print "missing: $_\n" for keys %left;
END
if perl -MMIME::Parser -e 1 2>/dev/null; then
	is "$(perl "$dir/read.pl" "$dir/mail" "$home")" "" "MIME::Tools reads all names and bytes"
elif [ -n "${CI:-}" ]; then
	fail "MIME::Tools reads all names and bytes" "libmime-tools-perl is not installed"
else
	skip "MIME::Tools reads all names and bytes" "libmime-tools-perl is not installed"
fi

# --- pictures ----------------------------------------------------------------------------

mkdir "$home/page"
printf '\211PNG\r\n\032\n' >"$home/page/logo ü.png"
printf '<p>é</p><img src="cid:logo%%20%%C3%%BC.png"><img src=cid:none.gif>\n' >"$home/page/page.html"
HOME=$home "$driver" message page/page.html >"$dir/mail" 2>"$dir/err"
is "$(cat "$dir/err")" "none.gif" "the picture that nobody has is named"
is "$(python3 - "$dir/mail" <<'END'
import email, email.policy, re, sys
with open(sys.argv[1], "rb") as f:
    message = email.message_from_binary_file(f, policy=email.policy.default)
html, picture = message.iter_parts()
cid = re.search(r'"cid:([^"]*)"', html.get_content()).group(1)
print(picture["Content-ID"] == "<%s>" % cid, cid.isascii(), picture.get_content_disposition(), picture.get_content_type(), picture.get_filename(),
    "cid:none.gif" in html.get_content())
END
)" "True True inline image/png logo ü.png True" "the picture's id is the one in the HTML"

# --- types -------------------------------------------------------------------------------

# The list as text, by the rules of its specification: the heaviest, then the longest pattern.
cat >"$dir/type_names.py" <<'END'
import fnmatch, os, subprocess, sys
driver, home = sys.argv[1:3]
rules = []
with open("/usr/share/mime/globs2") as f:
    for line in f:
        if not line.startswith("#"):
            weight, kind, glob, *flags = line.rstrip("\n").split(":")
            rules.append((int(weight), len(glob), kind.lower(), glob, "cs" in flags))
sensitive = {glob for _, _, _, glob, cs in rules if cs}
def wanted(name):
    found = [r for r in rules if fnmatch.fnmatchcase(name, r[3]) or
        (r[3] not in sensitive and fnmatch.fnmatchcase(name.lower(), r[3]))]
    return {r[2] for r in found if r[:2] == max(found)[:2]}
names = sorted({form for *_, glob, _ in rules for form in (glob.replace("*", "x"), glob.replace("*", "a b.c").upper())
    if "[" not in form and not form.startswith(".")})
os.mkdir(home)
for name in names:
    open(os.path.join(home, name), "w").close()
bad = []
other = 0
for i in range(0, len(names), 90):
    out = subprocess.run([driver, "types"] + names[i:i + 90], env={"HOME": home}, capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        got, name = line.split(" ", 1)
        # Programs and what no message can carry are bytes; that is tested row by row elsewhere.
        if got == "application/octet-stream" and got not in wanted(name):
            other += 1
        elif wanted(name) and got not in wanted(name):
            bad.append((name, got, wanted(name)))
print(bad, len(names) > 1000, other < 60)
END
if [ -e /usr/share/mime/globs2 ]; then
	is "$(python3 "$dir/type_names.py" "$driver" "$dir/types")" "[] True True" "a type for each name that shared-mime-info knows"
else
	skip "a type for each name that shared-mime-info knows" "shared-mime-info is not installed"
fi

# --- what check finds --------------------------------------------------------------------

rm -rf "$home"
mkdir -m 700 "$home" "$home/page"
printf 'Subject: away\n\nI am away.\n' >"$home/.vacation.msg"
printf 'x' >"$home/small.pdf"
printf 'x' >"$home/tool.exe"
printf 'x' >"$home/page/a.png"
printf '<img src="cid:a.png"><img src="cid:b.png">' >"$home/page/page.html"
printf 'a\0b' >"$home/page/binary.html"
: >"$home/page/empty.html"
printf 'x' >"$home/open.pdf"
chmod 666 "$home/open.pdf"
truncate -s 3M "$home/large.bin"

found()		# the findings of HTML and attachments with these settings, `id: sentence' each
{
	printf '%s\n' "$@" >"$home/.vacation.conf"
	HOME=$home "$backsoon" check --json 2>&1 | python3 -c '
import json, sys
for f in [f for area in json.load(sys.stdin)["areas"] for f in area["findings"]]:
    if f["id"].startswith(("html", "attach", "cid")):
        print(f["id"] + ": " + f["what"])'
}

is "$(found 'attach = ~/small.pdf' "html = ~/page/a.png")" "" "nothing"
is "$(found 'attach = ~/none.pdf' 'attach = ~/open.pdf' 'attach = ~/page')" "attach: ~/none.pdf: there is no such file
attach: ~/open.pdf may be written by everybody: chmod o-w
attach: ~/page is not a regular file" "each file that cannot be used"
is "$(found 'attach = ~/large.bin' 'attach = ~/small.pdf' 'max-attachments = 2M')" \
    "attach-size: The attached files have 3.1 MB together, and max-attachments allows 2 MB." "too large, with both sizes"
is "$(found 'attach = ~/large.bin' 'attach = ~/small.pdf' 'max-attachments = 3145729')" "" "just small enough"
is "$(found 'attach = ~/tool.exe')" "attach-type: tool.exe: many mail servers refuse a file of this kind." "a program"
is "$(found 'html = ~/page/page.html')" \
    "cid: ~/page/page.html shows the picture cid:b.png, and there is no such file beside it or attached." "a picture that nobody has"
is "$(found 'html = ~/page/none.html')" "html: ~/page/none.html: there is no such file" "no HTML file"
is "$(found 'html = ~/page/empty.html')" "html: ~/page/empty.html is empty" "an empty HTML file"
is "$(found 'html = ~/page/binary.html')" "html-no-text: ~/page/binary.html is no HTML: it is no text at all." "an HTML file that is no text"
is "$(found 'html = ~/page/page.html' 'attach = ~/page/a.png' 'max-attachments = 0')" \
    "attach-size: The attached files have 1 B together, and max-attachments allows 0 B.
cid: ~/page/page.html shows the picture cid:b.png, and there is no such file beside it or attached." "no file may go along"
is "$(found 'html = ~/page/page.html' 'max-attachments = 0')" \
    "attach: ~/page/a.png: with it the attached files have 1 B, and max-attachments allows 0 B: take a file out, or raise it" "no picture may either"
printf 'Subject: away\nContent-Type: text/html\n\n<img src="cid:c.png">\n' >"$home/.vacation.msg"
is "$(found)" "cid: ~/.vacation.msg shows the picture cid:c.png, and there is no such file beside it or attached." "a message file that is HTML"

# --- what on writes ----------------------------------------------------------------------

rm -f "$home/.vacation.conf" "$home/.vacation.msg"
turn_on()	# in $home/page, which is where the names start
{
	run sh -c 'cd "$1/page" && shift && exec "$@"' - "$home" "$backsoon" on --home "$home" --wire none --alias me@example.org \
	    --sendmail "$dir/sendmail" "$@"
}
written()
{
	sed -n -e '/^html/p' -e '/^attach/p' "$home/.vacation.conf"
}

turn_on --html page.html --attach ../small.pdf --attach ./a.png --attach "$home/large.bin" --text Away
is "$status" 0 "on, with names from the working directory"
like "$err" 'cid:b\.png' "a picture that nobody has is warned of"
is "$(written)" "html = ~/page/page.html
attach = ~/small.pdf
attach = ~/page/a.png
attach = ~/large.bin" "names from the home directory are written"
turn_on --attach ~/none.pdf
is "$status" 65 "a file that is not there is refused"
turn_on --attach tool.exe
like "$status:$err" '^65:.*~/page/tool\.exe: there is no such file' "and named as it would be written"
turn_on --max-attachments 1M
like "$status:$err" '^65:.*have 3\.1 MB together, and max-attachments allows 1 MB' "too large"
is "$(written | wc -l)" 4 "and nothing is written"
turn_on --attach none --html none --text Away
is "$status:$(written)" "0:" "none takes them out"
turn_on --attach=/dev/null
like "$status:$err" '^65:.*/dev/null is not a regular file' "a device"

done_testing
