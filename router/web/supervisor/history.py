"""A ticket's whole history as a page: everything on record, in words."""

from datetime import UTC, datetime

from flask import Blueprint, g, render_template, request

from router.inbox import history
from router.triage.cues import CUES
from router.web.audience import audience
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import mark

bp = Blueprint("history", __name__)

DIRECTIONS = {
    "inbound": mark("{who} wrote"),
    "outbound": mark("{who} answered"),
    "note": mark("{who} kept a note"),
    "event": mark("{who} did something in the channel"),
}
STEPS = {
    "made": mark("promised"),
    "kept": mark("promise kept"),
    "late": mark("promise kept too late"),
    "dropped": mark("promise dropped"),
}
OCCASIONS = {
    "message": mark("a message"),
    "publish": mark("new rules"),
    "transfer": mark("a transfer"),
    "correction": mark("a correction"),
}
FIELDS = {"intent": mark("what they want"), "language": mark("the language"), "frustration": mark("how they feel")}


@bp.get("/tickets/<ticket_id>/history")
@audience("agent")
def show(ticket_id: str) -> str:
    """Show a page of a ticket's history, from the beginning or after a moment."""
    found = history.history_of(heed_of(), g.scope, ticket_id, _after())
    return render_template(
        "supervisor/history.html",
        history=found,
        line=found.line,
        first=request.args.get("after") is None,
        at=now(),
        directions=DIRECTIONS,
        steps=STEPS,
        occasions=OCCASIONS,
        fields=FIELDS,
        trace_words=trace_words,
        cue_words=lambda cue: _(CUES[cue].label) if cue in CUES else cue.replace("_", " "),
    )


def trace_words(trace: object) -> list[tuple[str, bool, str]]:
    """Return (rule, whether it matched, why) of a recorded trace; what another release wrote is left out."""
    steps = trace if isinstance(trace, list) else []
    return [(str(s[0]), bool(s[1]), str(s[2])) for s in steps if isinstance(s, list) and len(s) == 3]


def _after() -> datetime | None:
    """Return the moment asked for; none for what is no moment."""
    try:
        found = datetime.fromisoformat(request.args.get("after", ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
