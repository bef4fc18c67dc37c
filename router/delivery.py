"""Sends replies: each attempt is committed before the platform is called, and its outcome after; in order per ticket.

An attempt whose end nobody saw is shown as “may not have arrived” and never repeated silently, unless the channel takes
idempotency keys.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from channels import adapter
from channels.errors import DeliveryFailed, Slows
from channels.types import Attachment, ChannelInfo, Party, Reply
from router import afterwards, echoes, lending, pacing, surveying
from router.app import Heed
from router.desk.addressing import message_id_for, new_token
from router.inbox.allowed import closed
from router.notify import Change
from router.store import answers, blobs, connections, messages, names, notices, outgoing, pace
from router.store.connections import ConnectionRow
from router.store.db import Connection
from router.store.ids import new_id
from router.store.outgoing import Parcel
from router.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # of an attempt; after it the clock asks what became of it
LEASE_WITH_FILES = timedelta(minutes=4)  # uploads may take 90 s each
BACKOFF_S = (5, 30, 120, 600, 3600)  # before the second, third … attempt; the last one repeats
GIVE_UP = timedelta(hours=24)  # after it was queued
BACKLOG = 500  # jobs waiting for a worker; with more the sweep adds none
PREFIX = "Replies: "  # of what is noted on a connection, so that a mailbox's trouble is not taken for ours
WAITS_HERE_S = 1.5  # for its own conversation; for longer the clock has it tried again
UNCERTAIN = "It may not have arrived. Ask the customer, or send it again."


@dataclass(frozen=True, slots=True)
class End:
    """What became of one attempt."""

    state: str
    detail: str = ""
    due_at: datetime | None = None
    external_ids: tuple[str, ...] = ()
    trouble: str | None = None  # of the connection, for whoever looks after it
    slows: Slows = ""  # what else waits until then, by the platform's word
    slows_until: datetime | None = None


def _clock() -> datetime:
    return datetime.now(UTC)


def send(
    heed: Heed, message_id: str, now: Callable[[], datetime] = _clock, wait: Callable[[float], None] = time.sleep
) -> None:
    """Make one attempt at a reply, if it is due and no other hand is at it; then have the next of its ticket sent."""
    key = new_id()
    before, parcel, turn = _begin(heed, message_id, key, now())
    if turn is not None and turn.in_chat and (left_s := (turn.at - now()).total_seconds()) <= WAITS_HERE_S:
        wait(max(left_s, 0.0))
        before, parcel, turn = _begin(heed, message_id, key, now())
    if parcel is None or turn is not None:
        return
    end = _attempt(heed, parcel, crashed=before == "sending", now=now)
    _settle(heed, parcel, key, end, now())


def _begin(
    heed: Heed, message_id: str, key: str, now: datetime
) -> tuple[str | None, Parcel | None, pacing.Turn | None]:
    """Take a reply; return the state it was in, the reply, and its turn if that is still to come.

    All are None if it is not due, or another hand is at it.
    """
    with heed.database.write() as db:
        lasts = LEASE_WITH_FILES if outgoing.has_files(db, message_id) else LEASE
        before = outgoing.take(db, message_id, key, now, now + lasts)
        parcel = outgoing.load(db, message_id) if before is not None else None
        if before is None or parcel is None:
            return None, None, None
        turn = _turn(db, parcel, now) if before != "sending" else pacing.Turn(now)
        if turn.at > now:
            outgoing.put_off(db, message_id, before, turn.at, turn.reserved)
            return before, parcel, turn
    return before, parcel, None


def _turn(db: Connection, parcel: Parcel, now: datetime) -> pacing.Turn:
    """Return when a reply may leave by the limits of its platform, and keep that moment for it."""
    info = adapter(parcel.channel).INFO
    gap = timedelta(seconds=1 / info.sends_per_s if info.sends_per_s else 0)
    chat = pace.mark(_chat(parcel))
    limited = bool(gap or info.chat_pause_s)
    paces = pace.read(db, parcel.connection_id, chat, now, hold=limited)
    turn = pacing.turn(now, paces.get(pace.ALL), paces.get(chat), gap, parcel.slot_at)
    if limited and turn.next_at is not None:
        pace.step(db, parcel.connection_id, pace.ALL, turn.next_at)
    if info.chat_pause_s and turn.at <= now:
        pace.step(db, parcel.connection_id, chat, now + timedelta(seconds=info.chat_pause_s))
    return turn


def _chat(parcel: Parcel) -> str:
    """Return what tells a conversation from others on its connection."""
    return parcel.thread or parcel.ticket_id


def deliver_due(heed: Heed, now: datetime) -> int:
    """Have replies sent that are due and lie about, such as after a crash; return how many."""
    waiting = heed.background.waiting()
    if waiting is None or waiting["delivery"] > BACKLOG:
        return 0
    found = due(heed, now)
    heed.background.deliver(found)
    return len(found)


def due(heed: Heed, now: datetime) -> list[str]:
    """Return the replies that could be sent now, the longest due first."""
    with heed.database.read() as db:
        return [one.message_id for one in outgoing.due(db, now)]


def _attempt(heed: Heed, parcel: Parcel, *, crashed: bool, now: Callable[[], datetime]) -> End:
    try:
        row, reply, info = _prepare(heed, parcel, now())
    except (VaultError, LookupError) as error:
        return _again(parcel, str(error), now())
    if crashed and not info.resend_is_safe:
        return End("unknown", f"The attempt was cut off. {UNCERTAIN}")
    if (shut := closed(info, now(), reply.heard_at, parcel.thread or "")) is not None:
        return End("failed", f"{shut.why_not} {shut.instead}")
    if not row.active:
        return _again(parcel, "The connection is paused.", now())
    try:
        sent = adapter(info.key).send(reply, row.connection)
    except DeliveryFailed as failed:
        return _failed(parcel, failed, info, now())
    except Exception as error:  # a fault of ours after which nobody knows what left
        log.exception("a reply could not be sent: %s", type(error).__name__)
        if info.resend_is_safe:
            return _again(parcel, f"Heed failed to send it ({type(error).__name__}).", now())
        return End("unknown", f"Heed failed while sending ({type(error).__name__}). {UNCERTAIN}")
    return End("sent", external_ids=sent.external_ids)


def _prepare(heed: Heed, parcel: Parcel, now: datetime) -> tuple[ConnectionRow, Reply, ChannelInfo]:
    """Return the reply as its channel takes it; what must be fixed before the first attempt is committed here."""
    with heed.database.read() as db:
        row = connections.by_id(db, heed.vault, parcel.connection_id)
        if row is None:
            raise LookupError("Its connection is gone.")
        info = adapter(row.connection.channel).INFO
        to, everyone = _people(db, parcel)
        thread = outgoing.thread_ids(db, parcel) if parcel.visibility == "public" else []
        token = _token(db, parcel)
        heard_at = messages.heard_on(db, parcel.connection_id, parcel.thread) if parcel.thread else None
        text = surveying.with_link(heed, db, parcel.message_id, parcel.text) if parcel.automatic else parcel.text
        files = [
            (file_id, Attachment(name, media_type, data=blobs.read(db, blob_id) if blob_id else None))
            for file_id, name, media_type, blob_id in outgoing.files(db, parcel.message_id)
        ]
    external_id = parcel.external_id
    is_mail = info.work_class == "mail"
    if is_mail and (external_id is None or token is None):
        external_id = external_id or message_id_for(parcel.message_id, row.connection.setting("address"))
        token = token or new_token()
        _fix(heed, parcel, external_id, token, now)
    reply = Reply(
        key=parcel.message_id,
        text=text,
        to=to,
        subject=parcel.subject,
        thread=parcel.thread,
        parties=tuple(everyone),
        message_id=external_id or "" if is_mail else "",
        answers=tuple(thread),
        attachments=tuple(lending.lend(heed, info, file_id, file, now) for file_id, file in files),
        reply_token=token or "" if is_mail else "",
        heard_at=heard_at,
        automatic=parcel.automatic,
    )
    return row, reply, info


def _people(db: Connection, parcel: Parcel) -> tuple[Party, list[Party]]:
    """Return whom the reply is for, and all who get it."""
    everyone = [party for party in answers.parties(db, parcel.message_id) if party.role in ("to", "cc", "bcc")]
    to = next((party for party in everyone if party.role == "to"), None)
    if to is None:
        wrote = outgoing.writer(db, parcel)
        if wrote is None:
            raise LookupError("Nobody is named as its recipient.")
        to = Party("to", *wrote)
    return to, everyone


def _token(db: Connection, parcel: Parcel) -> str | None:
    if parcel.visibility == "direct":
        return outgoing.forward_token(db, parcel.message_id)
    return messages.token_of(db, parcel.ticket_id)


def _fix(heed: Heed, parcel: Parcel, external_id: str, token: str, now: datetime) -> None:
    with heed.database.write() as db:
        if parcel.external_id is None:
            names.fix_external_id(db, parcel.message_id, parcel.connection_id, external_id)
        if _token(db, parcel) is None:
            kind, of = ("forward", parcel.message_id) if parcel.visibility == "direct" else ("ticket", None)
            messages.add_token(db, token, parcel.ticket_id, kind, of, now)


def _failed(parcel: Parcel, failed: DeliveryFailed, info: ChannelInfo, now: datetime) -> End:
    if failed.permanent:
        return End("failed", failed.reason)
    if failed.may_have_arrived and not info.resend_is_safe:
        return End("unknown", f"{failed.reason} {UNCERTAIN}", trouble=failed.reason)
    again = _again(parcel, failed.reason, now, failed.retry_after_s or 0.0)
    if not failed.slows or not failed.retry_after_s:
        return again
    return replace(again, slows=failed.slows, slows_until=now + timedelta(seconds=failed.retry_after_s))


def _again(parcel: Parcel, reason: str, now: datetime, asked_s: float = 0.0) -> End:
    """Return that a reply waits for its next attempt, or is given up after a day."""
    pause_s = max(BACKOFF_S[min(parcel.attempts, len(BACKOFF_S)) - 1], asked_s)
    due_at = now + timedelta(seconds=pause_s)
    if due_at - parcel.queued_at > GIVE_UP:
        return End("failed", f"Given up after a day. {reason}", trouble=reason)
    return End("queued", f"Tried {parcel.attempts} times. {reason}", due_at=due_at, trouble=reason)


def _settle(heed: Heed, parcel: Parcel, key: str, end: End, now: datetime) -> None:
    arrived = end.state == "sent"
    lost = end.state in ("failed", "unknown")
    with heed.database.write() as db:
        ours = outgoing.settle(
            db, parcel.message_id, key, end.state, end.detail, due_at=end.due_at, sent_at=now if arrived else None
        )
        if arrived:
            ours = ours or outgoing.arrived_late(db, parcel.message_id, now)
        undelivered = echoes.name(db, parcel, end.external_ids, now) if end.external_ids else []
        if end.slows and end.slows_until is not None:
            chat = pace.ALL if end.slows == "connection" else pace.mark(_chat(parcel))
            pace.pause(db, parcel.connection_id, chat, now, end.slows_until)
        if ours and lost and parcel.agent_id:
            notices.add(
                db, brand_id=parcel.brand_id, ticket_id=parcel.ticket_id, agent_id=parcel.agent_id, kind="not_sent",
                because=end.detail, now=now,
            )  # fmt: skip
        _note(db, heed, parcel.connection_id, end, now)
        following = outgoing.next_of(db, parcel.ticket_id, now) if end.due_at is None else None
    if ours:
        heed.notifier.publish(_hints(parcel, told=lost))
    if ours and end.state == "failed":
        undelivered = [parcel]
    afterwards.bring_all_back(heed, undelivered, now)
    if following is not None:
        heed.background.deliver([following])


def _note(db: Connection, heed: Heed, connection_id: str, end: End, now: datetime) -> None:
    """Note the connection's trouble in words, and that it is over."""
    if end.trouble is not None:
        connections.note_error(db, connection_id, PREFIX + end.trouble, now)
    elif end.state == "sent":
        row = connections.by_id(db, heed.vault, connection_id)
        if row is not None and (row.last_error or "").startswith(PREFIX):
            connections.note_error(db, connection_id, None, now)


def _hints(parcel: Parcel, *, told: bool) -> list[Change]:
    thread = f"{parcel.connection_id}:{parcel.thread}" if parcel.thread else ""
    changes = [Change("ticket", parcel.brand_id, parcel.ticket_id, parcel.holder_id or "", thread=thread)]
    if told and parcel.agent_id:
        changes.append(Change("notice", parcel.brand_id, parcel.ticket_id, parcel.agent_id))
    return changes
