"""The page of a brand's rules: each as words, how often it acts, what is amiss with it, and who changed it last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from router import publishing
from router.app import Heed
from router.model import Scope
from router.publishing import Checked
from router.rulemaking import drafting
from router.rulemaking.drafting import Draft
from router.rulemaking.pieces import Line, acts_of, opened
from router.rulemaking.sheet import Body, Plain, Sheet, one_rule, parse, text_of
from router.store import desk, people, rulebook
from router.store.desk import Brand
from router.store.views import rule_values
from rules.check import Finding
from rules.conditions import in_words
from rules.errors import RuleErrors
from rules.explain import action_in_words, rule_in_words
from rules.facts import Fact
from rules.load import load
from rules.model import ALWAYS, Group, Rule, RuleSet, When

LATELY = timedelta(days=30)
AT_WORK = timedelta(minutes=5)  # since somebody's last change: they are still at it


@dataclass(frozen=True, slots=True)
class RuleCard:
    """One rule of the draft."""

    number: int
    name: str
    note: str
    joined: str  # all, any, none, always: how the conditions are joined; empty if they are not whole
    conditions: tuple[str, ...]
    acts: tuple[str, ...]
    says: str  # the whole as one sentence, empty if it is not whole
    stops: bool
    hits: float | None  # of the last messages the share in which it acted, 0 … 1; None: not live or nothing counted
    findings: tuple[Finding, ...]
    is_new: bool
    is_changed: bool  # against the live rule of its name
    last: str  # who else changed it within the last minutes


@dataclass(frozen=True, slots=True)
class Book:
    """A brand's draft and what stands beside it."""

    brand: Brand
    draft: Draft
    sheet: Sheet
    cards: tuple[RuleCard, ...]
    checked: Checked
    examples: int
    others: tuple[str, ...]  # who else changed the draft within the last minutes
    live: Mapping[str, object]  # number, author, comment, published_at of the live version
    messages: int  # that hit rates are counted over
    can_undo: bool
    gone: tuple[str, ...]  # live rules that the draft has not

    @property
    def loose(self) -> tuple[Finding, ...]:
        """Return the findings that belong to no rule."""
        known = {card.name for card in self.cards}
        return tuple(finding for finding in self.checked.findings if finding.rule not in known)

    def count(self, severity: str) -> int:
        """Return how many findings there are of a severity."""
        return sum(1 for finding in self.checked.findings if finding.severity == severity)


def book(heed: Heed, scope: Scope, brand_id: str, now: datetime) -> Book:
    """Return the page of a brand's rules for somebody of its desk; who may not edit sees the live rules."""
    with heed.database.read() as db:
        brand = next(one for one in desk.brands_seen_by(db, scope) if one.id == brand_id)
        names = {who.id: who.name for who in people.everyone(db)}
        live_id = rulebook.live_id(db, brand_id)
        version = next((v for v in rulebook.versions(db, brand_id) if v["id"] == live_id), {})
        of, hits = rule_values.hits(db, brand_id, now - LATELY)
    draft = drafting.current(heed, brand_id)
    may = drafting.may_edit(scope, brand_id)
    lately = drafting.lately(heed, brand_id, 50) if may else []
    source = draft.source if may else draft.live_source
    sheet, live = parse(source), parse(draft.live_source)
    checked = publishing.checked(heed, brand_id, source) if may else Checked((), ())
    since = [one for one in lately if now - one.at < AT_WORK and one.author != scope.agent and one.did != drafting.LIVE]
    touched = {one.rule: names.get(one.author, "") for one in reversed(since) if one.rule}
    whole = rules_of(sheet, source)
    cards = tuple(
        _card(number, name, body, whole.get(name), live, checked.findings, hits, of, touched.get(name, ""))
        for number, (name, body) in enumerate(sheet.rules.items(), start=1)
    )
    return Book(
        brand=brand,
        draft=draft,
        sheet=sheet,
        cards=cards,
        checked=checked,
        examples=len(sheet.examples),
        others=tuple(dict.fromkeys(names[one.author] for one in since if names.get(one.author))),
        live={**version, "author": names.get(str(version["author"]), "Heed")} if version else {},
        messages=of,
        can_undo=drafting.undoable(lately, scope.agent or "") is not None,
        gone=tuple(name for name in live.rules if name not in sheet.rules),
    )


def rules_of(sheet: Sheet, source: str = "") -> dict[str, Rule]:
    """Return the rules of a sheet that are whole, by name; each is read alone where the whole cannot be.

    `source` is the file it was read from, if there is one.
    """
    from_all = _read_all(source or text_of(sheet))
    if from_all is not None:
        return {rule.name: rule for rule in from_all.rules}
    found = {}
    for name in sheet.rules:
        try:
            found[name] = load(one_rule(sheet, name)).rules[0]
        except RuleErrors:
            continue
    return found


@lru_cache(maxsize=16)
def _read_all(source: str) -> RuleSet | None:
    try:
        return load(source)
    except RuleErrors:
        return None


def custom_facts(sheet: Sheet) -> Mapping[str, Fact]:
    """Return the facts a sheet declares, none if they are wrong."""
    found = _read_all(text_of(Sheet({}, (), sheet.facts))) if sheet.facts else None
    return found.custom_facts if found else {}


def _card(
    number: int, name: str, body: Body, rule: Rule | None, live: Sheet, findings: Sequence[Finding],
    hits: Mapping[str, int], of: int, last: str,
) -> RuleCard:  # fmt: skip
    joined, conditions = _conditions(rule.when) if rule else ("", _as_written(body.get("when")))
    acts = tuple(action_in_words(action) for action in rule.then) if rule else _acts_written(body.get("then"))
    return RuleCard(
        number=number,
        name=name,
        note=str(body.get("note") or ""),
        joined=joined,
        conditions=conditions,
        acts=tuple(act for act in acts if act != "stop"),
        says=rule_in_words(rule) if rule else "",
        stops="stop" in acts,
        hits=hits.get(name, 0) / of if of and name in live.rules else None,
        findings=tuple(finding for finding in findings if finding.rule == name),
        is_new=name not in live.rules,
        is_changed=name in live.rules and live.rules[name] != body,
        last=last,
    )


def _conditions(when: When) -> tuple[str, tuple[str, ...]]:
    if when == ALWAYS:
        return "always", ()
    if isinstance(when, Group):
        return when.kind, tuple(in_words(part) for part in when.parts)
    return "all", (in_words(when),)


def _as_written(when: Plain) -> tuple[str, ...]:
    block = opened(when)
    if block is None:
        return (str(when)[:200],)
    return tuple(
        f"{part.fact} {part.operator} {_said(part.value)}".strip() if isinstance(part, Line) else f"{part.kind} (…)"
        for part in block.parts
    )


def _acts_written(then: Plain) -> tuple[str, ...]:
    acts = acts_of(then)
    if acts is None:
        return (str(then)[:200],)
    return tuple("stop" if act.kind == "stop" else f"{act.kind} {_said(act.value)}" for act in acts)


def _said(value: Plain) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "…" if value is None else str(value)
