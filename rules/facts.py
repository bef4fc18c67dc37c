"""What rules may ask about a message: one table, read by the engine, the editor, the lint and the documentation.

Each fact has a trust: how its value came about. A value can be worth less than its fact asks for (a tier that a chat
visitor typed into a form is not the tier the shop signed), so whoever collects the facts passes them with the trust
they really have, and `trusted` leaves out what falls short. To a rule it is then not known, as if it had never been
said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from rules.errors import Wrong
from rules.sentences import say
from rules.values import FactValue, Type, parse


class Trust(IntEnum):
    """Where a value comes from; the higher is believed more."""

    VISITOR = 0  # set by whoever writes: a name, a form field, a header, an unproved address, the words themselves
    INFERRED = 1  # what triage read in the words
    AGENT = 2  # a person of the desk said so
    SIGNED = 3  # a system of the brand vouches for it: signed token, API, import
    RECORDED = 4  # Heed's own doings and set-up


class Moves(StrEnum):
    """What can change a fact while nobody writes or acts."""

    TOLD = "nothing"
    TIME = "time"  # the rule is asked again when its value is reached
    DESK = "the desk"  # who is here, free, or waits: the rule is asked again when that changes its answer
    CLOCK = "the clock"  # only in a rule that time or the desk lets be asked again: the time of day alone does not


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a rule can ask about."""

    name: str
    label: str  # as sentences say it: “customer tier”; of a boolean: what is so if it is true
    type: Type
    trust: Trust  # the least that a value must have to count
    description: str
    unit: str = ""
    choices: tuple[str, ...] = ()  # of a one-of fact
    said: bool = False  # part of what the customer says, which alone may raise their place
    header: bool = False  # read from mail headers that mark a machine; may close a ticket
    moves: Moves = Moves.TOLD

    @property
    def may_close(self) -> bool:
        """Say whether a ticket may be closed on this fact: never on what was inferred or a visitor can claim."""
        return self.header or self.trust >= Trust.SIGNED


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STATES = ("new", "waiting", "offered", "open", "pending", "snoozed", "resolved", "closed")
_KINDS = ("angry", "confused", "hesitant", "worried")
_GROUPS = ("billing", "orders", "account", "technical", "security", "people", "sales", "other")
_R, _S, _A, _I, _V = Trust.RECORDED, Trust.SIGNED, Trust.AGENT, Trust.INFERRED, Trust.VISITOR
_T = Type
_TIME, _DESK, _CLOCK = Moves.TIME, Moves.DESK, Moves.CLOCK

_WORDS = (Type.TEXT, Type.ONE_OF)
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")

_TABLE = (
    # the message
    Fact("channel", "channel", _T.TEXT, _R, "The channel it came on, by its key, such as email or whatsapp."),
    Fact("connection", "connection", _T.TEXT, _R, "The mailbox, bot or site it came to, by name."),
    Fact("brand", "brand", _T.TEXT, _R, "The client whose desk this is. No rule moves a ticket to another brand."),
    Fact("subject", "subject", _T.TEXT, _V, "The subject line, as written.", said=True),
    Fact("text", "message", _T.TEXT, _V, "The new words of the message, without quotes and signature.", said=True),
    Fact("message_length", "length of the message", _T.NUMBER, _V, "How long the new words are.", "characters"),
    Fact("recipients_count", "number of recipients", _T.NUMBER, _V, "To and Cc of a mail together.", "addresses"),
    Fact("has_attachments", "the message has attachments", _T.BOOLEAN, _V, "Whether files came with it."),
    Fact("attachment_types", "attachment types", _T.SET, _V, "Media types of the files, such as application/pdf."),
    Fact("automatic", "the message is automatic", _T.BOOLEAN, _V,
         "Headers mark it as an auto-reply, a list or a bounce.",
         header=True),
    Fact("sender_proven", "the sender is proven", _T.BOOLEAN, _R, "The channel or aligned DKIM/DMARC vouches for it."),
    Fact("is_first_message", "it is the first message of the ticket", _T.BOOLEAN, _R,
         "Whether this message opened the ticket."),
    # the reading
    Fact("read", "the message could be read", _T.BOOLEAN, _I,
         "No if the language has no measured figure, there is no text, or a machine replied."),
    Fact("language", "language", _T.TEXT, _I, "Its BCP 47 tag: en, ur, ur-Latn for Roman Urdu; und if too short."),
    Fact("language_confidence", "confidence in the language", _T.PERCENT, _I, "How sure the reading is.", "%"),
    Fact("intent", "intent", _T.TEXT, _I, "What they want, by the key of the taxonomy, such as refund_request."),
    Fact("intent_confidence", "confidence in the intent", _T.PERCENT, _I, "How sure the reading is.", "%"),
    Fact("second_intent", "second intent", _T.TEXT, _I, "The next likely intent."),
    Fact("intent_group", "intent group", _T.ONE_OF, _I, "The group of the intent.", choices=_GROUPS),
    Fact("sentiment", "sentiment", _T.NUMBER, _I, "From −1, all negative, to 1, all positive."),
    Fact("frustration", "frustration", _T.NUMBER, _I,
         "0 calm, 100 furious, aimed at the service; without its shouting.", "points"),
    Fact("heat", "heat", _T.NUMBER, _I, "Band of the mood: 0 calm, 1 tense, 2 and 3 hot. Shouting does not move it."),
    Fact("mood_trend", "mood", _T.ONE_OF, _I, "How the mood moved with this message.",
         choices=("rising", "steady", "falling")),
    Fact("urgency", "urgency", _T.NUMBER, _I, "How soon they say they need it: 0 to 100.", "points"),
    Fact("cues", "cues", _T.SET, _I, "What was said outright, by key of the cue table."),
    Fact("kind", "kind of feeling", _T.ONE_OF, _I, "Angry, confused, hesitant or worried.", choices=_KINDS),
    # the contact
    Fact("contact.tier", "customer tier", _T.TEXT, _S, "The tier a system of the brand gave, such as gold."),
    Fact("contact.name", "customer name", _T.TEXT, _V, "The name they write under; anyone may write any name."),
    Fact("contact.tickets", "number of earlier tickets", _T.NUMBER, _V,
         "How many there were. They can open more at will, so the number alone should buy nothing.", "tickets"),
    Fact("contact.known_for", "time known to us", _T.DURATION, _R, "Since their first message to this brand."),
    Fact("contact.last_agent_online", "the last agent is online", _T.BOOLEAN, _R,
         "Whether who served them last is here now."),
    # the ticket
    Fact("state", "state", _T.ONE_OF, _R, "Where the ticket stands.", choices=_STATES),
    Fact("queue", "present queue", _T.TEXT, _R, "The queue it is in now, before the rules run."),
    Fact("tags", "tags", _T.SET, _A, "Its tags before the rules run."),
    Fact("messages_count", "number of messages", _T.NUMBER, _V,
         "How many they wrote on this ticket. Writing more often buys nothing by itself.", "messages"),
    Fact("reopened", "the ticket was reopened", _T.BOOLEAN, _R, "Whether it was resolved before."),
    Fact("transfers", "number of transfers", _T.NUMBER, _R,
         "How often it went from one agent or queue to another.", "times"),
    Fact("promises_missed", "number of missed promises", _T.NUMBER, _R,
         "How many of our promises on it were not kept.", "times"),
    Fact("waited", "time waited", _T.DURATION, _R, "Working time since it last began to wait for us.", moves=_TIME),
    Fact("due_in", "time until the answer is due", _T.DURATION, _R,
         "Working time left; below 0s when we are late. Not known before an answer is promised.", moves=_TIME),
    Fact("silence", "silence after our answer", _T.DURATION, _R,
         "Time since our last answer; not known before one, or once they wrote again.", moves=_TIME),
    Fact("answered", "we have answered", _T.BOOLEAN, _R, "Whether anyone answered on this ticket before."),
    Fact("opened_at", "opening", _T.MOMENT, _R, "When the ticket was opened."),
    Fact("age", "age of the ticket", _T.DURATION, _R, "Time since the ticket was opened.", moves=_TIME),
    Fact("agent_online", "its agent is online", _T.BOOLEAN, _R,
         "Whether the agent who has it is here now; not known while nobody has it.", moves=_DESK),
    # the desk
    Fact("working_hours", "it is within working hours", _T.BOOLEAN, _R,
         "Whether its queue's calendar is open now.", moves=_CLOCK),
    Fact("weekday", "weekday", _T.ONE_OF, _R, "The day in the brand's zone.", choices=_DAYS, moves=_CLOCK),
    Fact("time_of_day", "time of day", _T.TIME_OF_DAY, _R, "The time in the brand's zone.", moves=_CLOCK),
    Fact("now", "this moment", _T.MOMENT, _R, "The moment the rules run.", moves=_CLOCK),
    Fact("queue_waiting", "number waiting in its queue", _T.NUMBER, _R,
         "In the queue it is in now, at most 1,000.", "tickets", moves=_DESK),
    Fact("agents_online", "number of agents online", _T.NUMBER, _R, "Agents of the brand who take work now.", "agents",
         moves=_DESK),
    Fact("agents_free", "number of agents free", _T.NUMBER, _R,
         "Agents of the brand who are here with a free slot for such a ticket.", "agents", moves=_DESK),
)  # fmt: skip

FACTS: Mapping[str, Fact] = {
    fact.name: replace(fact, label=say(fact.label), unit=say(fact.unit), choices=tuple(map(say, fact.choices)))
    for fact in _TABLE
}

CUSTOM = "contact."  # the start of every name a brand may declare itself
CUSTOM_TRUSTS = (Trust.SIGNED, Trust.AGENT, Trust.VISITOR)


def trusted(
    values: Mapping[str, tuple[FactValue | None, Trust]], custom: Mapping[str, Fact] | None = None
) -> dict[str, FactValue]:
    """Return the values that may reach a rule: known, declared, and of at least the trust their fact asks for.

    `values` holds each value with the trust it really has; `custom` are the facts a rule set declares. What is known of
    a contact is kept as text: it is read as its fact's type, and not known if it cannot be.
    """
    kept: dict[str, FactValue] = {}
    for name, (value, trust) in values.items():
        fact = FACTS.get(name) or (custom or {}).get(name)
        if fact is None or trust < fact.trust:
            continue
        read = _read(fact.type, value) if isinstance(value, str) and fact.type not in _WORDS else value
        if read is not None:
            kept[name] = read
    return kept


def _read(kind: Type, text: str) -> FactValue | None:
    if kind is Type.SET:
        return frozenset(word.strip() for word in text.split(",") if word.strip())
    found: object = text
    if kind in (Type.NUMBER, Type.PERCENT) and _NUMBER.fullmatch(text.strip()):
        found = float(text)
    try:
        return parse(kind, found, text.strip())  # type: ignore[return-value]  # one value of the fact's own type
    except Wrong:
        return None
