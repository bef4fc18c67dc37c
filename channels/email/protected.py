"""Signed and encrypted mail: which parts are only proofs, and what people are told of a mail we cannot open.

Sources: RFC 3156 (PGP), RFC 8551 (S/MIME).
"""

from channels.email.parts import Part

OF_A_SIGNATURE = frozenset(
    {
        "application/pgp-signature",
        "application/pgp-encrypted",  # PGP's version mark
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)
WRAPPED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


def in_words(mail: Part) -> str:
    """Return what people are told of a mail whose words are closed to us; empty if it is an ordinary one."""
    if mail.kind == "multipart/encrypted":
        return "This mail is encrypted with PGP. Open the attached file with the key it was written for."
    if any(part.kind in WRAPPED for part in (mail, *mail.parts)):
        return (
            "This mail is encrypted or sealed with S/MIME. Open the attached file in a mail program that has the key."
        )
    return ""
