"""Signs requests for one account with OAuth 1.0a, whose tokens do not expire. Pure but for the nonce and the time.

Source: RFC 5849 sections 3.4 and 3.6; docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature.
"""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from channels import verify

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Keys:
    """Those of the app and of the account that lets it act."""

    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str


def authorization(method: str, url: str, keys: Keys, *, nonce: str = "", at: int = 0) -> str:
    """Return the Authorization header of a request whose body is JSON, multipart or empty; `at` is in Unix seconds.

    Without `nonce` and `at` fresh ones are taken.
    """
    proof = {
        "oauth_consumer_key": keys.consumer_key,
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(at or int(time.time())),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    message = "&".join(_escaped(part) for part in (method.upper(), _base(url), _normal([*query, *proof.items()])))
    key = f"{_escaped(keys.consumer_secret)}&{_escaped(keys.token_secret)}"
    proof["oauth_signature"] = verify.digest_base64(key, message.encode(), "sha1")
    return "OAuth " + ", ".join(f'{name}="{_escaped(value)}"' for name, value in sorted(proof.items()))


def _base(url: str) -> str:
    """Return the URL as it is signed: no query, and no port that goes without saying."""
    split = urlsplit(url)
    port = "" if split.port in (None, PORTS.get(split.scheme)) else f":{split.port}"
    return f"{split.scheme}://{split.hostname}{port}{split.path or '/'}"


def _normal(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted((_escaped(n), _escaped(v)) for n, v in pairs))


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
