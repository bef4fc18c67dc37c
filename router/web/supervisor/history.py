"""A ticket's whole history as a page: everything on record, in words."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial

from flask import Blueprint, g, render_template, request

from router import rulebook_versions
from router.inbox import history
from router.triage.cues import CUES
from router.web.audience import audience
from router.web.security import heed_of, now
from router.web.words import ENGLISH, language, mark, sentence
from router.web.words import look_up as _
from rules.explain import retold
from rules.model import Rule

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
        trace_words=partial(trace_words, cache(partial(rulebook_versions.rules, heed_of(), found.line.brand_id))),
        cue_words=lambda cue: _(CUES[cue].label) if cue in CUES else cue.replace("_", " "),
    )


def trace_words(
    rules_of: Callable[[int], Mapping[str, Rule]], version: int, trace: object
) -> list[tuple[str, bool, str]]:
    """Return (rule, whether it matched, why) of a recorded trace; what another release wrote is left out."""
    steps = [s for s in trace if isinstance(s, list) and len(s) == 3] if isinstance(trace, list) else []
    rules = rules_of(version) if steps and language() != ENGLISH else {}  # it was recorded in English
    found = ((str(rule), bool(matched), str(because)) for rule, matched, because in steps)
    return [
        (rule, matched, sentence(retold(rules[rule], because)) if rule in rules else because)
        for rule, matched, because in found
    ]


def _after() -> datetime | None:
    """Return the moment asked for; none for what is no moment."""
    try:
        found = datetime.fromisoformat(request.args.get("after", ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
