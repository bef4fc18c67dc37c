"""What changes the draft: the form of a rule, moving, adding and removing rules, taking back, choosing between two."""

from flask import Blueprint, g, request

from router.mistakes import Mistake
from router.rulemaking import drafting
from router.rulemaking.book import custom_facts
from router.rulemaking.drafting import Behind
from router.rulemaking.pieces import acts_closed, closed
from router.rulemaking.sheet import Body, Plain, Sheet, free_name, is_name, parse
from router.web.audience import audience
from router.web.rules import fields
from router.web.rules.changing import Answer, change, revision, shown
from router.web.rules.pages import Given, brand, page
from router.web.rules.torn import taking
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _
from rules.facts import FACTS

bp = Blueprint("rules_edits", __name__, url_prefix="/rules")


@bp.post("/rule")
@audience("ops")
def rule() -> Answer:
    """Keep one rule as it was filled in, after the button that was pressed."""
    name, wanted, note = (request.form.get(one, "").strip() for one in ("rule", "name", "note"))
    facts = {**FACTS, **custom_facts(parse(drafting.current(heed_of(), brand()).source))}
    do = request.form.get("do", "save")
    when, then = fields.pressed(do, fields.conditions(request.form, facts), fields.acts(request.form))
    given = Given(wanted, note, when, then)
    body: dict[str, Plain] = {**({"note": note} if note else {}), "when": closed(when), "then": acts_closed(then)}
    wanted = wanted or name

    def edit(sheet: Sheet) -> Sheet:
        _known(sheet, name)
        if wanted != name and (wanted in sheet.rules or not is_name(wanted)):
            raise Mistake("A rule needs a short name of its own: another one has this name, or it is too long.")
        return sheet.with_rules({**sheet.rules, name: body}).renamed(name, wanted)

    focus = f"t.{len(then) - 1}-kind" if do == "act" else _new_line(do, when)
    renamed = {name: wanted} if wanted != name else {}
    return change(edit, wanted, renamed=renamed, given=given, focus=focus, was=name)


@bp.post("/add")
@audience("ops")
def new() -> Answer:
    """Add a rule, below another if one is named."""
    below = request.form.get("rule", "")
    known = parse(drafting.current(heed_of(), brand()).source)
    name = free_name(known, _("New rule"))
    body: Body = {"when": "always", "then": []}

    def edit(sheet: Sheet) -> Sheet:
        items = list(sheet.rules.items())
        place = next((n for n, (one, _body) in enumerate(items, 1) if one == below), len(items))
        return sheet.with_rules(dict([*items[:place], (name, body), *items[place:]]))

    return change(edit, name, did="added", focus="name")


@bp.post("/move")
@audience("ops")
def move() -> Answer:
    """Move a rule: up, down, or to a place counted from 1."""
    name, to = request.form.get("rule", ""), request.form.get("to", "")

    def edit(sheet: Sheet) -> Sheet:
        _known(sheet, name)
        order = sheet.names
        place = order.index(name)
        steps = {"up": place - 1, "down": place + 1}
        wanted = steps[to] if to in steps else int(to) - 1 if to.isascii() and to.isdigit() else place
        order.remove(name)
        order.insert(max(0, min(wanted, len(order))), name)
        return sheet.with_rules({one: sheet.rules[one] for one in order})

    return change(edit, name, did="moved", show=request.form.get("open", ""), focus=f"{to}-{name}")


@bp.post("/remove")
@audience("ops")
def remove() -> Answer:
    """Remove a rule from the draft."""
    name = request.form.get("rule", "")

    def edit(sheet: Sheet) -> Sheet:
        _known(sheet, name)
        return sheet.without(name)

    return change(edit, name, did="removed", show="")


@bp.post("/take")
@audience("ops")
def take() -> Answer:
    """Put my rule, fact or example in place of theirs, after both were shown."""
    name, about = request.form.get("rule", ""), request.form.get("about", "rule")
    show = request.form.get("open", "") if about != "rule" else None
    return change(taking(about, name, request.form.get("mine", "")), name, show=show)


@bp.post("/undo")
@audience("ops")
def undo() -> Answer:
    """Take back the asker's last change."""
    show = request.form.get("open", "")
    try:
        drafting.undo(heed_of(), signed_in().actor, g.scope, brand(), now())
    except Mistake as mistake:
        return page(brand(), show, wrong=mistake.reason), 422
    return shown(_("Your last change is taken back."), show)


@bp.post("/drop")
@audience("ops")
def drop() -> Answer:
    """Go back to the live rules; this too can be taken back."""
    try:
        drafting.drop(heed_of(), signed_in().actor, g.scope, brand(), revision(), now())
    except Behind:
        return page(brand(), wrong="Somebody else changed the draft meanwhile."), 409
    return shown(_("The draft is the live rules again. Undo brings it back."), "")


def _known(sheet: Sheet, name: str) -> None:
    if name not in sheet.rules:
        raise Mistake("There is no rule of this name any more: somebody renamed or removed it.")


def _new_line(do: str, when: object) -> str:
    """Return the field of a condition that was just added."""
    act, _sep, where = do.partition(":")
    if act not in ("and", "block"):
        return ""
    block = when
    for step in where.split(".")[1:]:
        block = block.parts[int(step)]  # type: ignore[attr-defined]
    last = f"{where}.{len(block.parts) - 1}"  # type: ignore[attr-defined]
    return f"{last}-fact" if act == "and" else f"{last}.0-fact"
