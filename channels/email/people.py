"""Who is on a mail: splits address lists as they really come; finds the writer and the reply token."""

import re
from dataclasses import dataclass

from channels.email.headers import eight_bit, one_line, raw_value, raw_values, words
from channels.email.parts import Part
from channels.types import Party, PartyRole

FIELDS: tuple[tuple[PartyRole, str], ...] = (
    ("from", "from"), ("to", "to"), ("cc", "cc"), ("bcc", "bcc"), ("reply_to", "reply-to"),
)  # fmt: skip
RECEIVED_FOR = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
MAX_ENTRIES = 1000  # of one address field
MAX_TOKEN = 200  # characters after the plus
SPECIAL = re.compile(r'["(),;:\\]')  # what makes a field more than one plain entry
NOT_IN_ADDRESS = dict.fromkeys([*range(33), 0x7F])


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One entry of an address field."""

    address: str  # as written
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ours:
    """The connection's own address, and the plus addresses under it."""

    address: str

    def token(self, address: str) -> str | None:
        """Return what stands after the plus if an address is ours, empty without a plus; None if it is not ours."""
        local, _, domain = self.address.rpartition("@")
        their_local, _, their_domain = address.rpartition("@")
        if not local or their_domain.lower() != domain.lower():
            return None
        if their_local.lower() == local.lower():
            return ""
        plus = len(local) + 1
        return their_local[plus : plus + MAX_TOKEN] if their_local[:plus].lower() == f"{local.lower()}+" else None


def parties(mail: Part, ours: Ours) -> tuple[Party, ...]:
    """Return everyone on the mail, each once per role; our own address without its plus."""
    found: dict[tuple[PartyRole, str], Party] = {}
    for role, field in FIELDS:
        for value in raw_values(mail, field):
            for mailbox in mailboxes(value):
                address = ours.address if ours.token(mailbox.address) is not None else mailbox.address
                party = Party(role, address.lower(), mailbox.name)
                found.setdefault((role, party.address), party)
    return tuple(found.values())


def writer(mail: Part, everyone: tuple[Party, ...], ours: Ours) -> Party | None:
    """Return whom to answer: behind a list the original sender, else Reply-To, else From; None if nobody is named.

    Our own address never counts while the mail names anyone else: a group that forwards to us rewrites From to itself.
    """
    original = mailboxes(raw_value(mail, "x-original-sender"))
    from_ = [party for party in everyone if party.role == "from"]
    candidates = [party for party in everyone if party.role == "reply_to"] + from_
    if original:
        name = next((party.name for party in from_), "").partition(" via ")[0].strip("'\" ")
        candidates.insert(0, Party("from", original[0].address.lower(), name))
    if not from_:
        candidates += [Party("from", m.address.lower(), m.name) for m in mailboxes(raw_value(mail, "sender"))]
    others = [party for party in candidates if ours.token(party.address) is None]
    return next(iter(others or candidates), None)


def reply_token(mail: Part, ours: Ours) -> str | None:
    """Return the token of the plus address this mail was sent to, as written; None if there is none."""
    for field in RECEIVED_FOR:
        for value in raw_values(mail, field):
            for mailbox in mailboxes(value):
                if token := ours.token(mailbox.address):
                    return token
    return None


def mailboxes(value: str) -> list[Mailbox]:
    """Return the addresses of one field in order: one pass over its characters, groups and comments included."""
    plain = one_line(eight_bit(value))
    simple = _simple(plain)
    entries = [simple] if simple is not None else _entries(plain)
    found = [mailbox for entry in entries if (mailbox := _mailbox(entry))]
    if not found and "=?" in value:  # the whole entry in one encoded word
        found = [mailbox for entry in _entries(words(value)) if (mailbox := _mailbox(entry))]
    return found


@dataclass(slots=True)
class _Entry:
    """One entry while it is being read: the words, what stood in angle brackets, what in comments."""

    words: str = ""
    angle: str | None = None
    comment: str = ""


def _simple(value: str) -> _Entry | None:
    """Read the one entry most fields are, such as `Ana Ruiz <ana@example.com>`; None if it is more than that."""
    name, rest = "", value.strip()
    if rest.startswith('"'):
        name, closed, rest = rest[1:].partition('"')
        if not closed or "\\" in name:
            return None
        if rest.startswith("@") and " " in name:
            return _Entry()  # nobody we can write to, and its last word is somebody else
    if SPECIAL.search(rest) or rest.count("<") > 1:
        return None
    before, angle, after = rest.partition("<")
    inside, _, behind = after.partition(">")
    return _Entry(f"{name}{before}{behind}", inside if angle else None)


def _entries(value: str) -> list[_Entry]:
    """Split an address field at its commas, minding quotes, comments, angle brackets and groups."""
    entries: list[_Entry] = []
    plain: list[str] = []
    comment: list[str] = []
    angle: list[str] | None = None
    closed: str | None = None
    quoted = escaped = has_at = False
    depth = 0

    def finish() -> None:
        nonlocal plain, comment, angle, closed, has_at
        inside = closed if closed is not None else "".join(angle) if angle is not None else None
        entries.append(_Entry("".join(plain), inside, "".join(comment)))
        plain, comment, angle, closed, has_at = [], [], None, None, False

    for char in value:
        target = comment if depth else angle if angle is not None else plain
        if escaped:
            target.append(char)
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted or (char == '"' and not depth):
            quoted = quoted != (char == '"')
            if char != '"':
                target.append(char)
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif depth:
            comment.append(char)
        elif char == "<":
            angle = []
        elif char == ">" and angle is not None:
            closed, angle = "".join(angle), None
        elif char == ">" and closed is not None:
            pass  # one too many
        elif char in ",;":
            finish()
            if len(entries) >= MAX_ENTRIES:
                return entries
        elif char == ":" and angle is None and not has_at:
            plain = []  # the name of a group
        else:
            has_at = has_at or char == "@"
            target.append(char)
    finish()
    return entries


def _mailbox(entry: _Entry) -> Mailbox | None:
    """Return the address of one entry, also of `some words user@example.com` without angle brackets."""
    name = entry.words
    address = _address(entry.angle or "")
    if not address:
        pieces = name.split()
        at = next((index for index, piece in enumerate(pieces) if _address(piece)), None)
        if at is None:
            return None
        address = _address(pieces[at])
        name = " ".join(pieces[:at] + pieces[at + 1 :])
    name = " ".join(words(name.strip() or entry.comment.strip()).split())
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    return Mailbox(address, "" if name.lower() == address.lower() else name[:500])


def _address(piece: str) -> str:
    """Return a bare address, empty if it is none. A route before it (`@a,@b:user@c`) goes."""
    bare = piece.translate(NOT_IN_ADDRESS)
    if bare.startswith("@") and ":" in bare:
        bare = bare.rpartition(":")[2]
    if bare.lower().startswith("mailto:"):
        bare = bare[7:]
    local, at, domain = bare.strip("<>'\"").rpartition("@")
    return f"{local}@{domain}" if local and at and domain and len(bare) <= 320 else ""
