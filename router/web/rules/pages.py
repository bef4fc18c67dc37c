"""The rules page itself: for ops the draft, one rule open to edit; for everybody else the live rules to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, abort, g, render_template, request

from router import rulebook_versions
from router.rulemaking import drafting
from router.rulemaking.book import Book, book, custom_facts
from router.rulemaking.declared import Declared, Entry, declared
from router.rulemaking.drafting import Behind
from router.rulemaking.offers import offers
from router.rulemaking.pieces import Act, Block, acts_of, opened
from router.web.audience import audience
from router.web.inbox.frame import is_fragment
from router.web.rules import drawing
from router.web.rules.torn import torn
from router.web.security import heed_of, now
from router.web.words import mark
from rules.facts import CUSTOM, FACTS

bp = Blueprint("rules", __name__)

TYPES = {  # of a declared fact
    "text": mark("text"),
    "one of": mark("one of a few values"),
    "number": mark("number"),
    "percent": mark("percentage"),
    "boolean": mark("yes or no"),
    "set of text": mark("several words"),
    "duration": mark("length of time"),
    "moment": mark("date and time"),
}
TRUSTS = {  # where its values come from
    "signed": mark("a system of yours vouches for it"),
    "agent": mark("somebody of the desk says so"),
    "visitor": mark("whoever writes may claim it"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """A rule as somebody filled it in, shown again because it could not be kept."""

    name: str
    note: str
    when: Block | None
    then: Sequence[Act] | None


@dataclass(frozen=True, slots=True)
class Declaring:
    """A fact of the brand's own that is open to change; `was` is its name so far, empty for a new one."""

    was: str
    entry: Entry
    wrong: Mapping[str, str] = field(default_factory=dict)  # by field


@bp.get("/rules")
@audience("agent")
def show() -> str:
    """Show the rules of one brand."""
    return page(brand(), request.args.get("rule", ""), focus=request.args.get("focus", ""))


def brand() -> str:
    """Return the brand asked for, else the first of the asker's. Another's is not there."""
    known = [one.id for one in rulebook_versions.brands(heed_of(), g.scope)]
    named = request.values.get("brand", "")
    if named and named not in known:
        abort(404)
    return named or (known[0] if known else "")


def page(
    brand_id: str, rule: str = "", *, given: Given | None = None, behind: Behind | None = None, wrong: str = "",
    told: str = "", focus: str = "", declaring: Declaring | None = None, **more: object,
) -> str:  # fmt: skip
    """Return the page, or the part of it that changes where a script asks."""
    heed, brands = heed_of(), rulebook_versions.brands(heed_of(), g.scope)
    if not brand_id:
        return render_template("rules/none.html")
    found = book(heed, g.scope, brand_id, now())
    may = drafting.may_edit(g.scope, brand_id)
    facts = declared(found.sheet)
    return render_template(
        "rules/_page.html" if is_fragment() else "rules/index.html",
        book=found,
        brands=brands,
        may=may,
        open=_open(found, rule, given) if may else None,
        torn=[torn(one, found.sheet) for one in behind.conflicts] if behind else [],
        too_old=behind is not None and not behind.conflicts,
        wrong=wrong,
        told=told,
        focus=focus,
        at=now(),
        facts=facts,
        prints={one.name: drawing.print_of(one.label, one.type, one.trust, one.values) for one in facts},
        declaring=declaring or _declaring(facts, request.values.get("fact", "")),
        fresh=Declaring("", Entry()),
        types=TYPES,
        trusts=TRUSTS,
        **{"tried": None, "asked": {}, **more},
    )


def _open(found: Book, rule: str, given: Given | None) -> dict[str, object] | None:
    if rule not in found.sheet.rules:
        return None
    body = found.sheet.rules[rule]
    filled = given or Given(rule, str(body.get("note") or ""), opened(body.get("when")), acts_of(body.get("then")))
    choices = offers(heed_of(), found.brand.id)
    facts = {**FACTS, **custom_facts(found.sheet)}
    drawn = filled.when is not None and filled.then is not None
    return {
        "rule": rule,
        "name": filled.name,
        "note": filled.note,
        "when": drawing.conditions(filled.when, facts, choices) if filled.when is not None and drawn else None,
        "then": drawing.acts(filled.then, choices) if filled.then is not None and drawn else None,
        "facts": drawing.facts_offered(facts),
        "actions": drawing.actions_offered(),
        "name_print": drawing.print_of(rule),
        "note_print": drawing.print_of(rule, body.get("note")),
    }


def _declaring(facts: Sequence[Declared], name: str) -> Declaring | None:
    one = next((fact for fact in facts if fact.name == name), None)
    if one is None:
        return None
    short = one.name.removeprefix(CUSTOM)
    return Declaring(name, Entry(short, one.label, one.type, one.trust, drawing.joined(one.values), one.description))
