"""What can be wrong in a rule file. All of it is reported at once, each with its rule, its line and its remedy.

RuleErrors      what a reader of rules gets: every error found
└── RuleError   one of them
Wrong           raised inside while one part is read; caught where the part's name is known
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from rules.sentences import BLANK, COMMA, joined, say

SHOWN = 80  # characters of what was found that an error repeats


@dataclass(frozen=True, slots=True)
class RuleError:
    """One thing a person can mend."""

    message: str  # what is wrong, and what was found
    remedy: str
    line: int  # of the file, from 1
    rule: str = ""  # its name; empty where no rule is meant
    where: str = ""  # "condition 2", "then 1", "example 3"

    def __str__(self) -> str:
        rule = say("Rule “{rule}”", rule=self.rule) if self.rule else ""
        place = joined(COMMA, filter(None, (rule, self.where))) or say("Rules")
        said = joined(BLANK, filter(None, (self.message, self.remedy)))
        return say("{place} (line {line}): {what}", place=place, line=self.line, what=said)


class RuleErrors(ValueError):
    """A rule file cannot be used; `errors` has everything that is wrong with it, in order of line."""

    def __init__(self, errors: Iterable[RuleError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: error.line))
        super().__init__("\n".join(str(error) for error in self.errors))


class Wrong(Exception):
    """One part of a rule cannot be read."""

    def __init__(self, message: str, remedy: str, line: int = 0) -> None:
        self.message, self.remedy, self.line = message, remedy, line
        super().__init__(f"{message} {remedy}")


def suggestion(found: str, known: Iterable[str], *, of_fact: bool = False) -> str:
    """Return “Did you mean …?” for a near miss, else the list of what there is."""
    names = sorted(known)
    lowered = {name.lower(): name for name in names}
    near = get_close_matches(found.lower()[:SHOWN], lowered, n=1, cutoff=0.6)
    if near:
        return say("Did you mean “{name}”?", name=lowered[near[0]])
    if not names:
        return say("There is none yet.")
    listing = joined(COMMA, [*names[:12], *(["…"] if len(names) > 12 else [])])
    return say("For this fact: {names}.", names=listing) if of_fact else say("Known: {names}.", names=listing)


def shown(found: object) -> str:
    """Return what was found, cut to a length that fits into a sentence."""
    text = str(found)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
