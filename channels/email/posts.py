"""Mail that is posted to us: who may, in which form it comes, and what is kept of it.

A raw mail and Postmark's JSON are proven by our own secret, as a bearer token or in the URL (Basic); the forms of
Mailgun and SendGrid by their signatures once their key is set, else by our secret too.
"""

import base64
import binascii
from datetime import datetime
from hashlib import sha256

from channels import verify
from channels.email import mailgun, postmark, reading, sendgrid
from channels.email.forms import Form, is_form, read_form
from channels.errors import NotUnderstood
from channels.types import MAX_MAIL, Answer, Connection, Delivery, Parsed, Request

RAW_MAIL = "message/rfc822"
JSON = "application/json"
MAILGUN, SENDGRID, POSTMARK = "mailgun", "sendgrid", "postmark"
PROVIDER = "heed-provider"  # kept beside the body: whose form it has
UNPROVEN = (
    "The secret is missing or wrong. Send this connection's secret as “Authorization: Bearer …”, or put it into the "
    "URL: https://heed:SECRET@… ."
)  # fmt: skip
FORMS = (MAILGUN, SENDGRID)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the post as a delivery, or the refusal: 401, 405, 406, 413 or 415; never 403, which ends all retries."""
    if request.method != "POST":
        return Answer(405, "Post mail to this address.", headers={"Allow": "POST"})
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    provider = connection.setting("provider").strip().lower()
    knows_secret = _knows_secret(request, connection)
    if is_form(kind) and provider != POSTMARK:
        return _form(request, connection, now, knows_secret)
    if not knows_secret:
        return _refused(UNPROVEN)
    if kind == RAW_MAIL:
        if len(request.body) > MAX_MAIL:
            return Answer(413, f"The mail is larger than {MAX_MAIL // 2**20} MB.")
        return Delivery(sha256(request.body).hexdigest(), request.url, {"content-type": RAW_MAIL}, request.body)
    if kind == JSON and provider == MAILGUN:
        return Answer(406, mailgun.NOT_A_MAIL)
    if kind == JSON and provider != SENDGRID:
        headers = {"content-type": JSON, PROVIDER: POSTMARK}
        return Delivery(postmark.key_of(request.body), request.url, headers, request.body)
    return Answer(415, f"The content type must be {RAW_MAIL} with the raw mail as the body, or that of the provider.")


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what a delivery says. Raises NotUnderstood if it holds no mail."""
    content_type = delivery.headers.get("content-type", "")
    provider = delivery.headers.get(PROVIDER, "")
    if provider == POSTMARK or content_type.partition(";")[0].strip().lower() == JSON:
        return postmark.read(delivery.body, connection)
    if is_form(content_type):
        form = read_form(content_type, delivery.body)
        whose = provider or _whose(form, connection)
        return mailgun.read(form, connection) if whose == MAILGUN else sendgrid.read(form, connection)
    return reading.read(delivery.body, connection)


def _form(request: Request, connection: Connection, now: datetime, knows_secret: bool) -> Answer | Delivery:
    content_type = request.headers.get("content-type", "")
    try:
        form = read_form(content_type, request.body)
    except NotUnderstood:
        form = Form()  # kept all the same if it is proven
    whose = _whose(form, connection)
    reason = None if knows_secret else UNPROVEN
    key = sha256(request.body).hexdigest()
    if whose == MAILGUN and verify.given(connection, mailgun.KEY):
        reason = mailgun.refusal(form, connection, now, knows_secret)
        key = f"mailgun {form.text('token')}"
    elif whose == SENDGRID and verify.given(connection, sendgrid.KEY):
        reason = sendgrid.refusal(request, connection, now, knows_secret)
    if reason is not None:
        return _refused(reason)
    if whose == MAILGUN and mailgun.is_no_mail(form):
        return Answer(406, mailgun.NOT_A_MAIL)
    return Delivery(key, request.url, {"content-type": content_type, PROVIDER: whose}, request.body)


def _whose(form: Form, connection: Connection) -> str:
    """Return whose form this is: as the connection says, else by the fields that Mailgun alone signs."""
    provider = connection.setting("provider").strip().lower()
    if provider in FORMS:
        return provider
    return MAILGUN if {"body-mime", "body-plain", "signature"} & form.names else SENDGRID


def _knows_secret(request: Request, connection: Connection) -> bool:
    """Say whether a request carries one of our own secrets: as bearer, or as user or password of the URL."""
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    sent = sent.strip()
    if scheme.lower() == "bearer":
        return verify.is_secret(sent, connection.secrets)
    if scheme.lower() != "basic":
        return False
    try:
        user, _, password = base64.b64decode(sent, validate=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return False
    return any([verify.is_secret(user, connection.secrets), verify.is_secret(password, connection.secrets)])


def _refused(reason: str) -> Answer:
    return Answer(401, reason, headers={"WWW-Authenticate": 'Basic realm="Heed", Bearer'})
