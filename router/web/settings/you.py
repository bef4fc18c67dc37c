"""One's own page: name, zone, how the desk behaves, password, open sessions, tokens."""

from zoneinfo import available_timezones

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from router import accounts, preferences, staffing, tokens
from router.mistakes import Mistake
from router.preferences import SETTINGS, Kind
from router.tokens import SCOPES, USUAL_SCOPES
from router.web.audience import audience
from router.web.inbox import frame
from router.web.security import SESSION_KEY, heed_of, now, sign_in_as, signed_in
from router.web.settings import asked
from router.web.words import ENGLISH, LANGUAGES, offered, read_in
from router.web.words import look_up as _

bp = Blueprint("settings_you", __name__, url_prefix="/settings/you")


@bp.get("")
@audience("agent")
def show() -> str:
    """Show the page."""
    return _page()


@bp.post("")
@audience("agent")
def change() -> Response:
    """Change name, zone and language."""
    locale = offered(asked.text("locale")) or ENGLISH
    staffing.change_profile(
        heed_of(),
        g.agent.id,
        now(),
        name=asked.text("name"),
        zone=asked.text("zone"),
        locale=locale,
    )
    read_in(locale)
    flash(_("Saved."), "good")
    return redirect(url_for("settings_you.show"), 303)


@bp.post("/likes")
@audience("agent")
def like() -> Response:
    """Change how the desk behaves; the form names every setting, a box that is not ticked is off. Raises Mistake."""
    given: dict[str, str] = {}
    for setting in SETTINGS:
        if setting.kind is Kind.SEVERAL:
            given[setting.name] = " ".join(request.form.getlist(setting.name))
        elif setting.kind is Kind.SWITCH:
            given[setting.name] = "on" if request.form.get(setting.name) else "off"
        else:
            given[setting.name] = request.form.get(setting.name, setting.default)
    preferences.change(heed_of(), g.agent.id, given)
    flash(_("Saved."), "good")
    response = redirect(url_for("settings_you.show"), 303)
    frame.remember_theme(response, given["theme"])
    return response


@bp.post("/password")
@audience("agent")
def password() -> tuple[str, int] | Response:
    """Choose a password; every other session ends."""
    heed, me = heed_of(), signed_in()
    old = None if session.get("by_link") else request.form.get("old", "")
    try:
        if request.form.get("new", "") != request.form.get("again", ""):
            raise Mistake(_("The two new passwords differ: type the same one twice."))
        accounts.set_password(heed, me, request.form.get("new", ""), now(), old=old)
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    sign_in_as(accounts.renew_session(heed, me, request.headers.get("User-Agent", ""), now()), by_link=False)
    flash(_("Your password is set. Other browsers were signed out."), "good")
    return redirect(url_for("settings_you.show"), 303)


@bp.post("/sessions/end")
@audience("agent")
def end_sessions() -> Response:
    """Sign out everywhere, here too."""
    accounts.sign_out_everywhere(heed_of(), signed_in(), now())
    session.pop(SESSION_KEY, None)
    return redirect(url_for("login.form"), 303)


@bp.post("/sessions/<prefix>/end")
@audience("agent")
def end_session(prefix: str) -> Response:
    """Sign one browser out."""
    accounts.end_one_session(heed_of(), signed_in(), prefix, now())
    return redirect(url_for("settings_you.show"), 303)


@bp.post("/tokens")
@audience("agent")
def add_token() -> tuple[str, int]:
    """Make a token and show it, this once."""
    try:
        token = tokens.create_token(
            heed_of(),
            signed_in().actor,
            g.agent,
            now(),
            scopes=request.form.getlist("scope"),
            name=asked.text("name"),
            days=asked.number("days", _("Days")),
        )
    except Mistake as mistake:
        return _page(wrong_token=mistake.reason), 422
    return _page(token=token), 200


@bp.post("/tokens/<token_id>/end")
@audience("agent")
def end_token(token_id: str) -> Response:
    """End a token."""
    tokens.end_token(heed_of(), signed_in(), token_id, now())
    return redirect(url_for("settings_you.show"), 303)


def _page(*, wrong: str = "", wrong_token: str = "", token: str = "") -> str:
    heed, me = heed_of(), signed_in()
    return render_template(
        "settings/you.html",
        who=me.agent,
        chosen=preferences.read(heed, me.agent.id),
        zones=[(zone, zone) for zone in sorted(available_timezones())],
        locales=list(LANGUAGES.items()),
        asks_old=accounts.has_password(heed, me.agent.id) and not session.get("by_link"),
        sessions=accounts.sessions(heed, me.agent, now()),
        this_session=me.through,
        tokens=tokens.tokens(heed, me.agent),
        scopes=[scope for scope, least in SCOPES.items() if me.agent.role.rank >= least.rank],
        usual=USUAL_SCOPES,
        wrong=wrong,
        wrong_token=wrong_token,
        token=token,
        minimum=accounts.MIN_PASSWORD,
    )
