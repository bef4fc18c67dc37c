"""Says whether a mail's sender is proven, and whether a machine wrote it.

Sources: RFC 8601 (Authentication-Results), RFC 7489 (alignment), RFC 3834 (Auto-Submitted), RFC 6522 (reports).
"""

from channels.email.headers import eight_bit, raw_value, raw_values, text_value
from channels.email.parts import Part
from channels.email.people import mailboxes
from channels.types import Party

MACHINES = ("mailer-daemon", "mail-daemon", "postmaster", "maildaemon")
NOREPLY = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "bounce", "bounces")
PRECEDENCE = frozenset({"bulk", "auto_reply", "junk"})
AUTO_FIELDS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-failed-recipients")
REPLY_FIELDS = ("x-autoreply", "x-autorespond")
REPORTS = frozenset({"multipart/report", "message/delivery-status", "message/disposition-notification"})
OF_DELIVERY = ("delivery-status", "disposition-notification")  # kinds of reports; a complaint is another
BOUNCED = (
    "undelivered mail",
    "undeliverable:",
    "undeliverable mail",
    "delivery status notification",
    "delivery failure",
    "mail delivery failed",
    "returned mail:",
    "failure notice",
    "mail system error",
    "unzustellbar:",
)  # fmt: skip; how the subject of a bounce begins
ABSENT = (
    "out of office",
    "automatic reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesend:",
    "réponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de la oficina",
    "risposta automatica",
    "resposta automática",
    "automatisch antwoord",
    "afwezig",
    "autosvar",
    "automatisk svar",
    "automaattinen vastaus",
    "automatyczna odpowiedź",
    "автоответ",
    "自动回复",
    "自動応答",
)  # fmt: skip; how that of a reply from who is away begins


def proven(mail: Part, sender: Party, authserv_id: str, signed_by: tuple[str, ...] = ()) -> bool:
    """Say whether someone we trust vouches for this sender: DMARC passed, or DKIM passed for their domain.

    `signed_by` are domains a provider checked itself. Of the fields only the topmost Authentication-Results that names
    `authserv_id` counts: that server writes it above all that came from outside. A sender who is not the From address,
    and a mail with several From addresses, is never proven.
    """
    if not authserv_id and not signed_by:
        return False
    addresses = [party.address for party in _from(mail)]
    if addresses != [sender.address]:
        return False
    domain = sender.address.rpartition("@")[2].lower()
    if any(_covers(signer.lower(), domain) for signer in signed_by):
        return True
    if not authserv_id:
        return False
    for value in raw_values(mail, "authentication-results"):
        results = [" ".join(part.split()).lower() for part in _without_comments(eight_bit(value)).split(";")]
        if results[0].split(" ")[0] == authserv_id.lower():
            return any(_vouches(result.split(" "), domain) for result in results[1:])
    return False


def automatic(mail: Part, sender: Party, is_ours: bool) -> bool:
    """Say whether a machine, a list or we ourselves wrote this, so that no machine of ours answers it."""
    return (
        is_ours
        or mail.kind in REPORTS
        or _is_of_nobody(mail)
        or _auto_submitted(mail) not in ("", "no")
        or _is_of_post_office(mail, sender)
        or _local(sender.address).startswith(NOREPLY)
        or raw_value(mail, "precedence").strip().lower() in PRECEDENCE
        or any(raw_values(mail, field) for field in AUTO_FIELDS)
        or (bool(raw_values(mail, "list-id")) and not raw_values(mail, "x-original-sender"))
        or text_value(mail, "subject").lower().startswith((*BOUNCED, *ABSENT))
    )


def auto_replied(mail: Part, sender: Party) -> bool:
    """Say whether a machine wrote this in answer to a mail: a report of its delivery, a receipt, an absence.

    Narrower than `automatic`: a web form, a list and a noreply address may carry the words of people, and so may a
    subject alone.
    """
    marked, of_nobody = _auto_submitted(mail), _is_of_nobody(mail)
    return (
        marked == "auto-replied"
        or raw_value(mail, "precedence").strip().lower() == "auto_reply"
        or any(raw_value(mail, field).strip().lower() not in ("", "no") for field in REPLY_FIELDS)
        or _kind_of_report(mail) in OF_DELIVERY
        or (of_nobody and _is_of_post_office(mail, sender))
        or ((of_nobody or marked not in ("", "no")) and text_value(mail, "subject").lower().startswith(ABSENT))
    )


def is_report(mail: Part, sender: Party) -> bool:
    """Say whether a mail has the form of a report, or comes from a post office."""
    return mail.kind in REPORTS or _is_of_nobody(mail) or _is_of_post_office(mail, sender)


def _kind_of_report(mail: Part) -> str:
    return mail.parameter("report-type").lower() if mail.kind == "multipart/report" else mail.kind.partition("/")[2]


def _auto_submitted(mail: Part) -> str:
    """Return what Auto-Submitted says, without its parameters and comments."""
    return _without_comments(raw_value(mail, "auto-submitted")).partition(";")[0].strip().lower()


def _is_of_nobody(mail: Part) -> bool:
    """Say whether the envelope names no sender, so that nobody is told if this does not arrive."""
    return raw_value(mail, "return-path").strip() == "<>"


def _is_of_post_office(mail: Part, sender: Party) -> bool:
    return any(_local(party.address).startswith(MACHINES) for party in (*_from(mail), sender))


def _from(mail: Part) -> list[Party]:
    return [Party("from", found.address.lower()) for value in raw_values(mail, "from") for found in mailboxes(value)]


def _local(address: str) -> str:
    return address.rpartition("@")[0].lower()


def _vouches(result: list[str], domain: str) -> bool:
    """Say whether one result, such as `dkim=pass header.d=example.com`, passes for this very domain.

    A signature of a domain covers what is under it; one of `sub.example.com` says nothing of `example.com`.
    """
    said = dict(pair.partition("=")[::2] for pair in result if "=" in pair)
    if said.get("dmarc") == "pass":
        return said.get("header.from", "").strip('"').rpartition("@")[2] == domain
    if said.get("dkim") == "pass":
        return _covers(said.get("header.d", "").strip('"'), domain)
    return False


def _covers(signer: str, domain: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith("." + signer))


def _without_comments(value: str) -> str:
    """Return a value without what stands in parentheses; one pass."""
    kept: list[str] = []
    depth = 0
    for char in value:
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(char)
    return "".join(kept)
