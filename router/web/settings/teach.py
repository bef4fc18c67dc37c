"""Teaching: a brand's own intents and examples, what checking them showed, publish and undo."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router.mistakes import Mistake
from router.teaching import lessons, making, publishing, school
from router.teaching.school import Near
from router.web.audience import audience
from router.web.inbox.correcting import GROUPS
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _
from router.web.words import mark, plural

bp = Blueprint("settings_teach", __name__, url_prefix="/settings/teach")

STATES = {  # of a version
    "asked": mark("being checked"),
    "ready": mark("holds in the test"),
    "worse": mark("worse than the one that holds"),
    "failed": mark("could not be made"),
    "erased": mark("gone: an example was erased"),
}


@bp.get("")
@audience("ops")
def every() -> str:
    """Show what a brand teaches."""
    return _page()


@bp.post("/intents")
@audience("ops")
def add_intent() -> tuple[str, int] | Response:
    """Add an intent of the brand."""
    try:
        key = lessons.add_intent(
            heed_of(), signed_in().actor, g.scope, _brand(),
            asked.text("label"), asked.text("group"), asked.text("description"), now(),
        )  # fmt: skip
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("The intent is there. Give it examples."), "good")
    return redirect(url_for("settings_teach.one", intent=key, brand=_brand()), 303)


@bp.get("/intents/<intent>")
@audience("ops")
def one(intent: str) -> str:
    """Show one intent with its examples."""
    return _intent(intent)


@bp.post("/intents/<intent>")
@audience("ops")
def add_examples(intent: str) -> tuple[str, int] | Response:
    """Look at pasted examples, or add them."""
    given = lessons.lines_of(request.form.get("lines", ""))
    try:
        if asked.text("look") == "1":
            return _intent(intent, near=school.look(heed_of(), g.scope, _brand(), given)), 200
        added = lessons.add_examples(heed_of(), signed_in().actor, g.scope, _brand(), intent, given, now())
    except Mistake as mistake:
        return _intent(intent, wrong=mistake.reason), 422
    flash(plural(len(added.ids), "{n} example was added.", "{n} examples were added."), "good")
    if added.repeated:
        flash(plural(added.repeated, "{n} line was there already.", "{n} lines were there already."))
    return redirect(url_for("settings_teach.one", intent=intent, brand=_brand()), 303)


@bp.post("/intents/<intent>/remove")
@audience("ops")
def remove_intent(intent: str) -> tuple[str, int] | Response:
    """Remove an intent of the brand with its examples."""
    try:
        lessons.remove_intent(heed_of(), signed_in().actor, g.scope, _brand(), intent, now())
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("The intent is removed. Check and publish, so that nothing is read as it any more."), "good")
    return _back()


@bp.post("/examples/remove")
@audience("ops")
def remove_examples() -> Response:
    """Remove examples."""
    chosen = request.form.getlist("example")
    count = lessons.remove_examples(heed_of(), signed_in().actor, g.scope, _brand(), chosen, now())
    flash(plural(count, "{n} example was removed.", "{n} examples were removed."), "good")
    intent = asked.text("intent")
    if not intent:
        return _back()
    return redirect(url_for("settings_teach.one", intent=intent, brand=_brand()), 303)


@bp.post("/offered")
@audience("ops")
def take_offered() -> tuple[str, int] | Response:
    """Let corrected messages be examples."""
    try:
        count = lessons.take_offered(
            heed_of(), signed_in().actor, g.scope, _brand(), frozenset(request.form.getlist("message")), now()
        )
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(plural(count, "{n} example was added.", "{n} examples were added."), "good")
    return _back()


@bp.post("/check")
@audience("ops")
def check() -> tuple[str, int] | Response:
    """Have a version made of the examples, with its figures."""
    try:
        making.ask(heed_of(), signed_in().actor, g.scope, _brand(), now())
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("It is being checked. Look again in a moment."), "good")
    return _back()


@bp.post("/publish")
@audience("ops")
def publish() -> tuple[str, int] | Response:
    """Let a checked version hold."""
    try:
        number = asked.number("number", _("Version")) or 0
        publishing.publish(heed_of(), signed_in().actor, g.scope, _brand(), number, asked.text("comment"), now())
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("Version {n} holds now, in every worker.", n=number), "good")
    return _back()


@bp.post("/undo")
@audience("ops")
def undo() -> tuple[str, int] | Response:
    """Go back to the version before."""
    try:
        number = publishing.undo(heed_of(), signed_in().actor, g.scope, _brand(), now())
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("Back to version {n}.", n=number) if number else _("Messages are read as Heed came."), "good")
    return _back()


def _brand() -> str:
    """Return the brand that is taught: the one named, else the first of the asker's. Another's is not there."""
    known = [brand.id for brand in school.brands(heed_of(), g.scope)]
    named = request.values.get("brand", "")
    if not known or (named and named not in known):
        abort(404)
    return named or known[0]


def _back() -> Response:
    return redirect(url_for("settings_teach.every", brand=_brand()), 303)


def _page(*, wrong: str = "") -> str:
    return render_template(
        "settings/teach.html",
        school=school.school(heed_of(), g.scope, _brand()),
        brands=school.brands(heed_of(), g.scope),
        groups=lessons.GROUPS,
        group_words=GROUPS,
        states=STATES,
        least=lessons.LEAST,
        given=request.form,
        wrong=wrong,
        at=now(),
    )


def _intent(key: str, *, wrong: str = "", near: list[Near] | None = None) -> str:
    found = school.school(heed_of(), g.scope, _brand())
    lesson = next((one for one in found.lessons if one.key == key), None)
    if lesson is None:
        abort(404)
    return render_template(
        "settings/teach_intent.html",
        school=found,
        lesson=lesson,
        examples=school.examples(heed_of(), g.scope, found.brand.id, key),
        near=near,
        lines=request.form.get("lines", ""),
        least=lessons.LEAST,
        wrong=wrong,
        at=now(),
    )
