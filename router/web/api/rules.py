"""The rules of a brand: the live ones, their versions, and what a file would do."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from router import publishing, rulebook_versions
from router.web.api import naming
from router.web.api.base import api
from router.web.api.errors import in_body
from router.web.api.typed import Call
from router.web.api.values import Asked, In, Line, Out, Words
from router.web.api.why import RuleRead
from rules.check import SORTS, Finding
from rules.errors import Wrong, suggestion
from rules.explain import trace_in_words
from rules.facts import FACTS, Fact
from rules.load import load
from rules.tally import Outcome
from rules.values import FactValue, Type, parse, written

MAX_YAML = 500_000  # characters
MAX_SAID = 50_000  # characters of a message's text
TRYING = "120 per minute"  # reading a large file takes a while

Named = Annotated[Line, Field(min_length=1, max_length=200)]
Stated = str | Annotated[float, Field(strict=True)] | bool | Annotated[list[str], Field(max_length=200)]


class BrandAsked(Asked):
    """Which brand's rules."""

    brand: Named | None = Field(None, description="Id or name; may be left out by who works for one brand alone.")


class RuleSays(Out):
    """One rule in words."""

    name: str
    says: str


class LiveRules(Out):
    """The rules in force."""

    brand: str
    number: int = Field(description="Of the version; 0 before the first.")
    published_at: datetime | None
    comment: str
    yaml: str
    rules: list[RuleSays]


class Version(Out):
    """One published version."""

    number: int
    format: int
    author: str
    comment: str
    published_at: datetime
    live: bool


class Versions(Out):
    """The last 100 versions, newest first."""

    items: list[Version]


class CheckIn(In):
    """A rule file."""

    yaml: Annotated[Words, Field(max_length=MAX_YAML)]
    brand: Named | None = Field(None, description="As in the query of `GET /rules`.")


class WitnessOut(Out):
    """A ticket that shows a finding."""

    facts: dict[str, Stated] = Field(description="As `POST /rules/test` takes them.")
    says: str


class FindingOut(Out):
    """One thing to mend or to look at."""

    severity: Literal["error", "warning"]
    sort: str = Field(description=f"What is so: {', '.join(SORTS)}.")
    rule: str
    line: int
    message: str
    remedy: str
    witness: WitnessOut | None = Field(description="Null where the rule cannot be read.")


class Checked(Out):
    """Whether the rules may be published: errors and failed examples stand in the way, warnings do not."""

    holds: bool
    findings: list[FindingOut]
    failed_examples: list[str]


class TryIn(In):
    """What the rules are to be tried on."""

    yaml: Annotated[Words, Field(max_length=MAX_YAML)] | None = Field(None, description="Left out: the live rules.")
    text: Annotated[Words, Field(max_length=MAX_SAID)] | None = Field(None, description="Read like a message.")
    facts: dict[Annotated[str, Field(max_length=80)], Stated] = Field(
        {}, max_length=100, description="By name, such as contact.tier; durations as 10m. They count over the reading."
    )
    brand: Named | None = Field(None, description="As in the query of `GET /rules`.")


class EffectOut(Out):
    """Something that would be done outside."""

    rule: str
    kind: str
    args: dict[str, str]


class Tested(Out):
    """What the rules decide; null and empty mean that no rule said anything."""

    rules: list[str] = Field(description="Those that acted.")
    queue: str | None
    needs: dict[str, int]
    answer_within_s: int | None
    resolve_within_s: int | None
    head_start_s: int
    step_down_s: int | None
    heat_at_least: int
    prefer: list[str]
    tags: list[str]
    notes: list[str]
    close_as: str | None
    effects: list[EffectOut]
    stopped_by: str | None
    trace: list[RuleRead]
    sentences: list[str]
    facts: dict[str, str] = Field(description="What was read in the text and stated, in words.")


@api.route("GET", "/rules", scope="rules:read")
def get_rules(call: Call, query: BrandAsked) -> LiveRules:
    """Read the live rules of a brand, as a file and in words."""
    live = rulebook_versions.live(call.heed, naming.brand_id(call, query.brand, {"parameter": "brand"}))
    return LiveRules(
        brand=live.brand,
        number=live.number,
        published_at=live.published_at,
        comment=live.comment,
        yaml=live.source,
        rules=[RuleSays(name=name, says=says) for name, says in live.sentences],
    )


@api.route("GET", "/rules/versions", scope="rules:read")
def list_versions(call: Call, query: BrandAsked) -> Versions:
    """List the versions of a brand's rules."""
    found = rulebook_versions.versions(call.heed, naming.brand_id(call, query.brand, {"parameter": "brand"}))
    return Versions(items=[Version.model_validate(one, from_attributes=True) for one in found])


@api.route("POST", "/rules/check", scope="rules:read", rate=TRYING)
def check_rules(call: Call, body: CheckIn) -> Checked:
    """Check a rule file against the desk and run its examples; nothing is kept."""
    found = publishing.checked(call.heed, naming.brand_id(call, body.brand, {"pointer": "#/brand"}), body.yaml)
    return Checked(
        holds=found.holds,
        findings=findings_out(found.findings),
        failed_examples=list(found.failures),
    )


@api.route("POST", "/rules/test", scope="rules:read", rate=TRYING)
def try_rules(call: Call, body: TryIn) -> Tested:
    """Say what rules make of a text or of facts; nothing is kept."""
    brand_id = naming.brand_id(call, body.brand, {"pointer": "#/brand"})
    source = body.yaml if body.yaml is not None else publishing.live_source(call.heed, brand_id)
    facts = _facts(body, load(source).custom_facts)
    with call.heed.database.read() as db:
        read = publishing.reader(db, brand_id)(facts)
    _, outcome = publishing.try_on(source, facts, read)
    return _tested(outcome, {**read, **facts})


def findings_out(findings: Iterable[Finding]) -> list[FindingOut]:
    """Return findings as programs get them."""
    return [
        FindingOut(
            severity=one.severity,
            sort=one.sort,
            rule=one.rule,
            line=one.line,
            message=one.message,
            remedy=one.remedy,
            witness=WitnessOut.model_validate(
                {"facts": {name: written(value) for name, value in one.witness.facts.items()}, "says": one.witness.says}
            )
            if one.witness
            else None,
        )
        for one in findings
    ]


def _facts(body: TryIn, custom: Mapping[str, Fact]) -> dict[str, FactValue]:
    known = {**FACTS, **custom}
    found: dict[str, FactValue] = {}
    if body.text is not None:
        found["text"] = body.text
    for name, value in body.facts.items():
        fact = known.get(name)
        if fact is None:
            raise in_body(f"There is no such fact. {suggestion(name, known)}", "facts", name)
        try:
            found[name] = _value(fact, value)
        except Wrong as wrong:
            raise in_body(f"{wrong.message} {wrong.remedy}", "facts", name) from None
    return found


def _value(fact: Fact, value: str | float | bool | list[str]) -> FactValue:
    """Return a stated value as its fact has it. Raises Wrong."""
    if fact.type is Type.SET and isinstance(value, list):
        return frozenset(value)
    if isinstance(value, list):
        raise Wrong("A list does not fit here.", f"Give one {fact.type}.")
    if fact.name == "text" and isinstance(value, str):
        return value[:MAX_SAID]
    raw = value if isinstance(value, str) else json.dumps(value)
    read = parse(fact.type, value, raw)
    if fact.type is Type.SET:
        return frozenset({str(read)})
    return read  # type: ignore[return-value]  # the values of facts are among those that rules can name


def _tested(outcome: Outcome, facts: Mapping[str, FactValue]) -> Tested:
    return Tested(
        rules=list(outcome.matched),
        queue=outcome.queue,
        needs=dict(outcome.needs),
        answer_within_s=_seconds(outcome.answer_within),
        resolve_within_s=_seconds(outcome.resolve_within),
        head_start_s=int(outcome.head_start.total_seconds()),
        step_down_s=_seconds(outcome.step_down),
        heat_at_least=outcome.heat_at_least,
        prefer=list(outcome.prefer),
        tags=list(outcome.tags),
        notes=list(outcome.notes),
        close_as=outcome.close_as,
        effects=[EffectOut(rule=e.rule, kind=e.kind, args=dict(e.args)) for e in outcome.effects],
        stopped_by=outcome.stopped_by,
        trace=[RuleRead.model_validate(step, from_attributes=True) for step in outcome.trace],
        sentences=trace_in_words(outcome),
        facts={name: _said(value) for name, value in sorted(facts.items()) if name != "text"},
    )


def _said(value: FactValue) -> str:
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(value))
    return str(written(value)) if isinstance(value, timedelta) else str(value)


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())
