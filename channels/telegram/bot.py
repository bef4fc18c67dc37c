"""Calls the Bot API, and says in our words what its refusals mean.

The token is in every URL, so no text of a failed request is passed on: known descriptions are translated, others named
by their number alone. Sources: core.telegram.org/bots/api#making-requests, #responseparameters.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from channels import http
from channels.errors import DeliveryFailed
from channels.http import FilePart, Response
from channels.types import Connection

BASE_URL = "https://api.telegram.org"
HOSTS = ("api.telegram.org",)  # that may be sent the token, besides the connection's base_url
TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
FILE_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
UPLOAD_S = 90.0  # seconds for a request that carries a file

REFUSALS = (
    # what the description holds, what we say
    ("bot was blocked by the user", "The customer has blocked this bot: reach them on another channel."),
    ("user is deactivated", "The customer's Telegram account no longer exists."),
    ("bot can't initiate conversation", "The customer has not written to this bot yet, so it may not write to them."),
    ("chat not found", "Telegram knows no such chat for this bot: is it another bot's token?"),
    ("message is too long", "Telegram finds the text too long."),
    ("file is too big", "Telegram gives bots files of at most 20 MB; this one is larger."),
    ("wrong file_id", "Telegram no longer knows this file."),
    ("invalid file_id", "Telegram no longer knows this file."),
    ("bad webhook", "Telegram refuses the webhook's address: it must be https, public, on port 443, 80, 88 or 8443."),
    ("https url must be provided", "Telegram wants an https address for the webhook: set PUBLIC_URL."),
    ("photo_invalid_dimensions", "Telegram refuses the picture's proportions."),
    ("image_process_failed", "Telegram cannot read the picture."),
)
NO_ACCESS = "Telegram does not know this bot_token: copy it again from @BotFather."


def call(
    connection: Connection,
    method: str,
    params: Mapping[str, object],
    files: Mapping[str, FilePart] | None = None,
) -> object:
    """Call one method and return its `result`. Raises DeliveryFailed with what Telegram asks for."""
    url = f"{_base(connection)}/bot{_token(connection)}/{method}"
    form = {name: str(value) for name, value in params.items()} if files else None
    response = http.request(
        "POST",
        url,
        connection=connection,
        credential_hosts=HOSTS,
        credential_in_url=True,
        json=None if files else dict(params),
        data=form,
        files=files,
        timeout_s=UPLOAD_S if files else http.TIMEOUT_S,
    )
    answer = response.json()
    fields = answer if isinstance(answer, dict) else {}
    if response.ok and fields.get("ok") is True:
        return fields.get("result")
    raise _failure(response, fields)


def download(connection: Connection, path: str, max_bytes: int) -> bytes:
    """Return a file's bytes; `path` is what getFile answered. Raises DeliveryFailed."""
    if len(path) > 500 or not FILE_PATH.fullmatch(path):
        raise DeliveryFailed("Telegram names no path to download this file from.", permanent=True)
    response = http.request(
        "GET",
        f"{_base(connection)}/file/bot{_token(connection)}/{path}",
        connection=connection,
        credential_hosts=HOSTS,
        credential_in_url=True,
        timeout_s=UPLOAD_S,
        max_bytes=max_bytes,
    )
    if not response.ok:
        raise _failure(response, {})
    return response.body


def _base(connection: Connection) -> str:
    base = connection.setting("base_url", BASE_URL).rstrip("/")
    try:
        plain = not (urlsplit(base).query or urlsplit(base).fragment)
    except ValueError:
        plain = False
    if not plain:
        raise DeliveryFailed("base_url is not a plain address such as https://api.telegram.org.", permanent=True)
    return base


def _token(connection: Connection) -> str:
    token = connection.setting("bot_token").strip()
    if not TOKEN.fullmatch(token):
        reason = "bot_token is empty or has not the form 123456:ABC-DEF: copy it again from @BotFather."
        raise DeliveryFailed(reason, permanent=True)
    return token


def _failure(response: Response, fields: Mapping[str, object]) -> DeliveryFailed:
    """Return what a refusal means: for ever, for a while, or unknown."""
    status = response.status
    description = str(fields.get("description", "")).lower()
    if status == 429:
        return DeliveryFailed(
            "Telegram asks us to slow down.", retry_after_s=_wait(response, fields), slows="connection"
        )
    if response.ok:
        return DeliveryFailed("Telegram's answer could not be read.", may_have_arrived=True)
    if status >= 500:
        reason = f"Telegram has trouble of its own (HTTP {status})."
        return DeliveryFailed(reason, retry_after_s=http.retry_after_s(response), may_have_arrived=status == 504)
    known = next((said for phrase, said in REFUSALS if phrase in description), None)
    if known is None and status in (401, 404):
        known = NO_ACCESS
    return DeliveryFailed(known or f"Telegram refused the request (HTTP {status}).", permanent=True)


def _wait(response: Response, fields: Mapping[str, object]) -> float | None:
    parameters = fields.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(asked, int) and not isinstance(asked, bool) and asked >= 0:
        return min(float(min(asked, 10**6)), http.MAX_WAIT_S)
    return http.retry_after_s(response)
