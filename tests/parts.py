# SPDX-License-Identifier: GPL-3.0-or-later
"""parts.py FILE [N]: a message as Python's email package reads it.

Without N a line for each part: depth, type, disposition, file name, Content-ID,
length and SHA-1 of the decoded bytes; texts are compared as UTF-8 with LF and
without blank lines at their end.  tests/parts.pl writes the same.  With N: the text of the N-th part.
A defect is a line of its own.
"""
import email
import email.policy
import hashlib
import sys


def content(part):
    if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment" or part.get_content_type() == "text/rfc822-headers":
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
    if kind == "message/rfc822":
        data = part.get_payload(0).as_bytes().rstrip(b"\n")
    else:
        data = content(part)
    return " ".join(fields + [str(len(data)), hashlib.sha1(data).hexdigest()])


def main():
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    with open(sys.argv[1], "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default.clone(refold_source="none"))
    parts = list(walk(message))
    if len(sys.argv) > 2:
        print(content(parts[int(sys.argv[2])][1]).decode("utf-8", "surrogateescape"))
        return
    for depth, part in parts:
        print(line(depth, part))
        for defect in part.defects + [d for value in part.values() for d in getattr(value, "defects", ())]:
            print("defect:", repr(defect))


main()
