"""Asks the rules again about tickets on which nobody wrote: new rules are live, something was done, time has passed.

Waiting tickets follow a publish in order of place, a few in each transaction; which are still to come is written on
the tickets, so whoever comes next goes on from there. One evaluation reads one version. A promise that was made is not
taken back, nor a transfer by hand, nor a correction. On time and on a change only rules that hold newly act, no place
becomes later, and nothing that a rule did asks the rules again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from router import placing, rule_times, stored, understanding
from router.app import Heed
from router.changes import Changes
from router.desk.acting import tell
from router.desknow import DeskNow, desk_now
from router.model import SYSTEM, State
from router.recording import ONCE
from router.store import asked, corrections, lanes, roster, tickets
from router.store.asked import MOST_SAID, Due
from router.store.db import Connection
from router.store.failures import CANNOT_STORE
from router.store.rows import Ticket
from router.stored import BY_HAND, Stored
from router.understanding import Understood

log = logging.getLogger(__name__)

JOB = "router.jobs.ask_waiting"
PIECE = 20  # tickets in one transaction; others write in between
LONGEST_S = 60.0  # in one job; another goes on
MOST = 400  # tickets asked about because they were due in one go
SETTLES_FOR = timedelta(seconds=30)  # what was being decided when rules were published is written by then

Act = Callable[[Connection, Stored, DeskNow, Changes], None]


def hand_on(heed: Heed, brand_id: str) -> None:
    """Let a worker ask about a brand's waiting tickets; without a broker the sweep does."""
    heed.background.enqueue("slow", JOB, brand_id)


def unsettled(heed: Heed) -> list[str]:
    """Return the brands whose waiting tickets have not all followed the live rules."""
    with heed.database.read() as db:
        return sorted(asked.unsettled(db))


def ask_waiting(heed: Heed, brand_id: str, now: datetime) -> int:
    """Let a brand's waiting tickets follow its live rules, in order of place; return how many did."""
    seen: set[str] = set()
    ends = time.monotonic() + LONGEST_S
    while True:
        with heed.database.read() as db:
            version, published_at = asked.unsettled(db).get(brand_id, ("", now))
            waiting = asked.not_asked(db, brand_id, version, PIECE) if version else []
        if {one.id for one in waiting} <= seen:
            break
        if time.monotonic() >= ends:
            hand_on(heed, brand_id)
            return len(seen)
        seen |= {one.id for one in waiting}
        _piece(heed, waiting, _still_waits, _stand, now)
    if version and now - published_at >= SETTLES_FOR:
        with heed.database.write() as db:
            asked.settle(db, brand_id, version)
    return len(seen)


def is_due(heed: Heed, now: datetime) -> bool:
    """Say whether any ticket's rules are to be asked for time's sake, or because something was done."""
    with heed.database.read() as db:
        return asked.is_due(db, now)


def ring(heed: Heed) -> None:
    """Let a worker ask about what is due; without a broker the sweep does."""
    heed.background.enqueue("slow", "router.jobs.ask_due")


def ask_due(heed: Heed, now: datetime) -> int:
    """Ask about the tickets whose moment has come; return how many were looked at."""
    done = 0
    while done < MOST:
        with heed.database.read() as db:
            found = asked.due(db, now, PIECE)
        if not found:
            break
        of_one = [one for one in found if one.brand_id == found[0].brand_id]
        done += _piece(heed, of_one, lambda t: t.rules_due_at is not None and t.rules_due_at <= now, _look_again, now)
    return done


def _still_waits(ticket: Ticket) -> bool:
    return ticket.state == State.WAITING


def _piece(heed: Heed, found: Sequence[Due], still: Callable[[Ticket], bool], act: Act, now: datetime) -> int:
    """Ask about a few tickets of one brand together; if that fails one by one, so that one cannot hold the others."""
    try:
        _together(heed, found, still, act, now)
    except CANNOT_STORE:
        raise
    except Exception as error:
        log.exception("rules could not be asked about tickets again: %s", type(error).__name__)
        if len(found) == 1:
            with heed.database.write() as db:
                asked.pass_by(db, found[0].id, found[0].brand_id)
            return 1
        for one in found:
            _piece(heed, [one], still, act, now)
    return len(found)


def _together(heed: Heed, found: Sequence[Due], still: Callable[[Ticket], bool], act: Act, now: datetime) -> None:
    agents = {agent for one in found for agent in (one.agent_id, one.reserved_for) if agent}
    changes = Changes(now=now)
    with heed.database.write() as db:
        roster.lock(db, agents)
        held = tickets.load(db, SYSTEM, [one.id for one in found], lock=True)
        mine = {i: t for i, t in held.items() if still(t) and {t.agent_id, t.reserved_for} <= {*agents, None}}
        desk = desk_now(db, found[0].brand_id, now)
        changes.rules_version, changes.asked = desk.rules_version, set(mine)
        there = stored.load(heed, db, mine, now)
        for one in found:
            if one.id in there:
                act(db, there[one.id], desk, changes)
        changes.write(db)
    tell(heed, changes)


def _stand(db: Connection, one: Stored, desk: DeskNow, changes: Changes) -> None:
    """Let a waiting ticket stand as if it had come with these rules."""
    talk, ticket = one.talk, one.talk.ticket
    if ticket.rules_version_id == desk.rules_version and desk.rules_version:
        return  # a message came meanwhile
    changes.watch(ticket)
    ticket.rules_version_id, ticket.rules_due_at = desk.rules_version, None
    since_answer = [said for said in one.said if ticket.last_answer_at is None or said.at > ticket.last_answer_at]
    said = (since_answer or one.said[-1:])[-MOST_SAID:]
    if not said or not desk.rules_version:
        return
    by_hand = corrections.was_transferred(db, ticket.id, ticket.episode)
    home = ticket.queue_id if by_hand else one.home_queue_id or desk.default_queue.id
    ticket.heat = said[-1].mood.heat if desk.brand.mood_on else 0
    ticket.note = None
    if not ticket.reserved_for:
        talk.needs = {skill: why for skill, why in talk.needs.items() if why[1] in BY_HAND}
        ticket.queue_id, ticket.place, ticket.head_start_extra_s, ticket.step_down_at = home, None, 0, None
    for words in said:
        made = one.ask(words, desk, changes, ONCE)
        outcome = replace(made.outcome, queue=None) if by_hand else made.outcome
        if ticket.reserved_for:
            understanding.stays(talk, replace(made, outcome=outcome), ticket.heat, desk, changes)
        else:
            talk.is_new = False
            understanding.line_up(talk, outcome, ticket.queue_id, desk, changes)
    if not ticket.reserved_for:
        changes.needs[ticket.id] = talk.needs
    changes.event(
        ticket, "waiting", queue=ticket.queue_id, answer_by=ticket.answer_by, heat=ticket.heat, because="new rules",
        rules=list(made.outcome.matched), evaluation=made.evaluation_id, flag=ticket.flag,
    )  # fmt: skip
    ticket.rules_due_at = rule_times.next_moment(ticket, made.known, desk, changes.now)


def _look_again(db: Connection, one: Stored, desk: DeskNow, changes: Changes) -> None:
    """Let the rules that hold newly act on a ticket; nothing is taken from it."""
    ticket, before = one.talk.ticket, one.talk.ticket.rules_due_at
    if not one.said or not desk.rules_version or ticket.merged_into:
        asked.put_due(db, [ticket.id], None)
        return
    occasion = "change" if before == ticket.updated_at else "time"
    made = one.ask(one.said[-1], desk, changes, occasion)
    if made.evaluation_id is None:
        asked.put_due(db, [ticket.id], rule_times.next_moment(ticket, made.known, desk, changes.now))
        return
    changes.watch(ticket)
    if made.outcome.matched:
        changes.event(ticket, "acted", rule=", ".join(made.outcome.matched), evaluation=made.evaluation_id)
        _move_on(db, one, made, desk, changes)
    ticket.rules_due_at = rule_times.next_moment(ticket, made.known, desk, changes.now)


def _move_on(db: Connection, one: Stored, made: Understood, desk: DeskNow, changes: Changes) -> None:
    """Let what rules newly decide count for a ticket that waits or that somebody has."""
    talk, ticket, outcome = one.talk, one.talk.ticket, made.outcome
    talk.is_new = False
    if ticket.state == State.WAITING and not ticket.reserved_for:
        ticket.heat = max(ticket.heat, outcome.heat_at_least)
        topics = lanes.topics(db, {ticket.lane_id} if ticket.lane_id is not None else set())
        queue = desk.queues.get(ticket.queue_id) or desk.default_queue
        line = placing.line_of(ticket, outcome, desk, queue)
        if not outcome.prefer and line.queue.id == queue.id and ticket.lane_id is not None:
            line = replace(line, topic=topics.get(ticket.lane_id))
        if line.step_down is not None and ticket.step_down_at is None:
            ticket.step_down_at = desk.calendar(line.queue).add_working_time(changes.now, line.step_down)
        understanding.take_place(talk, outcome, line, desk, changes)
    elif any(promise.kind != "resolution" for promise in talk.promises):
        understanding.stays(talk, made, ticket.heat, desk, changes)
