"""Whatever is broken in a mail, no word of it is lost: what stands in its parts stands in the message or in a file."""

import random

from channels.errors import NotUnderstood
from channels.types import InboundMessage
from tests.channels.email.builders import everything
from tests.channels.forms import check

WORDS = [f"canary{number:02d}word" for number in range(6)]
DAMAGE = (
    b"", b"\0", b"\n", b"\r\n", b'"', b"--", b"--b", b"\xff", b"=?", b";", b"\n\n", b"multipart/mixed",
    b"message/rfc822", b"Content-Type: text/html\n\n", b"boundary=", b"--b--\n", b"begin 644 x\n", b"charset=utf-16",
)  # fmt: skip
HEAD = (
    "From: ana@customer.example\nTo: support@shop.example\nMessage-ID: <1@customer.example>\nSubject: Lamp\n"
    "MIME-Version: 1.0\n"
)
MAILS = [
    HEAD + "Content-Type: text/plain; charset=utf-8\n\n{0}\n{1} {2}\n\n> {3}\n-- \n{4}\n{5}\n",
    HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n{0} {1}\n--b\n'
    "Content-Type: text/plain; format=flowed\n\n{2} \n{3}\n--b\n"
    "Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\n{4},{5}\n--b--\n",
    HEAD + "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related; boundary=b\n\n--b\n"
    "Content-Type: text/plain\n\n{0}\n--b\nContent-Type: text/plain\n\n{1}\n{2}\n--b--\n--o\n"
    "Content-Type: message/rfc822\n\nSubject: old\n\n{3}\n--o\n\n{4}\n{5}\n--o--\n",
    HEAD + "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\n{0}\n{1}\n--b\n\nSubject: two\n\n{2}\n"
    "--b\nContent-Type: text/plain\n\n{3}\n{4}\n{5}\n--b--\n",
]  # fmt: skip


def damaged(raw: bytes, random_: random.Random) -> bytes:
    """Return a mail with one to four places damaged."""
    for _ in range(random_.randint(1, 4)):
        place = random_.randrange(len(raw))
        raw = raw[:place] + random_.choice(DAMAGE) + raw[place + random_.choice((0, 0, 1, 1, 12)) :]
    return raw


def kept_in(raw: bytes) -> bytes:
    """Return all that a message holds, one after the other."""
    message, *_ = everything(raw)
    assert isinstance(message, InboundMessage)
    texts = (message.text, message.subject, message.html or "", message.external_id, *message.answers)
    people = [f"{party.name} {party.address}" for party in message.parties]
    files = [f"{file.name} ".encode() + (file.data or b"") for file in message.attachments]
    return b"\n".join([text.encode() for text in (*texts, *people)] + files)


def stands_in_a_field(word: bytes, raw: bytes) -> bool:
    """Say whether damage made a word part of a header field, of a name or of an encoded text."""
    line = next(line for line in raw.splitlines() if word in line)
    before = line.partition(word)[0]
    return b":" in before or b"=" in before or b"boundary" in line or b"name" in line


def test_no_word_is_lost_in_a_damaged_mail(mutations: int) -> None:
    plain = [mail.format(*WORDS).encode() for mail in MAILS]
    for raw in plain:
        assert all(word.encode() in kept_in(raw) for word in WORDS)
    for number in range(mutations):
        random_ = random.Random(f"no loss {number}")
        raw = damaged(random_.choice(plain), random_)
        try:
            found = everything(raw)
        except NotUnderstood:
            continue  # the header is gone: the whole mail is set aside, and kept
        check(found)
        kept = kept_in(raw)
        lost = [word for word in WORDS if word.encode() in raw and word.encode() not in kept]
        lost = [word for word in lost if not stands_in_a_field(word.encode(), raw)]
        assert not lost, f"{number}: {lost} of {raw!r}"
