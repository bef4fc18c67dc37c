"""Takes header values with parameters apart: `text/plain; charset=utf-8`, quoted, continued and encoded (RFC 2231).

One pass over the characters, so that no value is slow. A boundary without its quotes is read to the next semicolon.
"""

from urllib.parse import unquote_to_bytes

from channels.email.charsets import decode

MAX_PARAMETERS = 200  # of one field; honest ones have three
MAX_VALUE = 64 * 1024  # characters


def split(value: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the first semicolon, and the parameters by their names in lower case."""
    pieces = _pieces(value[:MAX_VALUE])
    found: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces[1 : MAX_PARAMETERS + 1]:
        name, equals, given = piece.partition("=")
        name, given = name.strip().lower(), _unquoted(given.strip())
        if not equals or not name:
            continue
        bare, star, rest = name.partition("*")
        if not star:
            found.setdefault(name, given)
            continue
        number, encoded, _ = rest.partition("*")
        if number == "":
            continued.setdefault(bare, {}).setdefault(0, (given, True))
        elif number.isascii() and number.isdecimal() and len(number) < 5:
            continued.setdefault(bare, {}).setdefault(int(number), (given, bool(encoded)))
    for bare, parts in continued.items():
        found[bare] = _joined(parts)  # RFC 2231 wins over the plain form beside it
    return pieces[0].strip(), found


def _pieces(value: str) -> list[str]:
    """Cut at the semicolons that stand outside quotes; a quote that is never closed hides none."""
    if '"' not in value:
        return value.split(";")
    pieces: list[str] = []
    start = 0
    quoted = escaped = named = False
    for at, char in enumerate(value):
        if escaped:
            escaped = False
        elif quoted:
            escaped = char == "\\"
            quoted = char != '"'
        elif char == '"' and named:
            quoted = True
        elif char == "=":
            named = True
        elif char == ";":
            pieces.append(value[start:at])
            start, named = at + 1, False
    return pieces + (value[start:].split(";") if quoted else [value[start:]])


def _unquoted(given: str) -> str:
    if len(given) > 1 and given[0] == given[-1] == '"':
        return given[1:-1].replace("\\\\", "\\").replace('\\"', '"')
    return given[1:].partition('"')[0] if given.startswith('"') else given


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Join the pieces of a continued parameter; those marked as encoded hold percent signs, the first a charset."""
    charset = ""
    data = bytearray()
    for number in sorted(parts):
        text, encoded = parts[number]
        if encoded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode(bytes(data), charset or "utf-8")
