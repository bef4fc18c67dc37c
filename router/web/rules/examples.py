"""The examples of a draft: which hold now, what was expected beside what came; changed, added and removed by forms."""

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router.mistakes import Mistake
from router.rulemaking import drafting, examples, golden
from router.rulemaking.drafting import Behind
from router.rulemaking.examples import Filled
from router.rulemaking.merging import examples_by_name
from router.rulemaking.offers import offers
from router.rulemaking.sheet import parse
from router.web.audience import audience
from router.web.rules import expecting
from router.web.rules.changing import keep
from router.web.rules.pages import brand
from router.web.rules.torn import torn
from router.web.security import heed_of, now, signed_in
from rules.examples import EXPECTED

bp = Blueprint("rules_examples", __name__, url_prefix="/rules/examples")

Answer = str | tuple[str, int] | Response
NEW = ("queue", "")  # the first thing a new example expects, to be filled in


@bp.get("")
@audience("ops")
def show() -> str:
    """Run all examples and show what came of each; one of them open to change, or a new one."""
    return _page(request.args.get("example", ""), is_new="new" in request.args)


@bp.post("")
@audience("ops")
def save() -> Answer:
    """Keep an example as it was filled in, or show it again after the button that was pressed."""
    was, do = request.form.get("was", ""), request.form.get("do", "save")
    given, heed = expecting.given(request.form), heed_of()
    source = drafting.current(heed, brand()).source
    if do != "save":
        try:
            return _page(was, pressed(do, given, source), is_new=not was)
        except Mistake as mistake:
            return _page(was, given, {"given": mistake.reason}, is_new=not was), 422
    sheet = parse(source)
    example, wrong = examples.filled(heed, brand(), sheet, was, given)
    if wrong:
        return _page(was, given, wrong, is_new=not was), 422
    before = examples_by_name(sheet.examples).get(was)
    if before is not None:
        golden.follow(heed, brand(), before, example)
    return _kept(examples.keeping(was, example), was or given.name, given)


@bp.post("/remove")
@audience("ops")
def remove() -> Answer:
    """Take an example out of the draft."""
    was = request.form.get("was", "")
    return _kept(examples.removing(was), was)


@bp.get("/ticket")
@audience("ops")
def of_ticket() -> Answer:
    """Go to the example that a ticket makes, by its number."""
    number = request.args.get("number", "").strip().lstrip("#")
    found = (
        golden.ticket_of(heed_of(), g.scope, brand(), int(number)) if number.isascii() and number.isdigit() else None
    )
    if found is None:
        return _page("", wrong={"number": "There is no such ticket, or the rules were never asked about it."}), 422
    return redirect(url_for("rules_golden.propose", ticket_id=found), 303)


def pressed(do: str, given: Filled, source: str) -> Filled:
    """Return an example after a button: more, less:PLACE, come (expect what comes out now). Raises Mistake."""
    act, _sep, place = do.partition(":")
    expect = given.expect
    if act == "more":
        said = {key for key, _value in expect}
        expect = (*expect, (next((key for key in expecting.SAYS if key not in said), "queue"), ""))
    elif act == "less":
        expect = tuple(one for n, one in enumerate(expect) if str(n) != place)
    elif act == "come":
        expect = examples.coming(heed_of(), brand(), source, given)
    return Filled(given.name, given.text, given.lines, expect)


def _kept(edit: drafting.Edit, name: str, given: Filled | None = None) -> Answer:
    try:
        told = keep(edit, name, did="example")
    except Behind as behind:
        return _page("", behind=behind), 409
    except Mistake as mistake:
        return _page("", given, {"name": mistake.reason}, is_new=given is not None), 422
    if told:
        flash(told, "good")
    return redirect(url_for("rules_examples.show", brand=brand()), 303)


def _page(
    opened: str, given: Filled | None = None, wrong: Mapping[str, str] | None = None, *, is_new: bool = False,
    behind: Behind | None = None,
) -> str:  # fmt: skip
    heed, brand_id = heed_of(), brand()
    draft = drafting.current(heed, brand_id)
    sheet = parse(draft.source)
    if given is None and opened in (named := examples_by_name(sheet.examples)):
        given = examples.opened(named[opened])
    filled = given or Filled(expect=(NEW,))
    rules, choices = sheet.names, offers(heed, brand_id)
    fields = [
        (place, key, expecting.kind_of(key, value), expecting.field(place, key, value, choices, rules))
        for place, (key, value) in enumerate(filled.expect)
        if key in EXPECTED
    ]
    lately = drafting.lately(heed, brand_id, 50)
    return render_template(
        "rules/examples.html",
        book={"brand": {"id": brand_id}, "draft": draft},
        can_undo=drafting.undoable(lately, signed_in().agent.id) is not None,
        proof=examples.prove(heed, brand_id, draft.source),
        open=None,
        opened="" if given is None else opened,
        is_new=is_new,
        filled=filled,
        fields=fields,
        choices=expecting.choices(),
        sentence=expecting.sentence,
        wrong=wrong or {},
        torn=[torn(one, sheet) for one in behind.conflicts] if behind else [],
        too_old=behind is not None and not behind.conflicts,
        at=now(),
    )
