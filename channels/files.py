"""Files: those a JSON body carries itself (base64) or names by a link, and those a platform gets by a link of ours."""

import json
from collections.abc import Sequence

from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import as_list, as_object, decoded, media_type, text_in
from channels.types import Attachment

MAX_NAME = 255  # characters
MAX_LINK = 2000  # characters
PICTURES = (  # first bytes -> media type of a raster picture
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def attachments_in(value: object, *, most: int, links: bool) -> tuple[Attachment, ...]:
    """Return the files of an `attachments` field: `{name, media_type, data}` or, if `links`, `{name, media_type, url}`.

    A file whose data is not base64 keeps its place, with an error for people. Raises NotUnderstood for another form.
    """
    items = as_list(value, "attachments") if value is not None else []
    if len(items) > most:
        raise NotUnderstood(f"attachments must have at most {most} files.")
    return tuple(_attachment(item, links) for item in items)


def link_ref(url: str, name: str, kind: str) -> str:
    """Return what `Attachment.fetch` holds for a file behind a link."""
    return json.dumps({"url": url, "name": name, "media_type": kind})


def _attachment(item: object, links: bool) -> Attachment:
    fields = as_object(item, "attachments: each")
    name = text_in(fields, "name", most=MAX_NAME) or "file"
    kind = media_type(text_in(fields, "media_type", most=MAX_NAME))
    url = text_in(fields, "url", most=MAX_LINK) if links else ""
    if url:
        if not url.lower().startswith(("http://", "https://")):
            raise NotUnderstood("attachments: url must begin with https:// or http://.")
        return Attachment(name, kind, fetch=link_ref(url, name, kind))
    if fields.get("data") is None:
        raise NotUnderstood("attachments: each must have data (base64)" + (" or url." if links else "."))
    data = decoded(text_in(fields, "data"))
    if data is None:
        return Attachment(name, kind, error="The file came broken: its data was not base64.")
    return Attachment(name, kind, data=data)


def accepted(files: Sequence[Attachment], kinds: frozenset[str]) -> bool:
    """Say whether every file has its bytes and one of these media types."""
    return all(file.data is not None and file.media_type in kinds for file in files)


def picture_type(data: bytes) -> str | None:
    """Return the media type of a raster picture by its first bytes, whatever it was called; None for all else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in PICTURES if data.startswith(start)), None)


def is_mp4(file: Attachment) -> bool:
    """Say whether a file is a video in the one form that platforms show, by its name and by its bytes."""
    return file.media_type == "video/mp4" and (file.data or b"")[4:8] == b"ftyp"


def lent(file: Attachment, platform: str) -> tuple[str, bytes]:
    """Return where a platform may fetch a file, and its bytes. Raises DeliveryFailed: no retry makes a link."""
    if file.data is None:
        raise DeliveryFailed("A file of this reply is no longer there: attach it again.", permanent=True)
    if file.link is None or not file.link.startswith("https://") or len(file.link) > MAX_LINK:
        words = "set PUBLIC_URL to Heed's public https address, or send the text without the file."
        raise DeliveryFailed(f"{platform} takes files only by a public https link: {words}", permanent=True)
    return file.link, file.data
