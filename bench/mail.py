"""Reads mails with Heed and with the standard library's `policy.default`, side by side, and compares their CPU.

`python -m bench.mail [FOLDER]`: the .eml files of a folder, else the project's samples and a few larger mails made
here. Heed's side is the whole reading: parts, words, safe HTML, new words, sender, thread. The other side parses, asks
for the same header fields and for the content of every part.
"""

import json
import sys
import time
from base64 import encodebytes
from collections.abc import Callable, Sequence
from email import message_from_bytes, policy
from pathlib import Path

from channels.email import adapter
from channels.email.reading import read
from channels.errors import NotUnderstood
from channels.types import Connection

ROUNDS = 5
LIMIT = 1 / 3  # of the standard library's time
CONNECTION = Connection("k", "email", "Shop", {"address": "support@shop.example", "authserv_id": "mx.shop.example"})
FIELDS = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references")
HEAD = (
    "Received: from mail.customer.example (mail.customer.example [192.0.2.7]) by mx.shop.example with ESMTPS id x{0};\n"
    " Fri, 20 Nov 2026 12:00:01 +0000 (UTC)\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=customer.example; s=s1; h=from:to:subject; bh=abc=; b=def{0}=\n"
    "From: =?utf-8?Q?J=C3=BCrgen?= <j{0}@customer.example>\n"
    "To: Shop <support@shop.example>, Eva <eva@customer.example>\n"
    "Subject: =?utf-8?Q?L=C3=A4mp_{0}?=\nDate: Fri, 20 Nov 2026 12:00:00 +0000\nMessage-ID: <{0}@customer.example>\n"
    "References: <a@shop.example> <b@customer.example> <c@shop.example>\nMIME-Version: 1.0\n"
)


def made() -> list[bytes]:
    """Return mails as customers send them: a plain one, one with HTML, one with a quoted thread, one with a file."""
    said = "The lamp does not shine. What can I do now?\n"
    quoted = "\nOn Fri, 20 Nov 2026 at 11:00, Shop <support@shop.example> wrote:\n\n" + "> Please turn it on.\n" * 60
    row = '<tr><td style="padding:4px;color:#333"><a href="https://shop.example/x?y=1&amp;z=2">A lamp</a></td></tr>'
    html = f"<html><head><style>p {{ color: red }}</style></head><body><p>{said}</p><table>{row * 60}</table></html>"
    both = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{said}\n"
    both += f"--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n"
    file = "--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
    file += f'Content-Disposition: attachment; filename="bill.pdf"\n\n{encodebytes(bytes(200_000)).decode()}\n'
    alternative = "Content-Type: multipart/alternative; boundary=b\n\n"
    bodies = (
        f"Content-Type: text/plain; charset=utf-8\n\n{said}",
        f"Content-Type: text/plain; charset=utf-8\n\n{said}{quoted}",
        f"{alternative}{both}--b--\n",
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{said}\n{file}--b--\n",
    )
    return [(HEAD.format(number) + body).encode() for number, body in enumerate(bodies * 3)]


def ours(raw: bytes) -> None:
    """Read one mail as Heed does."""
    try:
        read(raw, CONNECTION)
    except NotUnderstood:
        return


def theirs(raw: bytes) -> None:
    """Read one mail with the standard library's modern policy."""
    mail = message_from_bytes(raw, policy=policy.default)
    for name in FIELDS:
        str(mail[name])
    for part in mail.walk():
        if not part.is_multipart():
            try:
                part.get_content()
            except (LookupError, ValueError):
                continue


def cpu_ms(reading: Callable[[bytes], None], mails: Sequence[bytes]) -> float:
    """Return the mean CPU of one mail, in milliseconds."""
    began = time.process_time()
    for raw in mails:
        reading(raw)
    return (time.process_time() - began) / len(mails) * 1000


def main() -> int:
    """Print one table and one line of JSON; 1 if Heed takes more than a third of the other's time."""
    samples = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(adapter.__file__).parent / "samples"
    mails = [path.read_bytes() for path in sorted(samples.glob("*.eml"))] + ([] if len(sys.argv) > 1 else made())
    rounds = [(cpu_ms(ours, mails), cpu_ms(theirs, mails)) for _ in range(ROUNDS + 1)][1:]  # the first one warms up
    heed = sum(one for one, _ in rounds) / ROUNDS
    library = sum(other for _, other in rounds) / ROUNDS
    print(f"{len(mails)} mails, {ROUNDS} rounds, mean CPU a mail")
    print(f"  Heed             {heed:7.3f} ms")
    print(f"  policy.default   {library:7.3f} ms")
    print(f"  ratio            {heed / library:7.3f}    (at most {LIMIT:.3f})")
    print(json.dumps({"bench": "mail", "mails": len(mails), "heed_ms": heed, "library_ms": library}))
    return 0 if heed <= library * LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
