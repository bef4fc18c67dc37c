"""Finds what is new in a mail: cuts quoted history and signatures, line by line.

Every line is looked at a bounded number of times and no expression backtracks, so the cost grows with the length alone.
A forwarded mail is kept: it is what the customer wants us to see. Where nothing new is left, all of it is new.
"""

from channels.email.phrases import (
    DEVICES,
    FORWARDED,
    FROM_LABELS,
    OPENERS,
    ORIGINAL,
    OTHER_LABELS,
    REPLY_ABOVE,
    SENT_FROM,
    WROTE,
)

MAX_READ = 200_000  # characters; beyond them nothing counts as new words
LOOK_AHEAD = 8  # lines of an Outlook header block
FOLDED = 3  # lines an attribution may be wrapped over
MAX_ATTRIBUTION = 400  # characters
MAX_SIGNATURE = 15  # lines after a signature's mark

MAX_SENT_FROM = 80  # characters
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))


def new_words(text: str) -> str:
    """Return a mail's text without its quotes and signature; the whole text if nothing else would be left."""
    text = text[:MAX_READ]
    kept = _without_quotes(text.splitlines())
    kept = _without_signature(kept)
    return "\n".join(_without_gaps(kept)).strip() or text.strip()


def _without_quotes(lines: list[str]) -> list[str]:
    plain = [_plain(line) for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = plain[at]
        if _is_forward(line):
            return kept + lines[at:]
        if line.startswith(">"):
            at += 1
            continue
        if _cuts_the_rest(plain, at):
            if any(piece.strip() for piece in kept):
                return kept
            return []
        folded = _attribution(plain, at)
        if folded:
            after = _next_line(plain, at + folded)
            if after < len(plain) and plain[after].startswith(">"):
                at += folded
                continue
            if any(piece.strip() for piece in kept) and after < len(plain):
                return kept
            if after >= len(plain):
                at += folded
                continue
        kept.append(lines[at])
        at += 1
    return kept


def _without_gaps(lines: list[str]) -> list[str]:
    """Leave one blank line where a quote was cut from between two."""
    return [line for place, line in enumerate(lines) if line.strip() or (place and lines[place - 1].strip())]


def _plain(line: str) -> str:
    """Return a line as the tables see it: lower case, no marks of direction, no asterisks of bold text."""
    if len(line) > MAX_ATTRIBUTION:
        return line[:1].strip() + "\0"  # too long to be any mark but a quote's
    return line.translate(INVISIBLE).replace("\xa0", " ").replace("\u202f", " ").replace("*", "").strip().lower()


def _cuts_the_rest(plain: list[str], at: int) -> bool:
    line = plain[at]
    if line.startswith(("-", "_", "—")) and any(words in line for words in ORIGINAL):
        return True
    if any(words in line for words in REPLY_ABOVE):
        return True
    if len(line) >= 20 and not line.strip("_"):  # Outlook draws a line before its header block
        below = _next_line(plain, at + 1)
        return below < len(plain) and _header_block(plain, below)
    return _header_block(plain, at)


def _header_block(plain: list[str], at: int) -> bool:
    """Say whether Outlook's From, Sent, To, Subject begin here: a From line and two others close below."""
    if not plain[at].startswith(FROM_LABELS):
        return False
    others = {
        next(label for label in OTHER_LABELS if line.startswith(label))
        for line in plain[at + 1 : at + 1 + LOOK_AHEAD]
        if line.startswith(OTHER_LABELS)
    }
    return len(others) >= 2


def _attribution(plain: list[str], at: int) -> int:
    """Return over how many lines “On …, … wrote:” runs from here; 0 if it is none."""
    joined = ""
    for count, line in enumerate(plain[at : at + FOLDED], start=1):
        if not line or line.startswith(">"):
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > MAX_ATTRIBUTION:
            return 0
        if line.endswith((":", "：", "-----")) and _attributes(joined):
            return count
        if count == 1 and not joined.startswith(OPENERS) and "<" not in joined and "@" not in joined:
            return 0
    return 0


def _attributes(line: str) -> bool:
    """Say whether a line names a writer, a time or address, and the act of writing."""
    dated = any(char.isdigit() for char in line) or "@" in line
    return dated and any(word in line for word in WROTE)


def _is_forward(line: str) -> bool:
    return line.startswith(("-", "begin forwarded", "début du message")) and any(words in line for words in FORWARDED)


def _next_line(plain: list[str], at: int) -> int:
    """Return the next line with something on it, at most two further."""
    for place in range(at, min(at + 2, len(plain))):
        if plain[place]:
            return place
    return min(at + 2, len(plain))


def _without_signature(lines: list[str]) -> list[str]:
    """Cut from the last signature mark near the end, and a phone's advertisement at the very end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for place in range(end - 1, max(-1, end - MAX_SIGNATURE - 2), -1):
        if lines[place].rstrip() in ("--", "—", "__") or lines[place].startswith("-- "):
            end = place
            break
    while end and (not lines[end - 1].strip() or _is_sent_from(_plain(lines[end - 1]))):
        end -= 1
    return lines[:end]


def _is_sent_from(line: str) -> bool:
    return len(line) <= MAX_SENT_FROM and line.startswith(SENT_FROM) and any(name in line for name in DEVICES)
