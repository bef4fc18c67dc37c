"""Reads the attachments of a direct message of Messenger or Instagram: files to fetch, or a line of words. Pure.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages
and …/instagram-messaging/webhooks. What people share (posts, reels, stories) comes without a file of its own, and a
story may not be stored (…/instagram/features/story-mention), so these are words and an address.
"""

import re
from urllib.parse import unquote, urlsplit

from channels import wording
from channels.errors import NotUnderstood
from channels.files import MAX_LINK, MAX_NAME, link_ref
from channels.meta.words import items, line, loose, not_shown, part
from channels.payload import Fields, text_in
from channels.types import Attachment

FILES = {
    # type: name and media type when the address does not say; fetching tells the true one
    "image": ("image.jpg", "image/jpeg"),
    "video": ("video.mp4", "video/mp4"),
    "audio": ("audio.mp4", "audio/mp4"),
    "file": ("file", "application/octet-stream"),
}
ENDINGS = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "ogg": "audio/ogg", "mp3": "audio/mpeg",
    "m4a": "audio/mp4", "aac": "audio/aac", "wav": "audio/wav", "pdf": "application/pdf", "txt": "text/plain",
}  # fmt: skip
SHARED = {
    "fallback": "Link",
    "share": "Shared post",
    "post": "Shared post",
    "ig_post": "Shared post",
    "reel": "Shared reel",
    "ig_reel": "Shared reel",
    "story": "Shared story",
    "ig_story": "Shared story",
    "story_mention": "Mentioned you in a story",
    "appointment_booking": "Appointment",
    "product": "Product",
    "template": "Card",
}
THUMBS = frozenset({"369239263222822", "369239343222814", "369239383222810"})  # the like button, small to large
FILE_NAME = re.compile(r"[^/\\]{1,200}\.([A-Za-z0-9]{1,5})")


def read(message: Fields) -> tuple[list[str], list[Attachment]]:
    """Return the lines and the files of a message's attachments, each once. Raises NotUnderstood."""
    lines: list[str] = []
    files: list[Attachment] = []
    stickers: set[str] = set()
    for attachment in items(message, "attachments"):
        kind = text_in(attachment, "type")
        payload = part(attachment, "payload")
        sticker = loose(payload, "sticker_id")
        if sticker or kind == "sticker":
            if sticker in stickers:
                continue  # comes as a sticker and again as an image
            stickers.add(sticker)
            lines.append("\N{THUMBS UP SIGN}" if sticker in THUMBS else wording.sticker())
            if sticker not in THUMBS and _link(payload):
                files.append(_file(payload, "image"))
        elif kind in FILES:
            files.append(_file(payload, kind))
        else:
            lines.append(_words(kind, attachment, payload))
    return list(dict.fromkeys(lines)), files  # a shared post comes as `share` and again as `ig_post`


def _link(payload: Fields) -> str:
    url = text_in(payload, "url", most=MAX_LINK)
    return url if url.lower().startswith(("https://", "http://")) else ""


def _file(payload: Fields, kind: str) -> Attachment:
    """Return a file behind an address; its name and type are read from the address as far as that tells them."""
    name, media_type = FILES[kind]
    url = _link(payload)
    if not url:
        return Attachment(name, media_type, error="Meta passed on no address to fetch this file from.")
    try:
        last = unquote(urlsplit(url).path.rpartition("/")[2], errors="replace")
    except ValueError:
        last = ""
    if found := FILE_NAME.fullmatch(last):
        name = last[:MAX_NAME]
        known = ENDINGS.get(found[1].lower(), "")
        media_type = known if (kind == "file" and known) or known.startswith(f"{kind}/") else media_type
    return Attachment(name, media_type, fetch=link_ref(url, name, media_type))


def _words(kind: str, attachment: Fields, payload: Fields) -> str:
    """Return what stands for an attachment that is no file."""
    title = loose(payload, "title") or loose(attachment, "title")
    url = loose(payload, "url") or loose(attachment, "url")
    if kind == "location":
        where = part(payload, "coordinates")
        try:
            return wording.place(where.get("lat"), where.get("long"), title)
        except NotUnderstood:
            return line("Location", title)
    if kind == "like_heart":
        return "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"
    if kind == "ephemeral":
        return "[A picture or video that could be seen only once, in the app]"
    said = [title, url]
    if kind == "template":
        elements = [one for group in (payload, part(payload, "product")) for one in items(group, "elements")]
        said = [" ".join(filter(None, (loose(one, "title"), loose(one, "subtitle")))) for one in elements]
        said = [loose(payload, "text"), *said, title]
    label = "Product" if payload.get("product") else SHARED.get(kind, "Shared")
    return line(label, *said) if any(one.strip() for one in said) else not_shown(SHARED.get(kind, kind).lower())
