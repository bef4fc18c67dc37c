"""Finds where a message ends and a signature, a closing, an advertisement or a disclaimer begins. Pure.

Only the last lines are looked at, a bounded number of times: the cost does not grow with the text above.
"""

from channels.email.quotes.heads import is_rule
from channels.email.quotes.tail_phrases import (
    CLOSINGS,
    DEVICES,
    DISCLAIMERS,
    EXCUSES,
    JOINTS,
    SECRETS,
    SENT_FROM,
    THANKS,
)

MAX_SIGNATURE = 15  # lines with something on them, after a signature's mark
MAX_CLOSED = 12  # the same after a closing
MAX_RULED = 8  # the same after a drawn line
MAX_DISCLAIMER = 40  # the same from the beginning of a disclaimer
LOOK_BACK = 80  # lines; what is above belongs to the message
MAX_SENT_FROM = 120  # characters
BEGINS = tuple(begin for begin, _ in SENT_FROM)
ENDINGS = (" from mobile", "から送信", "에서 보냄", "傳送", "dan gönderildi")
MINE = ("sent from my ", "sent mobile")  # whatever thing follows
MAX_CLOSING = 50  # characters
MAX_NAME = 40  # characters
MAX_LINE = 90  # characters of a line in a signature
ROUNDS = 8  # one thing at a time is cut, from the end
POSTSCRIPTS = ("p.s", "ps:", "ps.", "ps ", "pps")
ASKS = ("?", "？", "؟")
ENDS = (".", "!", "?", "。", "！", "？", "؟", "۔", "।")


def own_end(plain: list[str]) -> int:
    """Return how many lines are the message itself; 0 if none. `plain` is in lower case, as in `heads`."""
    end = _over_blank(plain, len(plain))
    for _ in range(ROUNDS):
        begin = max(0, end - LOOK_BACK)
        cut = min(
            _before_rules(plain, end),
            _before_sent_from(plain, end),
            _before_disclaimer(plain, begin, end),
            _before_mark(plain, begin, end),
            _before_closing(plain, begin, end),
            _before_dash_name(plain, end),
        )
        if cut == end:
            return end
        end = _over_blank(plain, cut)
    return end


def is_sent_from(line: str) -> bool:
    """Say whether a line is a mail program's own: “Sent from my iPhone”, “Get Outlook for iOS <…>”."""
    line = line.strip("<>()[]-–— ")
    if not line or len(line) > MAX_SENT_FROM:
        return False
    if not line.startswith(BEGINS):
        return line.endswith(ENDINGS)
    for begin, ends in SENT_FROM:
        if line.startswith(begin):
            said = _without_link(line)
            if ends:
                return any(said.rstrip(".!").endswith(end) for end in ends)
            return _is_advertisement(said, linked=said != line, mine=line.startswith(MINE))
    return line.endswith(
        (" from mobile", "から送信", "에서 보냄", "傳送", "'umdan gönderildi", "dan gönderildi", "传送")
    )


def is_contact(plain: list[str]) -> bool:
    """Say whether a few lines are a signature without a mark: short, no sentences, an address or number among them."""
    lines = [line for line in plain if line]
    if not 1 <= len(lines) <= 6 or any(len(line) > 70 or line.endswith((*ENDS, ":")) for line in lines):
        return False
    return any("@" in line or "http" in line or "www." in line or sum(map(str.isdigit, line)) > 6 for line in lines)


def _over_blank(plain: list[str], end: int) -> int:
    while end and not plain[end - 1]:
        end -= 1
    return end


def _before_rules(plain: list[str], end: int) -> int:
    """Step over drawn lines at the very end: nothing stands below them."""
    return end - 1 if end and is_rule(plain[end - 1]) else end


def _before_sent_from(plain: list[str], end: int) -> int:
    """Step over programs' own lines, an excuse wrapped onto a second line included."""
    while end:
        line = plain[end - 1]
        if not line or is_sent_from(line):
            end -= 1
        elif end > 1 and _excuses(line) and is_sent_from(plain[end - 2]):
            end -= 2
        else:
            break
    return end


def _before_disclaimer(plain: list[str], begin: int, end: int) -> int:
    """Find the first paragraph of legal words that runs to the end, with others like it."""
    for at in range(begin, end):
        line = plain[at].lstrip("-_*•#>([ ")
        if not line.startswith(DISCLAIMERS) or (at and plain[at - 1] and not is_rule(plain[at - 1]) and at != begin):
            continue
        paragraph = " ".join(plain[at : at + 8])[:1200]
        if any(word in paragraph for word in SECRETS) and _filled(plain, at, end) <= MAX_DISCLAIMER:
            return at
    return end


def _before_mark(plain: list[str], begin: int, end: int) -> int:
    """Find the last `-- ` or drawn line with no more below it than a signature has."""
    below = 0
    for at in range(end - 1, begin - 1, -1):
        line = plain[at]
        if line in ("--", "—", "–", "__", "- --", "--=20"):
            asks = any(said.endswith(ASKS) for said in plain[at + 1 : end])
            return at if below <= MAX_SIGNATURE and not asks else end
        if is_rule(line) and not line.startswith("```"):
            return at if 0 < below <= MAX_RULED and _no_prose(plain[at + 1 : end]) else end
        below += bool(line)
        if below > MAX_SIGNATURE:
            return end
    return end


def _before_closing(plain: list[str], begin: int, end: int) -> int:
    """Find a closing on a line of its own with nothing but a name and its details below."""
    below = 0
    for at in range(end - 1, begin - 1, -1):
        line = plain[at]
        kind = _closing(line) if line else ""
        if kind and _signs(plain[at + 1 : end], thanked=kind == "thanks", at_once=line.endswith((",", "،"))):
            return at
        below += bool(line)
        if below > MAX_CLOSED:
            return end
    return end


def _before_dash_name(plain: list[str], end: int) -> int:
    """Find “-Ana” or “/Ana” on the last line, apart from the text: no list has one item without a space."""
    if end < 2 or (plain[end - 2] and end > 2 and plain[end - 2][:1] not in ENDS and not plain[end - 2].endswith(ENDS)):
        return end
    line = plain[end - 1]
    mark, name = line[:1], line[1:]
    above = next((text for text in reversed(plain[max(0, end - 4) : end - 1]) if text), "")
    if mark not in ("-", "–", "—", "/", "~") or above[:1] == mark or not 0 < len(name) <= MAX_NAME:
        return end
    words = name.split()
    return (
        end - 1
        if name[0].isalpha() and len(words) <= 3 and all(word.strip(".'’-").isalpha() for word in words)
        else end
    )


def _closing(line: str) -> str:
    """Return "closing" or "thanks" for a line that is nothing else, “” for all others."""
    if len(line) > MAX_CLOSING:
        return ""
    said = "".join(char for char in line if char.isalpha() or char.isspace() or char in "/&+,'’" or ord(char) > 0x300)
    said = "".join(char for char in said if not (0x2000 <= ord(char) < 0x2E80 or ord(char) > 0x1F000) or char == "’")
    said = said.strip(" ,/،、，")
    kinds = {_formula(part) for part in _parts(said)}
    if not said or "" in kinds or (line.endswith(("!", ".")) and "closing" not in kinds):
        return ""
    return "closing" if "closing" in kinds else "thanks"


def _formula(part: str) -> str:
    if part in CLOSINGS:
        return "closing"
    if part in THANKS:
        return "thanks"
    words = part.split()
    if len(words) <= 4 and words[-1:] == ["regards"] and words[0] not in ("with", "in", "as", "no"):
        return "closing"
    stem = " ".join(words[:2])
    return "closing" if len(words) in (4, 5) and words[2:3] in (["aus"], ["from"]) and stem in CLOSINGS else ""


def _parts(said: str) -> list[str]:
    if said in CLOSINGS or said in THANKS:
        return [said]
    parts = [said]
    for joint in JOINTS:
        parts = [piece.strip() for part in parts for piece in part.split(joint)]
    return [part for part in parts if part]


def _signs(below: list[str], thanked: bool, at_once: bool) -> bool:
    """Say whether what stands below a closing is a name and its details, and no further word to us."""
    lines = [line for line in below if line]
    if not lines:
        return not thanked
    first = lines[0].strip("*_ ,")
    words = first.split()
    if len(first) > MAX_NAME or len(words) > 5 or first.endswith(("?", ":", "？")) or first.startswith(POSTSCRIPTS):
        return False
    if thanked:
        named = len(words) <= 3 and all(word.strip(".'’-,").isalpha() for word in words)
        if not named or (not at_once and len(words) > 1) or (not below[0] and len(lines) == 1 and not at_once):
            return False
    return _no_prose(below)


def _no_prose(lines: list[str]) -> bool:
    """Say whether no line is a sentence or a postscript; images and links may be long."""
    for line in lines:
        if line.startswith(("![", "[http", "<http", "http", "[cid:", "[image")):
            continue
        if len(line) > MAX_LINE or line.startswith(POSTSCRIPTS) or line.endswith(ASKS):
            return False
        if line.endswith(ENDS) and (len(line.split()) > 5 or len(line) > 40):
            return False
    return True


def _filled(plain: list[str], begin: int, end: int) -> int:
    return sum(1 for line in plain[begin:end] if line)


def _without_link(line: str) -> str:
    for mark in ("<http", "(http", "[http", "http"):
        line = line.partition(mark)[0]
    return line.strip(" <>()[]")


def _is_advertisement(line: str, linked: bool, mine: bool) -> bool:
    """Say whether a line that begins like an advertisement is one: short and about a device, or an excuse for typos."""
    words = len(line.split())
    named = any(device in line for device in DEVICES)
    if _excuses(line) or (linked and words <= 6):
        return True
    if line.endswith((".", "!")):
        return named and words <= 8
    return ((named and words <= 10) or (mine and words <= 6)) and not line.endswith(("?", ":", ","))


def _excuses(line: str) -> bool:
    return any(word in line for word in EXCUSES)
