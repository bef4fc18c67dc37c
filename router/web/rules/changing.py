"""One change of the draft out of a form: kept beside what others did, or shown with what stands in its way."""

from collections.abc import Mapping

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from router.mistakes import Mistake
from router.rulemaking import drafting
from router.rulemaking.drafting import Behind, Edit, Saved
from router.web.inbox.frame import is_fragment
from router.web.rules.pages import Declaring, Given, brand, page
from router.web.security import heed_of, now, signed_in
from router.web.words import plural

Answer = str | tuple[str, int] | Response


def change(
    edit: Edit, name: str, *, did: str = "changed", show: str | None = None, renamed: Mapping[str, str] | None = None,
    given: Given | None = None, declaring: Declaring | None = None, focus: str = "", was: str = "",
) -> Answer:  # fmt: skip
    """Keep a change and show the page with a rule open; what stands in the way is shown beside what was filled in."""
    brand_id, opened = brand(), (was or name) if show is None else show
    try:
        told = keep(edit, name, did=did, renamed=renamed)
    except Behind as behind:
        return page(brand_id, opened, behind=behind, declaring=declaring), 409
    except Mistake as mistake:
        return page(brand_id, opened, given=given, wrong=mistake.reason, declaring=declaring), 422
    return shown(told, name if show is None else show, focus)


def keep(edit: Edit, about: str, *, did: str, renamed: Mapping[str, str] | None = None) -> str:
    """Keep a change and return what to say of what others did meanwhile. Raises Behind, Mistake."""
    saved = drafting.change(
        heed_of(), signed_in().actor, g.scope, brand(), revision(), edit, now(), did=did, rule=about, renamed=renamed
    )
    return _others(saved)


def shown(told: str, show: str, focus: str = "") -> Answer:
    """Show the page after a change, with a rule open and something told."""
    if is_fragment():
        return page(brand(), show, told=told, focus=focus)
    if told:
        flash(told, "good")
    if request.form.get("page") == "examples":
        return redirect(url_for("rules_examples.show", brand=brand()), 303)
    place = url_for(
        "rules.show", brand=brand(), rule=show or None, focus=focus or None, _anchor="open" if show else None
    )
    return redirect(place, 303)


def _others(saved: Saved) -> str:
    """Return what to say of changes that others made meanwhile and that are in the draft beside mine."""
    if not saved.others:
        return ""
    return plural(
        len(saved.others),
        "Somebody else made {n} change meanwhile. Theirs and yours are both in the draft.",
        "Somebody else made {n} changes meanwhile. Theirs and yours are both in the draft.",
    )


def revision() -> int:
    """Return the revision of the draft that a form was drawn from."""
    given = request.form.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
