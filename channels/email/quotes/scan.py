"""Cuts quoted history and signatures from the text of a mail, line by line.

Every line is looked at a bounded number of times and no expression backtracks, so the cost grows with the length alone.
A forwarded mail is kept: it is what the customer wants us to see. Quotes between a customer's answers are kept, without
the line that attributes them. Where nothing new is left, all of it is new.
"""

from dataclasses import dataclass, field
from unicodedata import normalize

from channels.email.quotes.heads import (
    attribution,
    continues_link,
    cuts_the_rest,
    is_forward,
    is_quote,
    own_start,
    quote_after,
)
from channels.email.quotes.tail import is_contact, is_sent_from, own_end

MAX_READ = 200_000  # characters; beyond them nothing counts as new words
MAX_LINES = 3_000  # the same in lines
SHORT_QUOTE = 10  # lines; a longer one before the answer is history, not context
GREETING = 5  # words
FENCE = "```"
ARMOUR, SIGNED = "-----begin pgp signed message-----", "-----begin pgp signature-----"
INVISIBLE = {
    **dict.fromkeys(
        map(
            ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\xad\u0307*"
        )
    ),
    **dict.fromkeys(map(ord, "\xa0\u202f\u2009\t"), " "),
}


@dataclass(slots=True)
class Run:
    """Lines of one kind that stand together: the customer's own, or quoted ones."""

    quoted: bool
    headed: bool = False  # an attribution stood above
    close: bool = False  # and nothing between the two
    lines: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)

    def add(self, line: str, plain: str) -> None:
        """Take one more line."""
        self.lines.append(line)
        self.plain.append(plain)

    @property
    def filled(self) -> int:
        """Return how many lines have something on them."""
        return sum(1 for line in self.plain if line)


def new_words(text: str) -> str:
    """Return a mail's text without its quotes and signature; the whole text if nothing else would be left."""
    lines = text[:MAX_READ].replace("\r\n", "\n").replace("\r", "\n").split("\n", MAX_LINES)[:MAX_LINES]
    plain = [line.strip() for line in normalize("NFC", "\n".join(lines)).lower().translate(INVISIBLE).split("\n")]
    runs, forwarded = _runs(lines, plain)
    if not forwarded:
        _cut_tail(runs)
    kept = [line for run in _kept(runs) for line in run.lines] + forwarded
    return "\n".join(_without_gaps(kept)).strip() or text.strip()


def _runs(lines: list[str], plain: list[str]) -> tuple[list[Run], list[str]]:
    """Return the lines up to where a program repeats an earlier mail, and those of a forwarded one."""
    runs = [Run(quoted=False)]
    fences = sum(1 for line in plain if line.startswith(FENCE))
    at, end, headed, close = _after_armour(plain), len(lines), False, False
    while at < end:
        line = plain[at]
        if not line:
            runs[-1].add("", "")
            at += 1
        elif line.startswith(FENCE) and fences > 1:
            stop = next((place for place in range(at + 1, end) if plain[place].startswith(FENCE)), end - 1) + 1
            fences -= 2
            _add(runs, lines[at:stop], [FENCE] * (stop - at))
            at = stop
        elif is_quote(line) or (runs[-1].quoted and continues_link(plain[at - 1], line)):
            if not runs[-1].quoted:
                runs.append(Run(quoted=True, headed=headed, close=close))
            runs[-1].add(lines[at], line)
            at += 1
        elif line == SIGNED:
            return runs, []
        elif is_forward(line):
            return runs, lines[at:]
        elif cuts_the_rest(plain, at):
            return (runs if _said(runs) else []), []
        elif folded := attribution(plain, at):
            quote = quote_after(plain, at + folded)
            start = own_start(lines[at])
            if start:
                _add(runs, [start], [start.lower()])
            if quote < 0:
                if _said(runs):
                    return runs, []
                _add(runs, lines[at : at + folded], plain[at : at + folded])
            else:
                headed, close = True, quote == at + folded
                if runs[-1].quoted:
                    runs.append(Run(quoted=False))
            at += folded
            continue
        else:
            _add(runs, [lines[at]], [line])
            at += 1
        headed = headed and not line
    return runs, []


def _after_armour(plain: list[str]) -> int:
    """Return where the words begin of a mail that PGP signed as text; 0 for all others."""
    if not plain or plain[0] != ARMOUR:
        return 0
    return next((place for place, line in enumerate(plain) if not line), 0)


def _add(runs: list[Run], lines: list[str], plain: list[str]) -> None:
    """Put the customer's own lines in place."""
    if runs[-1].quoted:
        runs.append(Run(quoted=False))
    for line, said in zip(lines, plain, strict=True):
        runs[-1].add(line, said)


def _said(runs: list[Run]) -> bool:
    return any(not run.quoted and run.filled for run in runs)


def _cut_tail(runs: list[Run]) -> None:
    """Drop signatures, and quotes that nothing of the customer's follows, from the end."""
    while runs:
        last = runs[-1]
        if not last.quoted:
            end = own_end(last.plain)
            if end or not _said(runs[:-1]):
                end = end or len(last.plain)
                del last.lines[end:], last.plain[end:]
                break
        elif not _said(runs[:-1]):
            break
        runs.pop()
    for run in runs:
        if not run.quoted:
            _drop_advertisements(run)


def _drop_advertisements(run: Run) -> None:
    """Drop a program's own line where it is a paragraph above words of the customer's."""
    places = [
        place
        for place in range(1, len(run.plain) - 1)
        if not run.plain[place - 1] and not run.plain[place + 1] and is_sent_from(run.plain[place])
    ]
    for place in reversed(places):
        del run.lines[place], run.plain[place]


def _kept(runs: list[Run]) -> list[Run]:
    """Choose among own lines and quotes: those between answers stay, a whole mail repeated above the answer goes."""
    runs = [run for run in runs if run.filled]
    quotes = [run for run in runs if run.quoted]
    if not _said(runs):
        return []
    if len(quotes) != 1 or runs[-1].quoted:
        return runs
    quote, answer = quotes[0], runs[-1]
    before = runs[0] if runs[0] is not quote else None
    own = [run for run in runs if not run.quoted]
    if not quote.headed:
        return runs if before or quote.filled <= SHORT_QUOTE else own
    if before is None:
        return own
    if _greets(before):
        return runs if quote.filled <= SHORT_QUOTE else own
    if is_contact(answer.plain):
        return [before]
    return runs if quote.close and answer.filled > 2 and quote.filled <= SHORT_QUOTE else own


def _greets(run: Run) -> bool:
    """Say whether a run is a salutation alone."""
    said = [line for line in run.plain if line]
    return len(said) == 1 and len(said[0].split()) <= GREETING and said[0].endswith((",", "!", ":", "，", "،"))


def _without_gaps(lines: list[str]) -> list[str]:
    """Leave one blank line where something was cut from between two."""
    return [line for place, line in enumerate(lines) if line.strip() or (place and lines[place - 1].strip())]
