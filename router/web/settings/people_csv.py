"""People by CSV: a sheet is looked at first; only what was confirmed is written, all of it or nothing."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import people_csv
from router.mistakes import Mistake
from router.people_csv import Plan
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.words import LANGUAGES
from router.web.words import look_up as _

bp = Blueprint("settings_people_csv", __name__, url_prefix="/settings/people")


@bp.get("/import")
@audience("admin")
def form() -> str:
    """Ask for the sheet."""
    return _page("")


@bp.post("/import")
@audience("admin")
def look() -> tuple[str, int]:
    """Show what the sheet would do, or what is wrong with it. Nothing is written."""
    file = request.files.get("file")
    body: str | bytes = file.read() if file is not None and file.filename else request.form.get("sheet", "")
    plan = people_csv.plan_of(heed_of(), signed_in(), body, tuple(LANGUAGES))
    return _page(people_csv.as_text(body) or "", plan), 422 if plan.problems else 200


@bp.post("/import/confirm")
@audience("admin")
def carry_out() -> tuple[str, int] | AnyResponse:
    """Do what was looked at; show the links of new people, this once."""
    heed, me, body = heed_of(), signed_in(), request.form.get("sheet", "")
    try:
        done = people_csv.carry_out(heed, me, body, tuple(LANGUAGES), request.form.get("mark", ""), now())
    except Mistake as mistake:
        return _page(body, people_csv.plan_of(heed, me, body, tuple(LANGUAGES)), wrong=mistake.reason), 409
    if not done.links:
        flash(_("Done: {n} changed.", n=done.plan.counts["changed"]), "good")
        return redirect(url_for("settings_people.every"), 303)
    links = people_csv.sheet([("email", "name", "link"), *done.links])
    return render_template("settings/people_links.html", done=done, links=links), 200


@bp.get("/template.csv")
@audience("admin")
def template() -> Response:
    """Return an empty sheet with one example."""
    return _file("people-template.csv", people_csv.template())


@bp.get("/export.csv")
@audience("admin")
def export() -> Response:
    """Return everyone as a sheet that can be imported again."""
    return _file("people.csv", people_csv.exported(heed_of(), g.scope))


def _page(sheet: str, plan: Plan | None = None, *, wrong: str = "") -> str:
    return render_template(
        "settings/people_import.html", sheet=sheet, plan=plan, columns=people_csv.COLUMNS, wrong=wrong
    )


def _file(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text, mimetype="text/csv", headers=headers)
