"""X: direct messages and mentions in, direct messages and public answers out. Untested against the live service.

What a post of X's says is read in channels.x.activity; its API is called in channels.x.api, signed in channels.x.oauth.
Source: docs.x.com/x-api/account-activity, docs.x.com/x-api/webhooks.
"""

import json
import re
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from channels import links, verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import read_object, text_in
from channels.types import (
    Answer,
    Attachment,
    ChannelInfo,
    Connection,
    Delivery,
    Parsed,
    Reply,
    Request,
    Sent,
    Setting,
)
from channels.x import activity, api, outgoing

SIGNATURE = "x-twitter-webhooks-signature"  # source: docs.x.com/x-api/webhooks/quickstart
# Whoever knows the address can have a challenge signed, and posts are signed with the same key. No challenge that could
# be a post is answered, and no post that could be a challenge is taken.
CHALLENGE = re.compile(r"[A-Za-z0-9 ._~+/=-]{1,256}")

INFO = ChannelInfo(
    key="x",
    label="X",
    pace="social",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting("consumer_key", "API key", "Of the app, from the X developer portal."),
        Setting("consumer_secret", "API secret", "Of the app; it signs the webhooks.", secret=True, rotates=True),
        Setting("access_token", "Access token", "Of the account that answers, made with “Direct message” permission."),
        Setting("access_token_secret", "Access token secret", "Made with the access token.", secret=True),
        Setting("app_id", "App ID", "Of the app; its own messages are then not taken for an agent's.", required=False),
        Setting("base_url", "API address", "Only for a proxy.", required=False, default=api.BASE_URL),
    ),
    steps=(
        "In the X developer portal give the app the permission “Read and write and Direct message”.",
        "Copy API key and secret, then make an access token for the account that answers, and save.",
        "Heed registers {url} as the app's webhook and subscribes the account. PUBLIC_URL must be https, with no port.",
        "Write to the account from another one: the message appears as a ticket.",
    ),
    max_text=outgoing.MAX_TEXT,
    splits=True,
    generates_secret=False,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, the answer to a challenge, or the refusal: 403 unless the signature holds."""
    secrets = verify.given(connection, "consumer_secret")
    if not secrets:
        return Answer(403, "This connection has no API secret: copy it from the X developer portal.")
    if request.method == "GET":
        return _challenge(request.url, secrets[0])
    sent = request.headers.get(SIGNATURE, "")
    if not verify.is_signed(sent, secrets, lambda secret: _sign(secret, request.body)):
        return Answer(403, f"{SIGNATURE} is missing or wrong: the API secret must be that of the app that posts here.")
    if request.method != "POST":
        return Answer(405, "Activity is posted.", headers={"Allow": "GET, POST"})
    if CHALLENGE.fullmatch(request.body.decode("latin-1")):
        return Answer(403, "The body is a challenge, not an activity: post JSON.")
    return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one post says: direct messages, mentions, deletions, read marks."""
    return activity.read(read_object(delivery.body), connection.setting("app_id").strip())


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply as the customer wrote, privately or publicly. Raises DeliveryFailed; X takes no idempotency key."""
    return outgoing.send(reply, connection)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a picture or film that a post named. Raises NotUnderstood for a foreign reference, DeliveryFailed."""
    wanted = read_object(ref.encode("utf-8", "replace"))
    url = text_in(wanted, "url")
    if not url.lower().startswith(("https://", "http://")):
        raise NotUnderstood("url must begin with https://.")
    if api.needs_account(connection, url):
        return links.named(wanted, api.download(connection, url))
    return links.fetch(wanted, connection, "X")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    try:
        api.call(connection, "GET", "/2/users/me")
        hooks = [hook for hook in api.call_as_app(connection, "GET", "/2/webhooks") if _is_ours(hook, connection)]
    except DeliveryFailed as failed:
        return [failed.reason]
    if not hooks:
        return ["X has no webhook with this connection's address: save the connection again, so that it is registered."]
    if not any(hook.get("valid") is True for hook in hooks):
        return ["X has switched the webhook off, because its challenge failed: check PUBLIC_URL, then save again."]
    return []


def set_up(connection: Connection, url: str) -> None:
    """Register `url` as the app's webhook, or have it checked anew; subscribe the account. Raises DeliveryFailed."""
    hooks = [hook for hook in api.call_as_app(connection, "GET", "/2/webhooks") if hook.get("url") == url]
    if hooks:
        number = str(hooks[0].get("id"))
        api.call_as_app(connection, "PUT", f"/2/webhooks/{number}")
    else:
        made = api.call_as_app(connection, "POST", "/2/webhooks", {"url": url})
        number = str(made[0].get("id")) if made else ""
    if not number.isdecimal():
        raise DeliveryFailed("X's answer names no webhook.", permanent=True)
    api.call(connection, "POST", f"/2/account_activity/webhooks/{number}/subscriptions/all")


def _challenge(url: str, secret: str) -> Answer:
    """Return the answer that proves to X that we hold the app's secret."""
    try:
        asked = dict(parse_qsl(urlsplit(url).query, max_num_fields=100)).get("crc_token", "")
    except ValueError:
        asked = ""
    if not CHALLENGE.fullmatch(asked):
        return Answer(403, "crc_token is missing, or not in the form of X's challenges.")
    token = _sign(secret, asked.encode())
    return Answer(200, json.dumps({"response_token": token}), "application/json")


def _sign(secret: str, message: bytes) -> str:
    return f"sha256={verify.digest_base64(secret, message)}"


def _is_ours(hook: object, connection: Connection) -> bool:
    return isinstance(hook, dict) and str(hook.get("url")).endswith(f"/hooks/{connection.key}")
