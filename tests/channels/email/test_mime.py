"""Which parts of a mail are its words and which its files, in the odd forms that programs send."""

import binascii
import struct

import pytest

from channels.types import Attachment
from tests.channels.email.builders import a_mail, a_part, everything, multipart, read

PDF = b"%PDF-1.4"
TEXT, HTML = a_part(b"text/plain", b"the words"), a_part(b"text/html", b"<p>the <b>words</b></p>")
INVITATION = b"""\
BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
SUMMARY:About the\r
  lamp\\, again\r
DTSTART:20261123T100000Z\r
DTEND:20261123T110000Z\r
LOCATION:Room 5\r
ORGANIZER;CN=Mo:mailto:mo@customer.example\r
END:VEVENT\r
END:VCALENDAR\r
"""
DECLINED = b"METHOD:REPLY\r\nBEGIN:VEVENT\r\nATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example\r\nEND:VEVENT"
SAID = "Invitation: About the lamp, again; 2026-11-23 10:00 to 11:00 UTC; Room 5; from Mo"


def names(raw: bytes) -> list[str]:
    return [file.name for file in read(raw).attachments]


def only_file(raw: bytes) -> Attachment:
    (file,) = read(raw).attachments
    return file


class TestWords:
    @pytest.mark.parametrize(
        ("parts", "kind", "text"),
        [
            ((TEXT,), b"mixed", "the words"),
            ((HTML,), b"mixed", "the words"),
            ((TEXT, HTML), b"alternative", "the words"),
            ((HTML, TEXT), b"alternative", "the words"),
            ((TEXT, HTML), b"mixed", "the words\nthe words"),
            ((a_part(b"text/plain", b" \n"), HTML), b"alternative", "the words"),
            ((TEXT, a_part(b"text/x-amp-html", b"<html amp4email>"), HTML), b"alternative", "the words"),
            ((TEXT, a_part(b"text/plain", b"a footer")), b"mixed", "the words\na footer"),
            ((a_part(b"text/markdown", b"*the* words"),), b"mixed", "*the* words"),
            ((a_part(b"text/plain; name=body.txt", b"in a file"), TEXT), b"mixed", "the words"),
            ((a_part(b"text/plain", b"attached", b"Content-Disposition: attachment"), TEXT), b"mixed", "the words"),
            ((a_part(b"text/plain", b"shown", b"Content-Disposition: inline"),), b"mixed", "shown"),
        ],
    )
    def test_are_what_a_reader_would_see(self, parts: tuple[bytes, ...], kind: bytes, text: str) -> None:
        assert read(multipart(*parts, kind=kind)).text == text

    def test_of_a_mail_that_is_one_named_text_are_its_text(self) -> None:
        assert read(a_mail(b"Content-Type: text/plain; name=body.txt")).text == "words"

    @pytest.mark.parametrize(
        ("html", "text"),
        [
            (b"<p>a<br>b<p>c", "a\nb\nc"),
            (b"<div>a</div><div>b</div>", "a\nb"),
            (b"<ul><li>a<li>b</ul>", "- a\n- b"),
            (b"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            (b"a&nbsp;b &lt;c&gt; &#8364; &amp;amp; &unknown;", "a b <c> € &amp; &unknown;"),
            (b"<pre>a\n  b</pre>", "a\nb"),
            (b"<style>p{}</style><script>x()</script><title>t</title>words", "words"),
            (b"<head><meta charset=x><body>words", "words"),
            (b"<head><title>t</title>words", "words"),
            (b"<style>words that never end", "words that never end"),
            (b"before<script>and never ends", "before\nand never ends"),
            (b"<!-- hidden -->shown<!-- never closed", "shown never closed"),
            (b"<!--[if mso]>Outlook<![endif]-->shown", "shown"),
            (b"<noscript>words</noscript>", "words"),
            (b"<textarea>words</textarea>", "words"),
            (b"3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
            (b"<a href=\"x>y\">words</a>", "words"),
            (b"<a href='it's'>words</a>", "words"),
            (b"<p title=\"never closed>words</p>", "words"),
            (b"<div style=\"display:none\">preview</div><p>words</p>", "preview\nwords"),
            (b"<html><body></body></html>", ""),
            (b"&#xD800;&#0;&#99999999999999999999;words", "words"),
        ],
        ids=lambda value: repr(value)[:40],
    )  # fmt: skip
    def test_of_html_come_as_lines_and_no_letter_vanishes(self, html: bytes, text: str) -> None:
        assert read(a_mail(b"Content-Type: text/html; charset=utf-8", body=html)).text.replace("\ufffd", "") == text

    @pytest.mark.parametrize(
        ("body", "parameters", "text"),
        [
            (b"one \ntwo\n\nthree", b"", "one two\n\nthree"),
            (b"one \ntwo", b"; delsp=yes", "onetwo"),
            (b" From here\n  indented", b"", "From here\n indented"),
            (b"> one \n> two\n>> three\nmine", b"", "> one two\n>> three\nmine"),
            (b"> one \nmine", b"", "> one \nmine"),
            (b"words\n-- \nAna", b"", "words\n-- \nAna"),
            (b"words \n-- \nAna", b"", "words \n-- \nAna"),
            (b"ends open ", b"", "ends open "),
        ],
    )
    def test_that_flow_are_joined(self, body: bytes, parameters: bytes, text: str) -> None:
        flowed = b"Content-Type: text/plain; format=flowed" + parameters
        assert read(a_mail(flowed, body=body)).text == text

    def test_in_html_are_kept_safe_and_its_pictures_named(self) -> None:
        raw = multipart(
            a_part(b"text/html", b'<img src="cid:pic@x"><img src="https://x.example/t.gif"><script>x</script>'),
            a_part(b"image/png", b"\x89PNG", b"Content-ID: <pic@x>"),
            kind=b"related",
        )
        message = read(raw)
        assert message.html == '<img src="cid:pic@x"><img data-src="https://x.example/t.gif">'
        (picture,) = message.attachments
        assert (picture.content_id, picture.inline, picture.name) == ("pic@x", True, "image-1.png")


class TestFiles:
    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ((b'Content-Disposition: attachment; filename="bill.pdf"',), "bill.pdf"),
            ((b"Content-Disposition: attachment; filename=my bill.pdf",), "my bill.pdf"),
            ((b"Content-Disposition: attachment; filename*=utf-8''Rechnung%20%C3%84.pdf",), "Rechnung Ä.pdf"),
            ((b"Content-Disposition: attachment; filename*0=long; filename*1=name.pdf",), "longname.pdf"),
            ((b'Content-Disposition: attachment; filename="=?utf-8?Q?=C3=84.pdf?="',), "Ä.pdf"),
            ((b'Content-Disposition: attachment; filename="\xc3\x84.pdf"',), "Ä.pdf"),
            ((b'Content-Disposition: attachment; filename="\xc4.pdf"',), "Ä.pdf"),
            ((b'Content-Disposition: attachment; filename=""',), "attachment-1.pdf"),
            ((b"Content-Disposition: attachment",), "attachment-1.pdf"),
            ((b'Content-Disposition: attachment; filename="../../etc/passwd"',), "passwd"),
            ((b'Content-Disposition: attachment; filename="C:\\\\Temp\\\\bill.pdf"',), "bill.pdf"),
            ((b'Content-Disposition: attachment; filename="\xe2\x80\xaefdp.exe"',), "fdp.exe"),
            ((b'Content-Disposition: attachment; name="bill.pdf"',), "bill.pdf"),
            ((b"Content-Disposition: ; filename=bill.pdf",), "bill.pdf"),
            ((), "attachment-1.pdf"),
        ],
        ids=repr,
    )
    def test_have_the_name_they_give_themselves_made_harmless(self, fields: tuple[bytes, ...], name: str) -> None:
        file = only_file(multipart(TEXT, a_part(b"application/pdf", PDF, *fields)))
        assert (file.name, file.data, file.media_type) == (name, PDF, "application/pdf")

    def test_a_mail_in_a_mail_is_one_byte_for_byte_named_by_its_subject(self) -> None:
        inner = b"Subject: =?utf-8?Q?=C3=84?= / old\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
        raw = multipart(TEXT, a_part(b"message/rfc822", inner)).replace(
            b"boundary=b\n\n--b\nContent", b"boundary=o\n\n--o\nContent", 1
        )
        raw = (
            raw.replace(b"\n--b\nContent-Type: message", b"\n--o\nContent-Type: message").removesuffix(b"--b--\n")
            + b"--o--\n"
        )
        file = only_file(raw)
        assert (file.name, file.data) == ("old.eml", inner)

    def test_a_digest_is_a_file_for_each_mail(self) -> None:
        raw = multipart(b"\nSubject: one\n\nx", b"\nSubject: two\n\ny", kind=b"digest")
        assert names(raw) == ["one.eml", "two.eml"]

    @pytest.mark.parametrize(
        ("kind", "kept"),
        [
            (b"application/pgp-signature; name=signature.asc", False),
            (b"application/pkcs7-signature; name=smime.p7s", False),
            (b"application/x-pkcs7-signature", False),
            (b"application/pgp-keys; name=key.asc", True),
            (b"application/octet-stream; name=signature.png", True),
        ],
    )
    def test_a_proof_of_who_signed_is_none(self, kind: bytes, kept: bool) -> None:
        assert bool(names(multipart(TEXT, a_part(kind, b"x"), kind=b"signed"))) is kept


class TestClosedMail:
    def test_pgp_says_so_and_keeps_the_file(self) -> None:
        parts = a_part(b"application/pgp-encrypted", b"Version: 1"), a_part(b"application/octet-stream", b"-----BEGIN")
        message = read(multipart(*parts, kind=b"encrypted"))
        assert message.text.startswith("This mail is encrypted with PGP.")
        assert [file.data for file in message.attachments] == [b"-----BEGIN"]

    def test_smime_says_so_and_keeps_the_file(self) -> None:
        message = read(a_mail(b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"))
        assert "S/MIME" in message.text
        assert [file.name for file in message.attachments] == ["smime.p7m"]

    def test_pgp_in_the_text_stays_text(self) -> None:
        assert read(a_mail(body=b"-----BEGIN PGP MESSAGE-----\nhQ\n")).text.startswith("-----BEGIN PGP")


class TestInvitations:
    def test_beside_words_are_said_and_no_file(self) -> None:
        message = read(multipart(TEXT, a_part(b"text/calendar; method=REQUEST", INVITATION), kind=b"alternative"))
        assert (message.text, message.stripped) == (f"the words\n\n{SAID}", "the words")
        assert message.attachments == ()

    @pytest.mark.parametrize("fields", [(), (b"Content-Disposition: attachment; filename=invite.ics",)])
    def test_alone_are_said_and_kept(self, fields: tuple[bytes, ...]) -> None:
        message = read(multipart(a_part(b"text/calendar", INVITATION, *fields)))
        assert message.text == SAID
        assert [file.data for file in message.attachments] == [INVITATION]

    @pytest.mark.parametrize(
        ("changed", "to", "said"),
        [
            (b"METHOD:REQUEST", b"METHOD:CANCEL", "Cancelled: About"),
            (b"METHOD:REQUEST", b"X:Y", "Calendar entry: About"),
            (b"DTSTART:20261123T100000Z", b"DTSTART;VALUE=DATE:20261123", "; 2026-11-23 to 11:00 UTC;"),
            (b"DTSTART:20261123T100000Z", b"DTSTART;TZID=Asia/Karachi:20261123T100000", "10:00 Asia/Karachi to"),
            (b"DTSTART:20261123T100000Z", b"DTSTART:soon", "; soon to 2026-11-23 11:00 UTC;"),
            (b"SUMMARY:About", b"X:About", "Invitation: without a title;"),
            (b"METHOD:REQUEST", DECLINED, "a@b.example declined"),
        ],
    )  # fmt: skip
    def test_are_said_by_their_kind(self, changed: bytes, to: bytes, said: str) -> None:
        assert said in read(multipart(a_part(b"text/calendar", INVITATION.replace(changed, to)))).text

    def test_that_cannot_be_read_are_kept_as_files(self) -> None:
        message = read(multipart(TEXT, a_part(b"text/calendar", b"BEGIN:VCALENDAR"), kind=b"alternative"))
        assert (message.text, len(message.attachments)) == ("the words", 1)


def attribute(level: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, kind, 0, len(value)) + value + b"\0\0"


def properties(*of: tuple[int, int, bytes]) -> bytes:
    found = struct.pack("<I", len(of))
    for kind, number, value in of:
        padded = value + b"\0" * (-len(value) % 4)
        found += struct.pack("<HHII", kind, number, 1, len(value)) + padded
    return found


def a_winmail(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


LONG_NAME = "Überweisung.pdf\0".encode("utf-16-le")
FILE_IN_IT = (
    attribute(2, 0x9002, b"\0" * 14),
    attribute(2, 0x8010, b"BILL~1.PDF\0"),
    attribute(2, 0x800F, PDF),
    attribute(2, 0x9005, properties((0x1F, 0x3707, LONG_NAME), (0x1E, 0x370E, b"application/pdf\0"))),
)  # fmt: skip
COMPRESSED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277 05b06c647d0a800fa0".replace(
        " ", ""
    )
)  # source: [MS-OXRTFCP] 4.1, example 1


class TestWinmail:
    def winmail(self, *attributes: bytes, words: bytes = b"the words") -> bytes:
        return multipart(
            a_part(b"text/plain", words), a_part(b"application/ms-tnef; name=winmail.dat", a_winmail(*attributes))
        )

    def test_its_files_come_out(self) -> None:
        file = only_file(self.winmail(*FILE_IN_IT))
        assert (file.name, file.media_type, file.data) == ("Überweisung.pdf", "application/pdf", PDF)

    def test_is_known_by_its_name(self) -> None:
        raw = self.winmail(*FILE_IN_IT).replace(b"application/ms-tnef", b"application/octet-stream")
        assert names(raw) == ["Überweisung.pdf"]

    @pytest.mark.parametrize(
        "body",
        [
            attribute(1, 0x800C, b"hidden words\0"),
            attribute(1, 0x9003, properties((0x1F, 0x1000, "hidden words\0".encode("utf-16-le")))),
            attribute(1, 0x9003, properties((0x102, 0x1013, b"<p>hidden words</p>"))),
        ],
    )
    def test_its_words_are_read_where_the_mail_has_none(self, body: bytes) -> None:
        assert read(self.winmail(body, words=b"")).text == "hidden words"
        assert read(self.winmail(body)).text == "the words"

    def test_words_that_are_only_rtf_become_a_file(self) -> None:
        body = attribute(1, 0x9003, properties((0x102, 0x1009, COMPRESSED)))
        file = only_file(self.winmail(body, words=b""))
        assert (file.name, file.data) == ("message.rtf", b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n")

    @pytest.mark.parametrize("cut", [4, 8, 20, 60, 100])
    def test_a_broken_one_gives_what_can_be_read_or_stays_a_file(self, cut: int) -> None:
        raw = a_part(b"application/ms-tnef; name=winmail.dat", a_winmail(*FILE_IN_IT)[:cut])
        assert read(multipart(TEXT, raw)).text == "the words"

    def test_what_is_none_stays_a_file(self) -> None:
        assert names(multipart(TEXT, a_part(b"application/ms-tnef; name=winmail.dat", b"no such thing"))) == [
            "winmail.dat"
        ]


def uuencoded(name: bytes, data: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 " + name + b"\n" + lines + b"`\nend\n"


class TestUuencodedFiles:
    def test_are_taken_out_of_the_text(self) -> None:
        message = read(a_mail(body=b"above\n" + uuencoded(b"my bill.pdf", PDF * 20) + b"below"))
        assert message.text == "above\nbelow"
        assert [(file.name, file.media_type, file.data) for file in message.attachments] == [
            ("my bill.pdf", "application/pdf", PDF * 20)
        ]

    def test_several_are(self) -> None:
        assert names(a_mail(body=uuencoded(b"a.txt", b"1") + uuencoded(b"b.txt", b""))) == ["a.txt", "b.txt"]

    @pytest.mark.parametrize(
        "body",
        [
            b"begin 644 x",
            b"begin 644 the story\nOnce upon a time\nend",
            b"begin anew my friend\n`\nend",
            b"we\nbegin 644\nend",
        ],
    )
    def test_what_only_looks_like_one_stays_text(self, body: bytes) -> None:
        message = read(a_mail(body=body))
        assert (message.text, message.attachments) == (body.decode(), ())


def test_one_mail_is_one_message() -> None:
    assert len(everything(multipart(TEXT, HTML))) == 1
