"""Brands: what is there, a new one, and what holds for each."""

from datetime import timedelta
from zoneinfo import available_timezones

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from router import branding, survey_settings
from router.branding import BrandLine
from router.languages import LANGUAGES
from router.mistakes import Mistake
from router.survey_settings import Switch
from router.survey_texts import NAMES, TEXTS
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _

bp = Blueprint("settings_brands", __name__, url_prefix="/settings/brands")


@bp.get("")
@audience("admin")
def every() -> str:
    """Show the brands."""
    return _page()


@bp.post("")
@audience("admin")
def add() -> tuple[str, int] | Response:
    """Make a brand."""
    try:
        brand_id = branding.add_brand(
            heed_of(), signed_in(), now(), key=asked.text("key"), name=asked.text("name"),
            language=asked.text("language"), zone=asked.text("zone"),
        )  # fmt: skip
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("The brand is there, with a queue and first rules. Grant it to people under People."), "good")
    return redirect(url_for("settings_brands.one", brand_id=brand_id), 303)


@bp.get("/<brand_id>")
@audience("admin")
def one(brand_id: str) -> str:
    """Show one brand to change it."""
    return _one(_seen(brand_id))


@bp.post("/<brand_id>")
@audience("admin")
def change(brand_id: str) -> tuple[str, int] | Response:
    """Change a brand."""
    line, me = _seen(brand_id), signed_in()
    try:
        branding.change_brand(
            heed_of(),
            me,
            brand_id,
            now(),
            name=asked.text("name"),
            language=asked.text("language"),
            zone=asked.text("zone"),
            mood_on=asked.text("mood_on") == "1",
            keep_days=asked.number("keep_days", _("Keep resolved tickets, days")),
        )
    except Mistake as mistake:
        return _one(line, wrong=mistake.reason), 422
    flash(_("Saved."), "good")
    return redirect(url_for("settings_brands.one", brand_id=brand_id), 303)


@bp.get("/<brand_id>/question")
@audience("admin")
def question(brand_id: str) -> str:
    """Show whether, when and in which words customers are asked how it was."""
    return _question(_seen(brand_id))


@bp.post("/<brand_id>/question")
@audience("admin")
def ask(brand_id: str) -> tuple[str, int] | Response:
    """Change whether, when and in which words customers are asked."""
    line, language = _seen(brand_id), asked.text("language")
    try:
        minutes = asked.number("after", _("Minutes after a ticket is resolved"))
        switch = Switch(asked.text("on") == "1", None if minutes is None else timedelta(minutes=minutes))
        words = {name: request.form.get(f"words-{name}", "") for name in NAMES}
        survey_settings.put(heed_of(), signed_in().actor, brand_id, switch, now(), language=language, words=words)
    except Mistake as mistake:
        return _question(line, wrong=mistake.reason), 422
    flash(_("Saved."), "good")
    return redirect(url_for("settings_brands.question", brand_id=brand_id, language=language), 303)


def _question(line: BrandLine, *, wrong: str = "") -> str:
    language = request.values.get("language") or line.brand.language
    holds = survey_settings.asking(heed_of(), line.brand.id, language)
    return render_template(
        "settings/question.html",
        line=line,
        language=language,
        languages=_languages(),
        own=[_(LANGUAGES.get(tag, tag)) for tag in holds.languages],
        holds=holds,
        usual=TEXTS.get(language, TEXTS["en"]),
        given=request.form,
        wrong=wrong,
    )


def _seen(brand_id: str) -> BrandLine:
    for line in branding.lines(heed_of(), g.scope):
        if line.brand.id == brand_id:
            return line
    raise NotFound


def _page(*, wrong: str = "") -> str:
    lines = branding.lines(heed_of(), g.scope)
    return render_template(
        "settings/brands.html", lines=lines, languages=_languages(), zones=_zones(), given=request.form, wrong=wrong
    )


def _one(line: BrandLine, *, wrong: str = "") -> str:
    return render_template(
        "settings/brand.html", line=line, languages=_languages(), zones=_zones(), given=request.form, wrong=wrong
    )


def _languages() -> list[tuple[str, str]]:
    return sorted(((tag, _(name)) for tag, name in LANGUAGES.items()), key=lambda pair: pair[1])


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones())]
