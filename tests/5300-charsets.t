#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A thousand message files, made by a generator that always makes the same: in every
# charset that people have, with what is fragile in mail, declared in every way.  Each is
# delivered, Python's email package must read from the reply what was written, and
# Perl's MIME::Parser the same as Python.

. tests/lib.sh

cat >"$dir/charsets.py" <<'EOF'
# charsets.py PROGRAM DIRECTORY FROM TO: the message files FROM to TO, delivered and read back
import base64
import email
import email.header
import email.policy
import os
import quopri
import random
import re
import subprocess
import sys

program, directory, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

latin = "äöüßéèçñåøÄÖÜÉ"
cyrillic = "абвгдежзийклмнопрстуфхцчшщыьэюяАБВГДЕЖЗИК"
greek = "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔ"
hebrew = "אבגדהוזחטיכלמנסעפצקרשת"
thai = "กขคงจฉชซณดตถทนบปผฝพฟภมยรลวสหอ"
japanese = "日本語休暇中不在連絡致しますのでよろしくお願いアイウエオカキクケコ、。「」"
simplified = "中国我现在不在办公室请稍候联系谢谢您的来信，。"
traditional = "中國我現在不在辦公室請稍候聯繫謝謝您的來信，。"
korean = "안녕하세요지금은자리에없습니다다음주에연락드리겠"
anything = latin + cyrillic + greek + hebrew + thai + japanese + simplified + traditional + korean + "€—„“😀🌍𝔸𠀋\u00a0ﷺ"

# charset, Python's name, its characters, whether Python writes it with a mark of its own
charsets = [
    ("utf-8", "utf-8", anything), ("utf-8", "utf-8-sig", anything), ("", "utf-16", anything), ("utf-16", "utf-16", anything),
    ("", "utf-32", anything), ("", "utf-16-le", latin), ("", "utf-16-be", cyrillic), ("", "utf-8", anything),
    ("iso-8859-1", "iso-8859-1", latin), ("windows-1252", "cp1252", latin + "€—„“"), ("iso-8859-15", "iso-8859-15", latin + "€"),
    ("", "cp1252", latin), ("iso-8859-2", "iso-8859-2", "łąęśćżźńóáéíŁ"), ("windows-1250", "cp1250", "łąęśćżźńóáéíŁ„”"),
    ("koi8-r", "koi8-r", cyrillic), ("koi8-u", "koi8-u", cyrillic + "їєґі"), ("windows-1251", "cp1251", cyrillic + "«»№"),
    ("iso-8859-5", "iso-8859-5", cyrillic), ("ibm866", "cp866", cyrillic), ("iso-8859-7", "iso-8859-7", greek), ("windows-1253", "cp1253", greek),
    ("iso-8859-8", "iso-8859-8", hebrew), ("windows-1255", "cp1255", hebrew), ("iso-8859-9", "iso-8859-9", "şğıİŞĞçöü"), ("tis-620", "tis-620", thai),
    ("iso-2022-jp", "iso-2022-jp", japanese), ("", "iso-2022-jp", japanese), ("shift_jis", "shift_jis", japanese), ("euc-jp", "euc-jp", japanese),
    ("gb2312", "gb2312", simplified), ("gbk", "gbk", simplified), ("gb18030", "gb18030", anything), ("big5", "big5", traditional),
    ("euc-kr", "euc-kr", korean),
]
asked = ["", "sender", "utf-8", "iso-2022-jp", "shift_jis", "euc-jp", "gb2312", "gb18030", "big5", "euc-kr", "koi8-r", "windows-1251", "iso-8859-1",
    "iso-8859-15", "windows-1252", "iso-8859-7", "us-ascii"]
registered = {"shift_jis": "Shift_JIS", "big5": "Big5", "tis-620": "TIS-620", "ibm866": "IBM866"}
ascii_words = ["I", "am", "away", "until", "Monday", "=", "x" * 30, "?=", "=?", "a.b", "--", "\"quoted\"", "(comment)", "<b@c>", ";", "~", "\\", "100%"]


def words(r, letters, n):
    made = []
    for _ in range(n):
        if letters and r.random() < 0.7:
            made.append("".join(r.choice(letters) for _ in range(r.randint(1, 12))))
        else:
            made.append(r.choice(ascii_words))
    return " ".join(made)


def line(r, letters):
    kind = r.random()
    if kind < 0.08:
        return r.choice(["From here on", ".", "..", "-- ", "", "\ttab\t", ">quoted", ".hidden "])
    if kind < 0.12:
        return words(r, letters, 200).replace(" ", r.choice([" ", ""]))
    return words(r, letters, r.randint(1, 14)) + r.choice(["", "", "", " ", "  "])


def encoded_words(value, charset, codec):
    made = []
    while value:
        n = min(len(value), 10)
        made.append("=?%s?B?%s?=" % (charset, base64.b64encode(value[:n].encode(codec)).decode()))
        value = value[n:]
    return "\n ".join(made)


def field(r, value, charset, codec):
    kind = r.random()
    if kind < 0.3 and codec not in ("utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-8-sig"):
        return encoded_words(value, charset or codec, codec)
    # Raw, folded at a blank.
    if kind < 0.5:
        value = value.replace(" ", "\n ", 1)
    return value


def encode(text, codec):
    if codec in ("utf-16-le", "utf-16-be") and not ("!" < text[0] < "~" and "!" < text[1] < "~"):
        text = "\ufeff" + text
    return text.encode(codec)


class Template:
    def __init__(self, number):
        r = random.Random(5300 + number)
        self.declared, codec, letters = charsets[number % len(charsets)]
        if r.random() < 0.1:
            letters = ""
        self.output = r.choice(asked)
        # One in three asks for the charset that it is written in: that has to be taken.
        self.fits = r.random() < 0.33 and self.declared in asked and codec == self.declared
        if self.fits:
            self.output = self.declared
        self.sender = r.choice(["", "iso-2022-jp", "koi8-r", "utf-8", "utf-16", "utf-7", "x-unknown", "windows-1252", "gb2312"])
        self.html = r.random() < 0.15
        lines = [line(r, letters) for _ in range(r.randint(1, 12))]
        if self.html:
            lines = [re.sub("[<>&]", "", text) for text in lines]
        self.subject = " ".join(words(r, letters, r.randint(1, 12)).split())[:150].strip()
        if "=?" in self.subject:
            self.subject = self.subject.replace("=?", "?")
        self.subject = self.subject or "x"
        head = ["Subject: " + field(r, self.subject, self.declared, codec)]
        self.by_meta = self.html and self.declared not in ("", "utf-16") and r.random() < 0.5
        if self.html:
            head.append("Content-Type: text/html" + ("; charset=" + self.declared if self.declared and not self.by_meta else ""))
            lines = [r.choice(["<meta charset=%s>", "<META http-equiv='Content-Type' content=\"text/html; charset=%s\">"]) %
                (self.declared or "utf-8")] + lines
        elif self.declared:
            head.append("Content-Type: text/plain; charset=\"%s\"" % self.declared)
        r.shuffle(head)
        self.text = "\n".join(lines) + "\n"
        transfer = r.choice(["", "", "", "quoted-printable", "base64"]) if not codec.startswith("utf-16") and not codec.startswith("utf-32") else ""
        if transfer:
            head.append("Content-Transfer-Encoding: " + transfer)
            body = self.text.encode(codec)
            body = base64.encodebytes(body) if transfer == "base64" else quopri.encodestring(body)
            self.bytes = encode("\n".join(head) + "\n\n", codec) + body
        else:
            self.bytes = encode("\n".join(head) + "\n\n" + self.text, codec)
        if codec in ("utf-8", "cp1252", "koi8-r", "shift_jis") and r.random() < 0.2:
            self.bytes = self.bytes.replace(b"\n", b"\r\n")


def unflowed(text):
    """RFC 3676: paragraphs come together, stuffed lines lose their blank."""
    lines, open_line = [], False
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line[1:] if line.startswith(" ") else line
        if open_line:
            lines[-1] += line
        else:
            lines.append(line)
        open_line = line.endswith(" ") and line != "-- "
    return "\n".join(lines)


def problems(t, raw):
    found = []
    message = email.message_from_bytes(raw, policy=email.policy.default)
    head, body = raw.split(b"\n\n", 1)
    found += [repr(d) for d in message.defects]
    if t.html:
        message, whole = message.get_payload(1), message
        for name in ("Subject", "From", "To"):
            message[name] = whole[name]
    text = message.get_content()
    if message.get_param("format") == "flowed":
        text = unflowed(text)
    for name, value in message.items():
        found += ["%s: %r" % (name, d) for d in getattr(value, "defects", ())]
    if message["Subject"] != t.subject:
        found.append("Subject %r, not %r" % (message["Subject"], t.subject))
    used = message.get_param("charset")
    if t.html:
        text, n = re.subn("charset=%s" % re.escape(used), "charset=%s" % (t.declared or "utf-8"), text, flags=re.I)
        if n == 0:
            found.append("HTML of another charset")
    if text.replace("\r\n", "\n") != t.text:
        found.append("text %r, not %r" % (text, t.text))
    wanted = t.sender if t.output == "sender" else t.output
    if used.lower() not in ("utf-8", wanted):
        found.append("charset %s, asked for was %s" % (used, wanted))
    if t.fits and used != registered.get(wanted, wanted if wanted.startswith("windows") or wanted == "utf-8" else wanted.upper()):
        found.append("charset %s, but %s would do" % (used, wanted))
    if any(byte > 126 for byte in raw) or b"\r" in raw or b"\0" in raw:
        found.append("bytes that not every path takes")
    if message["Content-Transfer-Encoding"] == "7bit" and b"\x1b" in raw and used != "ISO-2022-JP":
        found.append("escapes")
    if any(len(text) > 998 for text in raw.split(b"\n")):
        found.append("a line over 998")
    if any(len(text) > 76 and b"=?" in text for text in head.split(b"\n")):
        found.append("a line over 76 with an encoded word")
    for word in re.findall(rb"=\?[^ \n]*\?=", head):
        if len(word) > 75:
            found.append("a word over 75")
        for part, charset in email.header.decode_header(word.decode()):
            part.decode(charset)
    return found


good = 0
for number in range(first, last):
    t = Template(number)
    file, out = directory + "/message", directory + "/reply"
    with open(file, "wb") as f:
        f.write(t.bytes)
    original = "Return-Path: <alice%d@example.com>\nFrom: alice%d@example.com\nTo: bob@example.org\nSubject: Hi\n" % (number, number)
    if t.sender:
        original += "MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\n" % t.sender
    command = [program, "--sendmail", directory + "/sendmail", "--log", "stderr", "--now", "2026-06-01 12:00", "--recipient", "bob@example.org",
        "--message", file, "--table", directory + "/table", "--max-per-hour", "0", "--max-per-day", "0"]
    if t.output:
        command += ["--charset", t.output]
    done = subprocess.run(command, input=(original + "\nHello\n").encode(), stderr=subprocess.PIPE)
    try:
        os.rename(out, directory + "/reply.%03d" % number)
        with open(directory + "/reply.%03d" % number, "rb") as f:
            found = problems(t, f.read())
    except Exception as e:
        found = ["%r %r" % (e, done.stderr)]
    if found:
        print("# %d: %s as %s, %s: %s" % (number, t.declared, t.output, t.sender, "; ".join(found)))
    good += not found
print(good)
EOF

part()		# NAME FROM TO: in a directory of its own, in the background
{
	mkdir "$dir/$1"
	printf '#!/bin/sh\nexec cat >%s/reply\n' "$dir/$1" >"$dir/$1/sendmail"
	chmod 755 "$dir/$1/sendmail"
	python3 "$dir/charsets.py" "$backsoon" "$dir/$1" "$2" "$3" >"$dir/$1.found" 2>&1 &
}

part first 0 500
part second 500 1000
wait
for half in first second; do
	is "$(grep -v '^#' "$dir/$half.found")" 500 "$half half: five hundred replies that say what the file says"
	note "$(grep '^#' "$dir/$half.found" | cut -c 1-600 | head -n 10)"
	python3 tests/parts.py "$dir/$half"/reply.* >"$dir/$half.python" 2>&1
	if [ -n "${CI:-}" ] || perl -MMIME::Parser -e 1 2>/dev/null; then
		perl tests/parts.pl "$dir/$half"/reply.* >"$dir/$half.perl" 2>&1
		is "$(diff "$dir/$half.python" "$dir/$half.perl" | head -n 10)" "" "$half half: two parsers agree"
	else
		skip "$half half: two parsers agree" "Perl has no MIME::Parser"
	fi
	is "$(grep -c '^0 ' "$dir/$half.python")" 500 "$half half: which have read them all"
done

# --- every plane -------------------------------------------------------------------------

# In a text and in the Subject.  Not what a charset has for itself (private use), nor what ends a line.
cat >"$dir/planes.py" <<'EOF'
import sys
codec, file, want = sys.argv[1:]
lines = []
for plane in range(17):
    points = [plane << 16 | low for low in range(0, 0x10000, 61)]
    text = ("".join(chr(c) for c in points if c > 0xa0 and not 0xd800 <= c <= 0xf8ff and c & 0xfffe != 0xfffe and
        not 0xfdd0 <= c <= 0xfdef and not 0xfe10 <= c <= 0xfe1f and c not in (0x1e3f, 0x2028, 0x2029, 0xfeff)))
    lines += ["%d: " % plane + text[i:i + 16] for i in range(0, len(text), 16)]
subject = "".join(line[-1] for line in lines[::13])
text = "\n".join(lines) + "\n"
with open(file, "wb") as f:
    f.write(("Subject: " + subject + "\nContent-Type: text/plain; charset=" + codec + "\n\n" + text).encode(codec))
with open(want, "w", encoding="utf-8") as f:
    f.write("Subject: " + subject + "\n" + text)
EOF
message plain
for charset in utf-8 utf-16 gb18030; do
	fresh
	python3 "$dir/planes.py" "$charset" "$HOME/.vacation.msg" "$dir/want"
	deliver --recipient bob@example.org
	same_parts "$dir/sent.1.mail" "every plane, $charset"
	is "$(printf '%s\n' "$parts" | grep '^Subject' && python3 tests/parts.py "$dir/sent.1.mail" 0)" "$(cat "$dir/want")" "every plane, $charset: comes back"
done

done_testing
