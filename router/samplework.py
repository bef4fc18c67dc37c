"""What the people of the sample desk do with the first messages: take tickets, answer, note, put off, resolve.

All of it by the same acts as anyone's. Only web chat and the API are answered: there, nothing leaves this machine.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from router import desk, presence
from router.app import Heed
from router.model import Presence, Scope
from router.samples.chats import CHAT_HANDLING
from router.samples.mails import MAIL_HANDLING
from router.samples.people import Colleague
from router.samples.words import Handling, Said
from router.store import people, tickets

HANDLING: Mapping[str, Handling] = {**CHAT_HANDLING, **MAIL_HANDLING}
HELD = ("open", "pending", "snoozed")
PUT_OFF = timedelta(hours=3)
LOADER_KEEPS = 2  # open tickets for whoever loads the sample; besides, one put off and one resolved
TRIES = 8  # pulls of theirs at most

Now = Callable[[], datetime]


def crew_works(heed: Heed, crew: Mapping[str, Colleague], stories: Mapping[str, Said], now: Now) -> None:
    """Let the people of the sample be here or away, take as many tickets as they do, and work on them."""
    for agent_id, colleague in crew.items():
        scope = _scope(heed, agent_id)
        if _busy(heed, agent_id):
            continue  # a loading that was cut off had come past them
        if colleague.presence != "offline":
            presence.set_presence(heed, agent_id, Presence.ONLINE, now())
        for _ in range(colleague.takes):
            ticket_id = _pull(heed, scope, now)
            if ticket_id is None:
                break
            _handle(heed, scope, ticket_id, HANDLING.get(_key(stories, ticket_id), Handling()), now)
        if colleague.presence not in ("offline", "online"):
            presence.set_presence(heed, agent_id, Presence(colleague.presence), now(), reason=colleague.reason)


def loader_works(heed: Heed, agent_id: str, stories: Mapping[str, Said], now: Now) -> None:
    """Give whoever loads the sample something in each of their lists: one resolved, one put off, the rest open."""
    scope = _scope(heed, agent_id)
    if _busy(heed, agent_id):
        return
    kept: list[tuple[str, Handling]] = []
    ends = ["resolve", "snooze"]
    for _ in range(TRIES):
        ticket_id = _pull(heed, scope, now) if ends or len(kept) < LOADER_KEEPS else None
        if ticket_id is None:
            break
        usual = HANDLING.get(_key(stories, ticket_id), Handling())
        if usual.then in ends:
            ends.remove(usual.then)
            _handle(heed, scope, ticket_id, usual, now)
        else:
            kept.append((ticket_id, usual))
    kept.sort(key=lambda held: not held[1].answer)  # stable; an answered ticket is the better one to end
    for end, (ticket_id, usual) in zip(ends, kept, strict=False):
        _handle(heed, scope, ticket_id, replace(usual, then=end), now)  # type: ignore[arg-type]
    for ticket_id, usual in kept[len(ends) :]:
        _handle(heed, scope, ticket_id, Handling(note=usual.note), now)


def _handle(heed: Heed, scope: Scope, ticket_id: str, handling: Handling, now: Now) -> None:
    if handling.note:
        desk.note(heed, scope, ticket_id, handling.note, now(), key=f"sample-note-{ticket_id}")
    if handling.answer:
        desk.reply(heed, scope, ticket_id, handling.answer, now(), key=f"sample-reply-{ticket_id}")
    if handling.then == "resolve":
        desk.resolve(heed, scope, ticket_id, now())
    elif handling.then == "snooze":
        desk.snooze(heed, scope, ticket_id, now() + PUT_OFF, now())


def _pull(heed: Heed, scope: Scope, now: Now) -> str | None:
    try:
        pulled = desk.pull(heed, scope, now())
    except desk.Refused:
        return None  # away, or every slot is taken
    return pulled.ticket_id if pulled is not None else None


def _scope(heed: Heed, agent_id: str) -> Scope:
    with heed.database.read() as db:
        who = people.by_id(db, agent_id)
        brands = people.brands_of(db, agent_id)
    assert who is not None
    return Scope(who.role, brands, agent_id)


def _busy(heed: Heed, agent_id: str) -> bool:
    with heed.database.read() as db:
        return bool(tickets.held_by(db, agent_id, HELD))


def _key(stories: Mapping[str, Said], ticket_id: str) -> str:
    return stories[ticket_id].key if ticket_id in stories else ""
