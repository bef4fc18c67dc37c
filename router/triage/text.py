"""Text as the models see it: calm words with their places.

Everything that shouting can change (case, punctuation, profanity, letters held down) is gone here, before any model
looks. That is how guarantee 7 holds: two texts that differ only in shouting give the same words. Gone too are links,
addresses and mentions (@name), which say nothing, and characters that show nothing; letters in disguise are read as
what they look like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

from router.triage.lookalikes import is_invisible, plain, unenclosed

MAX_CHARACTERS = 64_000  # of one message; what follows is not looked at, so time is bounded
MAX_WORDS = 1_500  # about 8,000 characters of English; counted in words, so that shouting cannot move the end
MAX_WORD = 40  # characters of one word
LEAST_MENTION = 5  # digits of a mention by number; fewer are a time
NUMBER = "#"  # stands for every word with a digit: amounts and order numbers say nothing about mood

_APOSTROPHES = "'’‘`´ʼ＇"  # dropped inside words: don't, don’t and dont are one word
_HIDDEN = "\u200b"  # stands for whatever shows nothing, dropped inside words as well
_DROPPED = "'" + _HIDDEN


def word_set(line: str) -> frozenset[str]:
    """Return the words of a line; tables of words read better as lines."""
    return frozenset(line.split())


_PROFANITY = word_set(
    "fuck fucks fucked fucker fuckers fuckin fucking fck fcking fkn effing freaking frickin fricking "
    "shit shits shitty shite bullshit crap crappy damn damned dammit goddamn goddamned hell heck bloody "
    "bitch bitches bastard bastards ass asses asshole assholes arse arsehole piss pissed wtf wth ffs omfg stfu "
    "dick dickhead prick cunt twat wanker bollocks sodding "
    "bc mc bhenchod behenchod madarchod chutiya chutiye gandu harami haramkhor kutta kuttay kamina kaminay"
)


class _Spaces(dict[int, str]):
    """A translation table that keeps letters, marks and digits, and makes spaces of the rest.

    Every apostrophe becomes the plain one, and all that shows nothing `_HIDDEN`.
    """

    def __missing__(self, code: int) -> str:
        character = unenclosed(chr(code))
        keep = character.isalnum() or category(character)[0] == "M"
        hidden = _HIDDEN if is_invisible(character) else " "
        made = "'" if character in _APOSTROPHES else character if keep and hidden == " " else hidden
        if len(self) < 20_000:  # bounded, whatever text comes
            self[code] = made
        return made


_SPACES = _Spaces()


@dataclass(frozen=True, slots=True)
class Words:
    """The calm words of a text, in order."""

    words: tuple[str, ...]  # normalised; profanity is gone
    dropped: int  # how many words were profanity
    source: str  # what was read, at most MAX_CHARACTERS
    marked: str  # the folded source with spaces for punctuation

    def spans(self) -> list[tuple[int, int]]:
        """Return (start, end) of each word, in characters of `source`."""
        places = None if len(self.marked) == len(self.source) else _places(self.source)
        found: list[tuple[int, int]] = []
        at = 0
        for run in self.marked.split():
            start = self.marked.index(run, at)
            at = end = start + len(run)
            word = _bare(run)
            if word != run:
                start += len(run) - len(run.lstrip(_DROPPED))
                end -= len(run) - len(run.rstrip(_DROPPED))
            if not word or not normal(word):
                continue
            found.append((places[start], places[end - 1] + 1) if places else (start, end))
            if len(found) == len(self.words):
                break
        return found

    def written(self) -> list[str]:
        """Return each word with its apostrophes and digits, for a model that has read whole sentences."""
        found = []
        for run in self.marked.replace(_HIDDEN, "").split():
            said, word = run.strip("'"), normal(_bare(run))
            if word:
                parts = said[:MAX_WORD].split("'")
                found.append(said[:MAX_WORD] if word == NUMBER else "'".join(map(normal, parts)) if parts[1:] else word)
        return found[: len(self.words)]


def fold(text: str) -> str:
    """Return text without case; upper first, so that a text and its capitals always meet."""
    return text.upper().casefold()


def read_words(text: str) -> Words:
    """Return the calm words of a text, at most MAX_WORDS of its first MAX_CHARACTERS."""
    source = text[:MAX_CHARACTERS]
    marked = _without_links(fold(source)).translate(_SPACES)
    raw = _bare(marked).split()
    kept = [word for word in map(normal, raw) if word]
    return Words(tuple(kept[:MAX_WORDS]), len(raw) - len(kept), source, marked)


def _bare(marked: str) -> str:
    return marked.replace("'", "").replace(_HIDDEN, "")


@lru_cache(maxsize=50_000)
def normal(word: str) -> str:
    """Return the form of a folded word that models know; empty for profanity and for no letters at all."""
    word = word[:MAX_WORD]
    if any(c.isdigit() for c in word):
        word = "".join(c for c in word if not c.isdigit() and not c.isascii())
        if not _is_unspaced(word):
            return NUMBER
    if not word.isascii():
        word = plain(word)
    kept: list[str] = []
    for c in word:  # sooooo and soo are one word
        if len(kept) < 2 or c != kept[-1] or c != kept[-2]:
            kept.append(c)
    word = "".join(kept)
    return "" if word in _PROFANITY else word


def align(parts: Sequence[str], whole: Sequence[str]) -> list[int | None]:
    """Return for each word of `parts` its place in `whole`, reading both from the front; None where it is missing."""
    places: dict[str, list[int]] = {}
    for index in range(len(whole) - 1, -1, -1):
        places.setdefault(whole[index], []).append(index)
    result: list[int | None] = []
    after = -1
    for word in parts:
        waiting = places.get(word, [])
        while waiting and waiting[-1] <= after:
            waiting.pop()
        if waiting:
            after = waiting.pop()
            result.append(after)
        else:
            result.append(None)
    return result


def _is_unspaced(word: str) -> bool:
    """Say whether a word is in a script without spaces between words, or in Korean, where numbers run into them."""
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in word)


def _without_links(folded: str) -> str:
    """Return the text with spaces for web and e-mail addresses and for mentions, as long as before."""
    if "://" not in folded and "www." not in folded and "@" not in folded:
        return folded
    pieces: list[str] = []
    at = 0
    for run in folded.split():
        start = folded.index(run, at)
        pieces.append(folded[at:start])
        at = start + len(run)
        is_address = "://" in run or run.startswith("www.") or "@" in _inside(run)
        gone = len(run) if is_address else _mention(run)
        pieces += ["".join(" " if c.isascii() else c for c in run[:gone]), run[gone:]]
    return "".join([*pieces, folded[at:]])


def _inside(run: str) -> str:
    """Return a run from its first letter or digit to its last: the marks of “a@!!!” make no address of it."""
    solid = [place for place, character in enumerate(run) if character.isalnum()]
    return run[solid[0] : solid[-1]] if solid else ""


def _mention(run: str) -> int:
    """Return where the mention that a run begins with ends, 0 if it begins with none: “@name”, and not “@5pm”."""
    before, _, rest = run.partition("@")
    if any(map(str.isalnum, before)):
        return 0
    name = next((at for at, c in enumerate(rest) if not (c.isalnum() or c == "_")), len(rest))
    is_name = rest[:1].isalpha() or (name >= LEAST_MENTION and rest[:name].isdigit())
    return len(before) + 1 + name if is_name else 0


def _places(source: str) -> list[int]:
    """Return for each character of the folded source the character it came from."""
    return [index for index, c in enumerate(source) for _ in fold(c)]
