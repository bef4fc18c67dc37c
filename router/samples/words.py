"""What the sample is told in: customers, what they say and on which channel, and what an agent does about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ChannelKey = Literal["email", "webchat", "telegram", "api"]


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes."""

    key: str  # the local part of their address, and who they are on other channels
    name: str
    contact: Mapping[str, str] = field(default_factory=dict)  # what the shop's own system vouches for, as signed facts


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    key: str  # the message's own id on its channel, so that a second load adds nothing
    channel: ChannelKey
    who: Customer
    text: str
    subject: str = ""  # mail
    html: str = ""  # mail; beside the plain text
    cc: tuple[str, ...] = ()  # mail
    files: tuple[str, ...] = ()  # names in samples/files; a picture that the HTML shows stands in the mail itself
    follows: str = ""  # the key of the message it answers
    automatic: bool = False  # mail written by a machine
    raw: str = ""  # a name in samples/files: the mail as it is, without Date and Message-ID
    ago_min: int = 0  # how long before it came it was written


@dataclass(frozen=True, slots=True)
class Handling:
    """What an agent does once a conversation is theirs."""

    answer: str = ""  # only where the answer stays on this machine: web chat and API
    note: str = ""
    then: Literal["", "resolve", "snooze"] = ""
