"""Knows how mail programs mark quotes and signatures in HTML. What they say in words is left to the text's scanner.

Sources: the mark-up of the programs themselves; ProtonMail's WebClients, `messageBlockquote.ts`, lists most of the
same marks. An answer typed between Gmail's quotes stands inside its container, so that one is opened, not cut.
"""

from collections.abc import Sequence
from html import unescape
from typing import Literal

from channels.email.markup import Token, attributes
from channels.email.quotes.heads import FROM_OR_DATE, header, is_forward

Cut = Literal["", "part", "rest"]

CLASSES = frozenset(
    {
        # quotes: Gmail, Yahoo, Thunderbird, Proton, Tuta, Zoho, Skiff, Yahoo on iOS, Freshdesk, Front
        "gmail_quote",
        "gmail_attr",
        "yahoo_quoted",
        "moz-cite-prefix",
        "protonmail_quote",
        "tutanota_quote",
        "zmail_extra",
        "skiff_quote",
        "iosymail",
        "freshdesk_quote",
        "front-blockquote",
        # signatures: Gmail, Thunderbird, Proton, Outlook on phones
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "protonmail_signature_block",
        "ms-outlook-mobile-signature",
    }
)
IDS = frozenset(
    {"reply-intro", "isreplycontent", "isforwardcontent", "reply139content", "orimsghtmlseperator", "origbody"}
)
TO_THE_END = frozenset(
    # Outlook on the web, on phones; Hotmail, Zimbra
    {"divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "stopspelling", "zwchr", "replysplit"}
)
BORDER = "border-top:solid"  # Outlook draws it above the header block of what it repeats
AHEAD = 40  # tokens looked at behind a mark
MARKS = (*CLASSES, *IDS, *TO_THE_END, "cite", '"quote"', BORDER)


def any_mark(html: str) -> bool:
    """Say whether one of the marks may be there at all; quick, over the whole page."""
    lower = html.lower()
    return any(mark in lower for mark in MARKS)


def cut(found: Sequence[Token], place: int) -> Cut:
    """Return what a start tag begins: a part that is repeated or signed, the rest of the page, or "" for neither.

    A forwarded mail stays: it is what the customer wants us to see.
    """
    tag = found[place]
    if tag.closes or "=" not in tag.text:
        return ""
    given = attributes(tag.text)
    named = given.get("id", "").lower().removeprefix("x_")
    if named in TO_THE_END or (BORDER in given.get("style", "").lower().replace(" ", "") and _heads(found, place)):
        return "rest"
    classes = {name.removeprefix("x_") for name in given.get("class", "").lower().split()}
    marked = (
        not CLASSES.isdisjoint(classes)
        or named in IDS
        or any(name.endswith("yahoo_quoted") for name in classes)
        or (tag.name == "blockquote" and given.get("type", "").lower() == "cite")
        or given.get("name", "").lower() == "quote"
    )
    if not marked or is_forward(_first_words(found, place)):
        return ""
    return "" if "gmail_quote" in classes and tag.name != "blockquote" and _holds_quotes(found, place) else "part"


def _first_words(found: Sequence[Token], place: int) -> str:
    """Return the first words behind a tag, as the scanner of text wants them."""
    for token in found[place + 1 : place + AHEAD]:
        if not token.name and token.text.strip():
            return " ".join(unescape(token.text[:400]).lower().split())
    return ""


def _heads(found: Sequence[Token], place: int) -> bool:
    return header(_first_words(found, place)) in FROM_OR_DATE


def _holds_quotes(found: Sequence[Token], place: int) -> bool:
    """Say whether the next quotation behind a container is marked as one itself."""
    for token in found[place + 1 : place + AHEAD]:
        if token.name == "blockquote" and not token.closes:
            return "gmail_quote" in attributes(token.text).get("class", "").lower().split()
    return False
