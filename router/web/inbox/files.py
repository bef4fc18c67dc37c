"""Files and formatted mail that came from outside, served so that nothing in them can act on our origin."""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response, g, request

from channels.files import picture_type as picture_type
from router import inbox, remote_pictures
from router.inbox.files import StoredFile
from router.web.audience import audience
from router.web.security import heed_of

SEALED = "sandbox; default-src 'none'"
FRAME = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
CID = re.compile(r"cid:([^\"'\s>)]{1,200})")

bp = Blueprint("files", __name__)


@bp.get("/attachments/<attachment_id>")
@audience("agent")
def attachment(attachment_id: str) -> Response:
    """Return a file to be saved, never to be opened by the browser here."""
    return save(inbox.stored_file(heed_of(), g.scope, attachment_id))


@bp.get("/attachments/<attachment_id>/picture")
@audience("agent")
def picture(attachment_id: str) -> Response:
    """Return a picture to be shown in place, if its bytes are one; else a file to be saved."""
    return shown(inbox.stored_file(heed_of(), g.scope, attachment_id))


@bp.get("/messages/<message_id>/html")
@audience("agent")
def html(message_id: str) -> Response:
    """Return a mail as its sender laid it out, for a sandboxed frame: no script, and nothing that we load by itself.

    With `pictures` in the address those that lie elsewhere are fetched by us, because the reader asked.
    """
    found = inbox.html_of(heed_of(), g.scope, message_id)
    body = CID.sub(lambda match: _picture_url(match[1], found.pictures), found.html)
    if "pictures" in request.args:
        elsewhere = remote_pictures.fetch_all(remote_pictures.addresses(body))
        body = remote_pictures.put_in(body, lambda url: _as_data(elsewhere.get(url, b"")))
    page = (
        "<!doctype html><meta charset=utf-8><base target=_blank><meta name=referrer content=no-referrer>"
        "<style>body{font:14px/1.45 system-ui,sans-serif;color:#1c2430;background:#fff;margin:8px;"
        "overflow-wrap:anywhere}"
        "img{max-width:100%;height:auto}table{max-width:100%}</style>" + body
    )
    headers = {
        "Content-Security-Policy": FRAME,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(page, mimetype="text/html", headers=headers)


def save(file: StoredFile) -> Response:
    """Return a file as a download."""
    return Response(
        file.data,
        mimetype="application/octet-stream",
        headers={"Content-Disposition": disposition("attachment", file.name), **_sealed()},
    )


def shown(file: StoredFile) -> Response:
    """Return a file in place if its own bytes say it is a raster picture, else as a download."""
    kind = picture_type(file.data)
    if kind is None:
        return save(file)
    headers = {"Content-Disposition": disposition("inline", file.name), **_sealed()}
    return Response(file.data, mimetype=kind, headers={**headers, "Cache-Control": "private, max-age=3600"})


def clean_name(name: str) -> str:
    """Return a file's name without path, control and direction-changing characters."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    return kept.strip(" .")[:150] or "file"


def disposition(kind: str, name: str) -> str:
    """Return a Content-Disposition; source: RFC 6266."""
    cleaned = clean_name(name)
    plain = re.sub(r'[^ -~]|["\\%]', "_", cleaned)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"


def _sealed() -> dict[str, str]:
    return {
        "Content-Security-Policy": SEALED,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _picture_url(cid: str, pictures: Mapping[str, bytes]) -> str:
    """Return a mail's own picture as data: the frame has no origin, so it could not ask us for it."""
    return _as_data(pictures.get(cid, b"")) or "about:blank"


def _as_data(data: bytes) -> str | None:
    kind = picture_type(data)
    return f"data:{kind};base64,{b64encode(data).decode()}" if kind else None
