"""Which network addresses a request of ours may reach. Pure: no look-up, no connection.

Sources: the IANA special-purpose address registries (IPv4, IPv6); RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

UNICAST6 = IPv6Network("2000::/3")  # the only IPv6 range handed out for the public network
NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
METADATA = frozenset({IPv4Address("168.63.129.16")})  # Azure's host agent; other clouds' are private

SPECIAL4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))  # which older Pythons call global
SPECIAL6 = (IPv6Network("2001::/23"), IPv6Network("3fff::/20"))


def refusal(address: str) -> str | None:
    """Return why a request may not go to this address, None if it may.

    Tunnelled forms (IPv4-mapped, NAT64) are judged by the IPv4 address inside them; 6to4 and Teredo are always refused.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "is no network address"
    if isinstance(ip, IPv6Address):
        inner = _inner(ip)
        if inner is None:
            return _refusal6(ip)
        ip = inner
    if ip in METADATA:
        return "is a cloud's metadata address"
    if ip.is_loopback:
        return "is a loopback address"
    if ip.is_link_local:
        return "is a link-local or metadata address"
    if ip.is_multicast:
        return "is a multicast address"
    if not ip.is_global or ip.is_reserved or any(ip in network for network in SPECIAL4):
        return "is a private or reserved address"
    return None


def _inner(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None


def _refusal6(ip: IPv6Address) -> str | None:
    if ip.is_loopback:
        return "is a loopback address"
    if ip.is_link_local:
        return "is a link-local address"
    if ip.is_multicast:
        return "is a multicast address"
    if ip.sixtofour is not None or ip.teredo is not None:
        return "is a tunnel address (6to4 or Teredo)"
    if ip not in UNICAST6 or not ip.is_global or any(ip in network for network in SPECIAL6):
        return "is a private or reserved address"
    return None
