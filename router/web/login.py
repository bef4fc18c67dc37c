"""Signing in and out, by password or by a link that works once."""

from hashlib import sha256

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from router import accounts
from router.accounts import AgentRow
from router.web import limits
from router.web.audience import audience
from router.web.security import heed_of, now, sign_in_as, signed_in
from router.web.words import look_up as _

PER_ADDRESS = "30 per 10 minutes"
PER_ACCOUNT = "10 per 10 minutes"

bp = Blueprint("login", __name__)


def register(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)


@bp.get("/login")
@audience("public")
def form() -> str | Response:
    """Show the form, or the inbox to whoever is signed in."""
    if g.signed_in is not None:
        return redirect(_next(), 303)
    return render_template("login/form.html", email="", next=request.args.get("next", ""))


@bp.post("/login")
@audience("public")
def sign_in() -> tuple[str, int] | Response:
    """Sign in by password; a wrong address and a wrong password read and take the same."""
    email = request.form.get("email", "").strip()[:320]
    limits.by_address(PER_ADDRESS, "sign in")
    limits.limit(PER_ACCOUNT, "sign in", sha256(email.lower().encode("utf-8", "replace")).hexdigest())
    who = accounts.sign_in(heed_of(), email, request.form.get("password", ""), now())
    if who is None:
        wrong = _("The address or the password is not right. Try again, or ask an admin for a new sign-in link.")
        page = render_template("login/form.html", email=email, wrong=wrong, next=request.form.get("next", ""))
        return page, 422
    return _enter(who, by="password")


@bp.get("/login/link/<token>")
@audience("public")
def link(token: str) -> tuple[str, int]:
    """Show the button that uses a link up; only asking for the page does not, since mail programs look ahead."""
    holds = accounts.link_holds(heed_of(), token, now())
    return render_template("login/link.html", holds=holds), 200 if holds else 410


@bp.post("/login/link/<token>")
@audience("public")
def use_link(token: str) -> tuple[str, int] | Response:
    """Sign in by a link."""
    limits.by_address(PER_ADDRESS, "sign in")
    who = accounts.use_link(heed_of(), token, now())
    if who is None:
        return render_template("login/link.html", holds=False), 410
    return _enter(who, by="link")


@bp.post("/logout")
@audience("agent")
def sign_out() -> Response:
    """Sign this browser out."""
    accounts.sign_out(heed_of(), signed_in(), now())
    session.clear()
    return redirect(url_for("login.form"), 303)


def _enter(who: AgentRow, *, by: str) -> Response:
    browser = request.headers.get("User-Agent", "")
    sign_in_as(accounts.open_session(heed_of(), who, browser, now(), by=by), by_link=by == "link")
    if by == "link" and not accounts.has_password(heed_of(), who.id):
        flash(_("You are signed in. Choose a password now: the link you used does not work again."))
        return redirect("/settings/you", 303)
    return redirect(_next(), 303)


def _next() -> str:
    """Return where to go after signing in: a path of ours, never another site."""
    wanted = request.values.get("next", "")
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if local else "/"
