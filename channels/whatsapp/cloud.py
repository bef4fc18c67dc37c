"""What the Cloud API refuses, and calls it for a number: send one message, upload and fetch files.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes,
…/messages/send-messages and …/business-phone-numbers/media (an address lasts five minutes, a file seven days).
"""

from collections.abc import Mapping, Sequence

from channels import http
from channels.errors import DeliveryFailed
from channels.http import FilePart
from channels.links import LASTS_S
from channels.meta import graph
from channels.payload import Fields
from channels.refusals import Refusal, failure
from channels.types import MAX_MAIL, Connection

MEDIA_HOSTS = (*graph.HOSTS, "lookaside.fbsbx.com", "lookaside.facebook.com")  # files need the token too

GONE = Refusal("WhatsApp keeps files for seven days and no longer has this one: ask the customer to send it again.")
REFUSALS = {
    **graph.REFUSALS,
    "33": Refusal("This phone_number_id does not exist any more: copy it again from WhatsApp Manager."),
    "80007": Refusal(graph.SLOWER, passes=True),
    "130429": Refusal(graph.SLOWER, passes=True),
    "130472": Refusal("WhatsApp holds this message back for an experiment of its own: reach the customer another way."),
    "130497": Refusal("This account may not write to customers in that country."),
    "131016": Refusal("WhatsApp has trouble of its own.", passes=True),
    "131021": Refusal("The customer's number is our own number."),
    "131026": Refusal("WhatsApp cannot deliver this: the number has no WhatsApp, an old version, or blocked us."),
    "131030": Refusal("A test number may only write to the numbers on its list: add this one in the app's API set-up."),
    "131031": Refusal("WhatsApp has locked this account: see Business Support Home."),
    "131037": Refusal("This number has no approved display name yet: set one in WhatsApp Manager."),
    "131042": Refusal("WhatsApp has a problem with the account's payment method: see WhatsApp Manager, Billing."),
    "131045": Refusal("This number is not registered with the Cloud API: register it in WhatsApp Manager."),
    "131047": Refusal(
        "More than 24 hours have passed since the customer last wrote: WhatsApp takes templates alone now."
    ),
    "131048": Refusal("WhatsApp limits this number, for messages of it were blocked or reported.", passes=True),
    "131049": Refusal("WhatsApp chose not to deliver this message: wait until the customer writes."),
    "131050": Refusal("The customer has stopped messages of this kind from us."),
    "131051": Refusal("WhatsApp does not know this kind of message."),
    "131052": Refusal("WhatsApp could not give out a file the customer sent."),
    "131053": Refusal("WhatsApp does not take this file: its kind or its size. Send a link instead."),
    "131056": Refusal("Too many messages to this customer in a short time.", passes=True),
    "131057": Refusal("This number is being moved: WhatsApp takes messages again in a minute.", passes=True),
    "131062": Refusal("WhatsApp does not take this message for a customer without a phone number."),
    "133004": Refusal("WhatsApp has trouble of its own.", passes=True),
    "133010": Refusal("This number is not registered with the Cloud API: register it in WhatsApp Manager."),
    "133016": Refusal(graph.SLOWER, passes=True),
}


def failed(errors: Sequence[Fields]) -> str:
    """Return what the first error of a webhook means, in our words."""
    code, _ = graph.code_of(errors[0] if errors else None)
    known = REFUSALS.get(code)
    if known is not None:
        return known.words
    return f"WhatsApp could not deliver it (error {code})." if code else "WhatsApp could not deliver it."


def send(connection: Connection, number: str, message: Mapping[str, object]) -> str:
    """Send one message and return the id WhatsApp gave it. Raises DeliveryFailed."""
    frame = {"messaging_product": "whatsapp", "recipient_type": "individual", **message}
    answer = graph.call(connection, "POST", f"{number}/messages", json=frame, table=REFUSALS)
    sent = answer.get("messages")
    first = sent[0] if isinstance(sent, list) and sent and isinstance(sent[0], dict) else {}
    return graph.text_of(first, "id", reason="WhatsApp's answer names no message.")


def upload(connection: Connection, number: str, part: FilePart) -> str:
    """Upload one file and return its id. Raises DeliveryFailed; a second attempt does no harm."""
    form = {"messaging_product": "whatsapp", "type": part[2]}
    answer = graph.call(
        connection, "POST", f"{number}/media", form=form, file=("file", part), table=REFUSALS, safe=True
    )
    found = answer.get("id")
    if isinstance(found, str) and found:
        return found
    raise DeliveryFailed("WhatsApp's answer names no file.")


def download(connection: Connection, media_id: str) -> bytes:
    """Return the bytes of a file a customer sent: ask where it is, then fetch it there. Raises DeliveryFailed."""
    query = {"phone_number_id": number} if (number := connection.setting("phone_number_id").strip()) else {}
    table = {**REFUSALS, "100": GONE}
    found = graph.call(connection, "GET", media_id, query=query, table=table, safe=True)
    size = found.get("file_size")
    if isinstance(size, int) and size > MAX_MAIL:
        raise DeliveryFailed("The file is larger than 25 MB: ask the customer for a smaller one.", permanent=True)
    url = found.get("url")
    if not isinstance(url, str) or not url:
        raise DeliveryFailed("WhatsApp's answer names no address for this file.", permanent=True)
    response = http.request(
        "GET",
        url,
        connection=connection,
        credential_hosts=MEDIA_HOSTS,
        credentials={"Authorization": f"Bearer {connection.setting('access_token').strip()}"},
        timeout_s=LASTS_S,
        max_bytes=MAX_MAIL,
    )
    if response.ok:
        return response.body
    if response.status in (404, 410):
        raise DeliveryFailed(GONE.words, permanent=True)
    raise failure("WhatsApp", response, safe=True)
