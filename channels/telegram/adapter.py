"""Telegram: bot updates in, sendMessage and its kin out.

Source: core.telegram.org/bots/api (Update, setWebhook, sendMessage, getFile). What an update says is read in
channels.telegram.update; how the Bot API is called is in channels.telegram.bot.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256

from channels import verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.http import FilePart
from channels.payload import Fields, clean, media_type, number_in, read_object, text_in
from channels.refusals import send_all
from channels.telegram import bot, update
from channels.text import split_text
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

PROOF_HEADER = "x-telegram-bot-api-secret-token"
SECRET_FORM = re.compile(r"[A-Za-z0-9_-]{1,256}")  # source: core.telegram.org/bots/api#setwebhook
MAX_TEXT = 4096  # source: core.telegram.org/bots/api#sendmessage; counted in UTF-16 units, the stricter reading
MAX_PHOTO = 10 * 1024 * 1024  # bytes; source: core.telegram.org/bots/api#sendphoto
MAX_UPLOAD = 50 * 1024 * 1024  # bytes; source: core.telegram.org/bots/api#senddocument
UPDATES = ("message", "edited_message", "callback_query")
BACKLOG = 100  # updates waiting at Telegram that are worth a word

INFO = ChannelInfo(
    key="telegram",
    label="Telegram",
    pace="chat",
    work_class="messaging",
    conversational=True,
    settings=(
        Setting("bot_token", "Bot token", "From @BotFather, in the form 123456:ABC-DEF.", secret=True),
        Setting(
            "base_url",
            "Bot API address",
            "Only for a proxy or a Bot API server of your own.",
            required=False,
            default=bot.BASE_URL,
        ),
    ),
    steps=(
        "Write /newbot to @BotFather in Telegram and follow its questions.",
        "Copy the token it gives you into “Bot token” and save.",
        "Heed then calls setWebhook with {url} and the secret {secret}. PUBLIC_URL must be https.",
        "Write to the bot: the message appears as a ticket.",
    ),
    max_text=MAX_TEXT,
    splits=True,
    sends_per_s=30.0,  # source: core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    chat_pause_s=1.0,  # the same; 20 a minute in groups, of which none is answered
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the delivery to keep, or the refusal: 403 unless the request carries one of the active secrets."""
    if not verify.is_secret(request.headers.get(PROOF_HEADER, ""), connection.secrets):
        return Answer(403, f"{PROOF_HEADER} is missing or wrong: call setWebhook with this connection's secret.")
    if request.method != "POST":
        return Answer(405, "Updates are posted.", headers={"Allow": "POST"})
    return Delivery(_delivery_key(request.body), request.url, {}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return what one update says; an empty list for groups, bots, /start and service messages."""
    return update.read(read_object(delivery.body))


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply: its text in parts of at most 4096, then each file. Raises DeliveryFailed.

    The Bot API takes no idempotency key: once a part is out, a failure says `may_have_arrived`.
    """
    chat = (reply.thread or reply.to.address).strip()
    if not re.fullmatch(r"-?[0-9]{1,19}", chat):
        raise DeliveryFailed("The customer has no Telegram chat id to answer to.", permanent=True)
    texts = split_text(clean(reply.text), MAX_TEXT)
    if not texts and not reply.attachments:
        raise DeliveryFailed("The reply has neither text nor files.", permanent=True)
    files = [_part(attachment) for attachment in reply.attachments]
    context = _answered(reply, chat)
    steps: list[Callable[[dict[str, object]], str]] = [partial(_send_text, connection, chat, text) for text in texts]
    steps += [partial(_send_file, connection, chat, part) for part in files]
    return send_all([partial(step, {} if at else context) for at, step in enumerate(steps)])


def fetch(ref: str, connection: Connection) -> Attachment:
    """Return a file that a message named. Raises NotUnderstood for a foreign reference, DeliveryFailed if gone."""
    wanted = read_object(ref.encode("utf-8", "replace"))
    file_id = text_in(wanted, "file_id", most=512)
    found = bot.call(connection, "getFile", {"file_id": file_id})
    path = found.get("file_path") if isinstance(found, dict) else None
    data = bot.download(connection, path if isinstance(path, str) else "", update.MAX_DOWNLOAD)
    return Attachment(text_in(wanted, "name") or "file", media_type(text_in(wanted, "media_type")), data=data)


def test(connection: Connection) -> list[str]:
    """Return what is wrong with this connection, each with its remedy; empty if all is well."""
    problems = []
    if not any(connection.secrets):
        problems.append("This connection has no webhook secret: make one in its settings.")
    try:
        bot.call(connection, "getMe", {})
        hook = bot.call(connection, "getWebhookInfo", {})
    except DeliveryFailed as failed:
        return [*problems, failed.reason]
    return problems + _hook_problems(hook if isinstance(hook, dict) else {}, connection)


def set_up(connection: Connection, url: str) -> None:
    """Point the bot's webhook at `url` with the first of the connection's secrets. Raises DeliveryFailed."""
    secret = connection.secrets[0] if connection.secrets else ""
    if not SECRET_FORM.fullmatch(secret):
        reason = "The webhook's secret must be 1 to 256 letters, digits, _ or -: make a new one."
        raise DeliveryFailed(reason, permanent=True)
    bot.call(connection, "setWebhook", {"url": url, "secret_token": secret, "allowed_updates": list(UPDATES)})


def _delivery_key(body: bytes) -> str:
    """Return the update's number, the body's hash if it has none that can be read."""
    try:
        return str(number_in(read_object(body), "update_id"))
    except NotUnderstood:
        return sha256(body).hexdigest()


def _answered(reply: Reply, chat: str) -> dict[str, object]:
    """Return the parameters that show the reply under the message it answers."""
    number = update.message_id(reply.answers[-1], chat) if reply.answers else None
    if number is None:
        return {}
    return {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}


def _part(attachment: Attachment) -> FilePart:
    if attachment.data is None:
        raise DeliveryFailed("A file of the reply has no bytes: attach it again.", permanent=True)
    if len(attachment.data) > MAX_UPLOAD:
        raise DeliveryFailed("Telegram takes files of at most 50 MB from bots: send a link.", permanent=True)
    return clean(attachment.name) or "file", attachment.data, media_type(attachment.media_type)


def _send_text(connection: Connection, chat: str, text: str, context: dict[str, object]) -> str:
    return _sent_id(bot.call(connection, "sendMessage", {"chat_id": int(chat), "text": text, **context}), chat)


def _send_file(connection: Connection, chat: str, part: FilePart, context: dict[str, object]) -> str:
    """Send one file, a picture as a photo unless Telegram refuses it as one."""
    params: dict[str, object] = {"chat_id": chat, **{name: json.dumps(value) for name, value in context.items()}}
    if part[2] in ("image/jpeg", "image/png") and len(part[1]) <= MAX_PHOTO:
        try:
            return _sent_id(bot.call(connection, "sendPhoto", params, {"photo": part}), chat)
        except DeliveryFailed as refused:
            if not refused.permanent or refused.may_have_arrived:
                raise
    return _sent_id(bot.call(connection, "sendDocument", params, {"document": part}), chat)


def _sent_id(result: object, chat: str) -> str:
    """Return the external id Telegram gave our message."""
    if isinstance(result, dict) and isinstance(result.get("message_id"), int):
        return f"{chat}/{result['message_id']}"
    raise DeliveryFailed("Telegram's answer names no message.", may_have_arrived=True)


def _hook_problems(hook: Fields, connection: Connection) -> list[str]:
    problems = []
    url = hook.get("url")
    if not isinstance(url, str) or not url:
        problems.append(
            "Telegram has no webhook for this bot: save the connection again, so that setWebhook is called."
        )
    elif not url.endswith(f"/hooks/{connection.key}"):
        problems.append("The bot's webhook leads elsewhere: save the connection again, or give each desk its own bot.")
    allowed = hook.get("allowed_updates")
    if isinstance(allowed, list) and allowed and "message" not in allowed:
        problems.append("The bot's webhook is not told of messages: save the connection again.")
    waiting = hook.get("pending_update_count")
    if isinstance(waiting, int) and waiting > BACKLOG:
        problems.append(f"{waiting} updates wait at Telegram: is Heed reachable at PUBLIC_URL?")
    if hook.get("last_error_message") and waiting:
        problems.append("Telegram could not deliver its last update: check PUBLIC_URL, its certificate and the secret.")
    return problems
