"""Pigeon: letters in, letters out. A platform of the tests' own, so that docs/adding-a-channel.md is true.

Source: docs/adding-a-channel.md.
"""

from datetime import datetime
from hashlib import sha256

from channels import batches, files, http, links, refusals, verify
from channels.errors import DeliveryFailed
from channels.payload import Fields, as_list, as_object, id_in, moment, read_object, text_in
from channels.refusals import Refusal
from channels.text import split_text
from channels.types import (
    Answer,
    Attachment,
    ChannelInfo,
    Connection,
    Delivery,
    InboundMessage,
    Parsed,
    Party,
    Reply,
    Request,
    Sent,
    Setting,
)

PROOF_HEADER = "x-pigeon-signature"  # hex HMAC-SHA256 of the raw body with the loft's secret
BASE_URL = "https://api.pigeon.example"
HOSTS = ("api.pigeon.example",)  # the only ones that get the token, beside base_url
MAX_TEXT = 500  # characters a pigeon can carry
REFUSALS = {
    "loft_closed": Refusal("The customer's loft takes no letters any more: write to them another way."),
    "storm": Refusal("No pigeon flies now: Heed tries again.", passes=True),
}

INFO = ChannelInfo(
    key="pigeon",
    label="Pigeon",
    pace="social",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting("loft_secret", "Loft secret", "From the loft's page, under Webhooks.", secret=True, rotates=True),
        Setting("token", "Token", "From the loft's page, under Letters.", secret=True),
        Setting("base_url", "Pigeon address", "Only for a loft of your own.", required=False, default=BASE_URL),
    ),
    steps=(
        "Open your loft's page and copy its secret and token into the fields below.",
        "Enter {url} as the loft's webhook.",
    ),
    max_text=MAX_TEXT,
    splits=True,
    generates_secret=False,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, or the refusal: 403 unless one of the loft's secrets signed the body."""
    sent, secrets = request.headers.get(PROOF_HEADER, ""), verify.given(connection, "loft_secret")
    if not verify.is_signed(sent, secrets, lambda secret: verify.digest(secret, request.body)):
        return Answer(403, f"{PROOF_HEADER} is missing or wrong: copy the loft's secret into the settings.")
    return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return the letters of a flight; a bad one is Unreadable and its neighbours live."""
    return batches.each(as_list(read_object(delivery.body).get("letters"), "letters"), _letter, "letter")


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply in letters of at most 500 characters. Raises DeliveryFailed."""
    if reply.attachments:
        raise DeliveryFailed("A pigeon carries no files: send a link.", permanent=True)
    return refusals.send_all(
        [
            lambda part=part: _ask(connection, {"to": reply.to.address, "text": part})  # type: ignore[misc]
            for part in split_text(reply.text, MAX_TEXT)
        ]
    )


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return the picture a letter named. Raises NotUnderstood or DeliveryFailed."""
    return links.fetch(read_object(ref.encode("utf-8", "replace")), connection, "Pigeon")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    missing = [setting.label for setting in INFO.settings if setting.required and not connection.setting(setting.name)]
    return [f"{label} is missing: copy it from your loft's page." for label in missing]


def _letter(letter: Fields) -> list[Parsed]:
    """Return what one letter says; nothing for what is no letter, such as a pigeon that came home."""
    if text_in(letter, "type") != "letter":
        return []
    writer = as_object(letter.get("from"), "from")
    sender = Party("from", id_in(writer, "id"), text_in(writer, "name"))
    picture = text_in(letter, "picture", most=files.MAX_LINK)
    ref = files.link_ref(picture, "picture.jpg", "image/jpeg")
    return [
        InboundMessage(
            external_id=id_in(letter, "id"),
            sender=sender,
            text=text_in(letter, "text"),
            sent_at=moment(letter.get("at"), "at"),
            parties=(sender,),
            thread=sender.address,
            attachments=(Attachment("picture.jpg", "image/jpeg", fetch=ref),) if picture else (),
            proven=True,
        )
    ]


def _ask(connection: Connection, letter: dict[str, str]) -> str:
    """Post one letter and return its id. Raises DeliveryFailed."""
    response = http.request(
        "POST",
        f"{connection.setting('base_url', BASE_URL).rstrip('/')}/letters",
        connection=connection,
        credential_hosts=HOSTS,
        credentials={"Authorization": f"Bearer {connection.setting('token')}"},
        json=letter,
    )
    answer = response.json()
    fields = answer if isinstance(answer, dict) else {}
    if response.ok and isinstance(fields.get("id"), str):
        return str(fields["id"])
    raise refusals.failure("Pigeon", response, str(fields.get("error", "")), REFUSALS)
