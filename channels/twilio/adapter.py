"""Twilio: text messages, WhatsApp and voicemail in; text messages and WhatsApp out.

What proves a post is in channels.twilio.proof, what it says in channels.twilio.messages; Twilio's API is called in
channels.twilio.rest. Source: twilio.com/docs/messaging.
"""

from datetime import datetime
from hashlib import sha256

from channels import links, verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import read_object, text_in
from channels.twilio import messages, outgoing, proof, rest
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

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # any other text would be sent to the customer

INFO = ChannelInfo(
    key="twilio",
    label="Twilio (SMS, WhatsApp, voicemail)",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting("account_sid", "Account SID", "From the Twilio Console, in the form AC…"),
        Setting(
            "auth_token", "Auth token", "From the Twilio Console, below the account SID.", secret=True, rotates=True
        ),
        Setting(
            "from_number",
            "Our number",
            "+15550100, whatsapp:+15550100 for WhatsApp, or the SID of a messaging service (MG…).",
        ),
        Setting(
            "status_callback",
            "Address for receipts",
            "This connection's webhook address once more; without it nobody learns whether a message arrived.",
            required=False,
        ),
        Setting(
            "shared_key",
            "Shared key",
            "Only if your webhooks are signed with a shared key instead of the auth token.",
            secret=True,
            required=False,
            rotates=True,
        ),
        Setting("base_url", "API address", "Only for a region or a proxy.", required=False, default=rest.BASE_URL),
    ),
    steps=(
        "Copy “Account SID” and “Auth token” from the Twilio Console, and the number this connection answers as.",
        "Paste {url} into “Address for receipts” and save. Heed then points the number's messages at itself.",
        "For WhatsApp or a messaging service, paste {url} in the Console yourself: as webhook of incoming messages and "
        "as status callback, both with HTTP POST.",
        "For voicemail, make a TwiML Bin as README.md beside the adapter shows and have the number's calls use it.",
        "Write to the number: the message appears as a ticket.",
    ),
    max_text=outgoing.MAX_TEXT,
    splits=True,
    generates_secret=False,
    files_by_link=True,
    reply_window=outgoing.WINDOW,
    window_threads=messages.WHATSAPP,
    after_window="WhatsApp then takes approved templates alone, which Heed does not send: wait until the customer "
    "writes again, or answer by SMS.",
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, or the refusal: 403 unless the signature over URL and fields holds."""
    secrets = verify.given(connection, "auth_token") + verify.given(connection, "shared_key")
    if wrong := proof.problem(request, secrets):
        return Answer(403, wrong)
    if request.method != "POST":
        return Answer(405, "Choose HTTP POST for this address in the Twilio Console.", headers={"Allow": "POST"})
    answer = Answer(200, NOTHING_TO_SAY, "text/xml; charset=utf-8")
    return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body, answer)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one post says: a message, a receipt, a voicemail, or nothing."""
    return messages.read(delivery.body, delivery.url, connection.setting("from_number").strip())


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply in parts of at most 1600, its files by link. Raises DeliveryFailed; there is no idempotency key."""
    return outgoing.send(reply, connection)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a medium or recording that a post named. Raises NotUnderstood for a foreign reference, DeliveryFailed."""
    wanted = read_object(ref.encode("utf-8", "replace"))
    url = text_in(wanted, "url")
    if not url:
        raise NotUnderstood("url is missing.")
    return links.named(wanted, rest.download(connection, url))


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = []
    callback = connection.setting("status_callback").strip()
    if callback and not _is_ours(callback, connection):
        problems.append("“Address for receipts” leads elsewhere: paste this connection's webhook address.")
    try:
        if rest.get(connection, "").get("status") != "active":
            problems.append("The Twilio account is not active: see the Twilio Console.")
        number = _number(connection)
    except DeliveryFailed as failed:
        return [*problems, failed.reason]
    if number is not None and not _is_ours(str(number.get("sms_url")), connection):
        problems.append("The number's messages go elsewhere: save the connection again, so that Heed sets its address.")
    return problems


def set_up(connection: Connection, url: str) -> None:
    """Point our number's messages at `url`; WhatsApp and services are set up by hand. Raises DeliveryFailed."""
    number = _number(connection)
    if number is not None:
        rest.post(connection, f"IncomingPhoneNumbers/{number.get('sid')}", {"SmsUrl": url, "SmsMethod": "POST"})


def _number(connection: Connection) -> dict[str, object] | None:
    """Return our telephone number as Twilio has it, None for WhatsApp and services. Raises DeliveryFailed."""
    ours = connection.setting("from_number").strip()
    if not ours.startswith("+"):
        return None
    found = rest.get(connection, "IncomingPhoneNumbers", PhoneNumber=ours).get("incoming_phone_numbers")
    numbers = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if not numbers:
        raise DeliveryFailed(
            "from_number is no number of this Twilio account: check it, with + and country code.", permanent=True
        )
    return numbers[0]


def _is_ours(url: str, connection: Connection) -> bool:
    return url.partition("?")[0].endswith(f"/hooks/{connection.key}")
