"""What a visitor's page posts becomes a message: its text, its files, what they and their site say of them. Pure."""

import re
from types import MappingProxyType

from channels.errors import NotUnderstood
from channels.files import accepted, attachments_in
from channels.payload import Fields, as_object, text_in
from channels.types import InboundMessage, Party

MAX_TEXT = 4000  # characters of one message
MAX_FILES = 5  # of one message
MAX_FILE_BYTES = 8 * 1024 * 1024  # of all files of one message: a photo as phones take it
CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
OFFICE = "application/vnd.openxmlformats-officedocument"
FILE_TYPES = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "image/heif", "image/tiff", "image/bmp",
    "application/pdf", "text/plain", "text/csv", "application/rtf", "application/zip", "application/json",
    "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    f"{OFFICE}.wordprocessingml.document", f"{OFFICE}.spreadsheetml.sheet", f"{OFFICE}.presentationml.presentation",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
    "video/mp4", "video/quicktime", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm",
})  # fmt: skip  # never HTML, SVG or anything a browser or a desk would run
CLAIMS = (("name", 200), ("email", 320), ("page", 2000))  # what a visitor may say of themselves, and its length
SIGNED = ("user_id", "name", "email")  # what a site may vouch for


def message(body: Fields, visitor: str, known: Fields = MappingProxyType({})) -> InboundMessage:
    """Return what the visitor wrote. Raises NotUnderstood in words the page can show."""
    client_id = text_in(body, "id")
    if not CLIENT_ID.fullmatch(client_id):
        raise NotUnderstood("id must have 1 to 64 letters, digits, or any of _ . : -.")
    text = text_in(body, "text", most=MAX_TEXT)
    files = attachments_in(body.get("attachments"), most=MAX_FILES, links=False)
    if not accepted(files, FILE_TYPES):
        raise NotUnderstood("attachments must be pictures, PDF, office files, ZIP, sound or film, in base64.")
    if not text.strip() and not files:
        raise NotUnderstood("text is missing.")
    said = as_object(body["visitor"], "visitor") if body.get("visitor") is not None else {}
    claims = {name: value for name, most in CLAIMS if (value := text_in(said, name, most=most).strip())}
    signed = {name: value for name in SIGNED if (value := text_in(known, name))}
    party = Party("from", visitor, signed.get("name") or claims.get("name", ""))
    claims = {name: value for name, value in claims.items() if name not in signed}
    claims |= {f"contact.{name}": value for name, value in signed.items()}
    return InboundMessage(
        external_id=f"{visitor}/{client_id}",
        sender=party,
        text=text,
        parties=(party,),
        thread=visitor,
        attachments=files,
        proven=True,  # the token proves the visitor; name and mail address are claims, unless the site signed them
        claims=claims,
    )
