"""Asks sets of rules about recorded messages: what they saw then, and where each set sends the ticket. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Any, cast

from router import factual, placing
from router.backtest.records import Sent
from router.desknow import DeskNow
from router.model import Heat
from router.placing import Line
from router.store.desk import QueueRow
from router.store.rows import Ticket
from router.store.views.recorded import FactsRow, KnownRow
from rules.evaluate import evaluate
from rules.facts import FACTS, Trust, trusted
from rules.model import RuleSet, conditions
from rules.values import FactValue, Type

WORDS = frozenset({"text", "subject"})
NOT_KEPT = frozenset({"contact.name", "contact.tickets", "contact.known_for", "contact.last_agent_online"})
OFTEN_NEW = WORDS | {"now"}  # hardly two messages have the same of these
MOST_ANSWERS = 20_000  # of rules, kept for messages that are the same in all that the rules ask


def asked_facts(rule_set: RuleSet) -> frozenset[str]:
    """Return the facts that the conditions of a rule set name."""
    return frozenset(c.fact.name for c in chain.from_iterable(conditions(rule.when) for rule in rule_set.rules))


@dataclass(slots=True)
class Asking:
    """One brand's desk and the sets of rules that are compared."""

    desk: DeskNow
    sets: Sequence[RuleSet]
    _sent: dict[tuple[object, ...], Sent] = field(default_factory=dict)  # one object for all that are sent alike
    _asked: list[Sequence[str] | None] = field(init=False)  # by set: what it asks; None: too much to be asked twice
    _answers: dict[tuple[object, ...], Sent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [asked_facts(rules) for rules in self.sets]
        self._asked = [None if names & OFTEN_NEW else sorted(names) for names in named]

    def about(self, ticket: Ticket, row: FactsRow, known: Iterable[KnownRow]) -> tuple[Heat, tuple[Sent, ...]]:
        """Return the heat read in a message, and where each set sends it, from what was recorded when it came."""
        seen = facts_of(row.facts)
        if row.text:
            seen["text"] = factual.own_lines(row.text)
        if row.subject:
            seen["subject"] = row.subject
        heat = heat_of(seen)
        contact = known_then(known, row.at, proven=row.proven)
        home = self.desk.queue_named(str(seen.get("queue", ""))) or self.desk.queues.get(ticket.queue_id)
        found = []
        for number, (rules, asked) in enumerate(zip(self.sets, self._asked, strict=True)):
            facts = {**seen, **trusted(contact, rules.custom_facts)} if contact else seen
            if asked is None:
                found.append(self._sent_by(rules, facts, row.at, ticket, home, heat))
                continue
            told = [facts.get(name) for name in asked]
            kinds = [value.__class__ for value in told]  # since 1 equals True
            key = (number, heat, home and home.id, ticket.pace, ticket.language, *told, *kinds)
            sent = self._answers.get(key)
            if sent is None:
                if len(self._answers) >= MOST_ANSWERS:
                    self._answers.clear()
                sent = self._answers[key] = self._sent_by(rules, facts, row.at, ticket, home, heat)
            found.append(sent)
        return heat, tuple(found)

    def _sent_by(
        self, rules: RuleSet, facts: Mapping[str, FactValue], at: datetime, ticket: Ticket, home: QueueRow | None,
        heat: Heat,
    ) -> Sent:  # fmt: skip
        outcome = evaluate(rules, facts, at)
        if outcome.close_as:
            return self._same(None, heat)
        line = placing.line_of(ticket, outcome, self.desk, home or self.desk.default_queue)
        hot = outcome.heat_at_least if self.desk.brand.mood_on else 0
        return self._same(line, cast(Heat, max(heat, hot)))

    def unasked(self, ticket: Ticket, queue_id: str, heat: Heat) -> tuple[Sent, ...]:
        """Return the same for every set, for a turn no rules were asked about: it waits where it waited."""
        ticket.queue_id = queue_id
        sent = self._same(placing.line_now(ticket, placing.at_first(self.desk), self.desk), heat)
        return (sent,) * len(self.sets)

    def _same(self, line: Line | None, heat: Heat) -> Sent:
        key: tuple[object, ...] = (heat,)
        if line is not None:
            needs = tuple(sorted((skill, level, why == "language") for skill, (level, why) in line.needs.items()))
            key = (heat, line.queue.id, needs, line.topic, line.target, line.extra, line.step_down)
        return self._sent.setdefault(key, Sent(line, heat))


def facts_of(recorded: str) -> dict[str, FactValue]:
    """Return recorded facts with their own types again; one that cannot be read is not known."""
    found: dict[str, FactValue] = {}
    for name, value in json.loads(recorded).items():
        fact = FACTS.get(name)
        if fact is None:
            continue
        read = _READ.get(fact.type)
        if read is None:
            if not isinstance(value, list | dict):
                found[name] = value
            continue
        try:
            found[name] = read(value)
        except (ValueError, TypeError):
            continue
    return found


def known_then(known: Iterable[KnownRow], at: datetime, *, proven: bool) -> dict[str, tuple[FactValue, Trust]]:
    """Return what was known about a contact at a moment: the newest of the highest trust."""
    found: dict[str, tuple[FactValue, Trust]] = {}
    for row in known:
        trust = Trust[row.trust.upper()]
        if row.at > at or (row.until is not None and row.until <= at):
            continue
        if row.name not in found or trust >= found[row.name][1]:
            found[row.name] = (row.value, trust)
    return found if proven else {name: (value, Trust.VISITOR) for name, (value, _) in found.items()}


def not_kept(sets: Iterable[RuleSet]) -> list[str]:
    """Return the facts that the rules name and no record keeps: their conditions count as not known."""
    named = frozenset(chain.from_iterable(asked_facts(rules) for rules in sets))
    return sorted(named & NOT_KEPT)


def heat_of(seen: Mapping[str, FactValue]) -> Heat:
    """Return the heat that was read in a message; 0 where mood is switched off."""
    found = seen.get("heat", 0)
    return cast(Heat, min(max(int(found), 0), 3)) if isinstance(found, int | float) else 0


def _length(value: Any) -> timedelta:
    """Return a timedelta as `str` writes it: [-]D day[s], H:MM:SS[.ffffff]."""
    days, comma, clock = str(value).rpartition(" day")
    hours, minutes, seconds = (clock.partition(", ")[2] if comma else clock).split(":")
    return timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=float(seconds))


_READ: Mapping[Type, Callable[[Any], FactValue]] = {
    Type.SET: frozenset,
    Type.DURATION: _length,
    Type.TIME_OF_DAY: lambda value: time.fromisoformat(value),
    Type.MOMENT: lambda value: datetime.fromisoformat(value),
}
