"""Speaks with the outside world: one folder per channel, the same verbs in each.

`ADAPTERS` is the registry. A new channel is one folder, one line here and one test file.
"""

from importlib import import_module
from typing import cast

from channels.types import Adapter

CHANNELS = (
    "email",
    "webchat",
    "telegram",
    "whatsapp",
    "messenger",
    "instagram",
    "api",
    "twilio",
    "slack",
    "line",
    "viber",
    "x",
)


def adapter(channel: str) -> Adapter:
    """Return the adapter of one channel. Raises KeyError for a channel that does not exist."""
    if channel not in CHANNELS:
        raise KeyError(f"There is no channel “{channel}”. Channels: {', '.join(CHANNELS)}.")
    return cast(Adapter, import_module(f"channels.{channel}.adapter"))
