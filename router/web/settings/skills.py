"""Skills, and who has which level: one grid, one form."""

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import equipping, staffing
from router.mistakes import Mistake
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _

bp = Blueprint("settings_skills", __name__, url_prefix="/settings")


@bp.get("/skills")
@audience("supervisor")
def every() -> str:
    """Show the skills."""
    return _page()


@bp.post("/skills")
@audience("ops")
def add() -> tuple[str, int] | Response:
    """Add a skill."""
    try:
        equipping.add_skill(heed_of(), signed_in().actor, asked.text("name"), now())
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("The skill is there. Set who has it under Levels."), "good")
    return redirect(url_for("settings_skills.every"), 303)


@bp.get("/levels")
@audience("supervisor")
def levels() -> str:
    """Show the grid."""
    return _grid()


@bp.post("/levels")
@audience("ops")
def put_levels() -> tuple[str, int] | Response:
    """Store what differs from the grid as it was."""
    heed = heed_of()
    skills = equipping.skills(heed)
    changed: dict[str, dict[str, int]] = {}
    try:
        for line in staffing.everyone(heed, g.scope):
            for skill in skills:
                field = f"{line.agent.id}/{skill.key}"
                level = asked.number(field, skill.label)
                if level is not None and level != line.skills.get(skill.key, 0):
                    changed.setdefault(line.agent.id, {})[skill.key] = level
        for by_skill in changed.values():
            for key, level in by_skill.items():
                equipping.check_level(key, level)
        if asked.text("look") == "1":
            return _grid(changed=changed), 200
        equipping.put_levels(heed, signed_in().actor, changed, now())
    except Mistake as mistake:
        return _grid(wrong=mistake.reason), 422
    flash(_("Saved. It holds for the next ticket."), "good")
    return redirect(url_for("settings_skills.levels"), 303)


def _page(*, wrong: str = "") -> str:
    heed = heed_of()
    holders: dict[str, int] = {}
    for line in staffing.everyone(heed, g.scope):
        for key in line.skills if line.agent.active else ():
            holders[key] = holders.get(key, 0) + 1
    return render_template("settings/skills.html", skills=equipping.skills(heed), holders=holders, wrong=wrong)


def _grid(*, wrong: str = "", changed: Mapping[str, Mapping[str, int]] | None = None) -> str:
    heed = heed_of()
    people = [line for line in staffing.everyone(heed, g.scope) if line.agent.active]
    return render_template(
        "settings/levels.html",
        people=people,
        skills=equipping.skills(heed),
        changed=changed,
        given=request.form,
        wrong=wrong,
    )
