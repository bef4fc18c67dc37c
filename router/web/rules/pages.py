"""The rules page itself: for ops the draft, one rule open to edit; for everybody else the live rules to read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, g, render_template, request

from router import rulebook_versions
from router.rulemaking import drafting
from router.rulemaking.book import Book, book, custom_facts, rules_of
from router.rulemaking.drafting import Behind
from router.rulemaking.merging import Conflict
from router.rulemaking.offers import offers
from router.rulemaking.pieces import Act, Block, acts_of, opened
from router.rulemaking.sheet import Body, Sheet
from router.web.audience import audience
from router.web.inbox.frame import is_fragment
from router.web.rules import drawing
from router.web.security import heed_of, now
from rules.explain import rule_in_words
from rules.facts import FACTS

bp = Blueprint("rules", __name__)


@dataclass(frozen=True, slots=True)
class Given:
    """A rule as somebody filled it in, shown again because it could not be kept."""

    name: str
    note: str
    when: Block | None
    then: Sequence[Act] | None


@dataclass(frozen=True, slots=True)
class Torn:
    """One thing two people changed: what each of them made of it, in words."""

    about: str
    name: str
    theirs: str
    mine: str
    body: str  # mine, as a form carries it; empty if I removed it


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
    told: str = "", focus: str = "", **more: object,
) -> str:  # fmt: skip
    """Return the page, or the part of it that changes where a script asks."""
    heed, brands = heed_of(), rulebook_versions.brands(heed_of(), g.scope)
    if not brand_id:
        return render_template("rules/none.html")
    found = book(heed, g.scope, brand_id, now())
    may = drafting.may_edit(g.scope, brand_id)
    return render_template(
        "rules/_page.html" if is_fragment() else "rules/index.html",
        book=found,
        brands=brands,
        may=may,
        open=_open(found, rule, given) if may else None,
        torn=[_torn(one, found) for one in behind.conflicts] if behind else [],
        too_old=behind is not None and not behind.conflicts,
        wrong=wrong,
        told=told,
        focus=focus,
        at=now(),
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


def _torn(one: Conflict, found: Book) -> Torn:
    return Torn(
        one.about,
        one.name,
        _says(found.sheet, one.name, one.theirs),
        _says(found.sheet, one.name, one.mine),
        "" if one.mine is None else json.dumps(dict(one.mine), ensure_ascii=False),
    )


def _says(sheet: Sheet, name: str, body: Body | None) -> str:
    if body is None or not name:
        return ""
    whole = rules_of(Sheet({name: body}, (), sheet.facts)).get(name)
    return rule_in_words(whole) if whole else json.dumps(dict(body), ensure_ascii=False)[:400]
