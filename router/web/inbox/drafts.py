"""Drafts over the web: kept by the composer's script while one types, thrown away by a form."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, g, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import returning
from router.desk import drafting
from router.desk.drafting import Draft
from router.web.audience import audience
from router.web.security import heed_of, now

MAX_AGE = timedelta(days=60)  # of words that a browser kept while it could not reach us
MAX_LINE = 4000  # characters of recipients as typed

bp = Blueprint("drafts", __name__)


@bp.route("/tickets/<ticket_id>/draft", methods=["POST", "PUT"])
@audience("agent")
def keep(ticket_id: str) -> Response:
    """Keep what is being written; tell which version is kept, and what else was written elsewhere.

    `age_ms` says how long ago the last key was pressed, so that no browser's clock matters; `base` is the version seen.
    """
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        abort(400, "Send the draft as a JSON object.")
    to, cc, bcc = (_text(said, name, MAX_LINE) for name in ("to", "cc", "bcc"))
    age = said.get("age_ms")
    age_s = min(max(float(age), 0.0) / 1000, MAX_AGE.total_seconds()) if isinstance(age, int | float) else 0.0
    given = Draft(
        agent_id=g.scope.agent,
        ticket_id=ticket_id,
        text=_text(said, "text").replace("\r\n", "\n").replace("\x00", ""),
        at=now() - timedelta(seconds=age_s),
        kind=_text(said, "kind", 10),
        to=to or None,
        cc=returning.with_bcc(cc, bcc) if to else None,
        key=_text(said, "key", 64),
    )
    kept = drafting.keep(heed_of(), g.scope, given, now(), base=_moment(_text(said, "base", 40)))
    return jsonify(
        {
            "at": kept.draft.at.isoformat() if kept.draft else "",
            "sent": kept.sent is not None,
            "other": as_json(kept.other) if kept.other else None,
        }
    )


@bp.post("/tickets/<ticket_id>/draft/discard")
@audience("agent")
def discard(ticket_id: str) -> AnyResponse:
    """Throw one's unsent words on a ticket away."""
    drafting.discard(heed_of(), g.scope, ticket_id)
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json":
        return jsonify({"url": where, "ticket": ticket_id})
    return redirect(where, 303)


def as_json(draft: Draft) -> dict[str, object]:
    """Return a draft as the composer's script reads it."""
    cc, _, bcc = (draft.cc or "").partition("\n")
    return {
        "text": draft.text,
        "kind": draft.kind,
        "to": draft.to or "",
        "cc": cc,
        "bcc": bcc,
        "key": draft.key,
        "at": draft.at.isoformat(),
    }


def _text(said: dict[str, object], name: str, most: int = 1_000_000) -> str:
    found = said.get(name)
    return found[:most] if isinstance(found, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
