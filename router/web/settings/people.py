"""People: who is on the desk, adding one with a sign-in link, changing what they may, switching off."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from channels import CHANNELS
from router import equipping, staffing
from router.mistakes import Mistake
from router.model import Role
from router.staffing import PersonLine
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _

bp = Blueprint("settings_people", __name__, url_prefix="/settings/people")


@bp.get("")
@audience("supervisor")
def every() -> str:
    """Show everyone of the asker's brands."""
    heed = heed_of()
    return render_template(
        "settings/people.html",
        people=staffing.everyone(heed, g.scope),
        brands=equipping.brands(heed, g.scope),
        labels={skill.key: skill.label for skill in equipping.skills(heed)},
    )


@bp.get("/new")
@audience("admin")
def form() -> str:
    """Ask who it is."""
    return _form()


@bp.post("/new")
@audience("admin")
def add() -> tuple[str, int]:
    """Add the person and show their sign-in link, this once."""
    heed = heed_of()
    try:
        levels = {skill.key: asked.number(f"skill-{skill.key}", skill.label) for skill in equipping.skills(heed)}
        agent_id, link = staffing.add_person(
            heed,
            signed_in().actor,
            email=asked.text("email"),
            name=asked.text("name"),
            role=asked.text("role"),
            now=now(),
            skills={key: level for key, level in levels.items() if level},
            brands=_brands() or g.scope.brands,
            channels=request.form.getlist("channel"),
            zone=asked.text("zone"),
        )
    except Mistake as mistake:
        return _form(wrong=mistake.reason), 422
    return _one(_seen(agent_id), link=link), 201


@bp.get("/<agent_id>")
@audience("admin")
def one(agent_id: str) -> str:
    """Show one person."""
    return _one(_seen(agent_id))


@bp.post("/<agent_id>")
@audience("admin")
def change(agent_id: str) -> tuple[str, int] | Response:
    """Change name, role, brands, channels and slots; brands the asker does not see stay as they are."""
    line, heed = _seen(agent_id), heed_of()
    try:
        staffing.change_person(
            heed,
            signed_in().actor,
            agent_id,
            now(),
            name=asked.text("name"),
            role=asked.text("role"),
            brands=_brands() | (line.brands - g.scope.brands),
            channels=request.form.getlist("channel"),
            slots={row.key: asked.number(f"slots-{row.key}", row.label) for row in equipping.work_classes(heed)},
        )
    except Mistake as mistake:
        return _one(line, wrong=mistake.reason), 422
    flash(_("Saved."), "good")
    return redirect(url_for("settings_people.one", agent_id=agent_id), 303)


@bp.post("/<agent_id>/off")
@audience("admin")
def off(agent_id: str) -> tuple[str, int] | Response:
    """Switch the person off."""
    line = _seen(agent_id)
    try:
        staffing.switch_off(heed_of(), signed_in().actor, agent_id, now())
    except Mistake as mistake:
        return _one(line, wrong=mistake.reason), 422
    flash(_("Switched off. Sessions, tokens and open pages have ended."), "good")
    return redirect(url_for("settings_people.every"), 303)


@bp.post("/<agent_id>/on")
@audience("admin")
def on(agent_id: str) -> str:
    """Switch the person on again and show a sign-in link, this once."""
    _seen(agent_id)
    link = staffing.switch_on(heed_of(), signed_in().actor, agent_id, now())
    return _one(_seen(agent_id), link=link)


@bp.post("/<agent_id>/link")
@audience("admin")
def link(agent_id: str) -> tuple[str, int]:
    """Show a new sign-in link, this once."""
    line = _seen(agent_id)
    try:
        return _one(line, link=staffing.new_link(heed_of(), signed_in().actor, agent_id, now())), 200
    except Mistake as mistake:
        return _one(line, wrong=mistake.reason), 422


def _seen(agent_id: str) -> PersonLine:
    """Return someone who shares a brand with the asker; anyone else is not there."""
    for line in staffing.everyone(heed_of(), g.scope):
        if line.agent.id == agent_id:
            return line
    raise NotFound


def _brands() -> frozenset[str]:
    return frozenset(request.form.getlist("brand")) & frozenset(g.scope.brands)


def _form(*, wrong: str = "") -> str:
    heed = heed_of()
    return render_template(
        "settings/person_new.html",
        roles=list(Role),
        brands=equipping.brands(heed, g.scope),
        skills=equipping.skills(heed),
        channels=CHANNELS,
        given=request.form,
        wrong=wrong,
    )


def _one(line: PersonLine, *, link: str = "", wrong: str = "") -> str:
    heed = heed_of()
    return render_template(
        "settings/person.html",
        line=line,
        roles=list(Role),
        brands=equipping.brands(heed, g.scope),
        classes=equipping.work_classes(heed),
        channels=CHANNELS,
        link=link,
        wrong=wrong,
    )
