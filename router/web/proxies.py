"""Believes Host and X-Forwarded-* from TRUSTED_PROXIES alone; from anyone else they are taken away."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from router.config import Network

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
DIRECT = "heed.direct"  # in the environment: no proxy, trusted or not, says it stands between
FORWARDED = ("FOR", "PROTO", "HOST", "PORT", "PREFIX")


class TrustedProxies:
    """Sets who really asks, for a peer that is one of ours."""

    def __init__(self, app: Wsgi, networks: tuple[Network, ...]) -> None:
        self._app = app
        self._networks = networks
        self._believing = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        names = [*(f"HTTP_X_FORWARDED_{name}" for name in FORWARDED), "HTTP_FORWARDED"]
        environ[DIRECT] = not any(name in environ for name in names)
        if self._networks and self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._believing(environ, start_response)
        for name in names:
            environ.pop(name, None)
        return self._app(environ, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self._networks)
