"""Finds uuencoded files in text (`begin 644 name` … `end`) and decodes them. Source: POSIX.1, uuencode."""

import binascii
from collections.abc import Iterable
from dataclasses import dataclass

BEGIN = b"begin "
MAX_LINE = 200  # bytes; an encoded line has at most 61
LETTERS = bytes(range(32, 97))


@dataclass(frozen=True, slots=True)
class Uuencoded:
    """One file that stood in a text."""

    name: bytes
    data: bytes


def taken_out(text: bytes) -> tuple[bytes, list[Uuencoded]]:
    """Return a text without the uuencoded files in it, and those files; a file without its end is left in the text."""
    if not text.startswith(BEGIN) and b"\nbegin " not in text:
        return text, []
    lines = text.split(b"\n")
    kept: list[bytes] = []
    files: list[Uuencoded] = []
    at = 0
    while at < len(lines):
        name = _name(lines[at])
        end = _end(lines, at + 1) if name else 0
        if not end:
            kept.append(lines[at])
            at += 1
            continue
        files.append(Uuencoded(name, decoded_lines(lines[at + 1 : end])))
        at = end + 1
    return b"\n".join(kept), files


def decoded_lines(lines: Iterable[bytes]) -> bytes:
    """Return the bytes of encoded lines; a `begin` line is passed over, and what follows `end` is left out."""
    found = []
    for line in lines:
        bare = line.rstrip(b"\r\n")
        if bare.startswith(BEGIN):
            continue
        if bare.strip() == b"end":
            break
        found.append(_decoded(bare))
    return b"".join(found)


def _name(line: bytes) -> bytes:
    """Return the file name of a `begin` line, empty if it is none."""
    words = line.strip().split(b" ", 2)
    if len(words) == 3 and words[0] == b"begin" and words[1].isdigit() and len(words[1]) in (3, 4):
        return words[2].strip()
    return b""


def _end(lines: list[bytes], start: int) -> int:
    """Return where the `end` line stands, 0 if an encoded line is none before it comes."""
    for at in range(start, len(lines)):
        bare = lines[at].rstrip(b"\r")
        if bare.strip() == b"end":
            return at
        if len(bare) > MAX_LINE or not _is_encoded(bare):
            return 0
    return 0


def _is_encoded(line: bytes) -> bool:
    """Say whether a line has the form of an encoded one: its first letter tells its length."""
    if not line:
        return True  # some programs leave out the line of length 0
    length = (line[0] - 32) & 63
    return not line.translate(None, LETTERS) and len(line.rstrip()) <= 1 + (length + 2) // 3 * 4 + 1


def _decoded(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # some programs pad the last group with whatever they have
        whole = 1 + ((((line[0] if line else 32) - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:whole])
        except binascii.Error:
            return b""
