"""What a look at a rule set can find: one table, read by the check, the editor and the documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rules.sentences import BLANK, joined, say
from rules.values import FactValue

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of finding."""

    key: str
    severity: Severity  # errors block publishing, warnings do not
    description: str


_TABLE = (
    Sort("unreadable", "error",
         "The file cannot be read: a name the desk does not have, a value of the wrong type, two rules of one name, "
         "`close_as` on anything but headers and recorded or signed facts."),
    Sort("withholds", "error",
         "It stops on what was inferred or a visitor can set, and so takes a promise or a head start from a ticket "
         "that a later rule would bring forward."),
    Sort("never", "warning", "Its conditions contradict one another: no ticket meets them all."),
    Sort("always", "warning", "It asks conditions, and every ticket meets them."),
    Sort("idle", "warning", "One of its conditions changes nothing: without it the rule takes the same tickets."),
    Sort("unread", "warning", "Earlier rules stop at all its tickets, so it is never read."),
    Sort("shadowed", "warning", "It can change nothing: earlier rules have done all of it for each of its tickets."),
    Sort("no_effect", "warning", "One of its actions can change nothing."),
    Sort("duplicate", "warning", "It asks the same as another rule and answers otherwise."),
    Sort("overlap", "warning",
         "It names a value that an earlier rule names too, and the two answer otherwise: the earlier one decides."),
    Sort("longer_promise", "warning", "It promises more time than the queue itself gives."),
    Sort("closed_hours", "warning",
         "It promises an answer to tickets of closed hours alone, so the time runs from the next opening."),
    Sort("unmet", "warning", "Nobody has the skills it needs, or nobody who works in one of the planned shifts."),
    Sort("visitor", "warning", "A promise, heat or head start rests on a fact that whoever writes can set."),
    Sort("unsure", "warning", "A need rests on a topic that was read with little confidence."),
    Sort("stops", "warning", "It stops on what was inferred or a visitor can set."),
    Sort("switched_off", "warning", "It asks for a feeling where mood is switched off."),
)  # fmt: skip

SORTS: Mapping[str, Sort] = {sort.key: sort for sort in _TABLE}


@dataclass(frozen=True, slots=True)
class Witness:
    """A ticket that shows a finding; evaluating the rules on its facts gives what the sentence says."""

    facts: Mapping[str, FactValue]  # by name, as `rules.evaluate.evaluate` takes them
    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at."""

    severity: Severity
    rule: str  # empty where no rule is meant
    line: int
    message: str
    remedy: str
    sort: str = "unreadable"  # a key of SORTS
    witness: Witness | None = None  # None where the rule cannot be read

    def __str__(self) -> str:
        where = say("Line {line}", line=self.line)
        if self.rule:
            where = say("Rule “{rule}”, line {line}", rule=self.rule, line=self.line)
        said = joined(BLANK, [self.message, self.remedy, *([self.witness.says] if self.witness else [])])
        severity = say("error") if self.severity == "error" else say("warning")
        return say("{severity}: {where}: {what}", severity=severity, where=where, what=said)
