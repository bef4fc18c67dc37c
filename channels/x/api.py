"""Calls X's API for the account (OAuth 1.0a) and for the app (bearer), and says in our words what its refusals mean.

Sources: docs.x.com/x-api/fundamentals/response-codes-and-errors, .../rate-limits, docs.x.com/x-api/webhooks/quickstart,
docs.x.com/x-api/media/quickstart, developer.x.com/en/docs/basics/response-codes (codes of the older API).
"""

import base64
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from channels import http
from channels.errors import DeliveryFailed
from channels.http import FilePart, Response
from channels.payload import Fields
from channels.refusals import Refusal, failure
from channels.types import MAX_MAIL, Connection
from channels.x import oauth

BASE_URL = "https://api.x.com"
HOSTS = ("api.x.com", "api.twitter.com", "ton.x.com", "ton.twitter.com")  # ton: pictures of direct messages
UPLOAD_S = 90.0  # seconds for a file
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")

REFUSALS = {
    # code, or what the detail holds
    "64": Refusal("X has suspended our account."),
    "88": Refusal("X asks us to slow down.", passes=True),
    "130": Refusal("X is over capacity.", passes=True),
    "150": Refusal("The customer takes no direct messages from us: ask them to follow or to write to us."),
    "186": Refusal("X finds the text too long."),
    "187": Refusal("We have posted the same words before: change them."),
    "226": Refusal("X takes the post for automated and refuses it: post it in X itself."),
    "261": Refusal("The app may not write: give it “Read and write and Direct message”, then make a new access token."),
    "326": Refusal("X has locked our account: sign in to X and follow its steps."),
    "349": Refusal("The customer takes no direct messages from us: they may have blocked us."),
    "385": Refusal("The post to answer is gone, or not shown to us."),
    "433": Refusal("The writer of the post limits who may answer it."),
    "duplicate content": Refusal("We have posted the same words before: change them."),
    "oauth1-permissions": Refusal(
        "The app may not write: give it “Read and write and Direct message”, then make a new access token."
    ),
    "not permitted": Refusal(
        "X does not let us write to this customer: they may have blocked us, or take no messages."
    ),
    "client-not-enrolled": Refusal("The app's access level does not include this: see the X developer portal."),
    "403": Refusal("X does not allow this: the customer may take no messages from us, or the app may lack permission."),
}


def call(
    connection: Connection,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    *,
    form: Mapping[str, str] | None = None,
    files: Mapping[str, FilePart] | None = None,
) -> Fields:
    """Call a resource as the account and return its `data`. Raises DeliveryFailed."""
    url = base(connection) + path
    signed = {"Authorization": oauth.authorization(method, url, _keys(connection))}
    return _data(_request(connection, method, url, signed, json=body, data=form, files=files), method)


def call_as_app(
    connection: Connection, method: str, path: str, body: Mapping[str, object] | None = None
) -> list[Fields]:
    """Call a resource as the app, which webhooks belong to, and return its `data` as a list. Raises DeliveryFailed."""
    keys = _keys(connection)
    pair = f"{quote(keys.consumer_key, safe='')}:{quote(keys.consumer_secret, safe='')}".encode()
    basic = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    url = f"{base(connection)}/oauth2/token"
    given = _request(connection, "POST", url, basic, data={"grant_type": "client_credentials"})
    answer = given.json()
    token = answer.get("access_token") if given.ok and isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise _failure(given, safe=True)
    bearer = {"Authorization": f"Bearer {token}"}
    response = _request(connection, method, base(connection) + path, bearer, json=body)
    if not response.ok:
        raise _failure(response, safe=True)
    answer = response.json()
    data = answer.get("data") if isinstance(answer, dict) else None
    return [one for one in (data if isinstance(data, list) else [data]) if isinstance(one, dict)]


def needs_account(connection: Connection, url: str) -> bool:
    """Say whether a file is given only to the account: pictures of direct messages are, the rest is open to all."""
    return urlsplit(url).hostname in HOSTS or url.startswith(base(connection) + "/")


def download(connection: Connection, url: str) -> bytes:
    """Return a file that is given only to the account. Raises DeliveryFailed."""
    signed = {"Authorization": oauth.authorization("GET", url, _keys(connection))}
    response = _request(connection, "GET", url, signed, max_bytes=MAX_MAIL, timeout_s=UPLOAD_S)
    if response.ok:
        return response.body
    if response.status in (404, 410):
        raise DeliveryFailed("X no longer has this file.", permanent=True)
    raise _failure(response, safe=True)


def upload(connection: Connection, file: FilePart, category: str) -> str:
    """Hand a picture to X and return its media id. Raises DeliveryFailed."""
    form = {"media_category": category, "media_type": file[2]}
    made = call(connection, "POST", "/2/media/upload", form=form, files={"media": file})
    number = made.get("id")
    if not isinstance(number, str) or not number:
        raise DeliveryFailed("X's answer names no media.")
    return number


def base(connection: Connection) -> str:
    """Return the API's address without a slash at its end."""
    return connection.setting("base_url", BASE_URL).rstrip("/")


def _request(
    connection: Connection,
    method: str,
    url: str,
    credentials: Mapping[str, str],
    *,
    json: Mapping[str, object] | None = None,
    data: Mapping[str, str] | None = None,
    files: Mapping[str, FilePart] | None = None,
    timeout_s: float = http.TIMEOUT_S,
    max_bytes: int = http.MAX_ANSWER,
) -> Response:
    return http.request(
        method,
        url,
        connection=connection,
        credential_hosts=HOSTS,
        credentials=credentials,
        json=json,
        data=data,
        files=files,
        timeout_s=UPLOAD_S if files else timeout_s,
        max_bytes=max_bytes,
    )


def _keys(connection: Connection) -> oauth.Keys:
    found = [connection.setting(name).strip() for name in KEYS]
    for name, value in zip(KEYS, found, strict=True):
        if not value:
            raise DeliveryFailed(f"{name} is empty: copy it from the X developer portal.", permanent=True)
    return oauth.Keys(*found)


def _data(response: Response, method: str) -> Fields:
    answer = response.json()
    data = answer.get("data") if response.ok and isinstance(answer, dict) else None
    if isinstance(data, dict):
        return data
    raise _failure(response, safe=method == "GET")


def _failure(response: Response, *, safe: bool) -> DeliveryFailed:
    return failure("X", response, _code(response), REFUSALS, wait_s=_wait(response), safe=safe)


def _code(response: Response) -> str:
    """Return which row of REFUSALS an answer means: its code, else what its detail or type holds, else its status."""
    if response.ok or response.status == 401:
        return ""
    answer = response.json()
    fields = answer if isinstance(answer, dict) else {}
    errors = fields.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = str(first.get("code", ""))
    if code in REFUSALS:
        return code
    said = f"{fields.get('type', '')} {fields.get('detail', '')} {first.get('message', '')}".lower()
    return next(
        (key for key in REFUSALS if not key.isdecimal() and key in said), "403" if response.status == 403 else ""
    )


def _wait(response: Response) -> float | None:
    """Return how long a limit lasts: it is told as the moment at which it ends, in Unix seconds."""
    reset = response.headers.get("x-rate-limit-reset", "")
    if response.status != 429 or not (reset.isascii() and reset.isdecimal() and len(reset) <= 12):
        return None
    try:
        now = parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except ValueError:
        now = time.time()
    return max(0.0, int(reset) - now)
