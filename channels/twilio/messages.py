"""Reads one post of Twilio's: a message, what became of ours, a voicemail or its transcript. Pure.

Sources: twilio.com/docs/messaging/guides/webhook-request, .../outbound-message-status-in-status-callbacks,
twilio.com/docs/voice/twiml/record (action, recordingStatusCallback, transcribeCallback).
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Literal

from channels import files, wording
from channels.errors import NotUnderstood
from channels.payload import clean, id_in, media_type
from channels.twilio import form, rest
from channels.types import Attachment, Edit, InboundMessage, Parsed, Party, Receipt

WHATSAPP = "whatsapp:"
MAX_MEDIA = 10  # of a message; source: twilio.com/docs/messaging/guides/webhook-request (NumMedia)
MAX_ID = 100  # characters; Twilio's own have 34
MAX_ADDRESS = 200  # characters
BASE64_FROM = 60  # characters; shorter texts of these letters alone are words, not base64
VOICEMAIL = "Voicemail"

STATES: Mapping[str, Literal["sent", "delivered", "read", "failed"] | None] = {
    # MessageStatus, what it means for us; None: on its way
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending")),
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
ENDINGS = {
    # the media types that customers send most, the ending of a name Twilio does not tell
    "image/jpeg": "picture.jpg",
    "image/png": "picture.png",
    "image/gif": "picture.gif",
    "image/webp": "picture.webp",
    "video/mp4": "video.mp4",
    "video/3gpp": "video.3gp",
    "audio/ogg": "audio.ogg",
    "audio/amr": "audio.amr",
    "audio/mpeg": "audio.mp3",
    "audio/mp4": "audio.m4a",
    "application/pdf": "document.pdf",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
}
# “restricted”, “blocked”, “unknown”, “anonymous”, “unavailable” on a telephone's keys: callers who show no number;
# source: help.twilio.com, “Why am I getting calls from these strange numbers?”
NO_NUMBER = frozenset({"7378742833", "2562533", "8656696", "266696687", "86282452253"})
NO_NAME = frozenset({"restricted", "blocked", "unknown", "anonymous", "unavailable"})


def read(body: bytes, url: str, our_address: str) -> list[Parsed]:
    """Return what one post says; `our_address` is the sender the connection answers as. Raises NotUnderstood."""
    fields = form.fields(body)
    if fields.get("RecordingSid"):
        return _voicemail(fields, url)
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if status in STATES:
        return _receipt(fields, status)
    if any(fields.get(name) for name in ("Body", "MediaUrl0", "Latitude", "ButtonText")) or status == "received":
        return [_message(fields, our_address)]
    return []


def is_caller(address: str) -> bool:
    """Say whether an address stands for a call whose caller showed no number."""
    return address.startswith("CA") and len(address) == 34


def _message(fields: Mapping[str, str], our_address: str) -> InboundMessage:
    sent_from = id_in(fields, "From", most=MAX_ADDRESS)
    kind, colon, address = sent_from.rpartition(":")
    ours = fields.get("To") or our_address
    if not colon and (ours.startswith(WHATSAPP) or our_address.startswith(WHATSAPP)):
        kind, colon = WHATSAPP[:-1], ":"  # sometimes left out
    if not address.strip():
        raise NotUnderstood("From is missing.")
    sender = Party("from", address.strip(), fields.get("ProfileName", ""))
    media = _media(fields)
    replied = fields.get("OriginalRepliedMessageSid", "").strip()
    stopped = fields.get("OptOutType", "").upper()
    return InboundMessage(
        external_id=_message_id(fields),
        sender=sender,
        text=_words(fields, f"{kind}{colon}" == WHATSAPP) or ("" if media else _nothing(fields)),
        parties=(sender,),
        thread=f"{kind}{colon}{sender.address}",
        answers=(replied,) if 0 < len(replied) <= MAX_ID else (),
        attachments=media,
        proven=f"{kind}{colon}" == WHATSAPP,  # the sender of a text message can be forged
        claims={"opt_out_type": stopped} if stopped in ("STOP", "START") else {},
    )


def _message_id(fields: Mapping[str, str]) -> str:
    name = next((name for name in ("MessageSid", "SmsMessageSid", "SmsSid") if fields.get(name)), "MessageSid")
    return id_in(fields, name, most=MAX_ID)


def _words(fields: Mapping[str, str], whatsapp: bool) -> str:
    """Return what was written, chosen or shown as a place."""
    written = _unpacked(fields.get("Body", ""))
    if whatsapp:  # the label of a button or a list's row; Body repeats it
        written = fields.get("ButtonText") or fields.get("ListTitle") or written
    place = _place(fields)
    return "\n".join(part for part in (written, place) if part)


def _nothing(fields: Mapping[str, str]) -> str:
    """Return what stands for a message of which Twilio passes nothing on."""
    kind = fields.get("MessageType", "").strip()[:50]
    return f"[Cannot be shown here: {kind}]" if kind and kind != "text" else "[Empty message]"


def _place(fields: Mapping[str, str]) -> str:
    names = tuple(fields.get(name, "") for name in ("Label", "Address"))
    try:
        return wording.place(float(fields.get("Latitude", "")), float(fields.get("Longitude", "")), *names)
    except (ValueError, NotUnderstood):
        return ""


def _unpacked(text: str) -> str:
    """Return the words of a text that is base64 as a whole, which long messages of some carriers are; else the text.

    It must be long, read as UTF-8 but for a character cut off at its end, and hold spaces and nothing unprintable.
    Source: nyaruka/courier handlers/twiml ("Twilio sometimes sends concatenated sms as base64 encoded MMS").
    """
    packed = "".join(text.split("\n")).strip()
    if len(packed) < BASE64_FROM or len(packed) % 4:
        return text
    try:
        data = base64.b64decode(packed, validate=True)
        words = data.decode()
    except UnicodeDecodeError as cut:
        if cut.end < len(data) or len(data) - cut.start > 3:
            return text
        words = data[: cut.start].decode()
    except (binascii.Error, ValueError):
        return text
    readable = " " in words and all(letter.isprintable() or letter in "\n\r\t" for letter in words)
    return clean(words) if readable else text


def _media(fields: Mapping[str, str]) -> tuple[Attachment, ...]:
    found = []
    for number in range(MAX_MEDIA):
        url = fields.get(f"MediaUrl{number}", "").strip()
        if url:
            kind = media_type(fields.get(f"MediaContentType{number}", ""))
            found.append(_file(url, ENDINGS.get(kind, "file"), kind))
    return tuple(found)


def _file(url: str, name: str, kind: str) -> Attachment:
    if len(url) > files.MAX_LINK or not url.lower().startswith(("https://", "http://")):
        return Attachment(name, kind, error="Twilio names no address to fetch this file from.")
    return Attachment(name, kind, fetch=files.link_ref(url, name, kind))


def _receipt(fields: Mapping[str, str], status: str) -> list[Parsed]:
    state = STATES[status]
    if state is None:
        return []
    detail = rest.meaning(fields.get("ErrorCode", "").strip()[:10]) if state == "failed" else ""
    return [Receipt(_message_id(fields), state, detail=detail)]


def _voicemail(fields: Mapping[str, str], url: str) -> list[Parsed]:
    """Return a caller's recording. Its events come in any order; the transcript, once there, is the text."""
    if fields.get("RecordingStatus", "completed") != "completed" or fields.get("Direction", "").startswith("outbound"):
        return []
    sid = id_in(fields, "RecordingSid", most=MAX_ID)
    words = fields.get("TranscriptionText", "").strip()
    caller = _caller(fields, url)
    recording = _recording(fields.get("RecordingUrl", "").strip())
    message = InboundMessage(
        external_id=sid,
        sender=caller,
        text=words or VOICEMAIL + _lasts(fields.get("RecordingDuration", "")),
        subject=VOICEMAIL,
        parties=(caller,),
        thread=caller.address,
        attachments=(recording,) if recording else (),
    )
    return [message, Edit(sid, words)] if words else [message]


def _caller(fields: Mapping[str, str], url: str) -> Party:
    """Return who called; one event names only the call, so set-up has the number repeated in its address."""
    number = (fields.get("From") or fields.get("Caller") or form.query(url, "From")).strip()
    hidden = number.lstrip("+") in NO_NUMBER or number.lower() in NO_NAME
    if number and not hidden and len(number) <= MAX_ADDRESS:
        return Party("from", number if number[0] == "+" or not number.isdecimal() else f"+{number}")
    return Party("from", id_in(fields, "CallSid", most=MAX_ID), "Caller without a number")


def _recording(url: str) -> Attachment | None:
    """Return the recording as MP3, which is what Twilio gives at its address with this ending."""
    if not url:
        return None
    plain = url.removesuffix(".wav").removesuffix(".mp3")
    return _file(f"{plain}.mp3", "voicemail.mp3", "audio/mpeg")


def _lasts(duration: str) -> str:
    """Return how long a recording is, given in whole seconds, as it follows its name."""
    if not (duration.isascii() and duration.isdecimal() and len(duration) <= 6 and int(duration) > 0):
        return ""
    minutes, seconds = divmod(int(duration), 60)
    return f", {minutes} min {seconds} s" if minutes else f", {seconds} s"
