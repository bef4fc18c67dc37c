"""Viber: a bot's callbacks in, send_message out.

Source: developers.viber.com/docs/api/rest-bot-api/. What a callback says is read in channels.viber.event; how the API
is called is in channels.viber.bot_api; channels.viber.outgoing puts answers together.
"""

from datetime import datetime
from hashlib import sha256

from channels import links, verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import read_object
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
from channels.viber import bot_api, event, outgoing

SIGNATURE_HEADER = "x-viber-content-signature"
CALLBACKS = ("delivered", "seen", "failed")  # what we ask for; messages and subscriptions always come
INFO = ChannelInfo(
    key="viber",
    label=outgoing.LABEL,
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting(
            "auth_token",
            "App key",
            "The bot's token, from More, Settings, Bots, Edit info in Viber.",
            secret=True,
            rotates=True,
        ),
        Setting(
            "sender_name",
            "Name shown to customers",
            "At most 28 characters; left empty, the connection's name.",
            required=False,
        ),
        Setting("base_url", "Bot API address", "Only for a proxy.", required=False, default=bot_api.BASE_URL),
    ),
    steps=(
        "Have a bot: since February 2024 Viber makes them under contract only (partners.viber.com).",
        "In Viber open More, Settings, Bots, Edit info and copy “Your app key”; save this connection with it.",
        "Heed then calls set_webhook with {url}. PUBLIC_URL must be https with a certificate that is widely trusted.",
        "Write to the bot: the message appears as a ticket.",
    ),
    max_text=outgoing.MAX_TEXT,
    splits=True,
    generates_secret=False,
    files_by_link=True,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, 200 to the check of set_webhook, or 403 unless signed with the bot's token."""
    secrets = verify.given(connection, "auth_token")
    sent = request.headers.get(SIGNATURE_HEADER, "").lower()
    if not verify.is_signed(sent, secrets, lambda secret: verify.digest(secret, request.body)):
        return Answer(403, f"{SIGNATURE_HEADER} is missing or wrong: enter the bot's app key in the connection.")
    if request.method != "POST":
        return Answer(405, "Callbacks are posted.", headers={"Allow": "POST"})
    if _is_check(request.body):
        return Answer(200)
    return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one callback says; an empty list for subscriptions and opened conversations."""
    return event.read(read_object(delivery.body))


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply, its text in parts of at most 7,000, its files by link. Raises DeliveryFailed."""
    return outgoing.send(reply, connection)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file that a message named; Viber keeps files for an hour. Raises NotUnderstood or DeliveryFailed."""
    return links.fetch(read_object(ref.encode("utf-8", "replace")), connection, "Viber")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    try:
        account = bot_api.call(connection, "get_account_info", {})
    except DeliveryFailed as failed:
        return [failed.reason]
    hook = account.get("webhook")
    if not isinstance(hook, str) or not hook:
        return ["Viber has no webhook for this bot: save the connection again, so that set_webhook is called."]
    if not hook.endswith(f"/hooks/{connection.key}"):
        return ["The bot's webhook leads elsewhere: save the connection again, or give each desk its own bot."]
    return []


def set_up(connection: Connection, url: str) -> None:
    """Make `url` the bot's webhook; Viber calls it before it answers. Raises DeliveryFailed."""
    bot_api.call(connection, "set_webhook", {"url": url, "event_types": list(CALLBACKS), "send_name": True})


def _is_check(body: bytes) -> bool:
    """Say whether this is the callback by which set_webhook sees that we are there; it is signed as all are."""
    try:
        return read_object(body).get("event") == "webhook"
    except NotUnderstood:
        return False
