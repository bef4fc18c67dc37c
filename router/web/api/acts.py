"""What people do with tickets. Every act answers with the ticket as it then stands, or the message that was written."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

from router import desk, merging
from router.desk import Upload
from router.desk.addressing import MOST, mail_address
from router.desk.writing import MAX_TEXT
from router.web.api import naming
from router.web.api.base import api
from router.web.api.errors import in_body
from router.web.api.ticket_json import Ticket
from router.web.api.tickets import Text, read_ticket
from router.web.api.typed import Call
from router.web.api.values import Id, In, Level, Line, Moment, Once, Out, Words

MAX_FILES = 10
MAX_REPLY = 36 * 1024 * 1024  # bytes of a body: 25 MB of files in base64, and the text


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This is not base64.") from None
    return text


Data = Annotated[
    str, AfterValidator(_base64), PlainSerializer(str), WithJsonSchema({"type": "string", "contentEncoding": "base64"})
]
Mail = Annotated[Line, Field(min_length=3, max_length=320)]


class FileIn(In):
    """A file that goes with a reply."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    media_type: Annotated[str, Field(pattern=r"^[\w.+-]{1,60}/[\w.+-]{1,60}$")] = "application/octet-stream"
    data: Data


class ReplyIn(In):
    """An answer to the customer."""

    text: Annotated[Words, Field(max_length=MAX_TEXT)] = Field(description="May be empty if there are files.")
    keep_open: bool = Field(False, description="Do not make a mail ticket pending.")
    last_seen: Id | None = Field(None, description="The newest message you read; 409 if one came after it.")
    to: Annotated[list[Mail], Field(min_length=1, max_length=MOST)] | None = Field(None, description="By mail only.")
    cc: Annotated[list[Mail], Field(max_length=MOST)] | None = Field(None, description="By mail only.")
    attachments: Annotated[list[FileIn], Field(max_length=MAX_FILES)] = Field([])


class NoteIn(In):
    """A note that only the desk sees."""

    text: Text


class ForwardIn(In):
    """A question to a third party; their answer never reaches the customer by itself."""

    to: Mail
    text: Text


class TransferIn(In):
    """Hand a ticket to a queue, a person or a site."""

    queue: Annotated[Line, Field(min_length=1, max_length=200)] | None = Field(None, description="Id or name.")
    agent: Annotated[Line, Field(min_length=1, max_length=254)] | None = Field(None, description="Id or mail address.")
    site: Annotated[Line, Field(min_length=1, max_length=60)] | None = Field(
        None, description="Its name; needed for a quarter of the target, then whoever may takes it."
    )
    needs: dict[str, Level] = Field({}, max_length=20, description="Skill to lowest level.")
    note: Annotated[Words, Field(max_length=MAX_TEXT)] = ""


class ReturnIn(In):
    """Return a ticket to its queue."""

    reason: Annotated[Words, Field(max_length=2000)] = Field("", description="Kept as a note.")


class SnoozeIn(In):
    """Put a ticket to rest."""

    until: Moment


class AssignIn(In):
    """Give a ticket to a person by hand."""

    agent: Annotated[Line, Field(min_length=1, max_length=254)] = Field(description="Id, mail address, or me.")


class MergeIn(In):
    """Let another ticket show this one's messages."""

    into: Id = Field(description="The ticket that stays.")
    different_people: bool = Field(False, description="Confirms that their customers are different people.")


class Written(Out):
    """The message that was written; its state is in the ticket."""

    id: str


@api.route("POST", "/tickets/{id}/replies", scope="tickets:write", status=201, conflicts=True, max_body=MAX_REPLY)
def reply_to_ticket(call: Call, ticket_id: str, body: ReplyIn, headers: Once) -> Written:
    """Answer the customer.

    409 with `newer_message` if a message came after `last_seen`.
    """
    if not body.text.strip() and not body.attachments:
        raise in_body("Write something first.", "text")
    for field, given in (("to", body.to), ("cc", body.cc)):
        for number, address in enumerate(given or ()):
            _check_address(address, field, number)
    uploads = [Upload(one.name, one.media_type, base64.b64decode(one.data)) for one in body.attachments]
    message_id = desk.reply(
        call.heed,
        call.scope,
        ticket_id,
        body.text,
        call.now,
        key=headers.key,
        last_seen=body.last_seen,
        keep_open=body.keep_open,
        to=body.to,
        cc=body.cc,
        attachments=uploads,
    )
    return Written(id=message_id)


@api.route("POST", "/tickets/{id}/notes", scope="tickets:write", status=201, conflicts=True)
def note_on_ticket(call: Call, ticket_id: str, body: NoteIn, headers: Once) -> Written:
    """Write a note that only the desk sees."""
    _not_blank(body.text)
    return Written(id=desk.note(call.heed, call.scope, ticket_id, body.text, call.now, key=headers.key))


@api.route("POST", "/tickets/{id}/forward", scope="tickets:write", status=201, conflicts=True)
def forward_ticket(call: Call, ticket_id: str, body: ForwardIn, headers: Once) -> Written:
    """Ask a third party about a mail ticket, with what the customer wrote last."""
    _not_blank(body.text)
    _check_address(body.to, "to")
    return Written(id=desk.forward(call.heed, call.scope, ticket_id, body.to, body.text, call.now, key=headers.key))


@api.route("POST", "/tickets/{id}/transfer", scope="tickets:write", conflicts=True)
def transfer_ticket(call: Call, ticket_id: str, body: TransferIn) -> Ticket:
    """Hand a ticket to a queue, a person or a site: one of the three."""
    if sum(where is not None for where in (body.queue, body.agent, body.site)) != 1:
        raise in_body("Name a queue, an agent or a site: one of the three.")
    queue = naming.queue_id(call, body.queue, {"pointer": "#/queue"}) if body.queue is not None else None
    agent = naming.agent_id(call, body.agent, {"pointer": "#/agent"}) if body.agent is not None else None
    desk.transfer(
        call.heed,
        call.scope,
        ticket_id,
        call.now,
        queue=queue,
        agent=agent,
        site=body.site,
        needs=body.needs,
        note=body.note,
    )
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/return", scope="tickets:write", conflicts=True)
def return_ticket(call: Call, ticket_id: str, body: ReturnIn) -> Ticket:
    """Return a ticket to its queue with its old place."""
    desk.give_back(call.heed, call.scope, ticket_id, call.now, body.reason)
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/snooze", scope="tickets:write", conflicts=True)
def snooze_ticket(call: Call, ticket_id: str, body: SnoozeIn) -> Ticket:
    """Put a ticket to rest until a moment within a year; a new message wakes it earlier."""
    desk.snooze(call.heed, call.scope, ticket_id, body.until, call.now)
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/resolve", scope="tickets:write", conflicts=True)
def resolve_ticket(call: Call, ticket_id: str) -> Ticket:
    """End a ticket; a message within 14 days reopens it."""
    desk.resolve(call.heed, call.scope, ticket_id, call.now)
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/reopen", scope="tickets:write", conflicts=True)
def reopen_ticket(call: Call, ticket_id: str) -> Ticket:
    """Take a resolved ticket up again, with the caller."""
    desk.reopen(call.heed, call.scope, ticket_id, call.now)
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/spam", scope="tickets:write", conflicts=True)
def spam_ticket(call: Call, ticket_id: str) -> Ticket:
    """Set a ticket aside as spam; nothing is deleted."""
    desk.spam(call.heed, call.scope, ticket_id, call.now)
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/merge", scope="tickets:write", conflicts=True)
def merge_ticket(call: Call, ticket_id: str, body: MergeIn) -> Ticket:
    """Merge a ticket into another of the same brand, and return that one: it shows the messages of both.

    409 if they are of different customers, unless `different_people` confirms it.
    """
    shown = merging.merge(call.heed, call.scope, ticket_id, body.into, call.now, different=body.different_people)
    return read_ticket(call, shown)


@api.route("POST", "/tickets/{id}/unmerge", scope="tickets:write", conflicts=True)
def unmerge_ticket(call: Call, ticket_id: str) -> Ticket:
    """Take a ticket out of the one it was merged into; what others changed since stays."""
    merging.unmerge(call.heed, call.scope, ticket_id, call.now)
    return read_ticket(call, ticket_id)


@api.route("POST", "/tickets/{id}/assign", scope="tickets:write", conflicts=True)
def assign_ticket(call: Call, ticket_id: str, body: AssignIn) -> Ticket:
    """Give a ticket to a person by hand, above their capacity if need be: for supervisors."""
    desk.assign(call.heed, call.scope, ticket_id, naming.agent_id(call, body.agent, {"pointer": "#/agent"}), call.now)
    return read_ticket(call, ticket_id)


def _check_address(address: str, *where: str | int) -> None:
    try:
        mail_address(address)
    except desk.Refused as refused:
        raise in_body(refused.reason, *where) from None


def _not_blank(text: str) -> None:
    if not text.strip():
        raise in_body("Write something first.", "text")
