"""Lends files of our replies to platforms that fetch them: by a link that opens one file, for a day, and nothing else.

Nothing about a link is stored. It names the file and when it ends, and a code over both that only a SECRET_KEY gives.
Whoever has it may have the file, so it goes to the platform alone, and ends earlier once the reply has failed.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from channels.files import picture_type
from channels.types import Attachment, ChannelInfo
from router.app import Heed
from router.store import blobs, outgoing
from router.vault import derive

PATH = "/lent/"
LASTS = timedelta(hours=24)  # after the attempt that made the link, and after the reply was sent
ID = 26  # characters of a file's id
STAMP = 8  # hexadecimal digits of the second in which a link ends
PREVIEW = "preview.png"  # the name under which a picture stands for a file
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
UNDER_WAY = ("queued", "sending", "unknown")  # the platform may have begun to fetch, whatever we know of it
ARRIVED = ("sent", "delivered", "read")


@dataclass(frozen=True, slots=True)
class Lent:
    """A file as a platform gets it; without data, a picture that stands for it is wanted."""

    name: str
    media_type: str  # as whoever attached it said
    data: bytes | None


def lend(heed: Heed, info: ChannelInfo, file_id: str, file: Attachment, now: datetime) -> Attachment:
    """Return a file with the links its channel needs; as it is where it needs none, or PUBLIC_URL is not https."""
    if not info.files_by_link or not heed.config.uses_tls or file.data is None:
        return file
    names = (_plain_name(file.name, file.data), PREVIEW)
    link, preview = (_link(heed, file_id, name, now + LASTS) for name in names)
    return replace(file, link=link, preview=preview)


def borrow(heed: Heed, token: str, name: str, now: datetime) -> Lent | None:
    """Return the file that a link opens; None for a link that is not ours, is over, or whose reply has failed.

    What is not ours takes the same time however nearly it is, and asks the database nothing.
    """
    about, code = token[: ID + STAMP], token[ID + STAMP :].encode("utf-8", "replace")
    ours = False
    for secret in heed.config.secret_keys:
        ours |= hmac.compare_digest(_code(secret, about, name).encode(), code)
    if not ours or now.timestamp() >= int(about[ID:], 16):
        return None
    with heed.database.read() as db:
        file = outgoing.file(db, about[:ID])
        if file is None or not _is_open(file, now):
            return None
        return Lent(file.name, file.media_type, None if name == PREVIEW else blobs.read(db, file.blob_id))


def _is_open(file: outgoing.OurFile, now: datetime) -> bool:
    return file.state in UNDER_WAY or (file.state in ARRIVED and (file.sent_at is None or now < file.sent_at + LASTS))


def _link(heed: Heed, file_id: str, name: str, until: datetime) -> str:
    about = f"{file_id}{int(until.timestamp()):0{STAMP}x}"
    return f"{heed.config.public_url}{PATH}{about}{_code(heed.config.secret_keys[0], about, name)}/{name}"


def _code(secret: str, about: str, name: str) -> str:
    """Return the 256 bits that prove a link; the name is covered as well."""
    mac = hmac.new(_key(secret), f"{about}/{name}".encode("utf-8", "replace"), sha256).digest()
    return urlsafe_b64encode(mac).decode().rstrip("=")


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return derive(secret, "lending")


def _plain_name(name: str, data: bytes) -> str:
    """Return how a link ends: platforms look at the ending, and the file's own name is nobody else's business."""
    kind = picture_type(data)
    found = ENDING.search(name)
    ending = ENDINGS[kind] if kind else found[1].lower() if found else ""
    return f"file.{ending}" if ending else "file"
