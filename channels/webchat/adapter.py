"""webchat: what a visitor writes on the chat page or in the widget; answers are read from the store by that page.

No outside standard: the form is ours (README.md beside this file). The visitor's token travels in a header.
"""

import json
import re
from datetime import datetime

from channels.errors import NotUnderstood
from channels.files import accepted, attachments_in
from channels.payload import Fields, as_object, read_object, text_in
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
from channels.webchat.visitor import (
    allowed_origins,
    bad_origins,
    issue_visitor,
    origin_allowed,
    origin_of,
    visitor_of,
)

__all__ = ["INFO", "allowed_origins", "fetch", "issue_visitor", "origin_allowed", "parse", "receive", "send", "test"]
__all__ += ["visitor_of"]

VISITOR_HEADER = "x-heed-visitor"  # the token, from the browser
KEPT_HEADER = "heed-visitor-id"  # the verified visitor id, in the stored delivery
MAX_TEXT = 4000  # characters of one message
MAX_FILES = 5  # of one message
CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
BODY_TYPES = ("application/json", "text/plain")  # a page that is closing may send no other than text/plain
FILE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
CLAIMS = (("name", 200), ("email", 320), ("page", 2000))  # what a visitor may say of themselves, and its length

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
        Setting("title", "Title", "Stands above the conversation.", required=False, default="Chat with us"),
        Setting("greeting", "Greeting", "The first words a visitor sees.", required=False, default="How can we help?"),
        Setting("base_url", "Address of the platform", "Not used: web chat has no other side.", required=False),
    ),
    steps=(
        "Save: the chat page works at once at /chat/<connection>.",
        "To embed it, list your site's origin and put the widget's script tag into your pages.",
    ),
    max_text=MAX_TEXT,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, or the refusal as problem details.

    401 without a visitor token of this connection, 403 from a foreign page, 405, 415, 413 for a long text, 422 else.
    """
    visitor = visitor_of(request.headers.get(VISITOR_HEADER, ""), connection)
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
        message = _message(body, visitor)
    except NotUnderstood as problem:
        return _problem(422, "Not understood", str(problem))
    answer = Answer(200, json.dumps({"stored": True, "id": body.get("id")}), "application/json")
    return Delivery(message.external_id, request.url, {KEPT_HEADER: visitor}, request.body, answer)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return the one message of a delivery. Raises NotUnderstood."""
    visitor = delivery.headers.get(KEPT_HEADER, "")
    if not visitor:
        raise NotUnderstood(f"The delivery holds no {KEPT_HEADER}: it did not come through the chat page.")
    return [_message(read_object(delivery.body), visitor)]


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
    return problems


def _message(body: Fields, visitor: str) -> InboundMessage:
    """Return what the visitor wrote. Raises NotUnderstood in words the page can show."""
    client_id = text_in(body, "id")
    if not CLIENT_ID.fullmatch(client_id):
        raise NotUnderstood("id must have 1 to 64 letters, digits, or any of _ . : -.")
    text = text_in(body, "text", most=MAX_TEXT)
    files = attachments_in(body.get("attachments"), most=MAX_FILES, links=False)
    if not accepted(files, FILE_TYPES):
        raise NotUnderstood("attachments must be PNG, JPEG, GIF, WebP, PDF or plain text, in base64.")
    if not text.strip() and not files:
        raise NotUnderstood("text is missing.")
    said = as_object(body["visitor"], "visitor") if body.get("visitor") is not None else {}
    claims = {name: value for name, most in CLAIMS if (value := text_in(said, name, most=most).strip())}
    party = Party("from", visitor, claims.get("name", ""))
    return InboundMessage(
        external_id=f"{visitor}/{client_id}",
        sender=party,
        text=text,
        parties=(party,),
        thread=visitor,
        attachments=files,
        proven=True,  # the token proves the visitor; name and mail address are claims alone
        claims=claims,
    )


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps({"title": title, "status": status, "detail": detail})
    return Answer(status, body, "application/problem+json", headers or {})
