"""What the rules make of one message: a pure function of a rule set, the facts and nothing else.

A rule set is compiled once into rows of conditions and an index for each fact (`rules.compiled`, `rules.index`). A
message then costs one AND for each fact, which leaves few rows; of those alone the conditions that search a text are
asked, each once however many rules share it. `conditions.judge` is the meaning of all this in plain words, and a test
holds the two together.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rules.compiled import compiled
from rules.model import Rule, RuleSet
from rules.tally import Outcome, Tally
from rules.trace import Trace
from rules.values import FactValue


def evaluate(rule_set: RuleSet, facts: Mapping[str, FactValue], now: datetime | None = None) -> Outcome:
    """Return what a rule set decides on facts, with the reason for every rule.

    `facts` are by name, percentages as 0 to 100, times aware UTC, and already of the trust their fact asks for
    (`rules.facts.trusted`). One that is missing, None or of another type is not known. `now` is the fact of that name.
    """
    ready = compiled(rule_set)
    known = ready.known(facts, now)
    tally = Tally(facts.get("automatic") is True)
    matched: list[int] = []
    for number in ready.matching(known):
        matched.append(number)
        rule = ready.rules[number]
        for action in rule.then:
            tally.add(rule.name, action)
        if tally.stopped_by:
            break
    read = matched[-1] + 1 if tally.stopped_by else len(ready.rules)
    return tally.outcome(Trace(ready, known, matched, read), tuple([ready.rules[number] for number in matched]))


def matching(rule_set: RuleSet, facts: Mapping[str, FactValue], now: datetime | None = None) -> Iterator[Rule]:
    """Return the rules that match facts, in order, each found when it is asked for; `stop` ends nothing here."""
    ready = compiled(rule_set)
    return map(ready.rules.__getitem__, ready.matching(ready.known(facts, now)))
