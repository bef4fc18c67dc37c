"""One act on many tickets: what would happen, then doing it in pieces, then undo. Works by forms alone."""

from collections.abc import Sequence

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import finding, inbox, many
from router.desk import setting_aside
from router.desk.errors import Refused
from router.many.acts import MOST, Order, tag
from router.mistakes import Mistake
from router.web.audience import audience
from router.web.inbox.dialogs import snooze_choices
from router.web.inbox.forms import moment
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import mark, zone_of

NAMES = 200  # tickets named on the dry run; the others are counted
DONE_WORDS = {  # kind of act -> what was done, with how many
    "assign": (mark("{n} ticket assigned"), mark("{n} tickets assigned")),
    "transfer": (mark("{n} ticket transferred"), mark("{n} tickets transferred")),
    "tag": (mark("{n} ticket tagged"), mark("{n} tickets tagged")),
    "untag": (mark("A tag removed from {n} ticket"), mark("A tag removed from {n} tickets")),
    "snooze": (mark("{n} ticket snoozed"), mark("{n} tickets snoozed")),
    "resolve": (mark("{n} ticket resolved"), mark("{n} tickets resolved")),
    "return": (mark("{n} ticket returned to its queue"), mark("{n} tickets returned to their queues")),
    "spam": (mark("{n} ticket set aside as spam"), mark("{n} tickets set aside as spam")),
    "back": (mark("{n} ticket brought back"), mark("{n} tickets brought back")),
}
bp = Blueprint("bulk", __name__)


@bp.get("/bulk")
@audience("agent")
def latest() -> str:
    """Show what I did to many tickets that can still be undone."""
    found = many.latest(heed_of(), g.scope, now())
    return render_template("bulk/latest.html", found=found, done_words=DONE_WORDS, at=now())


@bp.post("/bulk")
@audience("agent")
def ask() -> str | tuple[str, int] | Response:
    """Ask what is still missing, show what would happen, and begin once that is confirmed."""
    form = request.form
    chosen = _chosen()
    kind = many.BY_KEY.get(form.get("act", ""))
    if kind is None or (kind.role.rank > g.scope.role.rank):
        return _page(chosen)
    try:
        order = Order(kind, _given(kind))
    except (Refused, ValueError) as error:
        asked = "asked" in form
        return _page(chosen, kind, wrong=str(error) if asked else ""), 422 if asked else 200
    found = many.preview(heed_of(), g.scope, order, chosen, now())
    if form.get("confirm") != "1":
        return _page(chosen, kind, order, found)
    key = form.get("key", "")[:64] or many.new_key()
    many.begin(heed_of(), g.scope, order, chosen, key, now())
    if many.go_on(heed_of(), key, now()):
        many.hand_on(heed_of(), key)
    return redirect(url_for("bulk.result", key=key), 303)


@bp.get("/bulk/<key>")
@audience("agent")
def result(key: str) -> str:
    """Show how far an act has come, what became of each ticket, and the way back."""
    found = many.progress(heed_of(), g.scope, key)
    may_undo = found.act.undone_at is None and found.act.until > now() and bool(found.done)
    if found.act.agent_id != g.scope.agent and g.scope.role.rank == 0:
        may_undo = False
    return render_template("bulk/result.html", found=found, may_undo=may_undo, done_words=DONE_WORDS, at=now())


@bp.post("/bulk/<key>/go")
@audience("agent")
def go_on(key: str) -> Response:
    """Treat the next tickets; a worker may be at it too."""
    many.progress(heed_of(), g.scope, key)  # within the scope, or not found
    many.go_on(heed_of(), key, now())
    return redirect(url_for("bulk.result", key=key), 303)


@bp.post("/bulk/<key>/undo")
@audience("agent")
def undo(key: str) -> Response:
    """Take it back, ticket by ticket; those that changed since stay as they are."""
    many.take_back(heed_of(), g.scope, key, now())
    if many.go_on(heed_of(), key, now()):
        many.hand_on(heed_of(), key)
    return redirect(url_for("bulk.result", key=key), 303)


def _chosen() -> list[str]:
    """Return the tickets ticked, or all of a list, at most a thousand. Raises Mistake if there are none."""
    form = request.form
    ticked = [*form.getlist("ticket"), *form.get("tickets", "").split()]
    found = list(dict.fromkeys(_all_of(form.get("all", "")) if form.get("all") else ticked))[:MOST]
    if not found:
        raise Mistake(_("Choose at least one ticket: tick the boxes beside them."))
    return found


def _all_of(name: str) -> Sequence[str]:
    heed, scope = heed_of(), g.scope
    if name == "aside":
        return setting_aside.all_ids(heed, scope, MOST)
    if name == "waiting":
        return inbox.waiting_ids(heed, scope, MOST)
    if name.startswith("search:"):
        return finding.all_ids(heed, scope, name.removeprefix("search:"), now(), MOST, zone=zone_of(g.agent.zone))
    lists = {"mine": inbox.mine, "snoozed": inbox.snoozed}
    return [line.id for line in lists[name](heed, scope).items] if name in lists else []


def _given(kind: many.Kind) -> str:
    """Return what was said with an act. Raises ValueError or Refused if it is missing or wrong."""
    form = request.form
    if kind.needs == "moment":
        return moment(form.get("at") or form.get("until", ""), g.agent.zone).isoformat()
    if kind.needs == "tag":
        return tag(form.get("tag", ""))
    return form.get(kind.needs, "") if kind.needs else ""


def _page(
    chosen: Sequence[str],
    kind: many.Kind | None = None,
    order: Order | None = None,
    found: many.Foreseen | None = None,
    wrong: str = "",
) -> str:
    heed, scope = heed_of(), g.scope
    named = inbox.lines_of(heed, scope, chosen[:NAMES])
    agents = inbox.agents(heed, scope) if kind is not None and kind.needs == "agent" else []
    queues = inbox.queues(heed, scope) if kind is not None and kind.needs == "queue" else []
    names = {one.id: one.name for one in agents} | {one.id: one.name for one in queues}
    return render_template(
        "bulk/ask.html",
        chosen=chosen,
        kinds=[one for one in many.ACTS if one.role.rank <= scope.role.rank],
        kind=kind,
        order=order,
        found=found,
        why={verdict.ticket_id: verdict for verdict in found.verdicts} if found else {},
        named={line.id: line for line in named},
        agents=agents,
        queues=queues,
        given_name=names.get(order.given, "") if order else "",
        until=many.acts.moment(order.given) if order and order.kind.needs == "moment" else None,
        choices=snooze_choices(now(), g.agent.zone),
        key=many.new_key(),
        wrong=wrong,
        at=now(),
    )
