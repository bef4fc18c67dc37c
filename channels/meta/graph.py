"""Calls Meta's Graph API, and says in our words what its refusals mean.

The token travels in the Authorization header, never in a URL; no text of Meta's is passed on, for it may repeat what
was sent. Sources: developers.facebook.com/docs/graph-api/guides/error-handling, /guides/versioning and
/guides/secure-requests (appsecret_proof).
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from channels import http, verify
from channels.errors import DeliveryFailed
from channels.http import FilePart, Response
from channels.payload import Fields, clean, media_type
from channels.refusals import Refusal, failure
from channels.types import Attachment, Connection, Setting

BASE_URL = "https://graph.facebook.com"
VERSION = "v25.0"  # until 2028-07-29; source: developers.facebook.com/docs/graph-api/changelog/versions
INSTAGRAM = "graph.instagram.com"  # of apps with Instagram Login, without a page
HOSTS = ("graph.facebook.com", INSTAGRAM)  # that may be sent the token, besides the connection's base_url
UPLOAD_S = 90.0  # seconds for a request that carries a file
VERSION_FORM = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}")
NODE_FORM = re.compile(r"[0-9]{1,32}|me")
TOKEN_FORM = re.compile(r"[!-~]{1,1000}")  # one word that a header can carry

SETTINGS = (
    Setting(
        "app_secret",
        "App secret",
        "From the app's settings at developers.facebook.com, Basic: it signs what Meta posts.",
        secret=True,
        rotates=True,
    ),
    Setting(
        "graph_version",
        "Graph API version",
        "The version that your app is tested with; each is served for about two years.",
        required=False,
        default=VERSION,
    ),
    Setting("base_url", "Graph API address", "Only for a proxy of your own.", required=False, default=BASE_URL),
)

RENEW = "Meta does not accept the access token any more: make a new one and enter it in this connection's settings."
SLOWER = "Meta asks us to slow down."
REFUSALS = {
    # code, or code/subcode; source: developers.facebook.com/docs/graph-api/guides/error-handling
    "0": Refusal(RENEW, passes=True),
    "2": Refusal("Meta has trouble of its own.", passes=True),
    "3": Refusal("The app lacks a permission for this: add it at developers.facebook.com, then make a new token."),
    "4": Refusal(SLOWER, passes=True),
    "10": Refusal("The app lacks a permission for this: add it at developers.facebook.com, then make a new token."),
    "17": Refusal(SLOWER, passes=True),
    "32": Refusal(SLOWER, passes=True),
    "102": Refusal(RENEW, passes=True),
    "190": Refusal(RENEW, passes=True),
    "200": Refusal("The token may not send for this account: give its owner full control, then make a new token."),
    "368": Refusal("Meta has blocked this account for a breach of its policies: see its Support Home."),
    "613": Refusal(SLOWER, passes=True),
}


def call(
    connection: Connection,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    json: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
    file: tuple[str, FilePart] | None = None,
    table: Mapping[str, Refusal] = REFUSALS,
    token: str = "",
    safe: bool = False,
) -> Fields:
    """Call the Graph API and return its answer. Raises DeliveryFailed, with `table` for what a refusal means.

    `path` begins with a node of `NODE_FORM`; `token` is one other than the connection's access token. `safe`: a second
    attempt doubles nothing that a customer sees.
    """
    proof = {} if token else _proof(connection)
    token = token or connection.setting("access_token").strip()
    if not TOKEN_FORM.fullmatch(token):
        raise DeliveryFailed("access_token is empty or broken: copy it again.", permanent=True)
    try:
        response = http.request(
            method,
            _url(connection, path, {**(query or {}), **proof}),
            connection=connection,
            credential_hosts=HOSTS,
            credentials={"Authorization": f"Bearer {token}"},
            json=json,
            data=form,
            files=dict([file]) if file else None,
            timeout_s=UPLOAD_S if file else http.TIMEOUT_S,
        )
    except DeliveryFailed as failed:
        if not (safe and failed.may_have_arrived):
            raise
        raise DeliveryFailed(failed.reason, permanent=failed.permanent, retry_after_s=failed.retry_after_s) from None
    answer = response.json()
    fields = answer if isinstance(answer, dict) else {}
    if response.ok and isinstance(answer, dict) and "error" not in fields:
        return fields
    raise _refused(response, fields, table, safe)


def subscribe(connection: Connection, owner: str, fields: Mapping[str, object] | None = None) -> None:
    """Subscribe the token's app to a page or WhatsApp account, so that its events are posted. Raises DeliveryFailed."""
    call(connection, "POST", f"{_number(owner)}/subscribed_apps", json=fields or {}, safe=True)


def subscribed(connection: Connection, owner: str) -> list[Fields]:
    """Return the apps that are subscribed to a page or WhatsApp account. Raises DeliveryFailed."""
    found = call(connection, "GET", f"{_number(owner)}/subscribed_apps", safe=True).get("data")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def node(connection: Connection, *names: str) -> str:
    """Return the first of these settings that is filled in, as a node of the Graph. Raises DeliveryFailed."""
    return _number(next((value for name in names if (value := connection.setting(name).strip())), "me"))


def file_part(attachment: Attachment) -> FilePart:
    """Return a file of a reply as an upload takes it. Raises DeliveryFailed if it has no bytes."""
    if attachment.data is None:
        raise DeliveryFailed("A file of the reply has no bytes: attach it again.", permanent=True)
    return clean(attachment.name) or "file", attachment.data, media_type(attachment.media_type)


def text_of(fields: Fields, name: str, *, reason: str) -> str:
    """Return an id or address of an answer. Raises DeliveryFailed with `reason` if it is not there."""
    value = fields.get(name)
    if isinstance(value, str) and value:
        return value
    raise DeliveryFailed(reason, may_have_arrived=True)


def _number(found: str) -> str:
    if not NODE_FORM.fullmatch(found):
        raise DeliveryFailed("An id in this connection's settings is no number: copy the ids again.", permanent=True)
    return found


def _url(connection: Connection, path: str, query: Mapping[str, str]) -> str:
    base = connection.setting("base_url", BASE_URL).rstrip("/")
    version = connection.setting("graph_version", VERSION).strip()
    try:
        plain = not (urlsplit(base).query or urlsplit(base).fragment)
    except ValueError:
        plain = False
    if not plain:
        raise DeliveryFailed("base_url is not a plain address such as https://graph.facebook.com.", permanent=True)
    if not VERSION_FORM.fullmatch(version):
        raise DeliveryFailed(f"graph_version must have the form {VERSION}.", permanent=True)
    return f"{base}/{version}/{path}" + (f"?{urlencode(query)}" if query else "")


def _proof(connection: Connection) -> dict[str, str]:
    """Return the proof that we hold the app's secret too, which an app can be set to ask for."""
    secrets = verify.given(connection, "app_secret")
    if not secrets or INSTAGRAM in connection.setting("base_url"):
        return {}
    return {"appsecret_proof": verify.digest(secrets[0], connection.setting("access_token").strip().encode())}


def _refused(response: Response, fields: Fields, table: Mapping[str, Refusal], safe: bool) -> DeliveryFailed:
    error = fields.get("error")
    code, subcode = code_of(error)
    known = next((one for one in (f"{code}/{subcode}", code) if one in table), code)
    return failure("Meta", response, known, table, safe=safe)


def code_of(error: object) -> tuple[str, str]:
    """Return code and subcode of an error of Meta's as text, empty where it has none."""
    fields = error if isinstance(error, dict) else {}
    found = [fields.get(name) for name in ("code", "error_subcode")]
    code, subcode = (str(one) if isinstance(one, int) and not isinstance(one, bool) else "" for one in found)
    return code[:12], subcode[:12]
