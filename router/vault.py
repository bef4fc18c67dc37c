"""Seals what must be secret at rest: authenticated encryption, one key derived from each SECRET_KEY.

The first key seals, all of them open, so that keys can be changed without a stop (`router rekey`). The keys of other
purposes (cookies) are derived here too, so that one secret never serves two ends.
"""

import base64
import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes; source: NIST SP 800-38D, 8.2
KEY = 32  # bytes
FORMAT = b"\x01"  # AES-256-GCM, nonce in front


class VaultError(Exception):
    """A sealed value cannot be opened; the message says which key is missing, never the value."""


class Vault:
    """Seals and opens short texts."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        self._keys = {key_id: AESGCM(key) for key_id, key in keys}
        self.key_id: str = keys[0][0]  # of what is sealed from now on

    def seal(self, text: str) -> tuple[bytes, str]:
        """Return the text encrypted, and the id of the key that did it."""
        nonce = os.urandom(NONCE)
        sealed = self._keys[self.key_id].encrypt(nonce, text.encode(), FORMAT + self.key_id.encode())
        return FORMAT + nonce + sealed, self.key_id

    def open(self, sealed: bytes, key_id: str) -> str:
        """Return the text again. Raises VaultError if its key is gone or the bytes were changed."""
        cipher = self._keys.get(key_id)
        if cipher is None:
            raise VaultError(
                f"A secret was sealed with the key {key_id}, which is not among SECRET_KEY: "
                "add that key after the first one, by comma."
            )
        if sealed[:1] != FORMAT:
            raise VaultError("A sealed secret is not in a form this release knows: start the newer release.")
        nonce, rest = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return cipher.decrypt(nonce, rest, FORMAT + key_id.encode()).decode()
        except InvalidTag as error:
            raise VaultError(
                f"A secret sealed with the key {key_id} was changed in the database: enter it again."
            ) from error

    def is_current(self, key_id: str) -> bool:
        """Say whether a value is sealed with the key that seals now."""
        return key_id == self.key_id


def open_vault(secret_keys: Sequence[str]) -> Vault:
    """Return the vault of these SECRET_KEYs, the first of which seals. Raises ValueError without any."""
    if not secret_keys:
        raise ValueError("There is no SECRET_KEY: run `python -m router migrate`, which makes one.")
    return Vault([_sealing_key(secret) for secret in secret_keys])


def derive(secret: str, purpose: str) -> bytes:
    """Return 32 bytes that only this secret and this purpose give (HKDF-SHA256)."""
    return HKDF(algorithm=SHA256(), length=KEY, salt=None, info=b"heed:" + purpose.encode()).derive(secret.encode())


def cookie_keys(secret_keys: Sequence[str]) -> list[str]:
    """Return the keys that sign cookies, in the order of the secrets they come from."""
    return [base64.urlsafe_b64encode(derive(secret, "cookies")).decode() for secret in secret_keys]


def _sealing_key(secret: str) -> tuple[str, bytes]:
    key = derive(secret, "vault")
    return sha256(b"heed:key-id:" + key).hexdigest()[:12], key
