"""Slack's way of writing text: `<@U1>`, `<url|label>`, `&amp;`, and back. Pure.

Source: docs.slack.dev/messaging/formatting-message-text (escaping, mentions, links, dates).
"""

import re

MARK = re.compile(r"<((?:!date\^[^<>|]*|[^<>|\s]+)(?:\|[^<>]*)?)>")
AT = ("@", "!subteam^", "!")  # what stands for somebody: a member, a group, everybody here


def plain(text: str) -> str:
    """Return Slack's text as a person reads it: names instead of marks, addresses in full."""
    shown = MARK.sub(lambda mark: _shown(mark[1]), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escaped(text: str) -> str:
    """Return plain text so that Slack shows it as it stands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shown(mark: str) -> str:
    target, _, label = mark.partition("|")
    if target.startswith("#"):
        return "#" + (label or target[1:])
    if target.startswith("!date^"):
        return label or target.removeprefix("!date^").partition("^")[0]
    for sign in AT:
        if target.startswith(sign):
            return "@" + (label or target.removeprefix(sign)).removeprefix("@")
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (target, address) or target.partition("://")[2].rstrip("/") == label.rstrip("/"):
        return address
    return f"{label} ({address})"
