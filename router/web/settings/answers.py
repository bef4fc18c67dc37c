"""Saved answers: read by every agent of a brand, written by those who supervise."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import equipping, placeholders, saved_answers
from router.languages import LANGUAGES, language_key
from router.mistakes import Mistake
from router.model import Role
from router.saved_answers import SavedAnswer
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _

bp = Blueprint("settings_answers", __name__, url_prefix="/settings/answers")


@bp.get("")
@audience("agent")
def every() -> str:
    """Show the answers, or those that hold what is looked for."""
    q = request.args.get("q", "").strip()[:200]
    return render_template(
        "settings/answers.html",
        answers=saved_answers.every(heed_of(), g.scope, q),
        brands=_brands(),
        languages=LANGUAGES,
        q=q,
        writes=_writes(),
        at=now(),
    )


@bp.get("/new")
@audience("supervisor")
def form() -> str:
    """Show an empty answer to write."""
    return _page(None)


@bp.post("/new")
@audience("supervisor")
def add() -> tuple[str, int] | Response:
    """Add an answer."""
    brands = _brands()
    return _keep(None, asked.text("brand") or next(iter(brands), ""))


@bp.get("/<answer_id>")
@audience("agent")
def one(answer_id: str) -> str:
    """Show an answer in all its languages; to change it, for those who may."""
    return _page(saved_answers.one(heed_of(), g.scope, answer_id))


@bp.post("/<answer_id>")
@audience("supervisor")
def change(answer_id: str) -> tuple[str, int] | Response:
    """Change an answer, or one of its languages."""
    answer = saved_answers.one(heed_of(), g.scope, answer_id)
    return _keep(answer, answer.brand_id)


@bp.post("/<answer_id>/remove")
@audience("supervisor")
def remove(answer_id: str) -> Response:
    """Remove an answer in all its languages."""
    saved_answers.remove(heed_of(), signed_in().actor, g.scope, answer_id, now())
    flash(_("The answer is removed."), "good")
    return redirect(url_for("settings_answers.every"), 303)


def _keep(answer: SavedAnswer | None, brand_id: str) -> tuple[str, int] | Response:
    if brand_id not in _brands():
        abort(404)
    try:
        texts = _texts()
        saved_answers.put(
            heed_of(),
            signed_in().actor,
            g.scope,
            brand_id,
            asked.text("name"),
            texts,
            now(),
            was=answer.name if answer else "",
        )
    except Mistake as mistake:
        return _page(answer, wrong=mistake.reason), 422
    flash(_("Saved."), "good")
    return redirect(url_for("settings_answers.every"), 303)


def _texts() -> dict[str, str]:
    """Return the texts of the form by language, the added one among them. Raises Mistake."""
    texts = {name.removeprefix("text."): text for name, text in request.form.items() if name.startswith("text.")}
    added = request.form.get("added", "")
    if not added.strip():
        return texts
    language = language_key(asked.text("language"))
    if language is None:
        raise Mistake(_("Choose the language of the text you added."))
    if texts.get(language, "").strip():
        raise Mistake(_("This answer is there in {language} already: change it above.", language=LANGUAGES[language]))
    return texts | {language: added}


def _page(answer: SavedAnswer | None, *, wrong: str = "") -> str:
    brands = _brands()
    return render_template(
        "settings/answer.html",
        answer=answer,
        brands=brands,
        brand=brands.get(answer.brand_id) if answer else None,
        languages=LANGUAGES,
        placeholders=placeholders.PLACEHOLDERS,
        given=request.form,
        writes=_writes(),
        wrong=wrong,
        at=now(),
    )


def _brands() -> dict[str, equipping.Brand]:
    return {brand.id: brand for brand in equipping.brands(heed_of(), g.scope)}


def _writes() -> bool:
    return bool(g.agent.role.rank >= Role.SUPERVISOR.rank)
