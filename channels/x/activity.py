"""Reads one post of X's Account Activity API: direct messages, mentions, deletions, read marks. Pure.

Sources: developer.x.com/en/docs/x-api/enterprise/account-activity-api/guides/account-activity-data-objects,
developer.x.com/en/docs/direct-messages (message create object, message attachments),
docs.x.com/x-api/enterprise-gnip-2.0/fundamentals/edit-tweets; real posts in zammad/zammad test/data/twitter.
"""

from collections.abc import Mapping
from datetime import datetime

from channels import batches, files, wording
from channels.errors import NotUnderstood
from channels.payload import Fields, as_object, id_in, moment, text_in
from channels.types import Attachment, Deletion, Edit, InboundMessage, Parsed, Party, Receipt, Unreadable

PUBLIC = "post/"  # begins the thread of a public conversation; a direct message's thread is the customer's id
PUBLIC_SUBJECT = "Public post on X"
MAX_ID = 30  # digits
MAX_LINKS = 100  # of one text
REVOKED = "The account has withdrawn this app's access: authorise the app anew and enter the new access token."


def read(activity: Fields, our_app: str) -> list[Parsed]:
    """Return what one post says, in order; `our_app` is the app whose messages are Heed's own. Raises NotUnderstood."""
    messages, posts = _elements(activity, "direct_message_events"), _elements(activity, "tweet_create_events")
    deletions, reads = (
        _elements(activity, "tweet_delete_events"),
        _elements(activity, "direct_message_mark_read_events"),
    )
    if not (messages or posts or deletions or reads):
        revoked = _inner(_inner(activity, "user_event"), "revoke")
        return [Unreadable(REVOKED)] if revoked else []
    us = id_in(activity, "for_user_id", most=MAX_ID)
    users = _inner(activity, "users")
    found = batches.each(messages, lambda one: _message(one, us, users, our_app), "direct_message_events: each")
    found += batches.each(posts, lambda one: _post(one, us), "tweet_create_events: each")
    found += batches.each(deletions, _deletion, "tweet_delete_events: each")
    return found + batches.each(reads, lambda one: _read_mark(one, us), "direct_message_mark_read_events: each")


def _message(event: Fields, us: str, users: Fields, our_app: str) -> list[Parsed]:
    """Return one direct message; one that we wrote in another app of X's is an answer of ours."""
    if text_in(event, "type") != "message_create":
        return []
    create = as_object(event.get("message_create"), "message_create")
    sender = id_in(create, "sender_id", most=MAX_ID)
    recipient = id_in(as_object(create.get("target"), "target"), "recipient_id", most=MAX_ID)
    ours = sender == us
    if us not in (sender, recipient) or sender == recipient:
        return []
    if ours and our_app and create.get("source_app_id") == our_app:
        return []
    data = as_object(create.get("message_data"), "message_data")
    writer, customer = _party(sender, users), recipient if ours else sender
    media, described = _attached(_inner(data, "attachment"))
    words = _words(text_in(data, "text"), _inner(data, "entities"), _inner(_inner(data, "attachment"), "media"))
    text = "\n".join(part for part in (words, described) if part)
    return [
        InboundMessage(
            external_id=id_in(event, "id", most=MAX_ID),
            sender=writer,
            text=text or ("" if media else "[Empty message]"),
            sent_at=_moment(event.get("created_timestamp")),
            parties=(writer, Party("to", customer, _party(customer, users).name)) if ours else (writer,),
            thread=customer,
            attachments=media,
            proven=True,
            from_us=ours,
            claims={} if ours else _claims(_inner(users, sender)),
        )
    ]


def _post(post: Fields, us: str) -> list[Parsed]:
    """Return one public post that speaks to us; our own and mere repetitions say nothing."""
    user = as_object(post.get("user"), "user")
    author = _id(user)
    if author == us or "retweeted_status" in post or not _concerns(post, us):
        return []
    number = _id(post)
    first = _id_text(_inner(post, "edit_history").get("initial_tweet_id")) or number  # each edit has an id of its own
    answered = _id_text(post.get("in_reply_to_status_id_str") or post.get("in_reply_to_status_id"))
    full = _inner(post, "extended_tweet") or post  # long posts are cut in `text`
    media = _list(_inner(full, "extended_entities") or _inner(post, "extended_entities"), "media")
    shown = [item for item in media if isinstance(item, dict)]
    sender = Party("from", author, text_in(user, "name"))
    text = _words(text_in(full, "full_text") or text_in(full, "text"), _inner(full, "entities"), *shown)
    at = _moment(post.get("timestamp_ms"))
    message = InboundMessage(
        external_id=first,
        sender=sender,
        text=text,
        sent_at=at,
        subject=PUBLIC_SUBJECT,
        parties=(sender,),
        thread=PUBLIC + (_id_text(post.get("conversation_id_str")) or answered or first),
        answers=(answered,) if answered else (),
        attachments=tuple(_file(item) for item in shown),
        proven=True,
        claims=_claims(user),
    )
    return [message] if first == number else [message, Edit(first, text, at)]


def _concerns(post: Fields, us: str) -> bool:
    """Say whether a post mentions, answers or quotes us."""
    full = _inner(post, "extended_tweet") or post
    mentioned = [one for one in _list(_inner(full, "entities"), "user_mentions") if isinstance(one, dict)]
    named = [_id_text(one.get("id_str") or one.get("id")) for one in mentioned]
    quoted = _inner(_inner(post, "quoted_status"), "user")
    answered = post.get("in_reply_to_user_id_str") or post.get("in_reply_to_user_id")
    return us in (*named, _id_text(answered), _id_text(quoted.get("id_str") or quoted.get("id")))


def _deletion(event: Fields) -> list[Parsed]:
    return [Deletion(_id(as_object(event.get("status"), "status")), _moment(event.get("timestamp_ms")))]


def _read_mark(event: Fields, us: str) -> list[Parsed]:
    """Return that the customer has read up to a message; our own reading is nothing to tell."""
    if id_in(event, "sender_id", most=MAX_ID) == us:
        return []
    last = id_in(event, "last_read_event_id", most=MAX_ID)
    return [Receipt(last, "read", _moment(event.get("created_timestamp")))]


def _words(text: str, entities: Fields, *media: Fields) -> str:
    """Return a text as its writer saw it: links in full, without those to its own media, entities of HTML undone."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for item in media:
        link = item.get("url")
        text = text.replace(link, "") if isinstance(link, str) and link else text
    for link in _list(entities, "urls")[:MAX_LINKS]:
        short, long = (link.get("url"), link.get("expanded_url")) if isinstance(link, dict) else (None, None)
        if isinstance(short, str) and isinstance(long, str) and short and 0 < len(long) <= files.MAX_LINK:
            text = text.replace(short, text_in({"url": long}, "url"), 1)
    return text.strip()


def _attached(attachment: Fields) -> tuple[tuple[Attachment, ...], str]:
    """Return a direct message's file, or in words what else it carries."""
    kind = attachment.get("type")
    if kind == "media":
        return (_file(_inner(attachment, "media")),), ""
    if kind == "location":
        return (), _place(_inner(_inner(attachment, "location"), "shared_coordinate"))
    return (), f"[Cannot be shown here: {text_in(attachment, 'type', most=50)}]" if kind else ""


def _place(shared: Fields) -> str:
    place = _list(_inner(shared, "coordinates"), "coordinates")  # longitude first
    try:
        return wording.place(place[1], place[0]) if len(place) == 2 else "[Cannot be shown here: location]"
    except NotUnderstood:
        return "[Cannot be shown here: location]"


def _file(media: Fields) -> Attachment:
    """Return a picture, or a film in its best form."""
    variants = [one for one in _list(_inner(media, "video_info"), "variants") if isinstance(one, dict)]
    films = [one for one in variants if one.get("content_type") == "video/mp4"]
    url = max(films, key=_bitrate).get("url") if films else media.get("media_url_https")
    name, kind = ("video.mp4", "video/mp4") if films else ("picture.jpg", "image/jpeg")
    if not films and isinstance(url, str) and url.lower().endswith(".png"):
        name, kind = "picture.png", "image/png"
    if isinstance(url, str) and url.lower().startswith("https://") and len(url) <= files.MAX_LINK:
        return Attachment(name, kind, fetch=files.link_ref(url, name, kind))
    return Attachment(name, kind, error="X names no address to fetch this file from.")


def _bitrate(variant: Fields) -> int:
    rate = variant.get("bitrate")
    return rate if isinstance(rate, int) else 0


def _party(number: str, users: Fields) -> Party:
    return Party("from", number, text_in(_inner(users, number), "name"))


def _claims(user: Fields) -> Mapping[str, str]:
    name = text_in(user, "screen_name")
    return {"username": name} if name else {}


def _id(fields: Fields) -> str:
    """Return an id, by preference as the text that no reader rounds. Raises NotUnderstood if there is none."""
    return id_in(fields, "id_str" if fields.get("id_str") else "id", most=MAX_ID)


def _id_text(value: object) -> str:
    """Return an id that may be absent as text, empty if it is no id."""
    try:
        return id_in({"id": value}, "id", most=MAX_ID) if value is not None else ""
    except NotUnderstood:
        return ""


def _moment(value: object) -> datetime | None:
    """Return a time in Unix milliseconds, as text or number; None for what is none: a wrong clock loses no words."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 14):
        return None
    return moment(int(text) / 1000, "time")


def _elements(activity: Fields, name: str) -> list[object]:
    """Return a list of events; what stands in its place becomes one event that cannot be read."""
    value = activity.get(name)
    return [] if value is None else value if isinstance(value, list) else [value]


def _inner(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _list(fields: Fields, name: str) -> list[object]:
    value = fields.get(name)
    return value if isinstance(value, list) else []
