"""`GET /lent/<token>/<name>`: a file of a reply, for the platform that is to carry it. No session and no cookie.

The address is the proof. It stands in no log of ours, since requests are logged by the template of their path.
"""

import struct
import zlib
from datetime import UTC, datetime
from functools import cache

from flask import Blueprint, Flask, Response, abort

from channels.files import picture_type
from channels.payload import UNKNOWN_TYPE, media_type
from router import lending
from router.lending import Lent
from router.web.audience import audience
from router.web.inbox.files import SEALED, disposition
from router.web.problems import HINTS
from router.web.security import heed_of

SIDE = 240  # pixels of the picture that stands for a file
GROUND, SIGN = b"\x4c", b"\xff"  # greys
ACTIVE = ("html", "xml", "css", "ecmascript", "javascript", "x-javascript")  # subtypes that a browser might run or read

bp = Blueprint("lending", __name__)


def register(app: Flask) -> None:
    """Add the route."""
    app.register_blueprint(bp)


@bp.get(f"{lending.PATH}<token>/<name>", provide_automatic_options=False)
@audience("visitor")
def lent(token: str, name: str) -> Response:
    """Return the file to whoever has its link; 404 for every other address, and for one that is over."""
    file = lending.borrow(heed_of(), token, name, datetime.now(UTC))
    if file is None:
        abort(404, HINTS[404])
    data = file.data if file.data is not None else preview()
    picture = picture_type(data)
    headers = {
        "Content-Disposition": disposition("inline" if picture else "attachment", file.name),
        "Content-Security-Policy": SEALED,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }
    return Response(data, content_type=picture or _told_type(file), headers=headers)


def _told_type(file: Lent) -> str:
    """Return the media type of what is no picture: as it was attached, unless a browser might run it."""
    kind = media_type(file.media_type)
    group, _, form = kind.partition("/")
    runs = group in ("image", "multipart") or form in ACTIVE or form.endswith(("+xml", "+html"))
    return UNKNOWN_TYPE if runs else kind


@cache
def preview() -> bytes:
    """Return the picture that stands for a file: a light triangle on grey, as PNG (RFC 2083)."""
    rows = bytearray()
    for y in range(SIDE):
        across = max(0, SIDE // 4 - abs(y - SIDE // 2))  # of the triangle in this row
        left = GROUND * (SIDE * 3 // 8) + SIGN * across
        rows += b"\0" + left + GROUND * (SIDE - len(left))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    made = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)
