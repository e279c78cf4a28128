# SPDX-License-Identifier: GPL-3.0-or-later
"""parts.py FILE... | FILE N: messages as Python's email package reads it.

Without N first the fields that people look at, decoded, then a line for each
part: depth, type, disposition, file name, Content-ID, length and SHA-1 of the
decoded bytes; texts are compared as UTF-8 with LF, messages and their fields
as they are, both without blank lines at their end.  tests/parts.pl writes the
same.  With N: the text of the N-th part.  A defect is a line of its own, and
so is the name of each of several files.
"""
import base64
import email
import email.policy
import hashlib
import quopri
import re
import sys

SHOWN = ("From", "To", "Cc", "Reply-To", "Subject", "Organization")


def message_bytes(part):
    """What stands in a message/..., which Python has parsed as if nothing of it were encoded."""
    data = b"\n\n".join(sub.as_bytes().rstrip(b"\n") for sub in part.get_payload())
    encoding = (part["Content-Transfer-Encoding"] or "7bit").lower()
    if encoding == "quoted-printable":
        data = quopri.decodestring(data)
    elif encoding == "base64":
        data = base64.b64decode(data)
    return data.rstrip(b"\n")


def content(part):
    if part.get_content_maintype() == "message":
        return message_bytes(part)
    if part.get_content_type() == "text/rfc822-headers":
        return part.get_payload(decode=True).rstrip(b"\n")
    if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
        text = part.get_payload(decode=True).decode(part.get_content_charset("us-ascii"), "surrogateescape")
        return text.replace("\r\n", "\n").rstrip("\n").encode("utf-8", "surrogateescape")
    return part.get_payload(decode=True) or b""


def walk(part, depth=0):
    yield depth, part
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for child in part.get_payload():
            yield from walk(child, depth + 1)


def line(depth, part):
    kind = part.get_content_type()
    fields = [str(depth), kind, part.get_content_disposition() or "-", part.get_filename() or "-", (part.get("Content-ID") or "-").strip()]
    if part.get_content_maintype() == "multipart":
        return " ".join(fields)
    data = content(part)
    return " ".join(fields + [str(len(data)), hashlib.sha1(data).hexdigest()])


def describe(data):
    message = parsed(data)
    for name in SHOWN:
        for value in message.get_all(name, []):
            value = str(value).replace("\\", "").replace('"', "")    # which are written anew by one parser only
            print(name + ": " + re.sub("[ \\t\\n]+", " ", value).strip(" "))
    for depth, part in walk(message):
        print(line(depth, part))
        for defect in part.defects + [d for value in part.values() for d in getattr(value, "defects", ())]:
            print("defect:", repr(defect))


def parsed(data):
    return email.message_from_bytes(data, policy=email.policy.default.clone(refold_source="none"))


def main():
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    files = sys.argv[1:]
    number = int(files.pop()) if files[-1].isdecimal() else None
    for name in files:
        with open(name, "rb") as file:
            data = file.read()
        if len(files) > 1:
            print(name)
        if number is None:
            describe(data)
        else:
            print(content(list(walk(parsed(data)))[number][1]).decode("utf-8", "surrogateescape"))


main()
