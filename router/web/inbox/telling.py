"""How the inbox says things: moods, states, channels, what happened. Words only; layout is in the templates."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from flask import Flask, g

import channels
from router import connecting
from router.inbox import EventView
from router.routing.words import LANGUAGES, is_language
from router.teaching import looking
from router.triage.intents import INTENTS
from router.web.security import heed_of
from router.web.words import language_name, mark, span
from router.web.words import look_up as _

TENSE, HOT = 25, 50  # where a message's own figure changes shape; the written anchors

STATES: Mapping[str, str] = {
    "new": "new",
    "waiting": "waiting",
    "offered": "offered",
    "open": "open",
    "pending": "customer's turn",
    "snoozed": "snoozed",
    "resolved": "resolved",
    "closed": "closed",
}
TRENDS = (mark("rising"), mark("falling"), mark("steady"))  # of a mood, as the model says them
SENT: Mapping[str, str] = {  # state of an outgoing message -> words
    "scheduled": "scheduled",
    "queued": "on its way",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "not sent",
    "came back": "not delivered",  # failed, once it had been sent
    "unknown": "may not have arrived",
}
IN_A_SENTENCE: Mapping[str, str] = {"email": "email", "webchat": "web chat"}  # channel -> name, where it is no label
ICONS: Mapping[str, str] = {"email": "mail", "webchat": "chat"}  # channel -> icon, where it has another name
SLOTS: Mapping[str, str] = {"live": "live", "mail": "mail", "task": "task", "call": "call"}
PROMISES: Mapping[str, str] = {"first_answer": "First answer", "next_answer": "Next answer", "resolution": "Resolve by"}
PRESENCES: Mapping[str, str] = {
    "online": "Online",
    "away": "Away",
    "wrapping_up": "Wrapping up",
    "offline": "Offline",
}

Say = Callable[[EventView], str]


def mood_shape(level: int) -> str:
    """Return calm, tense or hot for one message's frustration."""
    return "hot" if level >= HOT else "tense" if level >= TENSE else "calm"


def heat_shape(heat: int) -> str:
    """Return calm, tense or hot for a ticket's heat."""
    return ("calm", "tense", "hot", "hot")[max(0, min(heat, 3))]


def intent(key: str) -> str:
    """Return an intent as people say it, empty for `other`."""
    if key not in INTENTS and key:
        return _own_intents().get(key, key.replace("_", " "))
    return "" if key in ("", "other") else _(key.replace("_", " "))


def _own_intents() -> Mapping[str, str]:
    """Return what the reader's brands call their own intents, looked up once for a page."""
    if "own_intents" not in g:
        g.own_intents = looking.labels(heed_of(), g.scope) if "scope" in g else {}
    found: Mapping[str, str] = g.own_intents
    return found


def language(tag: str) -> str:
    """Return a language's name; empty for one that could not be told."""
    return "" if tag in ("", "und") else language_name(tag, LANGUAGES.get(tag, tag))


def channel_name(key: str) -> str:
    """Return a channel's name in a sentence: its own label, without what the label adds in brackets."""
    if key in IN_A_SENTENCE:
        return _(IN_A_SENTENCE[key])
    return _(connecting.info(key).label).partition(" (")[0] if key in channels.CHANNELS else key


def channel_icon(key: str) -> str:
    """Return the icon of a channel; one that nobody has drawn is shown as the letter it begins with."""
    return ICONS.get(key, key)


def happened(event: EventView) -> str:
    """Return one thing that happened in words, and who did it where the words do not say."""
    say = EVENTS.get(event.kind)
    words = say(event) if say else event.kind.replace("_", " ").replace(".", " ")
    return f"{words} · {event.by}" if event.by and event.by not in words else words


def _plain(words: str) -> Say:
    return lambda event: _(words)


def _with(words: str, *keys: str) -> Say:
    """Return a sentence with the first of `keys` that the event tells, quoted by the words around `{x}`."""

    def say(event: EventView) -> str:
        found = next((event.data[key] for key in keys if event.data.get(key)), None)
        if isinstance(found, list):
            found = ", ".join(str(item) for item in found)
        return _(words, x=found) if found else _(words.split(" {x}")[0].rstrip(" ·:“"))

    return say


def _waiting(event: EventView) -> str:
    """Return where it waits, until when, and because of what: “routed to Billing · answer within 10 min · rule”."""
    queue = event.data.get("queue_name")
    parts = [_("routed to {queue}", queue=queue) if queue else _("in line")]
    try:
        left = datetime.fromisoformat(str(event.data.get("answer_by"))) - event.at + timedelta(seconds=30)
        if left.total_seconds() > 0:
            parts.append(_("answer within {span}", span=span(left)))
    except ValueError:
        pass
    because = str(event.data.get("because") or "")
    if because in ("returned", "transferred"):
        parts.insert(0, _(because))
    rules = event.data.get("rules")
    parts += [_("“{rule}”", rule=rule) for rule in rules[:2]] if isinstance(rules, list) else []
    return " · ".join(parts)


def _assigned(event: EventView) -> str:
    words = _(HOW.get(str(event.data.get("how")), "given to {who}"), who=event.data.get("agent_name") or _("someone"))
    return words + (" · " + _("over capacity, by hand") if event.data.get("over_capacity") else "")


def _mood(event: EventView) -> str:
    return _("mood rose from {before} to {level}", before=event.data.get("before"), level=event.data.get("level"))


def _pulled_back(event: EventView) -> str:
    because, who = str(event.data.get("because")), event.data.get("agent_name")
    return _(PULLED_BACK.get(because, LOST) if who else LOST, who=who)


LOST = mark("taken back: its agent's connection was lost")
PULLED_BACK: Mapping[str, str] = {
    "shift over": mark("taken back from {who}, whose shift is over and who is not here"),
    "supervisor": mark("taken back from {who}, who is not here"),
}
HOW: Mapping[str, str] = {
    "merged": "with {who}, who had the other ticket",
    "unmerged": "back with {who}",
    "pulled": "pulled by {who}",
    "offered": "accepted by {who}",
    "dispatched": "given to {who}, who was free",
    "by hand": "given to {who} by hand",
    "woke": "back with {who}",
    "answered": "with {who}, who answered",
    "put back": "back with {who}, as it was",
    "by a rule": "given to {who} by a rule",
}
EVENTS: Mapping[str, Say] = {
    "opened": _plain("new ticket"),
    "started": _plain("new ticket, started by the desk"),
    "waiting": _waiting,
    "woke": _plain("woke by a new message"),
    "waits_for_slot": _with("waits for a slot of {x}", "agent_name"),
    "assigned": _assigned,
    "offered": _with("offered to {x}", "agent_name"),
    "offer_ended": _plain("no longer offered: back in line, with its old place"),
    "mood_rose": _mood,
    "mood_off": _plain("mood switched off: by promise and age alone"),
    "mood_on": _plain("mood switched on again"),
    "over_capacity": _with("opened by an answer, over the capacity of {x}", "agent_name"),
    "pulled_back": _pulled_back,
    "quiet": _plain("the customer fell silent"),
    "snoozed": _plain("snoozed"),
    "resolved": _plain("resolved"),
    "reopened": _plain("reopened by a new message"),
    "closed": _with("closed by a rule: {x}", "rule"),
    "transferred": _with("transferred to {x}", "agent_name", "queue_name", "site"),
    "returned": _with("returned to the queue · {x}", "reason", "because"),
    "spam": _plain("marked as spam"),
    "set_aside": _plain("set aside: its sender is blocked"),
    "not_spam": _plain("no spam: back in line"),
    "blocked": _plain("its sender was blocked"),
    "put_back": _plain("put back as it was"),
    "tagged": _with("tagged {x}", "tag"),
    "untagged": _with("tag {x} removed", "tag"),
    "answered_elsewhere": _plain("answered in the channel's own app"),
    "third_party_answered": _plain("the other party answered"),
    "delivery_failed": _plain("a reply was not delivered"),
    "asked": _plain("the customer was asked how it was"),
    "rated": _with("the customer gave {x} of 5", "score"),
    "merged": _with("merged into ticket {x}", "number"),
    "merged_in": _with("ticket {x} was merged into this one", "number"),
    "unmerged": _with("taken out of ticket {x} again", "number"),
    "unmerged_from": _with("ticket {x} was taken out again", "number"),
    "split_off": _with("a message got its own ticket, {x}", "number"),
    "split_from": _with("started from a message of ticket {x}", "number"),
    "took_back": _plain("took back a reply"),
    "schedule_held": _plain("a scheduled reply was held back: the customer wrote first"),
    "sent_again": _plain("sent a reply again"),
    "corrected": _plain("corrected what was read"),
    "acted": _with("a rule acted: {x}", "rule"),
    "escalated": _with("escalated to {x}", "queue_name", "role"),
}
QUIET = frozenset(  # the message beside it tells it already
    (
        *("message", "replied", "scheduled", "noted", "forwarded", "pending", "decided"),
        *("answered_elsewhere", "third_party_answered"),
    )
)


def register(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.tests["language_tag"] = is_language
    app.jinja_env.filters["channel_name"] = channel_name
    app.jinja_env.globals.update(
        mood_shape=mood_shape,
        heat_shape=heat_shape,
        intent_words=intent,
        language_words=language,
        channel_name=channel_name,
        channel_icon=channel_icon,
        happened=happened,
        quiet_events=QUIET,
        state_words=STATES,
        sent_words=SENT,
        slot_words=SLOTS,
        promise_words=PROMISES,
        presence_words=PRESENCES,
    )
