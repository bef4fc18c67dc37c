"""LINE: webhook events in, push messages out.

Sources: developers.line.biz/en/docs/messaging-api/receiving-messages/, /verify-webhook-signature/, /sending-messages/.
What an event says is read in channels.line.event; how the Messaging API is called is in channels.line.messaging_api.
"""

from datetime import datetime
from hashlib import sha256

from channels import links, verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.line import event, messaging_api, outgoing
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

SIGNATURE_HEADER = "x-line-signature"
SENDS_PER_S = 2000.0  # source: /reference/messaging-api/#rate-limits
ENDPOINT = "/v2/bot/channel/webhook/endpoint"

INFO = ChannelInfo(
    key="line",
    label="LINE",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting("channel_secret", "Channel secret", "From Basic settings of the channel.", secret=True, rotates=True),
        Setting("channel_access_token", "Channel access token", "Long-lived, from tab Messaging API.", secret=True),
        Setting(
            "base_url", "Messaging API address", "Only for a proxy.", required=False, default=messaging_api.BASE_URL
        ),
    ),
    steps=(
        "In the LINE Official Account Manager switch on the Messaging API for your account.",
        "In the LINE Developers Console copy the channel secret (Basic settings) and issue a long-lived channel access "
        "token (Messaging API); save this connection with both.",
        "Heed then sets {url} as the webhook URL. PUBLIC_URL must be https.",
        "In the tab Messaging API switch on “Use webhook” and “Webhook redelivery”; switch off the automatic replies.",
        "Write to the account: the message appears as a ticket.",
    ),
    max_text=outgoing.MAX_TEXT,
    splits=True,
    resend_is_safe=True,
    sends_per_s=SENDS_PER_S,
    generates_secret=False,
    files_by_link=True,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, 200 to the console's Verify button, or 401 unless signed with the channel secret."""
    secrets = verify.given(connection, "channel_secret")
    sent = request.headers.get(SIGNATURE_HEADER, "")
    if not verify.is_signed(sent, secrets, lambda secret: verify.digest_base64(secret, request.body)):
        return Answer(401, f"{SIGNATURE_HEADER} is missing or wrong: enter the channel secret in the connection.")
    if request.method != "POST":
        return Answer(405, "Events are posted.", headers={"Allow": "POST"})
    try:
        ids = event.event_ids(read_object(request.body))
    except NotUnderstood:
        return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body)
    if not ids:
        return Answer(200)  # the Verify button
    key = sha256("\n".join(ids).encode()).hexdigest()  # a redelivery differs in its bytes, not in its events
    return Delivery(key, request.url, {}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what the events say; nothing for groups, follows and whatever else nobody wrote."""
    return event.read(read_object(delivery.body))


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply as push messages, its text in parts of at most 5,000, its files by link. Raises DeliveryFailed.

    Each call has a retry key of its own, made from the reply's, so that LINE sends it once however often it is tried.
    """
    return outgoing.send(reply, connection)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file that a message named. Raises NotUnderstood for a foreign reference, DeliveryFailed if gone."""
    wanted = read_object(ref.encode("utf-8", "replace"))
    if "url" in wanted:
        return links.fetch(wanted, connection, "The customer's app")
    data = messaging_api.content(connection, text_in(wanted, "message_id"))
    return links.named(wanted, data)


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = []
    if not verify.given(connection, "channel_secret"):
        problems.append("channel_secret is empty: copy it from Basic settings in the LINE Developers Console.")
    try:
        messaging_api.ask(connection, "GET", "/v2/bot/info")
    except DeliveryFailed as failed:
        return [*problems, failed.reason]
    return problems + _hook_problems(connection)


def set_up(connection: Connection, url: str) -> None:
    """Make `url` the channel's webhook. Raises DeliveryFailed."""
    messaging_api.ask(connection, "PUT", ENDPOINT, {"endpoint": url})


def _hook_problems(connection: Connection) -> list[str]:
    try:
        hook = messaging_api.ask(connection, "GET", ENDPOINT)
    except DeliveryFailed:  # the API answers 404 where none is set
        hook = {}
    endpoint = hook.get("endpoint")
    if not isinstance(endpoint, str) or not endpoint:
        return ["LINE has no webhook for this channel: save the connection again, so that it is set."]
    problems = []
    if not endpoint.endswith(f"/hooks/{connection.key}"):
        problems.append("The channel's webhook leads elsewhere: save the connection again, or give each desk its own.")
    if hook.get("active") is not True:
        problems.append("The webhook is switched off: switch on “Use webhook” in the LINE Developers Console.")
    return problems
