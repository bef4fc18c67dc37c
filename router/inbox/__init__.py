"""The reading side of the desk, for pages and the API alike: lists, one ticket, and why. Changes nothing.

Everything takes who asks (a Scope); what lies in another brand is not found.
"""

from router.desk.errors import NotFound
from router.inbox.desk import Contact, Me, agents, connections, contact, me, queues, skills
from router.inbox.evidence import Piece, pieces
from router.inbox.files import html_of, stored_file
from router.inbox.lists import (
    Counts,
    Page,
    brand_of,
    chat_of,
    counts,
    done,
    lines_of,
    mine,
    names_of,
    snoozed,
    tickets,
    waiting,
    waiting_ids,
)
from router.inbox.reasons import Candidate, Why, why
from router.inbox.ticket import (
    EventView,
    FileView,
    MessageView,
    MoodPoint,
    Recipients,
    TicketView,
    ticket,
)
from router.store.views.lines import TicketLine

__all__ = [
    "Candidate",
    "Contact",
    "Counts",
    "EventView",
    "FileView",
    "Me",
    "MessageView",
    "MoodPoint",
    "NotFound",
    "Page",
    "Piece",
    "Recipients",
    "TicketLine",
    "TicketView",
    "Why",
    "agents",
    "brand_of",
    "chat_of",
    "connections",
    "contact",
    "counts",
    "done",
    "html_of",
    "lines_of",
    "me",
    "mine",
    "names_of",
    "pieces",
    "queues",
    "skills",
    "snoozed",
    "stored_file",
    "ticket",
    "tickets",
    "waiting",
    "waiting_ids",
    "why",
]
