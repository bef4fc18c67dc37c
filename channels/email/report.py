"""Reads what post offices and mail programs report of mail we sent: bounces, delays, read receipts, complaints.

Sources: RFC 3464 (delivery status), 8098 (disposition), 5965 (feedback), 6522 (multipart/report).
"""

from dataclasses import dataclass, field
from typing import Literal

from channels.email.charsets import decode
from channels.email.codes import meaning, status_in
from channels.email.headers import message_id, one_line
from channels.email.parts import Part, read_fields
from channels.types import Receipt

STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
DISPOSITION = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
OF_THE_POST_OFFICE = STATUS | DISPOSITION | {"message/feedback-report", "text/rfc822-headers"}

MAX_READ = 64 * 1024  # bytes of one report
MAX_BLOCKS = 100  # recipients of one report
MAX_RECEIPTS = 10
MAX_DETAIL = 300  # characters
ARRIVED = frozenset({"delivered", "relayed", "expanded"})
KNOWN = ARRIVED | {"failed", "delayed"}  # actions
OUTCOMES = ("displayed", "deleted", "dispatched", "processed", "denied", "failed")  # the last four: RFC 2298
PLAIN_MARKS = (  # what servers that know no multipart/report write above the mail they return
    "--- below this line is a copy of the message.",
    "this is a copy of the message, including all the headers",
    "this is a copy of your message, including all the headers",
    "------ this is a copy of the message",
)


@dataclass(slots=True)
class Report:
    """What the reports in one mail say."""

    ids: list[str] = field(default_factory=list)  # of the mails they are about
    state: Literal["", "delivered", "read", "failed"] = ""
    detail: str = ""
    is_understood: bool = False  # it says what became of them in a form that we know

    def take(self, part: Part) -> None:
        """Take in one part of a report."""
        if part.kind in STATUS:
            self._take_status(part.data[:MAX_READ])
        elif part.kind in DISPOSITION:
            self._take_disposition(part.data[:MAX_READ])
        elif part.kind in RETURNED:
            self.take_returned(part.data[:MAX_READ])

    def take_returned(self, head: bytes) -> None:
        """Note the Message-ID of a returned mail."""
        self._note(next(iter(read_fields(head.lstrip()).fields.get("message-id", ())), ""))

    def take_text(self, text: str) -> None:
        """Take in the report of a server that writes plain text above the mail it returns."""
        lower = text[:MAX_READ].lower()
        at = next((found for mark in PLAIN_MARKS if (found := lower.find(mark)) >= 0), -1)
        place = lower.find("\nmessage-id:", at) if at >= 0 else -1
        if place >= 0:
            self._note(text[place + 12 :].partition("\n")[0])
            self.state = self.state or "failed"
            self.detail = self.detail or "The mail came back."
            self.is_understood = True

    def receipts(self) -> list[Receipt]:
        """Return what became of the mails of ours that the report names; nothing of a mail that is only late."""
        if not self.state:
            return []
        return [Receipt(one, self.state, detail=self.detail) for one in self.ids[:MAX_RECEIPTS]]

    def _note(self, value: str) -> None:
        found = message_id(value)
        if found and found not in self.ids:
            self.ids.append(found)

    def _take_status(self, data: bytes) -> None:
        blocks = data.replace(b"\r\n", b"\n").strip().split(b"\n\n")[: MAX_BLOCKS + 1]
        said = [{name: values[0] for name, values in read_fields(block.strip()).fields.items()} for block in blocks]
        for fields in said:
            self._note(fields.get("original-message-id", "") or fields.get("x-original-message-id", ""))
            action = fields.get("action", "").strip().lower()
            status = status_in(fields.get("status", "")) or _status_of(fields.get("diagnostic-code", ""))
            if action == "failed" or (not action and status.startswith("5.")):
                self.state, self.detail = "failed", self.detail or _in_words(fields, status)
            elif action in ARRIVED and not self.state:
                self.state = "delivered"
            self.is_understood |= action in KNOWN or (not action and status.startswith(("4.", "5.")))

    def _take_disposition(self, data: bytes) -> None:
        fields = {name: values[0] for name, values in read_fields(data.lstrip()).fields.items()}
        self._note(fields.get("original-message-id", ""))
        outcome = fields.get("disposition", "").rpartition(";")[2].strip().lower()
        if outcome.startswith("displayed"):
            self.state = "read"
        self.is_understood |= outcome.startswith(OUTCOMES)


def _in_words(fields: dict[str, str], status: str) -> str:
    recipient = fields.get("original-recipient") or fields.get("final-recipient") or ""
    address = one_line(decode(recipient.rpartition(";")[2].encode("utf-8", "surrogateescape"), None)).strip(" <>")
    why = meaning(status) or "their server refused it"
    shown = f" ({status})" if status else ""
    to = f" to {address}" if "@" in address and " " not in address else ""  # whoever reports may write anything here
    return f"It could not be delivered{to}: {why}{shown}."[:MAX_DETAIL]


def _status_of(diagnostic: str) -> str:
    """Return the status code in a server's own words, such as `smtp; 550 5.1.1 unknown user`."""
    return next((found for word in diagnostic[:1000].split() if (found := status_in(word.strip("()#:;,")))), "")
