"""What a visitor's page tells the desk besides messages: an address, what was read, that somebody types or is there."""

from collections.abc import Collection
from datetime import datetime

from channels.webchat.identity import Identity, mail_address, visitor_id
from router.app import Heed
from router.mistakes import Mistake
from router.notify import Change
from router.store import visitors
from router.store.connections import ConnectionRow
from router.store.views import visitor
from router.store.visitors import VisitorRow

CUSTOMER = "customer"  # stands for the visitor among those who are at a ticket


def say_address(heed: Heed, chat: ConnectionRow, thread: str, typed: str, language: str, now: datetime) -> VisitorRow:
    """Keep the address a visitor typed; it is worth nothing before it is confirmed. Raises Mistake if it is none."""
    email = mail_address(typed)
    if not email:
        raise Mistake("This is no mail address. Write it as name@example.com.")
    with heed.database.write() as db:
        if visitors.mail_connection(db, chat.brand_id) is None:
            raise Mistake("Answers cannot follow by mail here.")
        return visitors.put(db, chat.id, thread, email, "visitor", language, now)


def vouch(heed: Heed, chat: ConnectionRow, known: Identity, language: str, now: datetime) -> None:
    """Keep the address of a customer their site vouches for."""
    if known.email:
        with heed.database.write() as db:
            thread = visitor_id(known, chat.connection)
            visitors.put(db, chat.id, thread, known.email, "signed", language, now)


def read(heed: Heed, chat: ConnectionRow, thread: str, message_id: str) -> bool:
    """Mark the answers up to one as read; say whether some are on their way yet, so that the page tells again."""
    with heed.database.write() as db:
        tickets, more = visitors.read(db, chat.id, thread, message_id)
    heed.notifier.publish([Change("ticket", chat.brand_id, ticket_id) for ticket_id in tickets])
    return more


def types(heed: Heed, chat: ConnectionRow, thread: str, doing: str) -> None:
    """Tell whoever has the conversation open that the visitor types, or no longer does. Nothing is stored."""
    with heed.database.read() as db:
        found = visitor.ticket_now(db, chat.id, thread)
    if found is not None:
        heed.notifier.publish([Change("here", found.brand_id, found.id, CUSTOMER, doing=doing)])


def here(heed: Heed, who: Collection[tuple[str, str]], now: datetime) -> None:
    """Note that the pages of visitors (connection id, visitor) are open."""
    if who:
        with heed.database.write() as db:
            visitors.here(db, who, now)
