"""api: Heed's own signed JSON in, and out again to the sender's own address.

The form is DESIGN's public surface and README.md beside this file. What a body says is read in channels.api.elements.
"""

from datetime import datetime
from hashlib import sha256

from channels import http, verify
from channels.api import elements, replies
from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import media_type, read_object, text_in
from channels.types import (
    MAX_MAIL,
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

INFO = ChannelInfo(
    key="api",
    label="API",
    pace="social",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting(
            "reply_url",
            "Address for replies",
            "Replies are posted here, signed like what you send. Empty: read them from /api/v1/tickets/<id>.",
            required=False,
        ),
        Setting(
            "base_url",
            "Host of your system",
            "Replies are posted here if there is no address above. Needed for a host in a private network.",
            required=False,
        ),
    ),
    steps=(
        "Save, and copy the address {url} and the secret {secret} into your system.",
        "Post JSON there, signed with Heed-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of “t.body”>.",
        "To be sent the replies, set “Address for replies” and check the same signature on what arrives.",
    ),
    max_text=20_000,
    resend_is_safe=True,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, or the refusal: 401 unless Heed-Signature holds for the raw body at `now`."""
    header = request.headers.get(verify.SIGNATURE_HEADER, "")
    if problem := verify.signature_problem(header, request.body, connection.secrets, now):
        return Answer(401, problem, headers={"WWW-Authenticate": "Heed-Signature"})
    if request.method != "POST":
        return Answer(405, "Messages are posted.", headers={"Allow": "POST"})
    answer = Answer(200, '{"stored": true}', "application/json")
    return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body, answer)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what a body says; in a batch, a bad element is Unreadable and its neighbours live."""
    return elements.read(read_object(delivery.body))


def send(reply: Reply, connection: Connection) -> Sent:
    """Post the reply to `reply_url` or `base_url`, signed; without either it stays to be read by REST.

    The receiver is told to take each `id` once, so any failure may be tried again. Raises DeliveryFailed.
    """
    return replies.post(reply, connection)


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file that a message named by a link. Raises NotUnderstood for a foreign reference, or DeliveryFailed."""
    wanted = read_object(ref.encode("utf-8", "replace"))
    url = text_in(wanted, "url")
    if not url:
        raise NotUnderstood("url is missing.")
    response = http.request("GET", url, connection=connection, timeout_s=replies.FILES_S, max_bytes=MAX_MAIL)
    if not response.ok:
        gone = 300 <= response.status < 500 and response.status not in replies.RETRIABLE
        reason = f"The file could not be fetched: its host answered HTTP {response.status}."
        raise DeliveryFailed(reason, permanent=gone, retry_after_s=http.retry_after_s(response))
    name = text_in(wanted, "name") or "file"
    return Attachment(name, media_type(text_in(wanted, "media_type")), data=response.body)


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = []
    if not any(connection.secrets):
        problems.append("This connection has no webhook secret: make one in its settings.")
    if url := replies.url_of(connection):
        try:  # any answer will do: it shows that the address is allowed, found and reached
            http.request("HEAD", url, connection=connection)
        except DeliveryFailed as failed:
            problems.append(f"Address for replies: {failed.reason}")
    return problems
