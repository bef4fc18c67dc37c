"""Asks customers how it was, once a ticket is resolved, and takes their answer.

The clock plans a question for each ticket that was resolved and puts it when it falls due. By then it is dropped if the
ticket was taken up again, or if its customer is not to be asked. Nothing a customer says moves a ticket.
"""

import hmac
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from channels import adapter
from router import by_mail
from router import survey_texts as texts
from router.app import Heed
from router.changes import Changes
from router.desk.acting import tell
from router.desk.addressing import message_id_for
from router.effects import NOBODY
from router.mistakes import Mistake
from router.model import SYSTEM, Role, Scope, State
from router.notify import Change
from router.store import connections, desk, notices, outgoing, surveys, templates, tickets
from router.store.db import Connection
from router.store.ids import new_id
from router.store.rows import Message, Outgoing, Ticket
from router.store.surveys import Survey as Survey
from router.survey_settings import SWITCH, Switch, read
from router.vault import derive

MAIL_AFTER = timedelta(hours=1)  # unless the brand says otherwise; a chat asks while its customer is still there
LOOK_BACK = timedelta(days=1)  # for tickets resolved while no clock ran
ONCE_IN = timedelta(days=30)  # a customer is asked
OPEN_FOR = timedelta(days=30)  # an answer is taken after the question
CHANGE_FOR = timedelta(days=14)  # an answer may be changed
MAX_COMMENT = 2000  # characters
LOW = 2  # and below: supervisors are told
IN_PAGE = "webchat"  # asks on its own page, without a message


def ask_due(heed: Heed, now: datetime) -> int:
    """Plan the questions of tickets that were resolved, put those that are due, and return how many were due."""
    with heed.database.read() as db:
        asking = {
            brand_id: (read({name: value for name, (value, _) in found.items()}), found[SWITCH][1])
            for brand_id, found in surveys.settings(db).items()
            if found.get(SWITCH, ("off", now))[0] == "on"
        }
        found = surveys.resolved(db, sorted(asking), now - LOOK_BACK, now) if asking else []
    found = [one for one in found if one.resolved_at >= asking[one.brand_id][1]]
    if found:
        with heed.database.write() as db:
            for one in found:
                _plan(heed, db, one, asking[one.brand_id][0])
    with heed.database.read() as db:
        due = surveys.due(db, now)
    for question in due:
        _ask(heed, question, now)
    return len(due)


def answer(heed: Heed, token: str, score: int, comment: str, now: datetime) -> bool:
    """Take a customer's answer by their link. False: no question is open under it. Raises Mistake."""
    return _take(heed, _digest(token), score, comment, now)


def question(heed: Heed, token: str, now: datetime) -> Survey | None:
    """Return the question a link leads to, None if none is open under it."""
    with heed.database.read() as db:
        found = surveys.by_token(db, _digest(token))
    return found if found is not None and _is_open(found, now) else None


def on_chat(heed: Heed, connection_id: str, visitor: str, now: datetime) -> Survey | None:
    """Return the question that stands on a visitor's chat."""
    with heed.database.read() as db:
        found = surveys.of_thread(db, connection_id, visitor, now - OPEN_FOR)
    return found if found is not None and _is_open(found, now) else None


def answer_on_chat(heed: Heed, connection_id: str, visitor: str, score: int, comment: str, now: datetime) -> bool:
    """Take a visitor's answer on their own chat. False: nothing is asked there. Raises Mistake."""
    found = on_chat(heed, connection_id, visitor, now)
    if found is None:
        return False
    with heed.database.read() as db:
        token_hash = surveys.hash_of(db, found.id)
    return _take(heed, token_hash, score, comment, now)


def of_ticket(heed: Heed, scope: Scope, ticket_id: str) -> list[Survey]:
    """Return what was asked on a ticket and what the customer said, the newest first."""
    with heed.database.read() as db:
        return surveys.of_ticket(db, scope, ticket_id)


def with_link(heed: Heed, db: Connection, message_id: str, text: str) -> str:
    """Return a message as it leaves: one that asks its customer gets their own link, which is stored nowhere."""
    found = surveys.by_message(db, message_id)
    if found is None:
        return by_mail.with_link(heed, db, message_id, text)
    survey_id, token_hash = found
    made = (token_of(secret, survey_id) for secret in heed.config.secret_keys)
    token = next((token for token in made if _digest(token) == token_hash), "")
    return text.replace(f"/feedback/{texts.HIDDEN}", f"/feedback/{token}")


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return derive(secret, "survey")


def token_of(secret: str, survey_id: str) -> str:
    """Return the 128 bits that open one question; the store holds only their hash."""
    return hmac.new(_key(secret), survey_id.encode(), sha256).hexdigest()[:32]


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _plan(heed: Heed, db: Connection, about: surveys.Resolved, switch: Switch) -> None:
    is_mail = adapter(about.channel).INFO.work_class == "mail"
    after = switch.after if switch.after is not None else MAIL_AFTER if is_mail else timedelta(0)
    due_at = about.resolved_at + (timedelta(0) if about.channel == IN_PAGE else after)
    brand = next(brand for brand in desk.brands(db) if brand.id == about.brand_id)
    own = templates.languages(db, brand.id, texts.KIND)
    survey_id = new_id()
    token = token_of(heed.config.secret_keys[0], survey_id)
    language = texts.language_of((about.language, brand.language), own)
    surveys.add(db, survey_id, about, language, _digest(token), due_at)


def _ask(heed: Heed, due: Survey, now: datetime) -> None:
    """Put one question, or drop it for good."""
    changes = Changes(now=now)
    with heed.database.write() as db:
        ticket = tickets.load(db, SYSTEM, [due.ticket_id], lock=True).get(due.ticket_id)
        if not surveys.hold(db, due.id) or ticket is None or not _may_ask(db, ticket, due, now):
            return
        changes.watch(ticket)
        message = None
        if ticket.channel != IN_PAGE:
            message = _message(heed, db, changes, ticket, due)
            if message is None:
                return
        changes.event(ticket, "asked", message=message.id if message else None)
        changes.write(db)
        surveys.asked(db, due.id, message.id if message else None, now)
    tell(heed, changes)


def _may_ask(db: Connection, ticket: Ticket, due: Survey, now: datetime) -> bool:
    """Say whether a ticket's customer is asked: not one who is blocked, a machine, or was asked within a month."""
    same = ticket.state in (State.RESOLVED, State.CLOSED) and ticket.episode == due.episode
    if not same or ticket.spam or ticket.merged_into or ticket.automatic or ticket.contact_id is None:
        return False
    settings = surveys.settings(db, ticket.brand_id).get(ticket.brand_id, {})
    if settings.get(SWITCH, ("off", now))[0] != "on":
        return False
    opening = outgoing.opening(db, ticket.id)
    if opening is None or opening.automatic or opening.address.partition("@")[0].lower().startswith(NOBODY):
        return False
    who = surveys.customer(db, ticket.id, ticket.contact_id, now - ONCE_IN)
    return not (who.blocked or who.asked_lately or who.by_machine)


def _message(heed: Heed, db: Connection, changes: Changes, ticket: Ticket, due: Survey) -> Message | None:
    """Queue the message that asks; None if there is no way to the customer."""
    row = connections.by_id(db, heed.vault, ticket.connection_id) if ticket.connection_id else None
    opening = outgoing.opening(db, ticket.id)
    if row is None or opening is None:
        return None
    is_mail = adapter(row.connection.channel).INFO.work_class == "mail"
    brand = next(brand for brand in desk.brands(db) if brand.id == ticket.brand_id)
    name = "mail" if is_mail else "message"
    own = templates.body(db, brand.id, texts.KIND, name, (due.language,))
    page = f"{heed.config.public_url}/feedback/{texts.HIDDEN}"
    message = Message(
        brand_id=brand.id,
        home_ticket_id=ticket.id,
        direction="outbound",
        visibility="public",
        text=texts.text(name, due.language, {"brand": brand.name, "number": str(ticket.number)}, page, own),
        at=changes.now,
        state="queued",
        connection_id=row.id,
        subject=f"{brand.name} #{ticket.number}",
        thread=ticket.thread,
        automatic=True,
    )
    if is_mail:
        message.external_id = message_id_for(message.id, row.connection.setting("address"))
    changes.messages.append(message)
    changes.parties.append((message.id, 0, "to", opening.address, opening.name if opening.proven else ""))
    changes.outgoing.append(Outgoing(message.id, ticket.id, row.id, changes.now, changes.now))
    return message


def _is_open(found: Survey, now: datetime) -> bool:
    if found.asked_at is None or found.asked_at < now - OPEN_FOR:
        return False
    return found.answered_at is None or found.answered_at >= now - CHANGE_FOR


def _take(heed: Heed, token_hash: str, score: int, comment: str, now: datetime) -> bool:
    comment = comment.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if not 1 <= score <= 5:
        raise Mistake("Choose a number from 1 to 5.")
    if len(comment) > MAX_COMMENT:
        raise Mistake(f"The comment has {len(comment):,} characters; {MAX_COMMENT:,} are the most.")
    changes = Changes(now=now)
    told: list[Change] = []
    with heed.database.write() as db:
        seen = surveys.by_token(db, token_hash)
        ticket = tickets.load(db, SYSTEM, [seen.ticket_id], lock=True).get(seen.ticket_id) if seen else None
        found = surveys.by_token(db, token_hash)  # as it stands now that the ticket is held
        if ticket is None or found is None or not _is_open(found, now):
            return False
        if (found.score, found.comment or "") == (score, comment):
            return True
        surveys.answer(db, found.id, score, comment or None, now)
        changes.watch(ticket)
        changes.event(ticket, "rated", score=score)
        if score <= LOW and (found.score is None or found.score > LOW):
            notices.add(
                db, brand_id=ticket.brand_id, ticket_id=ticket.id, role=Role.SUPERVISOR.value, kind="low_score",
                because=f"A customer gave {score} of 5.", now=now,
            )  # fmt: skip
            told.append(Change("notice", ticket.brand_id, ticket.id))
        changes.write(db)
    tell(heed, changes, *told)
    return True
