"""What set-up and the router need to know of the e-mail channel: its settings, its steps, its limits."""

from channels.email import mailgun, sendgrid
from channels.types import ChannelInfo, Setting

MAX_POST = 48 * 1024 * 1024  # bytes; Postmark's 35 MB of mail as base64 in JSON (postmarkapp.com, inbound limits)
TLS = (("ssl", "TLS from the start"), ("starttls", "STARTTLS"), ("none", "none"))

INFO = ChannelInfo(
    key="email",
    label="Email",
    pace="email",
    work_class="mail",
    conversational=False,
    settings=(
        Setting("address", "Address", "Customers write to it, and replies come from it: support@example.com."),
        Setting(
            "from_name", "Name on replies", "Shown beside the address, such as the company's name.", required=False
        ),
        Setting("imap_host", "IMAP server", "Leave empty if mail is only posted to the webhook.", required=False),
        Setting("imap_port", "IMAP port", "Empty: 993 with TLS, else 143.", required=False),
        Setting("imap_user", "IMAP user", "Often the whole address.", required=False),
        Setting("imap_password", "IMAP password", "Use an app password where the provider has them.", True, False),
        Setting("imap_folder", "Folder", "Whose mail becomes tickets.", required=False, default="INBOX"),
        Setting(
            "imap_tls",
            "IMAP encryption",
            "Nearly all providers have TLS from the start.",
            required=False,
            default="ssl",
            choices=TLS,
        ),
        Setting(
            "imap_import",
            "First fetch",
            "Which mail of the folder becomes tickets when it is read for the first time.",
            required=False,
            default="new",
            choices=(("new", "mail from now on"), ("all", "what is there too")),
        ),
        Setting("smtp_host", "SMTP server", "Without it, replies cannot be sent.", required=False),
        Setting(
            "smtp_port", "SMTP port", "Empty: 587 with STARTTLS, 465 with TLS from the start, else 25.", required=False
        ),
        Setting("smtp_user", "SMTP user", "Leave empty if the server asks for none.", required=False),
        Setting("smtp_password", "SMTP password", "Use an app password where the provider has them.", True, False),
        Setting(
            "smtp_tls",
            "SMTP encryption",
            "Most providers have STARTTLS at port 587.",
            required=False,
            default="starttls",
            choices=TLS,
        ),
        Setting(
            "authserv_id",
            "Trusted checker",
            "The name your own mail server writes first in Authentication-Results; empty: no sender counts as proven.",
            required=False,
        ),
        Setting(
            "provider",
            "Posted by",
            "Who posts mail to the webhook; empty: a mail server of your own, or whoever knows the secret.",
            required=False,
            choices=(("", "nobody, or raw mail"), ("mailgun", "Mailgun"), ("sendgrid", "SendGrid"),
                     ("postmark", "Postmark")),
        ),
        Setting(
            mailgun.KEY,
            "Mailgun's webhook signing key",
            "From Mailgun, API security, HTTP webhook signing key.",
            secret=True,
            required=False,
            rotates=True,
        ),
        Setting(
            sendgrid.KEY,
            "SendGrid's public key",
            "Of the security policy attached to the Inbound Parse setting; empty: the secret in the URL is the proof.",
            required=False,
            rotates=True,
        ),
    ),
    steps=(
        "Create a mailbox for support, and an app password if the provider asks for one.",
        "Switch on plus addresses (support+anything@example.com) if the provider has them as an option.",
        "Enter the IMAP and SMTP servers; Heed signs in to both to test them.",
        "Or let your mail server post each raw mail to {url} with content type message/rfc822 and the header "
        "“Authorization: Bearer {secret}”.",
        "Or have a provider post it: put the secret into the URL, https://heed:{secret}@ and then {url} without its "
        "https://. Mailgun: a route with forward(\"…\"), and the signing key in the settings. SendGrid: Inbound "
        "Parse, with “POST the raw, full MIME message”. Postmark: the inbound webhook, with the raw email included.",
    ),
    max_text=1_000_000,
    max_body=MAX_POST,
    polled=True,
)  # fmt: skip
