"""Reads one element of Heed's own JSON: a message, an edit, a deletion or a receipt. Pure.

The body is signed with the connection's secret, so its sender vouches for what it says of the customer: `from.id` is
proven, and fields under `contact` are passed on as claims named `contact.<field>`.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Literal, cast

from channels.errors import NotUnderstood
from channels.files import attachments_in
from channels.payload import Fields, as_list, as_object, clean, id_in, moment, text_in
from channels.types import Deletion, Edit, InboundMessage, Parsed, Party, Receipt, Unreadable

MAX_BATCH = 1000  # elements of one body
MAX_FILES = 20  # of one message
MAX_FACTS = 50  # fields under `contact`
MAX_FACT = 1000  # characters of one of them
FACT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
STATES = ("sent", "delivered", "read", "failed")


def read(body: Fields) -> list[Parsed]:
    """Return what a body says: one element, or the list under `messages`. Raises NotUnderstood for a single bad one."""
    if "messages" not in body:
        return [_element(body)]
    batch = as_list(body["messages"], "messages")
    if len(batch) > MAX_BATCH:
        raise NotUnderstood(f"messages must have at most {MAX_BATCH} elements: send more than one request.")
    return [_or_unreadable(number, element) for number, element in enumerate(batch, start=1)]


def _or_unreadable(number: int, element: object) -> Parsed:
    try:
        return _element(as_object(element, "it"))
    except NotUnderstood as problem:
        return Unreadable(f"Element {number}: {problem}")


def _element(fields: Fields) -> Parsed:
    kind = text_in(fields, "type", most=20) or "message"
    if kind not in KINDS:
        raise NotUnderstood(f"type must be one of: {', '.join(KINDS)}.")
    return KINDS[kind](fields)


def _message(fields: Fields) -> InboundMessage:
    sender = as_object(fields.get("from"), "from")
    party = Party("from", id_in(sender, "id"), text_in(sender, "name", most=200))
    text = text_in(fields, "text")
    files = attachments_in(fields.get("attachments"), most=MAX_FILES, links=True)
    if not text.strip() and not files:
        raise NotUnderstood("text is missing, and so are attachments.")
    return InboundMessage(
        external_id=id_in(fields, "id"),
        sender=party,
        text=text,
        sent_at=moment(fields.get("at"), "at"),
        parties=(party,),
        thread=id_in(fields, "thread") if fields.get("thread") is not None else None,
        attachments=files,
        proven=True,
        claims=_claims(sender, fields.get("contact")),
    )


def _edit(fields: Fields) -> Edit:
    if fields.get("text") is None:
        raise NotUnderstood("text is missing: an edit gives the whole new text.")
    return Edit(id_in(fields, "id"), text_in(fields, "text"), moment(fields.get("at"), "at"))


def _deletion(fields: Fields) -> Deletion:
    return Deletion(id_in(fields, "id"), moment(fields.get("at"), "at"))


def _receipt(fields: Fields) -> Receipt:
    state = text_in(fields, "state", most=20)
    if state not in STATES:
        raise NotUnderstood(f"state must be one of: {', '.join(STATES)}.")
    known = cast(Literal["sent", "delivered", "read", "failed"], state)
    return Receipt(id_in(fields, "id"), known, moment(fields.get("at"), "at"), text_in(fields, "detail", most=500))


def _claims(sender: Fields, contact: object) -> dict[str, str]:
    claims = {name: value for name in ("name", "email") if (value := text_in(sender, name, most=320).strip())}
    facts = as_object(contact, "contact") if contact is not None else {}
    if len(facts) > MAX_FACTS:
        raise NotUnderstood(f"contact must have at most {MAX_FACTS} fields.")
    for name, fact in facts.items():
        if not FACT_NAME.fullmatch(name):
            raise NotUnderstood("contact: names are letters, digits and _, and begin with a letter.")
        if fact is not None:
            claims[f"contact.{name}"] = _scalar(fact)
    return claims


def _scalar(value: object) -> str:
    """Return text, number or yes/no as text; true and false as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and len(value) <= MAX_FACT:
        return clean(value)
    if isinstance(value, int) and abs(value) < 2**63:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    raise NotUnderstood(f"contact: values are text of at most {MAX_FACT} characters, numbers, true or false.")


KINDS: Mapping[str, Callable[[Fields], Parsed]] = {
    "message": _message,
    "edit": _edit,
    "deletion": _deletion,
    "receipt": _receipt,
}
