"""The first thing an admin of an empty desk is shown: load the sample, or begin with a connection of one's own."""

from flask import Blueprint, Flask, Response, current_app, flash, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import sample
from router.mistakes import Mistake
from router.model import Role
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in

LOOK_AGAIN_S = 2  # a page that waits asks again
IN_USE = "heed.in_use"  # once a desk was used, nobody asks again

bp = Blueprint("welcome", __name__)


def register(app: Flask) -> None:
    """Add the page, and the offer that stands above every page of an empty desk."""
    app.register_blueprint(bp)
    app.jinja_env.globals["offers_sample"] = offers_sample


def offers_sample() -> bool:
    """Say whether whoever reads the page is an admin of an empty desk."""
    who = g.get("agent")
    if who is None or who.role is not Role.ADMIN or current_app.extensions.get(IN_USE):
        return False
    if sample.is_offered(heed_of()):
        return True
    if sample.progress(heed_of()).state in ("", "done"):
        current_app.extensions[IN_USE] = True
    return False


@bp.get("/welcome")
@audience("admin")
def show() -> Response | AnyResponse:
    """Show the offer, or how far the loading is; the page asks again by itself until it is done."""
    far = sample.progress(heed_of())
    offered = sample.is_offered(heed_of())
    if far.state == "done" or (far.state == "" and not offered):
        return redirect("/", 303)
    page = make_response(render_template("welcome/page.html", far=far, stalled=far.stalled(now())))
    if far.state in ("asked", "loading"):
        page.headers["Refresh"] = str(LOOK_AGAIN_S)
    return page


@bp.post("/welcome/sample")
@audience("admin")
def load() -> AnyResponse:
    """Have the sample loaded."""
    try:
        sample.ask(heed_of(), signed_in().actor, g.agent.id, now())
    except Mistake as mistake:
        flash(mistake.reason, "bad")
        return redirect("/", 303)
    return redirect(url_for("welcome.show"), 303)
