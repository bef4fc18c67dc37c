"""Charsets as mail really names them: every label reads, and one that the bytes contradict does not hold."""

import pytest

from channels.email.charsets import ALIASES, decode
from channels.email.headers import words
from tests.channels.email.builders import a_mail, read

NAMED = (
    # label, the text, and the codec that wrote it
    ("iso-8859-8-i", "שלום", "iso-8859-8"),
    ("ISO-8859-8-E", "שלום", "iso-8859-8"),
    ("visual", "שלום", "iso-8859-8"),
    ("windows-874", "สวัสดี", "cp874"),
    ("tis-620", "สวัสดี", "cp874"),
    ("x-mac-cyrillic", "Привет", "mac_cyrillic"),
    ("macintosh", "Café", "mac_roman"),
    ("x-mac-ce", "Łódź", "mac_latin2"),
    ("x-gbk", "你好", "gbk"),
    ("GB2312", "你好", "gbk"),
    ("gb_2312-80", "你好", "gb2312"),
    ("hz-gb-2312", "你好", "hz"),
    ("iso-2022-cn", "你好", "iso-2022-cn"),
    ("big5", "你好", "big5"),
    ("x-x-big5", "你好", "big5"),
    ("x-sjis", "日本語", "cp932"),
    ("windows-31j", "①", "cp932"),
    ("Shift_JIS", "①", "cp932"),
    ("iso-2022-jp", "日本語", "iso2022_jp"),
    ("x-euc-jp", "日本語", "euc_jp"),
    ("ks_c_5601-1987", "안녕", "cp949"),
    ("euc-kr", "뷁", "cp949"),
    ("koi8-r", "Привет", "koi8-r"),
    ("koi8-u", "Київ", "koi8-u"),
    ("windows-1251", "Привет", "cp1251"),
    ("cp-850", "Café", "cp850"),
    ("ibm850", "Café", "cp850"),
    ("dos-862", "שלום", "cp862"),
    ("windows-1256", "سلام", "cp1256"),
    ("iso-8859-6-i", "سلام", "iso-8859-6"),
    ("iso-8859-9", "İğdır", "iso-8859-9"),
    ("iso-8859-15", "5 €", "iso-8859-15"),
    ("utf8", "سلام", "utf-8"),
    ("utf-7", "Grüße + mehr", "utf-7"),
    ("unicode-1-1-utf-7", "Grüße", "utf-7"),
    ("utf-16", "Grüße", "utf-16"),
    ("'utf-8'", "Grüße", "utf-8"),
)  # fmt: skip
WRONG = (
    # what the label says, what the bytes are, what is read
    ("iso-8859-1", "Grüße".encode(), "Grüße"),
    ("windows-1252", "Zażółć".encode(), "Zażółć"),
    ("iso-8859-2", "Привет".encode(), "Привет"),
    ("koi8-r", "سلام".encode(), "سلام"),
    ("big5", "Grüße, Ana".encode(), "Grüße, Ana"),
    ("utf-16", b"plain after all", "plain after all"),
    ("utf-8", "Grüße".encode("cp1252"), "Grüße"),
    ("us-ascii", "Grüße".encode(), "Grüße"),
    ("us-ascii", "5 € – “so”".encode("cp1252"), "5 € – “so”"),
    ("", "Grüße".encode(), "Grüße"),
    ("", "Grüße".encode("cp1252"), "Grüße"),
    ("unknown-8bit", "Grüße".encode(), "Grüße"),
    ("binary", "Grüße".encode("cp1252"), "Grüße"),
    ("default", "Grüße".encode(), "Grüße"),
    ("ansi_x3.110-1983", "Grüße".encode("cp1252"), "Grüße"),
    ("x-nobody-knows", "Grüße".encode(), "Grüße"),
    ("euc-tw", "Grüße".encode(), "Grüße"),
    ("zlib", b"words", "words"),
    ("punycode", b"words", "words"),
    ("utf-8", b"\xef\xbb\xbfwords", "words"),
    ("iso-8859-1", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße"),
)


def written(text: str, codec: str) -> bytes:
    if codec == "iso-2022-cn":
        return b"\x1b$)A\x0e" + bytes(byte & 0x7F for byte in text.encode("gb2312")) + b"\x0f"
    return text.encode(codec)


@pytest.mark.parametrize(("label", "text", "codec"), NAMED, ids=lambda value: str(value))
def test_reads_what_the_label_says(label: str, text: str, codec: str) -> None:
    assert decode(written(text, codec), label) == text


@pytest.mark.parametrize(("label", "data", "text"), WRONG, ids=lambda value: str(value)[:30])
def test_a_label_that_the_bytes_contradict_does_not_hold(label: str, data: bytes, text: str) -> None:
    assert decode(data, label) == text


@pytest.mark.parametrize(("label", "data", "text"), WRONG[:17], ids=lambda value: str(value)[:30])
def test_a_mail_and_a_header_are_read_alike(label: str, data: bytes, text: str) -> None:
    field = b"Content-Type: text/plain" + (b"; charset=" + label.encode() if label else b"")
    assert read(a_mail(b"Content-Transfer-Encoding: 8bit", field, body=data)).text == text
    assert read(a_mail(b"Subject: " + data, field)).subject == text


def test_every_alias_is_a_charset_python_knows() -> None:
    assert {name for name in ALIASES.values() if decode(b"a", name) != "a"} <= {"utf-16"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=", "日本語"),
        ("=?utf-8?Q?Gr=C3=BC?=\t=?utf-8?Q?=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?x-unknown?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8?X?b?=", "=?utf-8?X?b?="),
        ("=?utf-8?Q?b", "=?utf-8?Q?b"),
        ("=?", "=?"),
        ("=?utf-8?Q?a_b=0Ac?=", "a b c"),
    ],
)
def test_reads_encoded_words(value: str, text: str) -> None:
    assert words(value) == text
