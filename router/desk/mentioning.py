"""Who is named in a note: “@Omar Khan” or an address, of the people who work for the ticket's brand."""

import unicodedata
from collections.abc import Iterable

from router.app import Heed
from router.changes import Notice
from router.desk.acting import Act
from router.desk.errors import NotFound
from router.model import Role, Scope
from router.store import people, tickets
from router.store.db import Connection
from router.store.people import AgentRow
from router.store.rows import Message

MOST = 20  # people named in one note


def of_brand(db: Connection, brand_id: str) -> list[AgentRow]:
    """Return the active people who work for a brand, by name."""
    return [row for row in people.seen_by(db, Scope(Role.AGENT, frozenset({brand_id}))) if row.active]


def who_can_be_named(heed: Heed, scope: Scope, ticket_id: str) -> list[tuple[str, str]]:
    """Return (name, what names them in a note) of the others who work for a ticket's brand. Raises NotFound."""
    with heed.database.read() as db:
        found = tickets.load(db, scope, [ticket_id]).get(ticket_id)
        if found is None:
            raise NotFound("There is no such ticket.")
        crew = of_brand(db, found.brand_id)
    said = zip(crew, said_as(crew), strict=True)
    return [names for row, names in said if row.id != scope.agent]


def mentioned(text: str, crew: Iterable[AgentRow]) -> list[str]:
    """Return the ids of those named after an @ in a text, in order; a name that several have names nobody.

    A full name, a first name, an address and the part of it before the @ all do; capitals make no difference, and the
    longest name that fits is meant.
    """
    names = _names(crew)
    longest = sorted(names, key=len, reverse=True)
    found: dict[str, None] = {}
    folded = _fold(text)
    at = folded.find("@")
    while at >= 0 and len(found) < MOST:
        if at == 0 or not _in_word(folded[at - 1]):
            name = next((n for n in longest if folded.startswith(n, at + 1) and _ends(folded, at + 1 + len(n))), "")
            if names.get(name):
                found[names[name]] = None
        at = folded.find("@", at + 1)
    return list(found)


def tell_mentioned(act: Act, note: Message) -> None:
    """Let everyone named in a note know of it, but whoever wrote it."""
    if "@" not in note.text:
        return
    for agent_id in mentioned(note.text, of_brand(act.db, act.ticket.brand_id)):
        if agent_id != act.scope.agent:
            because = "You are named in a note."
            act.changes.notices.append(
                Notice(note.brand_id, act.ticket.id, "mention", because, agent_id, None, note.id, act.scope.agent)
            )


def said_as(crew: Iterable[AgentRow]) -> list[tuple[str, str]]:
    """Return (name, what names them in a note) of people: their name, or their address where several share it."""
    rows = list(crew)
    names = _names(rows)
    return [(row.name, row.name if names.get(_fold(row.name)) == row.id else row.email) for row in rows]


def _names(crew: Iterable[AgentRow]) -> dict[str, str]:
    """Return what names exactly one person, and an empty string for what names several."""
    found: dict[str, str] = {}
    for row in crew:
        for name in {row.name, row.name.partition(" ")[0], row.email, row.email.partition("@")[0]}:
            key = _fold(name)
            found[key] = row.id if found.get(key, row.id) == row.id else ""
    found.pop("", None)
    return found


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or not _in_word(text[at])
