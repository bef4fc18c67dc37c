"""Reads one event of Slack's Events API: what a person wrote, changed or deleted. Pure.

Sources: docs.slack.dev/reference/events/message and its subtypes, /reference/events/app_mention,
/reference/objects/file-object. A mention comes as `app_mention` and again as `message`; both carry the same channel and
ts, which are our external id.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from channels.errors import NotUnderstood
from channels.payload import Fields, as_list, as_object, clean, id_in, media_type, moment, text_in
from channels.slack import mrkdwn
from channels.types import MAX_MAIL, Attachment, Deletion, Edit, InboundMessage, Parsed, Party, Unreadable

TS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")  # Unix seconds, and a number that makes it unique in its channel
WORDS = ("", "file_share", "thread_broadcast", "me_message")  # subtypes that hold what somebody wrote
SERVICE = ("channel_", "group_", "bot_", "huddle_", "sh_room_", "joiner_", "assistant_")  # how service subtypes begin
SERVICES = (
    *("document_mention", "ekm_access_denied", "file_comment", "file_mention", "message_replied", "pinned_item"),
    *("reminder_add", "slackbot_response", "tombstone", "unpinned_item"),
)
HELD_BACK = "Slack held events back: more than 30,000 an hour came from this workspace. Look there for what is missing."
GONE = {  # a file's mode -> why it cannot be had
    "tombstone": "The file was deleted in Slack.",
    "hidden_by_limit": "Slack hides this file: the workspace is over its free storage.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is on our side of the conversation."""

    agents: frozenset[str]  # members whose messages are answers
    bot: str  # our bot's own member id, empty if the event does not say


def read(callback: Fields, agents: frozenset[str]) -> list[Parsed]:
    """Return what one request says; an empty list for what nobody wrote. Raises NotUnderstood."""
    kind = text_in(callback, "type")
    if kind == "app_rate_limited":
        return [Unreadable(HELD_BACK)]
    if kind != "event_callback":
        return []
    event = as_object(callback.get("event"), "event")
    if event.get("type") not in ("message", "app_mention"):
        return []
    channel = id_in(event, "channel")
    subtype = text_in(event, "subtype")
    if subtype == "message_changed":
        return _changed(event, channel)
    if subtype == "message_deleted":
        return _deleted(event, channel)
    if _is_bot(event) or subtype in SERVICES or subtype.startswith(SERVICE):
        return []
    if subtype not in WORDS:
        return [Unreadable("Slack sent a message of a kind (subtype) that Heed does not know.")]
    return _written(event, channel, _stamp(event, callback), Desk(agents, _own_member(callback)))


def _written(event: Fields, channel: str, ts: str, desk: Desk) -> list[Parsed]:
    text = _words(event, desk.bot)
    files = _files(event)
    if not text and not files:
        return []
    root = "" if event.get("thread_ts") is None else _ts(event, "thread_ts")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    writer = Party("from", id_in(event, "user"), _name(event))
    ours = writer.address in desk.agents
    customer = text_in(event, "parent_user_id")
    if ours and (direct or not root or not customer or customer == desk.bot or customer in desk.agents):
        return []  # a word among colleagues, not to a customer
    return [
        InboundMessage(
            external_id=f"{channel}/{ts}",
            sender=Party("from", desk.bot or "desk", writer.name) if ours else writer,
            text=text,
            sent_at=_moment(ts) if TS.fullmatch(ts) else None,
            parties=(Party("from", desk.bot or "desk", writer.name), Party("to", customer)) if ours else (writer,),
            thread=channel if direct else f"{channel}:{root or ts}",
            answers=(f"{channel}/{root}",) if root and root != ts else (),
            attachments=files,
            proven=not ours,
            from_us=ours,
            claims={} if ours else _claims(event),
        )
    ]


def _changed(event: Fields, channel: str) -> list[Parsed]:
    """Return a person's change of words; none for previews, counts of replies and whatever else Slack updates."""
    message = as_object(event.get("message"), "message")
    at = _moment(_ts(event, "ts"))
    if text_in(message, "subtype") == "tombstone":  # deleted, but kept as the head of its thread
        return [Deletion(f"{channel}/{_ts(message, 'ts')}", at)]
    before = message if event.get("previous_message") is None else as_object(event["previous_message"], "previous")
    same = before is not message and before.get("text") == message.get("text")
    if _is_bot(message) or not message.get("edited") or same:
        return []
    return [Edit(f"{channel}/{_ts(message, 'ts')}", mrkdwn.plain(text_in(message, "text")), at)]


def _deleted(event: Fields, channel: str) -> list[Parsed]:
    before = event.get("previous_message")
    if before is not None and _is_bot(as_object(before, "previous_message")):
        return []
    return [Deletion(f"{channel}/{_ts(event, 'deleted_ts')}", _moment(_ts(event, "ts")))]


def _is_bot(message: Fields) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _own_member(callback: Fields) -> str:
    """Return our bot's member id, as the event's authorizations name it."""
    known = callback.get("authorizations")
    for one in known if isinstance(known, list) else []:
        if isinstance(one, dict) and one.get("is_bot") is True and isinstance(one.get("user_id"), str):
            return text_in(one, "user_id", most=64).strip()
    return ""


def _stamp(event: Fields, callback: Fields) -> str:
    """Return what makes a message unique in its channel: its ts, else, where an event comes without, the event's id."""
    for name in ("ts", "event_ts"):
        if event.get(name) is not None:
            return _ts(event, name)
    return id_in(callback, "event_id")


def _ts(fields: Fields, name: str) -> str:
    ts = text_in(fields, name)
    if not TS.fullmatch(ts):
        raise NotUnderstood(f"{name} must be a time as Slack writes it, such as 1355517523.000005.")
    return ts


def _moment(ts: str) -> datetime | None:
    return moment(float(ts), "ts")


def _words(event: Fields, bot: str) -> str:
    """Return what was written, without the call that begins a mention, and the words of a message passed on."""
    written = text_in(event, "text")
    if bot:
        written = re.sub(rf"^\s*<@{re.escape(bot)}(?:\|[^<>]*)?>[\s:,]*", "", written)
    shared = as_list(event["attachments"], "attachments") if event.get("attachments") else []
    passed_on = [_passed_on(as_object(one, "attachments: each")) for one in shared]
    outside = [_outside(file) for file in _file_objects(event)]
    return "\n".join(filter(None, (mrkdwn.plain(written).strip(), *passed_on, *outside)))


def _passed_on(shared: Fields) -> str:
    if not (shared.get("is_share") or shared.get("is_msg_unfurl")):
        return ""
    author, words = text_in(shared, "author_name"), mrkdwn.plain(text_in(shared, "text"))
    return f"Forwarded: {author}: {words}" if author else f"Forwarded: {words}"


def _file_objects(event: Fields) -> list[Fields]:
    files = as_list(event["files"], "files") if event.get("files") else []
    return [as_object(file, "files: each") for file in files]


def _outside(file: Fields) -> str:
    """Return a file that lies elsewhere, such as in a shared drive, as its name and address."""
    if file.get("mode") != "external":
        return ""
    return f"File: {text_in(file, 'title') or text_in(file, 'name')} {text_in(file, 'url_private')}".rstrip()


def _files(event: Fields) -> tuple[Attachment, ...]:
    return tuple(_file(file) for file in _file_objects(event) if file.get("mode") != "external")


def _file(file: Fields) -> Attachment:
    """Return one file; one that cannot be read keeps its place, with the reason."""
    try:
        return _known_file(file)
    except NotUnderstood:
        return Attachment("file", media_type(""), error="Slack described this file in an unknown way: open it there.")


def _known_file(file: Fields) -> Attachment:
    name = text_in(file, "name") or text_in(file, "title") or _last_part(file) or "file"
    kind = media_type(text_in(file, "mimetype"))
    if why := GONE.get(text_in(file, "mode")):
        return Attachment(name, kind, error=why)
    size = file.get("size")
    if isinstance(size, int) and size > MAX_MAIL:
        return Attachment(name, kind, error=f"The file is larger than {MAX_MAIL // 2**20} MB: open it in Slack.")
    url = text_in(file, "url_private_download", most=2000) or text_in(file, "url_private", most=2000)
    ref = {"file_id": id_in(file, "id"), "url": url, "name": clean(name), "media_type": kind}
    return Attachment(name, kind, fetch=json.dumps(ref))


def _last_part(file: Fields) -> str:
    """Return the end of a file's address."""
    return text_in(file, "url_private_download", most=2000).partition("?")[0].rpartition("/")[2][:255]


def _name(event: Fields) -> str:
    profile = event.get("user_profile")
    known = profile if isinstance(profile, dict) else {}
    return text_in(known, "real_name") or text_in(known, "display_name")


def _claims(event: Fields) -> dict[str, str]:
    profile = event.get("user_profile")
    known = profile if isinstance(profile, dict) else {}
    return {name: value for name in ("display_name",) if (value := text_in(known, name))}
