"""Facebook Messenger: a page's conversations in, the Send API out.

Source: developers.facebook.com/documentation/business-messaging/messenger-platform. What a post says is read in
channels.meta.direct and pieces, how a reply leaves is in channels.meta.sending; Instagram shares both.
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

PRODUCT = "page"
MB = 1024 * 1024
MAX_TEXT = 2000  # source: …/messenger-platform/reference/send-api; counted in UTF-16 units, the stricter reading
PLATFORM = sending.Platform(
    name="Messenger",
    nodes=("page_id",),
    max_text=MAX_TEXT,
    max_bytes=None,
    # source: …/messenger-platform/send-messages/saving-assets and …/reference/send-api (images)
    kinds={
        "image": sending.Kind(8 * MB, frozenset({"image/jpeg", "image/png", "image/gif"})),
        "video": sending.Kind(25 * MB),
        "audio": sending.Kind(25 * MB),
        "file": sending.Kind(25 * MB),
    },
    upload={},
)

INFO = ChannelInfo(
    key="messenger",
    label="Messenger",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting(
            "access_token",
            "Page access token",
            "From Messenger, API Settings in your app; it needs pages_messaging and pages_manage_metadata.",
            secret=True,
        ),
        Setting("page_id", "Page ID", "The number of the page, from the same place: only its messages are taken."),
        Setting(
            "app_id",
            "App ID",
            "With it Heed sets the app's webhook by itself, and knows its own echoes.",
            required=False,
        ),
        *graph.SETTINGS,
    ),
    steps=(
        "At developers.facebook.com, create an app of type Business and add the product Messenger.",
        "Under Messenger, API Settings, connect the page and generate its token.",
        "Copy token, page ID, app ID and app secret into the fields and save.",
        "Under Webhooks, product Page, enter {url} as callback URL and {secret} as verify token, if Heed has not yet.",
        "Subscribe to messages, messaging_postbacks, message_deliveries, message_echoes and message_edits.",
        "Ask for pages_messaging and Human Agent in App Review; until then only testers can write.",
        "Write to the page from another account: the message appears as a ticket.",
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
    """Return what one post says to this page; nothing of reactions, referrals, reads and other pages."""
    page, app = (connection.setting(name).strip() for name in ("page_id", "app_id"))
    return direct.read(delivery, PRODUCT, page, app)


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply: its text in parts of at most 2000, then each file. Raises DeliveryFailed."""
    return sending.send(reply, connection, PLATFORM)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file behind an address. Raises NotUnderstood for a foreign reference, DeliveryFailed if gone."""
    return links.fetch(read_object(ref.encode("utf-8", "replace")), connection, "Messenger")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = hooks.problems(connection)
    try:
        return problems + pages.problems(connection, PRODUCT)
    except DeliveryFailed as failed:
        return [*problems, failed.reason]


def set_up(connection: Connection, url: str) -> None:
    """Subscribe the page, and point the app's webhook at `url` if it has none. Raises DeliveryFailed."""
    pages.point_here(connection, PRODUCT, url)
    pages.subscribe(connection)
