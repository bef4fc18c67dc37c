"""What agents look at: the inbox with its lists, one ticket; each fragment has its own address."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import inbox, looking, merging, seen
from router.inbox import EventView, MessageView, Page, TicketView
from router.inbox.composing import composing, drafts_among
from router.model import Presence
from router.web.audience import audience
from router.web.inbox import answers
from router.web.inbox.sending import later_choices
from router.web.inbox.telling import QUIET
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _
from router.web.words import zone_of

FIRST = frozenset({"opened", "reopened", "woke"})  # what happened before the message of the same moment
TABS = ("mine", "waiting", "snoozed", "done")

bp = Blueprint("inbox", __name__)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the conversation: a new day, a message, or something that happened."""

    key: str
    at: datetime
    day: bool = False
    message: MessageView | None = None
    event: EventView | None = None


@bp.get("/")
@audience("agent")
def index() -> str:
    """Show the inbox without a ticket."""
    return render_template("inbox/index.html", **_list(_tab()), view=None, pane="list")


@bp.get("/tickets/<ticket_id>")
@audience("agent")
def ticket(ticket_id: str) -> str | AnyResponse:
    """Show the inbox with one ticket open; one that was merged is shown in the other."""
    shown = merging.shown_in(heed_of(), g.scope, ticket_id)
    if shown != ticket_id:
        return redirect(url_for("inbox.ticket", ticket_id=shown, tab=request.args.get("tab")))
    return show(ticket_id, **answers.asked_for(ticket_id))


def show(ticket_id: str, **more: object) -> str:
    """Return the page of one ticket; `more` carries what was typed and why it was not taken."""
    shown = merging.shown_in(heed_of(), g.scope, ticket_id)
    view = inbox.ticket(heed_of(), g.scope, shown, now(), before=request.args.get("before"))
    return render_template("inbox/index.html", **{**_list(_tab(view)), **_ticket(view), **more}, pane="talk")


@bp.get("/inbox/list")
@audience("agent")
def fragment_list() -> Response:
    """Return the list alone."""
    return unchanged(render_template("inbox/_list.html", **_list(_tab()), shown=request.args.get("ticket", "")))


@bp.get("/tickets/<ticket_id>/conversation")
@audience("agent")
def conversation(ticket_id: str) -> Response:
    """Return a ticket's conversation, composer and panel; with `before`, the earlier messages."""
    shown = merging.shown_in(heed_of(), g.scope, ticket_id)
    view = inbox.ticket(heed_of(), g.scope, shown, now(), before=request.args.get("before"))
    return unchanged(render_template("inbox/_ticket.html", **_ticket(view), tab=_tab(view)))


def may_pull(me: inbox.Me | None) -> str:
    """Return why no ticket can be pulled now, empty if one can; who pulls while offline comes online."""
    if me is None:
        return ""
    if me.presence is Presence.AWAY:
        said = _("You are away ({reason}).", reason=me.reason) if me.reason else _("You are away.")
        return said + " " + _("Go online to pull.")
    if me.presence is Presence.WRAPPING_UP:
        return _("You are wrapping up. Go online to pull.")
    return _("All your slots are taken. Answer or put off a ticket to pull the next.") if me.full else ""


def _tab(view: TicketView | None = None) -> str:
    wanted = request.args.get("tab", "")
    if wanted in TABS:
        return wanted
    if view is None or view.line.agent_id == g.scope.agent:
        state = view.line.state if view else ""
        return "snoozed" if state == "snoozed" else "done" if state in ("resolved", "closed") else "mine"
    return "waiting" if view.line.state == "waiting" else "mine"


def _list(tab: str) -> dict[str, object]:
    heed, scope, at = heed_of(), g.scope, now()
    if tab == "waiting":
        page: Page = inbox.waiting(heed, scope, request.args.get("cursor"), now=at)
    else:
        page = {"mine": inbox.mine, "snoozed": inbox.snoozed, "done": inbox.done}[tab](heed, scope)
    me = inbox.me(heed, scope.agent, at)
    return {
        "tab": tab,
        "tabs": TABS,
        "page": page,
        "counts": inbox.counts(heed, scope),
        "mine": me,
        "cannot_pull": may_pull(me),
        "at": at,
        "drafts": drafts_among(heed, scope, page.items),
        "unread": seen.unread(heed, scope),
    }


def _ticket(view: TicketView) -> dict[str, object]:
    looking.note_read(heed_of(), g.scope, signed_in().actor, view.line, now())
    me = inbox.me(heed_of(), g.scope.agent, now())
    return {
        "view": view,
        "moments": _moments(view),
        "at": now(),
        "is_mine": view.line.agent_id == g.scope.agent,
        "why": inbox.why(heed_of(), g.scope, view.line.id, now()),
        "mine": me,
        "cannot_pull": may_pull(me),
        "key": sha256(f"{view.line.id}{now().timestamp()}{g.scope.agent}".encode()).hexdigest()[:24],
        "shown": view.line.id,
        "composing": composing(heed_of(), g.scope, view, now()),
        "later_choices": later_choices(now(), g.agent.zone),
    }


def _is_told(event: EventView) -> bool:
    """Say whether an event has a line of its own; that a ticket was merged is told by the one that shows it."""
    return event.kind not in QUIET and not (event.kind == "merged" and event.number is not None)


def _moments(view: TicketView) -> list[Moment]:
    """Return messages and events in one order, with a line for each new day of the reader."""
    entries = [Moment(f"m-{m.id}", m.at, message=m) for m in view.messages]
    entries += [Moment(f"e-{e.number or ''}-{e.seq}", e.at, event=e) for e in view.events if _is_told(e)]
    entries.sort(key=lambda moment: (moment.at, moment.event is not None and moment.event.kind not in FIRST))
    zone = zone_of(g.agent.zone)
    found: list[Moment] = []
    for day, of_day in groupby(entries, key=lambda moment: moment.at.astimezone(zone).date()):
        rest = list(of_day)
        found.append(Moment(f"d-{day}", rest[0].at, day=True))
        found.extend(rest)
    return found


def unchanged(body: str) -> Response:
    """Return a fragment with its fingerprint; 304 to whoever has it already."""
    response = Response(body, mimetype="text/html")
    response.set_etag(sha256(body.encode()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers["Vary"] = "Cookie"
    return response.make_conditional(request)  # type: ignore[return-value]
