"""One English: the words of many Englishes read as the same words before anything is weighed.

A model that learnt from few kinds of English takes the marks of the others (“ain't”, “lah”, “kindly”) for a mood. So
forms that say the same are made the same (data/englishes.txt), and a second negation that only agrees with the first is
made plain. Only calm words come in, so shouting is no matter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from router.triage.text import MAX_WORDS, word_set

_NEGATIONS = word_set(
    "not never dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt cant cannot couldnt wont wouldnt nobody"
)
_AGREES = {"nothing": "anything", "nobody": "anybody", "noone": "anybody", "none": "any", "nowhere": "anywhere"}
_Form = tuple[tuple[str, ...], tuple[str, ...]]  # the words after the first, and what all of it is read as
_AGREES_REACH = 3  # words behind a negation in which another one agrees with it
_NO_MORE_REACH = 8  # the same for “no more”


def in_one_english(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return calm English words as all Englishes would say them, and for each the place of the word it came from."""
    forms = _forms()
    made: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(words):
        word = words[at]
        found = _standing(forms[word], words, at) if word in forms else None
        if found is None:
            made.append(word)
            places.append(at)
            at += 1
            continue
        rest, said = found
        made += said
        places += [at + min(step, len(rest)) for step in range(len(said))]
        at += 1 + len(rest)
    if not _NEGATIONS.isdisjoint(made):
        _agree(made)
    return made, places


def told_apart() -> set[str]:
    """Return the words that forms are read as."""
    return {word for forms in _forms().values() for _, said in forms for word in said}


def _agree(words: list[str]) -> None:
    """Make plain, in place, what only agrees with a negation before it: “don't need it no more” is “any more”."""
    denied: int | None = None
    for at, word in enumerate(words):
        behind = MAX_WORDS if denied is None else at - denied
        if behind <= _AGREES_REACH and word in _AGREES:
            words[at] = _AGREES[word]
        elif word == "no" and behind <= (_NO_MORE_REACH if words[at + 1 : at + 2] == ["more"] else 2):
            words[at] = "any"
        elif word in _NEGATIONS:
            denied = at


def _standing(forms: Sequence[_Form], words: Sequence[str], at: int) -> _Form | None:
    """Return the longest of the forms of one word that stands at a place; None if none does."""
    for rest, said in forms:
        if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
            return rest, said
    return None


@cache
def _forms() -> Mapping[str, Sequence[_Form]]:
    """Return the forms by their first word, the longest first."""
    found: defaultdict[str, list[_Form]] = defaultdict(list)
    for line in files("router.triage").joinpath("data", "englishes.txt").read_text(encoding="ascii").splitlines():
        if line and line[0] not in ";[":
            left, right = line.split("=")
            first, *rest = left.split()
            found[first].append((tuple(rest), tuple(right.split())))
    return {first: sorted(forms, key=lambda form: -len(form[0])) for first, forms in found.items()}
