"""Instagram: direct messages of a professional account in, the Send API out.

Source: developers.facebook.com/documentation/business-messaging/instagram-messaging. What a post says is read in
channels.meta.direct and pieces, how a reply leaves is in channels.meta.sending; Messenger shares both.
"""

from datetime import datetime

from channels import links
from channels.errors import DeliveryFailed
from channels.meta import direct, graph, hooks, pages, sending
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

PRODUCT = "instagram"
MB = 1024 * 1024
MAX_TEXT = 999  # “less than 1000 characters” (…/features/send-message); counted in UTF-16 units
MAX_TEXT_BYTES = 1000  # in UTF-8; source: …/instagram-platform/instagram-api-with-instagram-login/messaging-api
PLATFORM = sending.Platform(
    name="Instagram",
    nodes=("page_id",),
    max_text=MAX_TEXT,
    max_bytes=MAX_TEXT_BYTES,
    # source: …/instagram-messaging/features/attachment-upload
    kinds={
        "image": sending.Kind(8 * MB, frozenset({"image/jpeg", "image/png", "image/gif"})),
        "video": sending.Kind(
            25 * MB,
            frozenset({"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"}),
        ),
        "audio": sending.Kind(
            25 * MB, frozenset({"audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav"})
        ),
        "file": sending.Kind(25 * MB, frozenset({"application/pdf"})),
    },
    upload={"platform": "instagram"},
)

INFO = ChannelInfo(
    key="instagram",
    label="Instagram",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting(
            "access_token",
            "Access token",
            "Of the page that the account is linked to, with instagram_manage_messages.",
            secret=True,
        ),
        Setting(
            "instagram_account_id",
            "Instagram account ID",
            "The number of the professional account: only its messages are taken.",
        ),
        Setting(
            "page_id", "Page ID", "The page that the account is linked to; empty for Instagram Login.", required=False
        ),
        Setting("app_id", "App ID", "With it Heed knows its own echoes.", required=False),
        *graph.SETTINGS,
    ),
    steps=(
        "Make the Instagram account a professional one, link it to a page, and allow access to messages in the app.",
        "At developers.facebook.com, create an app of type Business and add Messenger with Instagram messaging.",
        "Connect the page there, generate its token, and copy token, ids and app secret into the fields; save.",
        "Under Webhooks, product Instagram, enter {url} as callback URL and {secret} as verify token.",
        "Subscribe to messages, messaging_postbacks and messaging_seen.",
        "Ask for instagram_manage_messages and Human Agent in App Review; until then only testers can write.",
        "Write to the account from another one: the message appears as a ticket.",
    ),
    max_text=MAX_TEXT,
    splits=True,
    reply_window=sending.REPLY_WINDOW,
    after_window="Meta takes no answers after 7 days: wait until the customer writes again.",
    sends_per_s=10.0,  # with sound and video, else 300; source: …/messenger-platform/overview/rate-limiting
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, the handshake's answer, or the refusal: 403 unless the app secret signed it."""
    return hooks.receive(request, connection)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one post says to this account; nothing of reactions, comments and other accounts."""
    account, app = (connection.setting(name).strip() for name in ("instagram_account_id", "app_id"))
    return direct.read(delivery, PRODUCT, account, app)


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply: its text in parts of at most 1000 bytes, then each file. Raises DeliveryFailed."""
    return sending.send(reply, connection, PLATFORM)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file behind an address. Raises NotUnderstood for a foreign reference, DeliveryFailed if gone."""
    return links.fetch(read_object(ref.encode("utf-8", "replace")), connection, "Instagram")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = hooks.problems(connection)
    try:
        if _account(connection) != connection.setting("instagram_account_id").strip():
            problems.append("The access token is of another Instagram account: check the account's and the page's ID.")
        return problems + (pages.problems(connection, PRODUCT) if connection.setting("page_id") else [])
    except DeliveryFailed as failed:
        return [*problems, failed.reason]


def set_up(connection: Connection, url: str) -> None:
    """Subscribe the page; the app's own webhook for Instagram is set at Meta by hand. Raises DeliveryFailed."""
    if connection.setting("page_id"):
        pages.subscribe(connection)


def _account(connection: Connection) -> object:
    """Return the account that the access token is of, by way of its page or, with Instagram Login, by itself."""
    if not connection.setting("page_id"):
        return graph.call(connection, "GET", "me", query={"fields": "user_id"}, safe=True).get("user_id")
    page, fields = graph.node(connection, "page_id"), {"fields": "instagram_business_account"}
    linked = graph.call(connection, "GET", page, query=fields, safe=True).get("instagram_business_account")
    return linked.get("id") if isinstance(linked, dict) else None
