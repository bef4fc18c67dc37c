"""Sends a reply by Twilio: who writes to whom on which of its channels, the parts of a text in order, then the files.

Sources: twilio.com/docs/messaging/api/message-resource (create a message), twilio.com/docs/sms/accepted-mime-types and
twilio.com/docs/whatsapp/guidance-whatsapp-media-messages (sizes).
"""

import re
from datetime import timedelta
from functools import partial

from channels.errors import DeliveryFailed
from channels.files import lent, picture_type
from channels.payload import clean
from channels.refusals import send_all
from channels.text import split_text
from channels.twilio import messages, rest
from channels.types import Attachment, Connection, Reply, Sent

MAX_TEXT = 1600  # source: twilio.com/docs/messaging/api/message-resource (Body); counted in UTF-16 units, the stricter
MAX_MMS = 5_000_000  # bytes of a file by text message, and of a picture on WhatsApp
MAX_FILE = 16_000_000  # bytes of any other file on WhatsApp
WINDOW = timedelta(hours=24)  # of WhatsApp alone; source: twilio.com/docs/api/errors/63016
TO = re.compile(r"(?:[a-z]{2,20}:)?\+?[A-Za-z0-9._-]{2,64}")  # +15550100, whatsapp:+15550100, whatsapp:US.1234
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply's text in parts, and each file as a message of its own, for WhatsApp takes one of each.

    Raises DeliveryFailed, before anything is sent if a file has no link or is too large.
    """
    to, ours = _addresses(reply, connection)
    contents = [{"Body": text} for text in split_text(clean(reply.text), MAX_TEXT)]
    contents += [{"MediaUrl": _link(file, to)} for file in reply.attachments]
    if not contents:
        raise DeliveryFailed("The reply has no text.", permanent=True)
    form = {"To": to, **ours}
    if callback := connection.setting("status_callback").strip():
        form["StatusCallback"] = callback
    return send_all([partial(_send_one, connection, {**form, **content}) for content in contents])


def _addresses(reply: Reply, connection: Connection) -> tuple[str, dict[str, str]]:
    """Return to whom and as whom a reply goes, both on the same of Twilio's channels."""
    to = (reply.thread or reply.to.address).strip()
    ours = connection.setting("from_number").strip()
    if messages.is_caller(to):
        raise DeliveryFailed("The caller showed no number, so they cannot be answered.", permanent=True)
    if not TO.fullmatch(to):
        raise DeliveryFailed("The customer has no number that Twilio could send to.", permanent=True)
    if not ours:
        raise DeliveryFailed("from_number is empty: enter the number to answer as.", permanent=True)
    if ours.startswith(messages.WHATSAPP) and ":" not in to:
        to = messages.WHATSAPP + to
    if SERVICE.fullmatch(ours):
        return to, {"MessagingServiceSid": ours}
    if to.startswith(messages.WHATSAPP) and ":" not in ours:
        ours = messages.WHATSAPP + ours
    return to, {"From": ours}


def _link(file: Attachment, to: str) -> str:
    """Return where Twilio may fetch a file."""
    link, data = lent(file, "Twilio")
    on_whatsapp = to.startswith(messages.WHATSAPP)
    most = MAX_FILE if on_whatsapp and picture_type(data) is None else MAX_MMS
    if len(data) > most:
        reason = (
            f"Twilio takes files of at most {most // 1_000_000} MB here: send a smaller one, or where it can be found."
        )
        raise DeliveryFailed(reason, permanent=True)
    return link


def _send_one(connection: Connection, form: dict[str, str]) -> str:
    sent = rest.post(connection, "Messages", form).get("sid")
    if not isinstance(sent, str) or not sent:
        raise DeliveryFailed("Twilio's answer names no message.", may_have_arrived=True)
    return sent
