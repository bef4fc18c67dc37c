"""What the enhanced status codes of mail servers mean, for people. Sources: RFC 3463, RFC 7372, RFC 7505."""

REASONS = {
    "5.1.1": "there is no such address",
    "5.1.10": "that domain takes no mail",
    "5.1.2": "there is no such domain",
    "5.1.3": "the address is not well formed",
    "5.1.6": "the mailbox has moved",
    "5.2.1": "the mailbox is switched off",
    "5.2.2": "the mailbox is full",
    "4.2.2": "the mailbox is full",
    "5.2.3": "the mail is too large for it",
    "5.3.4": "the mail is too large for it",
    "5.4.1": "their server does not answer",
    "4.4.1": "their server does not answer",
    "5.4.4": "their server cannot be found",
    "4.4.7": "it could not be delivered in time",
    "5.4.7": "it could not be delivered in time",
    "5.7.8": "user or password is wrong",
    "5.7": "the server's policy forbids it",
    "5.1": "the address is wrong",
    "5.2": "the mailbox does not take it",
    "5.4": "their server cannot be reached",
}


def status_in(text: str) -> str:
    """Return the status code a text begins with, such as 5.1.1; empty if it begins with none."""
    code = text.strip().split(" ", 1)[0][:12]
    return code if code.replace(".", "").isascii() and code.replace(".", "").isdigit() and code.count(".") == 2 else ""


def meaning(status: str) -> str:
    """Return what a status code means, empty if that is not known."""
    return REASONS.get(status) or REASONS.get(status.rpartition(".")[0], "")
