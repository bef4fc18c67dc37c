"""What the rules said of a ticket goes on record, with what they ask to be done outside; no customer's words. No I/O.

A rule acts once for each time that its conditions begin to hold: the evaluation with which they began names the
occasion, so that asking again while they hold asks for nothing more, however often, by whomever.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from router import factual
from router.changes import Changes, as_json
from router.desknow import DeskNow
from router.store.ids import new_id
from router.working import Conversation
from rules.explain import recorded
from rules.tally import Effect, Outcome
from rules.values import FactValue

QUIET = frozenset({"change", "time"})  # occasions on which nobody wrote: only rules that hold newly act
ONCE = "publish"  # an occasion on which nothing is done again that was done, and no word goes to a customer


def evaluation(
    talk: Conversation,
    message_id: str,
    known: Mapping[str, FactValue],
    outcome: Outcome,
    news: Outcome,
    desk: DeskNow,
    changes: Changes,
    occasion: str,
) -> str:
    """Record what the rules said, and return the evaluation's id; `news` is what those that hold newly decide."""
    evaluation_id = new_id()
    talk.ticket.rules_version_id = desk.rules_version
    changes.evaluations.append(
        {
            "id": evaluation_id,
            "ticket_id": talk.ticket.id,
            "message_id": message_id,
            "rules_version_id": desk.rules_version,
            "occasion": occasion,
            "facts": as_json(factual.recordable(known)),
            "trace": as_json(recorded(outcome)),
            "at": changes.now,
        }
    )
    talk.held = {rule: talk.held.get(rule, evaluation_id) for rule in outcome.matched}
    changes.matched.extend((evaluation_id, rule, since) for rule, since in talk.held.items())
    for effect in _asked_for(talk, outcome, news, desk, occasion):
        changes.effects.append(_row(talk, effect, changes))
    return evaluation_id


def _asked_for(talk: Conversation, outcome: Outcome, news: Outcome, desk: DeskNow, occasion: str) -> Iterable[Effect]:
    """Return what is to be done outside on this occasion."""
    if occasion in QUIET:
        return [effect for effect in news.effects if desk.timing.occasional(effect.rule)]
    every = {(e.rule, e.kind, e.args["target"]): e for e in (*outcome.effects, *news.effects)}
    if occasion != ONCE:
        return every.values()
    return [e for key, e in every.items() if e.kind != "acknowledge" and key[:2] not in talk.done]


def _row(talk: Conversation, effect: Effect, changes: Changes) -> Mapping[str, object]:
    since = talk.held[effect.rule]
    return {
        "id": new_id(),
        "ticket_id": talk.ticket.id,
        "rule": effect.rule,
        "kind": effect.kind,
        "occasion": f"episode {talk.ticket.episode}" + (f" {since}" if since else ""),
        "argument": as_json(dict(effect.args)),
        "at": changes.now,
        "due_at": changes.now + (effect.after or timedelta(0)),
    }
