"""Calls LINE's Messaging API, and says in our words what its refusals mean.

Sources: developers.line.biz/en/reference/messaging-api/ (#send-push-message, #get-content, #error-messages,
#rate-limits, #set-webhook-endpoint-url), /en/docs/messaging-api/retrying-api-request/.
"""

import re
from collections.abc import Mapping, Sequence

from channels import http
from channels.errors import DeliveryFailed
from channels.http import Response
from channels.payload import Fields
from channels.refusals import Refusal, failure
from channels.types import MAX_MAIL, Connection

BASE_URL = "https://api.line.me"
DATA_URL = "https://api-data.line.me"  # has the files; a connection with a base_url of its own asks there for them too
HOSTS = ("api.line.me", "api-data.line.me")  # that may be sent the token, besides the connection's base_url
FILES_S = 90.0  # seconds for a file
PREPARING_S = 15.0  # until a long video is asked for again
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

NO_ACCESS = "LINE does not take this connection's channel_access_token: issue a new one in the LINE Developers Console."
MONTH = "This month's messages are used up: choose a larger plan in the LINE Official Account Manager, or wait."
NO_CHAT = "LINE knows no such customer for this channel: was the user id given by another channel?"
REFUSALS = {
    # what the message of an error holds -> what we say; source: #error-messages
    "monthly limit": Refusal(MONTH, passes=True),
    "authentication failed": Refusal(NO_ACCESS, passes=True),
    "access to this api is not available": Refusal("LINE does not offer this call to the account's plan."),
    "the property, 'to'": Refusal(NO_CHAT),
    "failed to send messages": Refusal("LINE cannot send to this customer: the account may be blocked or gone."),
    "not found": Refusal("LINE no longer has what was asked for."),
    "invalid webhook endpoint": Refusal(
        "LINE refuses the webhook's address: PUBLIC_URL must be a public https address."
    ),
}


def push(connection: Connection, to: str, messages: Sequence[Mapping[str, str]], retry_key: str) -> list[str]:
    """Send up to five messages in one call and return their ids; a call that was taken before returns the same ids.

    `retry_key` is a UUID, the same for every attempt within 24 hours. Raises DeliveryFailed.
    """
    body = {"to": to, "messages": [dict(message) for message in messages]}
    response = _ask(connection, "POST", "/v2/bot/message/push", json=body, headers={"X-Line-Retry-Key": retry_key})
    taken_before = response.status == 409 and response.headers.get("x-line-accepted-request-id")
    if not response.ok and not taken_before:
        raise _failure(response)
    sent = _fields(response).get("sentMessages")
    return [str(one["id"]) for one in sent if isinstance(one, dict) and "id" in one] if isinstance(sent, list) else []


def ask(connection: Connection, method: str, path: str, json: Mapping[str, object] | None = None) -> Fields:
    """Make one call that shows nobody anything, and return its answer. Raises DeliveryFailed."""
    response = _ask(connection, method, path, json=json)
    if not response.ok:
        raise _failure(response)
    return _fields(response)


def content(connection: Connection, message_id: str) -> bytes:
    """Return the bytes of a message's file. Raises DeliveryFailed, a passing one while LINE prepares the file."""
    if not MESSAGE_ID.fullmatch(message_id):
        raise DeliveryFailed("LINE names no message to download this file from.", permanent=True)
    own = connection.setting("base_url", BASE_URL).rstrip("/")
    response = http.request(
        "GET",
        f"{DATA_URL if own == BASE_URL else own}/v2/bot/message/{message_id}/content",
        connection=connection,
        credential_hosts=HOSTS,
        credentials=_credentials(connection),
        timeout_s=FILES_S,
        max_bytes=MAX_MAIL,
    )
    if response.status == 202:
        raise DeliveryFailed("LINE is still preparing this file.", retry_after_s=PREPARING_S)
    if response.status in (404, 410):
        raise DeliveryFailed("LINE no longer has this file: it keeps files for a while only.", permanent=True)
    if not response.ok:
        raise _failure(response)
    return response.body


def _ask(
    connection: Connection,
    method: str,
    path: str,
    json: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return http.request(
        method,
        connection.setting("base_url", BASE_URL).rstrip("/") + path,
        connection=connection,
        credential_hosts=HOSTS,
        credentials=_credentials(connection),
        headers=headers,
        json=json,
    )


def _failure(response: Response) -> DeliveryFailed:
    """Return what a refusal means; LINE has no codes, so its message is looked for known phrases and never shown."""
    said = str(_fields(response).get("message", "")).lower()
    code = next((phrase for phrase in REFUSALS if phrase in said), "")
    return failure("LINE", response, code, REFUSALS, safe=True)


def _fields(response: Response) -> Fields:
    answer = response.json()
    return answer if isinstance(answer, dict) else {}


def _credentials(connection: Connection) -> dict[str, str]:
    token = connection.setting("channel_access_token").strip()
    if not (token.isascii() and token.isprintable() and token):
        reason = "channel_access_token is empty: issue one in the LINE Developers Console, tab Messaging API."
        raise DeliveryFailed(reason, permanent=True)
    return {"Authorization": f"Bearer {token}"}
