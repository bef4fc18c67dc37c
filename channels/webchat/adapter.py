"""webchat: what a visitor writes on the chat page or in the widget; answers are read from the store by that page.

No outside standard: the form is ours (README.md beside this file). The visitor's token travels in a header, and beside
it what the site says of its signed-in customer.
"""

import json
from datetime import datetime

from channels.errors import NotUnderstood
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
from channels.webchat import identity
from channels.webchat.identity import Identity, identity_of, mail_address, visitor_id
from channels.webchat.reading import MAX_FILE_BYTES, MAX_TEXT, message
from channels.webchat.visitor import (
    allowed_origins,
    bad_origins,
    issue_known,
    issue_visitor,
    origin_allowed,
    origin_of,
    visitor_of,
)

__all__ = ["INFO", "allowed_origins", "fetch", "identity_of", "issue_known", "issue_visitor", "mail_address"]
__all__ += ["origin_allowed", "parse", "receive", "send", "test", "visitor_of"]

VISITOR_HEADER = "x-heed-visitor"  # the token, from the browser
IDENTITY_HEADER = "x-heed-identity"  # the site's word on its customer, from the browser
KEPT_HEADER = "heed-visitor-id"  # the verified visitor id, in the stored delivery
KEPT_IDENTITY = "heed-identity"  # what the site vouched for, verified, as JSON
BODY_TYPES = ("application/json", "text/plain")  # a page that is closing may send no other than text/plain
MAX_BODY = 12 * 1024 * 1024  # bytes of a message's files in base64, and its text

INFO = ChannelInfo(
    key="webchat",
    label="Web chat",
    pace="chat",
    work_class="live",
    conversational=True,
    settings=(
        Setting(
            "allowed_origins",
            "Sites that may show the chat",
            "Origins by comma, such as https://shop.example.com. Empty: only Heed's own chat page.",
            required=False,
        ),
        Setting(
            identity.SETTING,
            "Identity secret",
            "At least 32 characters that your site's server signs its customers with. Empty: every visitor is a guest.",
            secret=True,
            required=False,
            rotates=True,
        ),
        Setting("title", "Title", "Stands above the conversation.", required=False, default="Chat with us"),
        Setting("greeting", "Greeting", "The first words a visitor sees.", required=False, default="How can we help?"),
    ),
    steps=(
        "Save: the chat page works at once at /chat/<connection>.",
        "To embed it, list your site's origin and put into its pages, with this desk's address before /chat: "
        '<script async src="/chat/<connection>/widget.js"></script>',
        "To know signed-in customers, enter an identity secret, let your server sign each page's customer with it and "
        "put the token into the script tag as data-identity.",
    ),
    max_text=MAX_TEXT,
    max_body=MAX_BODY,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, or the refusal as problem details.

    401 without a visitor token of this connection, 403 from a foreign page, 405, 415, 413 for a long text, 422 else.
    """
    visitor = visitor_of(request.headers.get(VISITOR_HEADER, ""), connection, now)
    if visitor is None:
        return _problem(401, "Who are you?", f"{VISITOR_HEADER} is missing or not ours: reload the page.")
    origin = request.headers.get("origin")
    if origin is not None and not origin_allowed(origin, connection, origin_of(request.url)):
        return _problem(403, "This site may not chat", "Its origin is not listed in allowed_origins.")
    if request.method != "POST":
        return _problem(405, "Messages are posted", "Use POST.", {"Allow": "POST"})
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in BODY_TYPES:
        return _problem(415, "JSON, please", "Send application/json, or the same as text/plain.")
    try:
        body = read_object(request.body)
        text = text_in(body, "text")
        if len(text) > MAX_TEXT:
            return _problem(413, "Too long", f"A message has at most {MAX_TEXT} characters: send it in parts.")
        said = message(body, visitor)
        if sum(len(file.data or b"") for file in said.attachments) > MAX_FILE_BYTES:
            most = MAX_FILE_BYTES // 2**20
            return _problem(413, "Too large", f"The files of one message have at most {most} MB together.")
    except NotUnderstood as problem:
        return _problem(422, "Not understood", str(problem))
    answer = Answer(200, json.dumps({"stored": True, "id": body.get("id")}), "application/json")
    kept = {KEPT_HEADER: visitor, **_vouched(request, visitor, connection, now)}
    return Delivery(said.external_id, request.url, kept, request.body, answer)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return the one message of a delivery. Raises NotUnderstood."""
    visitor = delivery.headers.get(KEPT_HEADER, "")
    if not visitor:
        raise NotUnderstood(f"The delivery holds no {KEPT_HEADER}: it did not come through the chat page.")
    signed = delivery.headers.get(KEPT_IDENTITY)
    known = read_object(signed.encode()) if signed else {}
    return [message(read_object(delivery.body), visitor, known)]


def send(reply: Reply, connection: Connection) -> Sent:
    """Return at once: nothing leaves, the visitor's page reads the answer from the store."""
    return Sent((reply.key,))


def fetch(ref: str, connection: Connection) -> Attachment:
    """Raise NotUnderstood: files come with the message."""
    raise NotUnderstood("Web chat has no files to fetch: they come with the message.")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = []
    if not any(connection.secrets):
        problems.append("This connection has no secret to sign visitors with: make one in its settings.")
    for entry in bad_origins(connection):
        shown = entry[:100]
        problems.append(f"allowed_origins: “{shown}” is no origin. Write it as https://shop.example.com.")
    if 0 < len(connection.setting(identity.SETTING)) < identity.LEAST_SECRET:
        problems.append(f"identity_secret is too short: give at least {identity.LEAST_SECRET} random characters.")
    return problems


def _vouched(request: Request, visitor: str, connection: Connection, now: datetime) -> dict[str, str]:
    """Return the header that keeps what the site says of this very visitor, none if it says nothing that holds."""
    known: Identity | None = identity_of(request.headers.get(IDENTITY_HEADER, ""), connection, now)
    if known is None or visitor_id(known, connection) != visitor:
        return {}
    return {KEPT_IDENTITY: json.dumps({"user_id": known.user_id, "name": known.name, "email": known.email})}


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps({"title": title, "status": status, "detail": detail})
    return Answer(status, body, "application/problem+json", headers or {})
