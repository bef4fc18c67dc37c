"""Knows the lines that mail programs put above what they quote: attributions, header blocks, marks. Pure.

Lines come in lower case, without marks of direction and bold. Each question looks at a few lines near one place and
at each of their characters a bounded number of times.
"""

import re

from channels.email.quotes.head_phrases import (
    COPY,
    DATE,
    FIRST_PERSON,
    FORWARD_LINES,
    FORWARDED,
    FROM,
    LABELS,
    OPENERS,
    ORIGINAL,
    REPLY_ABOVE,
    SUBJECT,
    TO,
    WROTE,
)

FOLDED = 4  # lines an attribution may be wrapped over
MAX_ATTRIBUTION = 400  # characters, joined
MAX_LABEL = 24  # characters before the colon of a header
MAX_BLOCK = 12  # lines a header block is read over
MAX_GAP = 6  # blank lines between an attribution and its quote
MAX_NAME = 80  # characters of “Name wrote:” that bears neither date nor address

DATED = re.compile(r"\d[:.h]\d\d|(?:19|20)\d\d|\d[/.-]\d{1,2}[/.-]\d")
STAMPED = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d gmt")
ON_A_DAY = re.compile(
    r"\bon (?=\d|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*[ ,])"
)
WEEKDAY = re.compile(
    r"\w{1,12}[.,] ?\S|(?:ma|ti|ke|to|pe|la|su|mån|tis|ons|tors?|fre|lör|sön|man|tir|lør|søn|po|út|st|čt|pá|so|ne) \d"
)
MARKS = "-_=—–*#~<>|[ "
ENDS = ":：-—–_"  # of an attribution
FROM_OR_DATE = frozenset({FROM, DATE})  # what a header block begins with
DRAWN = ("--", "__", "==", "—", "<<", "<-", "[-")


def is_quote(line: str) -> bool:
    """Say whether a line is marked as quoted; `>From` is a mail store's way to write From."""
    return line[:1] in (">", "＞") and not line.startswith(">from ") and not line.endswith("<")


def is_forward(line: str) -> bool:
    """Say whether a line announces a forwarded mail."""
    if line.startswith(FORWARD_LINES):
        return True
    return line.startswith(DRAWN) and line.lstrip(MARKS).startswith(FORWARDED)


def is_rule(line: str) -> bool:
    """Say whether a line is drawn: of one or two kinds of mark alone, two or more of them."""
    return len(line) > 1 and not line.strip("-_=—–*#~+ᐧ ") and not line.isspace()


def cuts_the_rest(plain: list[str], at: int) -> bool:
    """Say whether what a program repeats begins here and goes on to the end."""
    line = plain[at]
    if line.startswith(DRAWN) and line.lstrip(MARKS).startswith(ORIGINAL):
        return True
    if len(line) <= MAX_ATTRIBUTION and any(words in line for words in REPLY_ABOVE):
        return True
    return header_block(plain, at)


def header_block(plain: list[str], at: int) -> bool:
    """Say whether From, Sent, To, Subject of a quoted mail begin here, in any language and order.

    An address, or three of them with the subject, tells them from a customer's own list (“From: Berlin, To: Rome”).
    """
    first = header(plain[at])
    if first not in FROM_OR_DATE:
        return False
    kinds, addressed, strange = {first}, "@" in plain[at], 0
    for line in plain[at + 1 : at + MAX_BLOCK]:
        kind = header(line)
        if kind and kind == first:  # another block, or no block at all
            break
        if kind:
            kinds.add(kind)
            strange = 0
        elif line:  # a long list of recipients is wrapped
            strange += 1
            if strange > 2:
                break
        elif strange or len(kinds) > 1:
            break
        if "@" in line:
            addressed = True
        if kind == SUBJECT and len(kinds) > 2:
            break
    if not (FROM in kinds and kinds & {DATE, TO}) and not kinds >= {DATE, TO}:
        return False  # a website's form has From and Subject, or Date and Subject
    return addressed or (len(kinds - {COPY}) > 2 and SUBJECT in kinds)


def attribution(plain: list[str], at: int) -> int:
    """Return over how many lines “On …, … wrote:” runs from here; 0 if it is none."""
    first = plain[at].lstrip(MARKS)
    if not first or not _may_attribute(first):
        return _named(plain, at)
    joined = ""
    for count, line in enumerate(plain[at : at + FOLDED], start=1):
        if count > 1 and (not line or is_quote(line)):
            break
        joined = joined[:-1] + line if joined.endswith("=") else f"{joined} {line}"
        if len(joined) > MAX_ATTRIBUTION:
            break
        quoted = _quote_follows(plain, at + count)
        ends = quoted or line[-1] in ENDS or line.endswith("wrote")
        if ends and _attributes(joined.lstrip(MARKS).rstrip(" -—–_"), quoted):
            return 0 if _begins_later(plain, at, count) else count
    return _named(plain, at)


def quote_after(plain: list[str], at: int) -> int:
    """Return where a marked quote begins below, over blank lines only; -1 if something else stands there."""
    for place in range(at, min(at + MAX_GAP + 1, len(plain))):
        if plain[place]:
            return place if is_quote(plain[place]) else -1
    return -1


def continues_link(above: str, line: str) -> bool:
    """Say whether a line is the end of a link that a quoted line above began: programs wrap them without a mark."""
    if " " in line or not line.endswith((")", ">")):
        return False
    last = above.rpartition(" ")[2].lstrip(MARKS)
    return last.startswith(("(http", "http")) and not last.endswith((")", ">"))


def own_start(line: str) -> str:
    """Return the words that share their line with an attribution: “Thanks On Wed, 4 Apr 2012, Bo wrote:”."""
    found = [match.start() for match in ON_A_DAY.finditer(line.lower())]
    if not found or not line[: found[0]].strip(MARKS) or "wrote" in line[: found[-1]].lower():
        return ""
    return line[: found[-1]].rstrip(" -—–")


def header(line: str) -> str:
    """Return which header of a quoted mail a line is, “” if none."""
    head = line[: MAX_LABEL + 2].lstrip(MARKS)
    colon = head.find(":")
    if colon < 0:
        colon = head.find("：")
    return LABELS.get(head[:colon].rstrip(), "") if colon > 0 else ""


def _begins_later(plain: list[str], at: int, count: int) -> bool:
    """Say whether an attribution of several lines is whole without its first: that one is the customer's own then."""
    return any(
        plain[place].startswith(OPENERS) and DATED.search(plain[place]) is not None and attribution(plain, place)
        for place in range(at + 1, at + count)
    )


def _may_attribute(line: str) -> bool:
    return (
        line[0].isdigit()
        or "@" in line
        or line.endswith("<")
        or line.startswith(OPENERS)
        or WEEKDAY.match(line) is not None
        or STAMPED.match(line) is not None
    )


def _attributes(line: str, quoted: bool) -> bool:
    """Say whether a line names a writer, a time or address, and the act of writing; or a full date and an address."""
    ends = line.endswith((":", "："))
    dated = DATED.search(line) is not None
    addressed = "@" in line
    if STAMPED.match(line):
        return True
    if any(words in line for words in WROTE) and (ends or quoted or line.endswith(WROTE)):
        if any(words in f" {line}" for words in FIRST_PERSON):
            return False
        begins = line[0].isdigit() or line.startswith(OPENERS) or WEEKDAY.match(line) is not None
        return (dated and (addressed or begins)) or (
            addressed and ("<" in line or "(" in line) and line.rstrip(": ：").endswith(WROTE)
        )
    if dated and addressed and (ends or quoted):
        return line.rstrip(": ：").endswith((">", ")", "]")) or (ends and line[0].isdigit())
    return False


def _named(plain: list[str], at: int) -> int:
    """Return 1 where “Name wrote:” stands right above a marked quote, with neither date nor address."""
    line = plain[at].lstrip(MARKS)
    if len(line) > MAX_NAME or not line.endswith((":", "：")) or not line.rstrip(": ：").endswith(WROTE):
        return 0
    return 1 if _quote_follows(plain, at + 1) else 0


def _quote_follows(plain: list[str], at: int) -> bool:
    return quote_after(plain, at) >= 0
