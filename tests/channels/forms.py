"""The form of what a parser gives, whatever it was given: aware UTC times, ids and texts that any store takes."""

import dataclasses
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import get_args

from channels.payload import MEDIA_TYPE
from channels.types import Attachment, Deletion, Edit, InboundMessage, Parsed, Party, PartyRole, Receipt

KINDS = get_args(Parsed)
STATES = ("sent", "delivered", "read", "failed")
MAX_ID = 1000  # characters; an index of the database holds it


def check(found: object) -> None:
    """Hold that what a parser returned has the form of channels.types. Raises AssertionError."""
    assert isinstance(found, list)
    for one in found:
        assert isinstance(one, KINDS), type(one).__name__
        _check_values(one)
        if isinstance(one, InboundMessage | Edit | Deletion | Receipt):
            _check_id(one.external_id)
        if isinstance(one, InboundMessage):
            _check_message(one)
        if isinstance(one, Receipt):
            assert one.state in STATES


def _check_message(message: InboundMessage) -> None:
    for part in (message.sender, *message.parties):
        assert isinstance(part, Party)
        assert part.role in get_args(PartyRole)
        assert isinstance(part.address, str)
    _check_id(message.sender.address)
    _check_ids(message.answers)
    if message.thread is not None:
        _check_id(message.thread)
    for file in message.attachments:
        assert isinstance(file, Attachment)
        assert file.name, "a file has no name"
        assert MEDIA_TYPE.fullmatch(file.media_type)
        assert file.data is not None or file.fetch or file.error, (
            "a file is neither here nor to be had, and nobody says why"
        )
        assert file.data is None or isinstance(file.data, bytes)
        assert file.fetch is None or isinstance(json.loads(file.fetch), dict)
    for name, value in message.claims.items():
        assert isinstance(name, str)
        assert isinstance(value, str)


def _check_ids(ids: Iterable[str]) -> None:
    for one in ids:
        _check_id(one)


def _check_id(value: object) -> None:
    assert isinstance(value, str)
    assert value.strip(), "an id is empty"
    assert len(value) <= MAX_ID, "an id is longer than a store takes"


def _check_values(value: object) -> None:
    """Hold that every time is aware UTC and every text can be written anywhere."""
    if isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0), f"{value!r} is not in UTC"
    elif isinstance(value, str):
        assert "\0" not in value, "a text holds NUL"
        value.encode()
    elif isinstance(value, dict):
        _check_values(tuple(value.items()))
    elif isinstance(value, tuple):
        for inner in value:
            _check_values(inner)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            _check_values(getattr(value, field.name))
