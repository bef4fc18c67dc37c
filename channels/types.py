"""The values that pass between a channel and the rest: bytes and mappings in, frozen values out.

A channel turns a platform's request into a `Delivery`, a delivery into what the customer said, and a `Reply` into what
the platform wants. Nothing here knows of tickets, a database or a web framework. All times are aware UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

MAX_BODY = 1024 * 1024  # bytes of a webhook body; a channel that carries files in the body states its own
MAX_MAIL = 25 * 1024 * 1024  # bytes of one raw mail, and of one attachment
REPLAY_WINDOW = timedelta(minutes=5)  # how far a signed time may be off

PartyRole = Literal["from", "to", "cc", "bcc", "reply_to"]
Pace = Literal["chat", "social", "email"]  # how fast people expect an answer; head starts are per pace
WorkClass = Literal["live", "messaging", "mail", "task", "call"]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it came, with the URL the outside world sees."""

    method: str
    url: str  # public, with the query string; signatures over URLs are checked against it
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured address on a channel: a mailbox, a bot, a site's chat."""

    key: str  # the unguessable part of /hooks/<key>
    channel: str
    name: str
    settings: Mapping[str, str] = field(default_factory=dict)  # named as the platform names them, plus base_url
    secrets: tuple[str, ...] = ()  # one or two active webhook secrets; an empty one never verifies

    def setting(self, name: str, default: str = "") -> str:
        """Return one setting as text, `default` if it was left empty."""
        return self.settings.get(name) or default


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform gets back at once: a handshake, a refusal, or the plain 2xx of a stored delivery."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified request, to be stored before it is answered and parsed afterwards."""

    key: str  # what the platform calls this delivery, else the body's hash; only saves work
    url: str
    headers: Mapping[str, str]  # only those that parsing needs
    body: bytes
    answer: Answer = Answer(200)  # sent once the delivery is stored
    received_at: datetime | None = None  # filled in when the stored row is read


@dataclass(frozen=True, slots=True)
class Party:
    """One person on a message."""

    role: PartyRole
    address: str  # normalised: lower case mail address, chat id, phone number
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a message: its bytes, or how to fetch them later."""

    name: str  # as sent; cleaned where it is shown
    media_type: str
    data: bytes | None = None
    fetch: str | None = None  # what `Adapter.fetch` needs to get it
    content_id: str | None = None
    inline: bool = False
    error: str | None = None  # why the bytes are missing, for people
    link: str | None = None  # a file of ours: where the platform may fetch its bytes, for a while
    preview: str | None = None  # and a small picture that stands for it


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a customer said, once per (connection, external_id)."""

    external_id: str
    sender: Party
    text: str  # everything they wrote, as plain text
    sent_at: datetime | None = None
    subject: str = ""
    html: str | None = None  # already safe to keep; sanitised again where it is shown
    stripped: str | None = None  # the new words alone: no quotes, no signature; None: same as text
    parties: tuple[Party, ...] = ()  # everyone on the message, the sender included
    thread: str | None = None  # what keeps a conversation together on this channel: a chat id, a visitor
    reply_token: str | None = None  # proves that the writer was sent our reply
    answers: tuple[str, ...] = ()  # external ids this answers, nearest first (In-Reply-To, then References)
    attachments: tuple[Attachment, ...] = ()
    proven: bool = False  # the channel or aligned DKIM/DMARC vouches for the sender's address
    automatic: bool = False  # an auto-reply, a list, a bounce: kept, never answered automatically
    auto_replied: bool = False  # by a machine in answer to a mail, such as an absence or a bounce: nobody feels in it
    reports_on: tuple[str, ...] = ()  # external ids it tells the fate of, as receipts do: it says nothing else
    from_us: bool = False  # an agent answered in the platform's own app
    claims: Mapping[str, str] = field(default_factory=dict)  # what the visitor set; trusted as far as a visitor


@dataclass(frozen=True, slots=True)
class Edit:
    """The sender changed a message; its history is kept."""

    external_id: str
    text: str
    at: datetime | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Deletion:
    """The sender took a message back; its history is kept."""

    external_id: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours."""

    external_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One element of a batch that could not be read; its neighbours were."""

    reason: str


Parsed = InboundMessage | Edit | Deletion | Receipt | Unreadable


@dataclass(frozen=True, slots=True)
class Reply:
    """Our answer, ready to leave."""

    key: str  # the same for every attempt at this message; the platform's idempotency key where it has one
    text: str
    to: Party
    subject: str = ""
    thread: str | None = None
    parties: tuple[Party, ...] = ()  # all recipients of a mail: to, cc, bcc
    sender_name: str = ""
    message_id: str = ""  # mail: our own Message-ID, fixed before the first attempt, with angle brackets
    answers: tuple[str, ...] = ()  # external ids of the thread, oldest first, the one answered last
    attachments: tuple[Attachment, ...] = ()  # with data
    reply_token: str = ""  # goes into the reply address, so that the answer finds its ticket
    heard_at: datetime | None = None  # when the customer last wrote here; some platforms ask for more after a day
    automatic: bool = False  # marks itself as such, so that machines do not answer machines


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it: the ids it gave our message, in order."""

    external_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a connection, as set-up shows it."""

    name: str  # as the platform's documentation names it
    label: str
    help: str
    secret: bool = False  # stored encrypted, never shown again
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # value and label, where only these are taken
    rotates: bool = False  # a secret of the platform's; `verify.given` takes the one before as well


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """What the router needs to know of a channel without knowing it."""

    key: str
    label: str
    pace: Pace
    work_class: WorkClass
    conversational: bool  # a message joins the contact's open ticket on this connection; never so for mail
    settings: tuple[Setting, ...]
    steps: tuple[str, ...]  # set-up in order; {url} is the webhook's address, {secret} its secret
    max_text: int  # characters of one outgoing message, in UTF-16 units
    max_body: int = MAX_BODY
    resend_is_safe: bool = False  # the platform takes an idempotency key
    polled: bool = False  # we fetch; the webhook is optional
    splits: bool = False  # a text over max_text leaves as several messages; else it is too long
    reply_window: timedelta | None = None  # how long the customer's last words may be answered; None: always
    window_threads: str = ""  # the window holds on threads that begin so; empty: on all
    after_window: str = ""  # what may still be done then, for people
    sends_per_s: float | None = None  # messages a connection may send a second; None: no limit is known
    chat_pause_s: float = 0.0  # between two messages of one conversation
    generates_secret: bool = True  # we make the webhook's secret; False: the platform gives it as a setting
    files_by_link: bool = False  # takes files by a public https link alone: Attachment.link


class Adapter(Protocol):
    """The module `channels.<name>.adapter`: one folder, the same verbs in each."""

    INFO: ChannelInfo
    receive: Callable[[Request, Connection, datetime], Answer | Delivery]
    parse: Callable[[Delivery, Connection], list[Parsed]]
    send: Callable[[Reply, Connection], Sent]
    fetch: Callable[[str, Connection], Attachment]  # NotUnderstood or DeliveryFailed if it cannot
    test: Callable[[Connection], list[str]]  # what is wrong, each with its remedy; empty: all is well
