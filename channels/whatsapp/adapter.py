"""WhatsApp: messages of the WhatsApp Business Platform in, the Cloud API out.

Source: developers.facebook.com/documentation/business-messaging/whatsapp (Cloud API). What a post says is read in
channels.whatsapp.notification and content; how a reply leaves is in outgoing, how the API is called in cloud.
"""

import re
from datetime import datetime, timedelta

from channels import links
from channels.errors import DeliveryFailed
from channels.meta import graph, hooks
from channels.payload import id_in, read_object
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
from channels.whatsapp import cloud, notification, outgoing

HOOKS = ("phone_number", "whatsapp_business_account", "application")  # the first that is set is used
MEDIA_ID = re.compile(r"[0-9A-Za-z_-]{1,200}")

INFO = ChannelInfo(
    key="whatsapp",
    label="WhatsApp",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting(
            "access_token",
            "Access token",
            "Of a system user with whatsapp_business_messaging and whatsapp_business_management, without an end.",
            secret=True,
        ),
        Setting("phone_number_id", "Phone number ID", "From WhatsApp, API Setup in your app: an id, not the number."),
        Setting(
            "business_account_id",
            "WhatsApp Business account ID",
            "From the same page; with it Heed subscribes your app to the account by itself.",
            required=False,
        ),
        *graph.SETTINGS,
    ),
    steps=(
        "At developers.facebook.com, create an app of type Business and add the product WhatsApp.",
        "Under Business settings, System users, make one with full control of app and WhatsApp account, and its token.",
        "Copy token, phone number ID, account ID and app secret into the fields and save.",
        "In the app under WhatsApp, Configuration, enter {url} as callback URL and {secret} as verify token.",
        "There, subscribe to messages, and to smb_message_echoes if the number is also used in the phone app.",
        "Write to the number from a phone: the message appears as a ticket.",
    ),
    max_text=outgoing.MAX_TEXT,
    splits=True,
    reply_window=timedelta(hours=24),
    after_window="WhatsApp takes only templates now, which Heed does not send: wait until the customer writes again.",
    sends_per_s=20.0,  # of a number that the phone app uses too, else 80; source: …/throughput
    chat_pause_s=0.15,  # at most 45 messages in 6 seconds to one person; source: …/pair-rate-limits
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, the handshake's answer, or the refusal: 403 unless the app secret signed it."""
    return hooks.receive(request, connection)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one post says to this connection's number; nothing of groups, reactions, calls and other numbers."""
    return notification.read(delivery, connection.setting("phone_number_id").strip())


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply: its text in parts of at most 4096, then each file. Raises DeliveryFailed."""
    return outgoing.send(reply, connection)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file that a message named. Raises NotUnderstood for a foreign reference, DeliveryFailed if gone."""
    wanted = read_object(ref.encode("utf-8", "replace"))
    number = id_in(wanted, "id")
    if not MEDIA_ID.fullmatch(number):
        raise DeliveryFailed("WhatsApp gave this file an id of a form we do not know.", permanent=True)
    return links.named(wanted, cloud.download(connection, number))


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = hooks.problems(connection)
    try:
        number = graph.node(connection, "phone_number_id")
        fields = {"fields": "display_phone_number,webhook_configuration"}
        found = graph.call(connection, "GET", number, query=fields, table=cloud.REFUSALS, safe=True)
        account = connection.setting("business_account_id").strip()
        apps = graph.subscribed(connection, account) if account else [{}]
    except DeliveryFailed as failed:
        return [*problems, failed.reason]
    if not apps:
        problems.append("No app is subscribed to the WhatsApp account: save the connection again.")
    hook = found.get("webhook_configuration")
    told = hook if isinstance(hook, dict) else {}
    leads = next((str(told[name]) for name in HOOKS if told.get(name)), "")
    if not leads.endswith(f"/hooks/{connection.key}"):
        problems.append("The number's webhook leads elsewhere: save the connection again, or follow its set-up steps.")
    return problems


def set_up(connection: Connection, url: str) -> None:
    """Point this number's webhook at `url` with the first of the connection's secrets. Raises DeliveryFailed.

    Source: …/webhooks/override; only this number's posts move, so that one app can serve several connections.
    """
    if account := connection.setting("business_account_id").strip():
        graph.subscribe(connection, account)
    override = {"override_callback_uri": url, "verify_token": hooks.verify_token(connection)}
    number = graph.node(connection, "phone_number_id")
    hook = {"webhook_configuration": override}
    graph.call(connection, "POST", number, json=hook, table=cloud.REFUSALS, safe=True)
