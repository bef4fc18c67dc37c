"""The parts of a mail: boundaries and fields as they really come, each byte looked at a bounded number of times."""

import time

import pytest

from channels.email import params
from channels.email.parts import MAX_FIELDS, decoded, read_parts
from tests.channels.email.builders import HEAD, a_mail, a_part, multipart, read

TEXT = a_part(b"text/plain", b"words")
TWO = b"--%s\nContent-Type: text/plain\n\none\n--%s\nContent-Type: text/plain\n\ntwo\n--%s--\n"


def bounded(declared: bytes, used: bytes = b"") -> bytes:
    used = used or declared
    return a_mail(b"Content-Type: multipart/mixed; boundary=" + declared, body=TWO % (used, used, used))


class TestBoundaries:
    @pytest.mark.parametrize(
        ("declared", "used"),
        [
            (b'"b"', b"b"),
            (b"----=_NextPart_000_0001_01D.B", b"----=_NextPart_000_0001_01D.B"),
            (b'"with space"', b"with space"),
            (b'"with;semicolon"', b"with;semicolon"),
            (b"b; charset=x", b"b"),
            (b'"a\\"q"', b'a"q'),
            (b'"trailing "', b"trailing"),
            (b'"never closed', b"never closed"),
            (b"declared-otherwise", b"used"),
            (b"", b"not-declared"),
            (b"<angle>", b"<angle>"),
        ],
        ids=repr,
    )
    def test_are_found_however_they_are_written(self, declared: bytes, used: bytes) -> None:
        assert read(bounded(declared, used)).text == "one\ntwo"

    @pytest.mark.parametrize("trailing", [b" ", b"\t ", b"\r"])
    def test_may_have_white_space_behind(self, trailing: bytes) -> None:
        assert read(bounded(b"b").replace(b"--b\n", b"--b" + trailing + b"\n")).text == "one\ntwo"

    def test_a_longer_line_is_none(self) -> None:
        assert read(multipart(a_part(b"text/plain", b"--bb\n--b b\nx--b"))).text == "--bb\n--b b\nx--b"

    def test_a_mail_that_ends_without_closing_is_read_to_its_end(self) -> None:
        assert read(bounded(b"b").replace(b"\n--b--\n", b"")).text == "one\ntwo"

    def test_inner_parts_end_with_the_outer_ones(self) -> None:
        inner = b'Content-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/plain\n\ninner'
        assert read(multipart(inner, TEXT)).text == "inner\nwords"

    def test_the_same_boundary_within_itself_loses_nothing(self) -> None:
        assert "words" in read(multipart(b"Content-Type: multipart/alternative; boundary=b\n\n--b\n" + TEXT)).text

    @pytest.mark.parametrize(
        ("before", "after", "text"),
        [
            (b"This is a multi-part message in MIME format.\n", b"", "words"),
            (b"Sent by our gateway.\n", b"", "Sent by our gateway.\n\nwords"),
            (b"", b"Scanned by nobody.\n", "words\nScanned by nobody.\n"),
            (b"--broken\nContent-Type: text/plain\n\nsaved\n", b"", "saved\n\nwords"),
            (b"\n \n", b"\n--\n", "words"),
        ],
    )
    def test_words_outside_them_are_kept_but_for_the_notice(self, before: bytes, after: bytes, text: str) -> None:
        found = read(multipart(TEXT).replace(b"\n\n--b\n", b"\n\n" + before + b"--b\n", 1) + after).text
        assert found.split() == text.split()

    def test_words_outside_alternatives_do_not_hide_the_html(self) -> None:
        html = a_part(b"text/html", b"<p>the words</p>")
        raw = multipart(html, kind=b"alternative").replace(b"\n\n--b\n", b"\n\nOld reader?\n--b\n", 1)
        assert read(raw).text == "Old reader?\n\nthe words"


class TestFields:
    def test_a_mailbox_files_first_line_is_passed_over(self) -> None:
        assert read(b"From ana Fri Nov 20\n" + a_mail()).external_id == "<1@customer.example>"

    def test_empty_lines_above_the_header_are_passed_over(self) -> None:
        assert read(b"\r\n\n" + a_mail()).text == "words"

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_every_kind_of_line_end_is_read(self, end: bytes) -> None:
        message = read(multipart(TEXT).replace(b"\n", end))
        assert (message.sender.address, message.text) == ("ana@customer.example", "words")

    def test_what_is_no_field_begins_the_body(self) -> None:
        assert read(HEAD + b"this is no field\nSubject: late\n\nwords").text.startswith("this is no field")

    def test_space_before_the_colon_and_folding_are_read(self) -> None:
        assert read(a_mail(b"Subject : one\n two\n\tthree")).subject == "one two three"

    def test_too_many_are_cut_with_a_word_about_it(self) -> None:
        whole = read_parts(b"X: y\n" * (MAX_FIELDS + 1) + b"\nwords")
        assert (len(whole.mail.fields["x"]), whole.mail.body) == (MAX_FIELDS, b"words")
        assert whole.problem == "A header was too long and was cut."

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            (b"TEXT/Plain", "text/plain"),
            (b"text/html charset=utf-8", "text/html"),
            (b"text", "text/plain"),
            (b"", "text/plain"),
            (b"a/b/c", "text/plain"),
            (b"text/html; ; ;", "text/html"),
        ],
    )
    def test_a_type_that_is_none_is_plain_text(self, value: bytes, kind: str) -> None:
        assert read_parts(a_mail(b"Content-Type: " + value)).mail.kind == kind


class TestParameters:
    @pytest.mark.parametrize(
        ("value", "found"),
        [
            ("a; filename=x.pdf", "x.pdf"),
            ('a; filename="x;y.pdf"', "x;y.pdf"),
            ('a; FileName="a \\"b\\".pdf"', 'a "b".pdf'),
            ("a; filename=a b.pdf", "a b.pdf"),
            ("a; filename*=utf-8''na%C3%AFve.pdf", "naïve.pdf"),
            ("a; filename*=utf-8'en'na%C3%AFve.pdf; filename=plain.pdf", "naïve.pdf"),
            ("a; filename*0=one; filename*1=two", "onetwo"),
            ("a; filename*1=two; filename*0=one", "onetwo"),
            ("a; filename*0*=utf-8''%C3; filename*1*=%A4.pdf", "ä.pdf"),
            ("a; filename*0*=utf-8''a%20; filename*1=b%20c", "a b%20c"),
            ("a; filename*=iso-8859-1''%E4.pdf", "ä.pdf"),
            ("a; filename*=x-nothing''%C3%A4.pdf", "ä.pdf"),
            ("a; filename*=%C3%A4.pdf", "ä.pdf"),
            ('a; filename="never closed; x=y', "never closed"),
            ('a; filename="x" (comment)', "x"),
            ("a; filename=", ""),
            ('a; filename=""', ""),
            ("a;filename=1;filename=2", "1"),
            ("a", None),
            ("a; filename", None),
            ("a; filename*x=1", None),
        ],
    )
    def test_are_read_in_every_form(self, value: str, found: str | None) -> None:
        assert params.split(value)[1].get("filename") == found


class TestTransferEncodings:
    @pytest.mark.parametrize(
        ("encoding", "body", "data"),
        [
            ("base64", b"d29y\r\nZHM=", b"words"),
            ("base64", b"d29yZHM", b"words"),
            ("base64", b"d29yZHM=d29yZHM=", b"wordswords"),
            ("base64", b"d29yZHMg" * 3 + b"d2!9yZHM=", b"words words words words"),
            ("base64", b"d29yZHMx2", b"words1"),
            ("base64", b"this was never encoded, whatever it says!", b"this was never encoded, whatever it says!"),
            ("base64", b"", b""),
            ("quoted-printable", b"Gr=C3=BC=\nn =", "Grün ".encode()),
            ("quoted-printable", b"100=% =ZZ", b"100=% =ZZ"),
            ("x-uuencode", b"begin 644 x\n%=V]R9',\n`\nend\n", b"words"),
            ("8bit", b"\xff", b"\xff"),
            ("unheard-of", b"words", b"words"),
        ],
    )
    def test_are_taken_off(self, encoding: str, body: bytes, data: bytes) -> None:
        assert decoded(body, encoding) == data


HOSTILE = {
    "boundaries": a_mail(b"Content-Type: multipart/mixed; boundary=b", body=b"--b\n" * 500_000),
    "almost boundaries": a_mail(b"Content-Type: multipart/mixed; boundary=b", body=b"--b-\n" * 400_000),
    "dashes": a_mail(b"Content-Type: multipart/mixed; boundary=---", body=b"-" * 2_000_000),
    "undeclared": a_mail(b"Content-Type: multipart/mixed", body=b"--x\n" * 500_000),
    "quotes": a_mail(b"Content-Type: text/plain; " + b'a="' * 80_000),
    "slashes": a_mail(b'Content-Type: text/plain; name="' + b'\\"' * 100_000),
    "semicolons": a_mail(b"Content-Type: text/plain" + b";" * 250_000),
    "pieces": a_mail(b"Content-Disposition: attachment" + b"; filename*1=x" * 15_000),
    "folds": a_mail(b"Subject: x" + b"\n y" * 80_000),
    "addresses": a_mail(b"Cc: " + b'"(<' * 80_000),
    "commas": a_mail(b"Cc: " + b"a@b.example," * 20_000),
    "begins": a_mail(body=b"begin 644 x\n" * 150_000),
    "uuencoded without end": a_mail(body=b"begin 644 x\n" + b"M" + b"A" * 60 + b"\n" * 100_000),
    "padding": a_mail(b"Content-Transfer-Encoding: base64", body=b"QQ==" * 400_000),
    "words": a_mail(b"Subject: " + b"=?utf-8?Q?" * 25_000),
    "tags": a_mail(b"Content-Type: text/html", body=b"<a \"'" * 150_000),
    "scripts": a_mail(b"Content-Type: text/html", body=b"<script><style><!--" * 50_000),
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_takes_no_longer_than_its_length_allows(raw: bytes) -> None:
    began = time.process_time()
    read(raw)
    assert time.process_time() - began < 3
