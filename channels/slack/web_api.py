"""Calls Slack's Web API, and says in our words what its refusals mean.

Slack answers 200 with `ok: false` and a code. Sources: docs.slack.dev/apis/web-api (responses, rate limits),
/reference/methods/chat.postMessage, /files.getUploadURLExternal, /files.completeUploadExternal, /files.info.
"""

import re
from collections.abc import Mapping

from channels import http
from channels.errors import DeliveryFailed
from channels.http import Response
from channels.payload import Fields, media_type
from channels.refusals import Refusal, failure
from channels.types import MAX_MAIL, Connection

BASE_URL = "https://slack.com/api"
HOSTS = ("slack.com", "files.slack.com")  # that may be sent the token, besides the connection's base_url
FILES_S = 90.0  # seconds for a request that carries a file

NO_ACCESS = "Slack does not take this connection's bot_token any more: install the app again and copy the new one."
SCOPE = "The app lacks a permission (scope) in Slack: add it under OAuth & Permissions and install the app again."
NOT_FOUND = "Slack knows no such conversation for this app: invite the app to the channel again."
NOT_ALLOWED = "This workspace does not let the app write here: ask its administrator."
REFUSALS = {
    # the code of `ok: false`: what we say; source: the errors of chat.postMessage
    **dict.fromkeys(("invalid_auth", "not_authed", "token_revoked", "token_expired"), Refusal(NO_ACCESS, passes=True)),
    **dict.fromkeys(("account_inactive", "org_login_required"), Refusal(NO_ACCESS, passes=True)),
    **dict.fromkeys(("missing_scope", "no_permission"), Refusal(SCOPE, passes=True)),
    **dict.fromkeys(("channel_not_found", "not_in_channel"), Refusal(NOT_FOUND)),
    **dict.fromkeys(
        ("restricted_action", "restricted_action_thread_locked", "ekm_access_denied"), Refusal(NOT_ALLOWED)
    ),
    **dict.fromkeys(("restricted_action_read_only_channel", "access_denied"), Refusal(NOT_ALLOWED)),
    "is_archived": Refusal("The channel was archived in Slack: bring it back there, or write to the person directly."),
    "user_not_found": Refusal("Slack knows no such member."),
    "user_disabled": Refusal("The customer's Slack account was switched off."),
    "cannot_dm_bot": Refusal("The other side is a bot: it takes no direct messages."),
    "messages_tab_disabled": Refusal("The app takes no direct messages: switch its messages tab on (App Home)."),
    "msg_too_long": Refusal("Slack finds the text too long."),
    "no_text": Refusal("Slack finds the text empty."),
    "file_not_found": Refusal("Slack no longer has this file."),
    "file_deleted": Refusal("The file was deleted in Slack."),
    "team_added_to_org": Refusal("The workspace is being moved: Slack takes messages again later.", passes=True),
    "ratelimited": Refusal("Slack asks us to slow down.", passes=True),
    "rate_limited": Refusal("Slack asks us to slow down.", passes=True),
    "service_unavailable": Refusal("Slack has trouble of its own.", passes=True),
    "team_access_not_granted": Refusal("The app is not installed in this workspace any more.", passes=True),
}
CODE = re.compile(r"[a-z0-9_]{1,60}")
UNSURE = ("internal_error", "fatal_error", "request_timeout")  # parts of the call may have been carried out


def call(connection: Connection, method: str, params: Mapping[str, object], *, shows: bool = False) -> Fields:
    """Call one method and return its answer. Raises DeliveryFailed.

    `shows`: the call puts something before the customer, so that an uncertain end may have arrived.
    """
    return _ask(connection, method, params, shows)[1]


def scopes(connection: Connection) -> frozenset[str]:
    """Return what the token may do, as Slack says it beside auth.test; empty if it does not say."""
    listed = _ask(connection, "auth.test", {}, shows=False)[0].headers.get("x-oauth-scopes", "")
    return frozenset(filter(None, (scope.strip() for scope in listed.split(","))))


def upload(connection: Connection, name: str, data: bytes) -> str:
    """Bring a file to Slack, as yet seen by nobody, and return its id. Raises DeliveryFailed."""
    place = call(connection, "files.getUploadURLExternal", {"filename": name, "length": len(data)})
    url, file_id = place.get("upload_url"), place.get("file_id")
    if not (isinstance(url, str) and url and isinstance(file_id, str) and file_id):
        raise DeliveryFailed("Slack's answer names no place for the file.")
    try:
        response = http.request(
            "POST",
            url,
            connection=connection,
            credential_hosts=HOSTS,
            credential_in_url=True,
            headers={"Content-Type": "application/octet-stream"},
            data=data,
            timeout_s=FILES_S,
        )
    except DeliveryFailed as failed:
        raise _unseen(failed) from None
    if not response.ok:
        raise failure("Slack", response, safe=True)
    return file_id


def download(connection: Connection, url: str, kind: str) -> bytes:
    """Return a file's bytes. Raises DeliveryFailed, also where Slack shows its sign-in page instead of the file."""
    response = http.request(
        "GET",
        url,
        connection=connection,
        credential_hosts=HOSTS,
        credentials=_credentials(connection),
        timeout_s=FILES_S,
        max_bytes=MAX_MAIL,
    )
    if response.status in (404, 410):
        raise DeliveryFailed("Slack no longer has this file.", permanent=True)
    if not response.ok:
        raise failure("Slack", response, safe=True)
    if media_type(response.headers.get("content-type", "")) == "text/html" and kind != "text/html":
        raise DeliveryFailed("Slack does not let the app read files: give it the scope files:read.", permanent=True)
    return response.body


def _ask(connection: Connection, method: str, params: Mapping[str, object], shows: bool) -> tuple[Response, Fields]:
    """Call a method, its parameters as a form where all are plain, for some methods read no JSON."""
    plain = all(isinstance(value, str | int) and not isinstance(value, bool) for value in params.values())
    try:
        response = http.request(
            "POST",
            f"{connection.setting('base_url', BASE_URL).rstrip('/')}/{method}",
            connection=connection,
            credential_hosts=HOSTS,
            credentials=_credentials(connection),
            data={name: str(value) for name, value in params.items()} if plain else None,
            json=None if plain else dict(params),
        )
    except DeliveryFailed as failed:
        raise failed if shows else _unseen(failed) from None
    answer = response.json()
    fields = answer if isinstance(answer, dict) else {}
    if response.ok and fields.get("ok") is True:
        return response, fields
    raise _failure(response, str(fields.get("error") or ""), shows)


def _unseen(failed: DeliveryFailed) -> DeliveryFailed:
    """Return the same failure of a call that shows the customer nothing, so that trying again doubles nothing."""
    return DeliveryFailed(failed.reason, permanent=failed.permanent, retry_after_s=failed.retry_after_s)


def _failure(response: Response, code: str, shows: bool) -> DeliveryFailed:
    if response.ok and code in UNSURE:
        return DeliveryFailed("Slack has trouble of its own.", may_have_arrived=shows)
    named = code if CODE.fullmatch(code) else "unknown" if code else ""
    return failure("Slack", response, named, REFUSALS, safe=not shows)


def _credentials(connection: Connection) -> dict[str, str]:
    token = connection.setting("bot_token").strip()
    if not (token.isascii() and token.isprintable() and token):
        raise DeliveryFailed("bot_token is empty: copy the Bot User OAuth Token from the app's page.", permanent=True)
    return {"Authorization": f"Bearer {token}"}
