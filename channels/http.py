"""The one door out: every HTTP request that Heed makes passes here.

http(s) only. A host is resolved once and the connection goes to that very address; private, loopback, link-local,
multicast and metadata addresses are refused at every connect, redirects included, except the exact host and port of the
connection's own `base_url`. Proxies, cookies and .netrc of the environment are ignored. Size, time and redirects are
capped. No error text holds a path, a query or a body, for some platforms put the bot's token into the path.
"""

import json as jsonlib
import logging
import math
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool
from urllib3.exceptions import HTTPError

from channels.errors import DeliveryFailed
from channels.pinned import Attempt, Connect, Resolve, connect_socket, connections, resolve_host
from channels.types import Connection

MAX_REDIRECTS = 3
MAX_ANSWER = 1024 * 1024  # bytes of an answer, also after decompression, unless the caller says otherwise
TIMEOUT_S = 20.0  # seconds for everything, redirects included; only a hanging name look-up can take longer
MAX_WAIT_S = 24 * 3600.0  # the longest Retry-After we believe
CHUNK = 64 * 1024  # bytes
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SAFE = frozenset({"GET", "HEAD"})  # doing these twice changes nothing
NEVER_PLAIN = frozenset({"authorization", "cookie", "proxy-authorization"})  # belong in `credentials`

FilePart = tuple[str, bytes, str]  # name, bytes, media type

# urllib3 writes request paths into its log lines, and a bot's token is in the path.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: any status, headers with lower-case names, the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Say whether the status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """Return the body read as JSON, None if it is not JSON."""
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class _Order:
    """One request as asked for, before it is made ready for one address."""

    method: str
    headers: Mapping[str, str]
    credentials: Mapping[str, str]
    json: object
    data: bytes | Mapping[str, str] | None
    files: Mapping[str, FilePart] | None


@dataclass(frozen=True, slots=True)
class Door:
    """The way out, with what it asks of the system; tests pass their own resolver and connect."""

    resolve: Resolve = resolve_host
    connect: Connect = connect_socket
    ca_file: str | None = None  # certificates to trust; None: those that come with requests

    def request(
        self,
        method: str,
        url: str,
        *,
        connection: Connection | None,
        credential_hosts: Collection[str] = (),
        credentials: Mapping[str, str] | None = None,
        credential_in_url: bool = False,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, FilePart] | None = None,
        timeout_s: float = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER,
    ) -> Response:
        """Make one request and return its answer, whatever its status.

        `credentials` are headers that go only to `credential_hosts` (or the connection's `base_url`) and never follow a
        redirect elsewhere; `credential_in_url` says that the URL itself is secret, so no redirect may leave its host.
        GET and HEAD follow up to 3 redirects; other methods follow 307 and 308 on the same host alone, and any other
        redirect is returned as it came. Raises DeliveryFailed: `permanent` for a refused address, credential or size,
        `may_have_arrived` when the request left and no answer came; else nothing was sent and a retry can help.
        """
        own = _origin(connection.setting("base_url")) if connection else None
        order = _Order(method.upper(), dict(headers or {}), dict(credentials or {}), json, data, files)
        if plain := sorted(NEVER_PLAIN & {name.lower() for name in order.headers}):
            raise ValueError(f"Pass {', '.join(plain)} in `credentials`, so that it cannot follow a redirect.")
        deadline = time.monotonic() + timeout_s
        first = here = _checked(url)
        secret = bool(order.credentials) or credential_in_url
        if secret and here.hostname not in credential_hosts and _host_port(here) != own:
            raise DeliveryFailed(
                f"{here.hostname} may not be sent this connection's credential: check base_url.", permanent=True
            )
        for _ in range(MAX_REDIRECTS + 1):
            attempt = Attempt(self.resolve, self.connect, own, deadline, timeout_s)
            response = self._once(_prepare(order, here.geturl(), secret), attempt, max_bytes)
            target = _target(response, here, order.method)
            if target is None:
                return response
            if _host_port(target) != _host_port(first):
                if credential_in_url:
                    raise DeliveryFailed(f"{first.hostname} sent us on to {target.hostname}: refused.", permanent=True)
                secret = False
            here = target
        raise DeliveryFailed(f"{first.hostname} redirected more than {MAX_REDIRECTS} times.", permanent=True)

    def _once(self, prepared: requests.PreparedRequest, attempt: Attempt, max_bytes: int) -> Response:
        """Make one request to one address, redirects left to the caller."""
        host = urlsplit(prepared.url or "").hostname
        doubled = prepared.method not in SAFE  # a second attempt could double it
        adapter = _PinnedAdapter(attempt)
        try:
            answer = adapter.send(prepared, stream=True, timeout=attempt.left(), verify=self.ca_file or True)
            try:
                body = _body(answer, max_bytes)
            finally:
                answer.raw.close()
        except (requests.exceptions.RequestException, HTTPError, OSError, ValueError):
            body = None  # raised below, so that the library's text, which holds the path, is not chained to ours
        except _TooLarge:
            reason = f"The answer of {host} is larger than {max_bytes} bytes."
            raise DeliveryFailed(reason, permanent=True, may_have_arrived=doubled) from None
        finally:
            adapter.close()
            attempt.end()
        if body is not None and not attempt.expired:
            return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, body)
        if not attempt.connected:
            raise DeliveryFailed(f"The request to {host} could not be made.")
        what = f"did not answer within {attempt.timeout_s:g} s" if attempt.expired else "broke off in its answer"
        raise DeliveryFailed(f"{host} {what}.", may_have_arrived=doubled)


request = Door().request


def retry_after_s(response: Response) -> float | None:
    """Return what Retry-After asks for in seconds (0 … one day), None if it is absent or unreadable.

    A date is counted from the answer's own Date, else from our clock. Source: RFC 9110 section 10.2.3.
    """
    value = response.headers.get("retry-after", "").strip()
    try:
        wait = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value).timestamp()
            sent = response.headers.get("date")
            wait = until - (parsedate_to_datetime(sent).timestamp() if sent else time.time())
        except (ValueError, OverflowError):
            return None
    return max(0.0, min(wait, MAX_WAIT_S)) if math.isfinite(wait) else None


class _PinnedAdapter(HTTPAdapter):
    """Transport whose every connection is opened, and so judged, by one Attempt."""

    def __init__(self, attempt: Attempt) -> None:
        self._plain, self._secure = connections(attempt)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> ConnectionPool:
        """Return the pool for this request, its connections pinned. Proxies are never used."""
        pool = super().get_connection_with_tls_context(request, verify, proxies=None, cert=cert)
        assert isinstance(pool, HTTPConnectionPool)
        pool.ConnectionCls = self._secure if pool.scheme == "https" else self._plain
        return pool


class _TooLarge(Exception):
    """The answer passed its cap."""


def _checked(url: str) -> SplitResult:
    """Return the URL in the form that goes out. Raises DeliveryFailed unless it is plain http(s) without a password."""
    try:
        split = urlsplit(requests.Request("GET", url).prepare().url or "")
        usable = split.scheme in ("http", "https") and bool(split.hostname) and split.username is None
        if usable and split.port != 0:
            return split._replace(fragment="")
    except (ValueError, requests.exceptions.RequestException):
        pass
    raise DeliveryFailed("The address is not a plain http(s) URL without user or password: correct it.", permanent=True)


def _origin(url: str) -> tuple[str, int] | None:
    """Return host and port of a setting, None if it is empty or not a URL."""
    try:
        return _host_port(_checked(url)) if url else None
    except DeliveryFailed:
        return None


def _host_port(url: SplitResult) -> tuple[str, int]:
    return (url.hostname or "").rstrip("."), url.port or (443 if url.scheme == "https" else 80)


def _prepare(order: _Order, url: str, with_credentials: bool) -> requests.PreparedRequest:
    """Return the request ready to go. Raises DeliveryFailed if a header or part cannot be written."""
    headers = {"User-Agent": "Heed", "Accept-Encoding": "identity", **order.headers}
    if with_credentials:
        headers |= order.credentials
    try:
        return requests.Request(
            order.method, url, headers=headers, json=order.json, data=order.data, files=order.files
        ).prepare()
    except (ValueError, requests.exceptions.RequestException):
        pass
    raise DeliveryFailed(
        "A header of the request cannot be written: is there a line break in a setting?", permanent=True
    )


def _target(response: Response, here: SplitResult, method: str) -> SplitResult | None:
    """Return where to go next, None if this answer is the last."""
    location = response.headers.get("location", "")
    if response.status not in REDIRECTS or not location:
        return None
    try:
        target = _checked(urljoin(here.geturl(), location))
    except ValueError:
        raise DeliveryFailed(f"{here.hostname} redirected to something that is no URL.", permanent=True) from None
    if method not in SAFE and (response.status not in (307, 308) or _host_port(target) != _host_port(here)):
        return None
    if here.scheme == "https" and target.scheme == "http":
        raise DeliveryFailed(f"{here.hostname} redirected from https to http: refused.", permanent=True)
    return target


def _body(answer: requests.Response, max_bytes: int) -> bytes:
    """Read the whole body, never more than the cap. Raises _TooLarge, or what the library raises."""
    announced = answer.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 15 or int(announced) > max_bytes):
        raise _TooLarge
    parts: list[bytes] = []
    size = 0
    for part in answer.raw.stream(CHUNK, decode_content=True):
        size += len(part)
        if size > max_bytes:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)
