"""What a post office sends to who wrote a mail that did not arrive (RFC 3464)."""

from tests.builders import NUMBER, OWN_ADDRESS


def a_bounce(
    about: str, who: str = "dan@home.example", *, action: str = "failed", code: str = "5.1.1", says: str = "I gave up."
) -> bytes:
    """Return what a post office reports of a mail, named by its Message-ID."""
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.home.example>
To: {OWN_ADDRESS}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 23 Nov 2026 12:00:00 +0000
Message-ID: <bounce-{next(NUMBER)}@mx.home.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

To {who}: {says}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example

Final-Recipient: rfc822; {who}
Action: {action}
Status: {code}

--b
Content-Type: text/rfc822-headers

From: {OWN_ADDRESS}
To: {who}
Message-ID: {about}

--b--
""".encode()
