"""Rows as values: what use cases read, change and hand back to be written. Fields are named like the columns."""

from dataclasses import dataclass, field
from datetime import datetime

from router.store.ids import new_id


@dataclass(slots=True)
class Ticket:
    """One ticket, as it stands in this transaction; `event_seq` is also its version."""

    id: str
    brand_id: str
    number: int
    kind: str
    state: str
    channel: str
    work_class: str
    slot_key: str
    pace: str
    connection_id: str | None
    queue_id: str
    contact_id: str | None
    subject: str
    created_at: datetime
    updated_at: datetime
    thread: str | None = None
    agent_id: str | None = None
    last_agent_id: str | None = None
    reserved_for: str | None = None
    language: str = "und"
    intent: str = "other"
    intent_confidence: float = 0.0
    sentiment: float = 0.0
    frustration: int = 0
    frustration_before: int | None = None
    heat: int = 0
    urgency: int = 0
    mood_read: bool = False
    lane_id: int | None = None
    place: datetime | None = None
    waiting_since: datetime | None = None
    answer_by: datetime | None = None
    head_start_extra_s: int = 0
    passed_over: int = 0
    spared: bool = False
    step_down_at: datetime | None = None
    kept_until: datetime | None = None
    rules_due_at: datetime | None = None
    hold_until: datetime | None = None
    flag: str | None = None
    note: str | None = None
    automatic: bool = False
    spam: bool = False
    merged_into: str | None = None
    follows_ticket_id: str | None = None
    episode: int = 1
    event_seq: int = 0
    rules_version_id: str | None = None
    last_customer_at: datetime | None = None
    last_answer_at: datetime | None = None
    resolved_at: datetime | None = None
    purge_after: datetime | None = None


@dataclass(slots=True)
class Message:
    """One message of a ticket."""

    brand_id: str
    home_ticket_id: str
    direction: str
    visibility: str
    text: str
    at: datetime
    state: str
    id: str = field(default_factory=new_id)
    connection_id: str | None = None
    identity_id: str | None = None
    agent_id: str | None = None
    external_id: str | None = None
    subject: str = ""
    html: str | None = None
    thread: str | None = None
    state_detail: str = ""
    automatic: bool = False
    proven: bool = False
    sent_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(slots=True)
class Event:
    """One thing that happened to a ticket; never changed."""

    ticket_id: str
    seq: int
    episode: int
    kind: str
    by: str
    at: datetime
    data: str = "{}"
    rules_version_id: str | None = None


@dataclass(slots=True)
class Promise:
    """A moment promised to the customer."""

    ticket_id: str
    episode: int
    kind: str
    target_s: int
    starts_at: datetime
    due_at: datetime
    because: str
    id: str = field(default_factory=new_id)
    met_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(slots=True)
class File:
    """An attachment of a message."""

    message_id: str
    seq: int
    name: str
    media_type: str
    size: int
    state: str
    id: str = field(default_factory=new_id)
    content_id: str | None = None
    inline: bool = False
    blob_id: str | None = None
    fetch: str | None = None
    error: str | None = None
    attempts: int = 0
    due_at: datetime | None = None


@dataclass(slots=True)
class ReadingRow:
    """What triage made of a message, without its evidence."""

    message_id: str
    language: str
    language_confidence: float
    sentiment: float
    frustration: int
    calm_frustration: int
    urgency: int
    intent: str
    intent_confidence: float
    second_intent: str
    kind: str
    read: bool
    version: str
    silence_s: int | None


@dataclass(slots=True)
class Outgoing:
    """A reply on its way."""

    message_id: str
    ticket_id: str
    connection_id: str
    due_at: datetime | None
    created_at: datetime
    attempts: int = 0
    attempt_key: str | None = None
    lease_until: datetime | None = None


@dataclass(slots=True)
class Assignment:
    """An agent has a ticket."""

    ticket_id: str
    agent_id: str
    how: str
    over_capacity: bool
    valid_from: datetime
    id: str = field(default_factory=new_id)
    valid_to: datetime | None = None
    ended: str | None = None
