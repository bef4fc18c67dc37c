"""One line of JSON that holds a message, as the command line takes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A message on one line, and whatever else stood there."""

    text: str
    history: Sequence[str]  # the customer's earlier messages, oldest first
    channel: str  # a channel's key or a pace; empty if not said
    rest: Mapping[str, object]


def line_of(line: str) -> Line:
    """Return the message of `{"text": …, "history"?: […], "channel"?: …}`; raises ValueError saying what is wrong."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at character {error.pos + 1} ({error.msg}): give one object a line") from None
    except RecursionError:
        raise ValueError("nested too deep: give one flat object a line") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError('give an object with a text, such as {"text": "Where is my order?"}')
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise ValueError('history is not a list of texts, such as ["Hello?"]')
    channel = row.get("channel") or ""
    if not isinstance(channel, str):
        raise ValueError("channel is not a word, such as email, webchat or telegram")
    return Line(row["text"], history, channel, row)
