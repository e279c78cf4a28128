# SPDX-License-Identifier: GPL-3.0-or-later
"""drafts.py DIRECTORY: drafts as mail programs leave them, NAME.eml each.

Texts in ten charsets and both encodings, pictures and files with names of all
kinds, 8-bit text, lines that are too long, a message in a message.
"""
import base64
import email.message
import email.policy
import os
import quopri
import sys

EVERY_BYTE = bytes(range(256)) * 20
TEXTS = {
    "iso-2022-jp": "休暇中です。よろしくお願いします。", "shift_jis": "不在です、来週連絡します", "gb18030": "我现在不在办公室😀",
    "koi8-r": "Меня нет до понедельника", "utf-8": "Grüße ✓ 𝔸𠀋 – bis Montag", "iso-8859-1": "Grüße", "windows-1251": "Меня нет", "euc-kr": "안녕하세요",
    "big5": "我不在辦公室", "utf-16": "Größe 日本",
}
RAW = {
    "8bit": (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", "Grüße, привет, 日本\n".encode()),
    "html": (b"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n", b"<p>Gr\xfc\xdfe</p>\n"),
    "long": (b"Content-Type: text/plain\n", b"x" * 2000 + b"\n"),
    "flowed": (b"Content-Type: text/plain; charset=us-ascii; format=flowed\n", b"one \ntwo\n\n-- \nBob\n"),
    "inside": (b"Content-Type: multipart/mixed; boundary=\"=b\"\n",
        b"--=b\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\n\xf0\xd2\xc9\n"
        b"--=b\nContent-Type: message/rfc822\n\nSubject: inside\n\ntext of it\n--=b--\n"),
}
FILES = {
    "file": ["paper.pdf"],
    "files": ["Größe – 図.pdf", "two words.txt", "x" * 120 + ".bin", "日本語の長い名前のファイルですからとても長いのです.doc", "no-extension"],
}


def head(subject, charset="utf-8"):
    charset = charset if charset != "utf-16" else "utf-8"
    words = ["=?%s?B?%s?=" % (charset, base64.b64encode(subject[i:i + 10].encode(charset)).decode()) for i in range(0, len(subject), 10)]
    return ("From: =?iso-8859-1?q?Bob_Ex=E4mple?= <bob@example.org>\nTo: alice@example.com\nSubject: %s\n"
        "Message-ID: <draft@example.org>\nMIME-Version: 1.0\n" % "\n ".join(words))


def text(charset, encoding):
    body = (TEXTS[charset] + "\n-- \nBob $TO\n").encode(charset)
    body = base64.encodebytes(body) if encoding == "base64" else quopri.encodestring(body)
    return (head(TEXTS[charset], charset) + "Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: %s\n\n" % (charset, encoding)).encode() + body


def composed(names):
    message = email.message.EmailMessage(policy=email.policy.default)
    message["From"] = "Bob Exämple <bob@example.org>"
    message["To"] = "alice@example.com"
    message["Subject"] = "Weg – " + names[0]
    message.set_content("I am away.\nGrüße $TO ${SUBJECT}\n")
    message.add_alternative("<p>I am away <img src=\"cid:a@b\"> Grüße $TO</p>\n", subtype="html")
    message.get_payload()[1].add_related(EVERY_BYTE, "image", "png", cid="<a@b>", filename="ü.png", disposition="inline")
    for name in names:
        message.add_attachment(EVERY_BYTE, "application", "octet-stream", filename=name)
    message.add_attachment("name;number\r\n", subtype="csv", filename="liste.csv")
    return message.as_bytes()


def main():
    made = {"%s-%s" % (charset, encoding): text(charset, encoding) for charset in TEXTS for encoding in ("base64", "quoted-printable")
        if (charset, encoding) != ("utf-16", "quoted-printable")}
    made.update({name: composed(names) for name, names in FILES.items()})
    made.update({name: head(name).encode() + fields + b"\n" + body for name, (fields, body) in RAW.items()})
    for name, data in made.items():
        with open(os.path.join(sys.argv[1], name + ".eml"), "wb") as file:
            file.write(data)


main()
