"""The facts a brand declares itself: declared, changed and removed in the rules page."""

from flask import Blueprint, request

from router.rulemaking import declared, drafting
from router.rulemaking.declared import Entry
from router.rulemaking.sheet import parse
from router.web.audience import audience
from router.web.rules.changing import Answer, change
from router.web.rules.pages import Declaring, brand, page
from router.web.security import heed_of

bp = Blueprint("rules_declaring", __name__, url_prefix="/rules/fact")


@bp.post("")
@audience("ops")
def save() -> Answer:
    """Declare a fact, or change one; what is wrong is told at its field."""
    was, show = request.form.get("was", ""), request.form.get("open", "")
    fields = ("label", "type", "trust", "values", "description")
    entry = Entry(request.form.get("key", ""), **{name: request.form.get(name, "").strip() for name in fields})
    sheet = parse(drafting.current(heed_of(), brand()).source)
    given = Declaring(was, entry, declared.wrongs(sheet, was, entry))
    if given.wrong:
        return page(brand(), show, declaring=given), 422
    name = declared.name_of(entry)
    return change(
        lambda sheet: declared.declare(sheet, was, entry), name,
        did="declared", show=show, declaring=given, focus=f"fact-{name}",
    )  # fmt: skip


@bp.post("/remove")
@audience("ops")
def remove() -> Answer:
    """Remove a fact that nothing uses."""
    name = request.form.get("was", "")
    return change(
        lambda sheet: declared.undeclare(sheet, name), name,
        did="declared", show=request.form.get("open", ""), focus="declare",
    )  # fmt: skip
