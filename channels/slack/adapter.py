"""Slack: events in, chat.postMessage and file uploads out.

Sources: docs.slack.dev/apis/events-api, /authentication/verifying-requests-from-slack. What an event says is read in
channels.slack.event, an answer is put together in channels.slack.outgoing, and the Web API called in
channels.slack.web_api.
"""

import re
from datetime import datetime
from hashlib import sha256

from channels import verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.links import named
from channels.payload import Fields, read_object, text_in
from channels.refusals import send_all
from channels.slack import event, outgoing, web_api
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

SIGNATURE_HEADER = "x-slack-signature"
TIME_HEADER = "x-slack-request-timestamp"
PAUSE_S = 1.0  # between two messages of one channel; source: docs.slack.dev/apis/web-api/rate-limits
SENDS_PER_S = 5.0  # of a workspace, “several hundred a minute”; same source
SCOPES = ("chat:write", "files:read", "files:write")  # without which something below does not work
MEMBER = re.compile(r"[A-Z0-9]{2,40}")

INFO = ChannelInfo(
    key="slack",
    label="Slack",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting("bot_token", "Bot token", "Bot User OAuth Token, from OAuth & Permissions: xoxb-…", secret=True),
        Setting("signing_secret", "Signing secret", "From Basic Information of the app.", secret=True, rotates=True),
        Setting(
            "agent_ids",
            "Members who are agents",
            "Slack member ids, with commas. What they write in a customer's thread is an answer, elsewhere nothing.",
            required=False,
        ),
        Setting("base_url", "Web API address", "Only for a proxy.", required=False, default=web_api.BASE_URL),
    ),
    steps=(
        "Make an app at api.slack.com/apps and copy its signing secret (Basic Information).",
        "OAuth & Permissions: add the bot scopes chat:write, files:read, files:write, im:history, app_mentions:read; "
        "install the app and copy the Bot User OAuth Token.",
        "Save this connection with both. Then open Event Subscriptions and paste {url} as the Request URL.",
        "Subscribe to the bot events message.im and app_mention; add message.channels and message.groups only if "
        "every message of the channels that the app is in is for the desk.",
        "App Home: let people send messages from the messages tab. Write to the app: a ticket appears.",
    ),
    max_text=outgoing.MAX_TEXT,
    splits=True,
    sends_per_s=SENDS_PER_S,
    chat_pause_s=PAUSE_S,
    generates_secret=False,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, the answer to url_verification, or 401 unless signed within five minutes of now."""
    at = request.headers.get(TIME_HEADER, "")
    signed = b"v0:" + at.encode("utf-8", "backslashreplace") + b":" + request.body
    secrets = verify.given(connection, "signing_secret")
    sent = request.headers.get(SIGNATURE_HEADER, "")
    if not verify.is_signed(sent, secrets, lambda secret: "v0=" + verify.digest(secret, signed)):
        return Answer(401, f"{SIGNATURE_HEADER} is missing or wrong: enter the app's signing secret in the connection.")
    if not verify.is_recent(at, now):
        return Answer(401, f"{TIME_HEADER} is more than 5 minutes off: set the clock of this server.")
    if request.method != "POST":
        return Answer(405, "Events are posted.", headers={"Allow": "POST"})
    try:
        callback = read_object(request.body)
        if callback.get("type") == "url_verification":
            return Answer(200, text_in(callback, "challenge", most=1000))
        key = text_in(callback, "event_id", most=100)
    except NotUnderstood:
        key = ""
    return Delivery(key or sha256(request.body).hexdigest(), request.url, {}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one event says; an empty list for bots, joins, reactions and whatever else nobody wrote."""
    agents = frozenset(MEMBER.findall(connection.setting("agent_ids")))
    return event.read(read_object(delivery.body), agents)


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply into its thread: its text in parts of at most 4,000, then each file. Raises DeliveryFailed."""
    return send_all(outgoing.steps(reply, connection))


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file that a message named; those of another workspace are asked for by their id first.

    Raises NotUnderstood for a foreign reference, DeliveryFailed if the file is gone.
    """
    wanted = read_object(ref.encode("utf-8", "replace"))
    url = text_in(wanted, "url")
    if not url:
        file = web_api.call(connection, "files.info", {"file": text_in(wanted, "file_id", most=100)}).get("file")
        known: Fields = file if isinstance(file, dict) else {}
        url = text_in(known, "url_private_download") or text_in(known, "url_private")
    return named(wanted, web_api.download(connection, url, text_in(wanted, "media_type")))


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = []
    if not verify.given(connection, "signing_secret"):
        problems.append("signing_secret is empty: copy it from Basic Information of the app.")
    try:
        granted = web_api.scopes(connection)
    except DeliveryFailed as failed:
        return [*problems, failed.reason]
    missing = [scope for scope in SCOPES if granted and scope not in granted]
    if missing:
        problems.append(f"The app lacks {', '.join(missing)}: add it under OAuth & Permissions and install it again.")
    return problems
