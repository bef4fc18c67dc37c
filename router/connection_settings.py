"""The settings of a connection as its channel describes them: checked together, secrets kept until replaced."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from channels.types import ChannelInfo
from channels.verify import BEFORE
from router.mistakes import Mistake
from router.model import Role, Scope

MAX_SETTING = 4000  # characters
HOSTS = ("_host", "_url")  # settings that say where a credential goes
PORT = "_port"
BASE_URL = "base_url"  # the one host besides the platform's own that gets the credential


def checked(about: ChannelInfo, given: Mapping[str, str], scope: Scope, *, before: Mapping[str, str]) -> dict[str, str]:
    """Return the settings to keep: what was given, else what held, else the default.

    Raises Mistake with every error. A new host asks for the secrets again: none goes where it was not entered for.
    """
    known = {setting.name: setting for setting in about.settings}
    errors = [f"{about.label} has no setting “{name}”" for name in given if name not in known and name != BASE_URL]
    kept: dict[str, str] = {}
    new_base = given.get(BASE_URL, before.get(BASE_URL, "")).strip() != before.get(BASE_URL, "")
    hosts = [name for name in {*given, *before} if name.endswith(HOSTS) and name in given]
    moved = any(given[name].strip() != before.get(name, "") for name in hosts)
    for name in [*known, *([BASE_URL] if BASE_URL in given and BASE_URL not in known else [])]:
        setting = known.get(name)
        value = given.get(name, "").strip()
        if not value and setting is not None and setting.secret and before.get(name):
            if moved:
                errors.append(f"“{setting.label}” must be entered again, because where it is sent to changed")
            value = before[name]
        if not value and name not in given:
            value = before.get(name, setting.default if setting is not None else "")
        if not value and setting is not None and setting.required:
            errors.append(f"“{setting.label}” ({name}) is missing")
        if setting is not None and setting.choices and value and value not in dict(setting.choices):
            errors.append(f"“{setting.label}” ({name}) is none of: {', '.join(v for v, _ in setting.choices)}")
        if setting is not None and name.endswith(PORT) and value and not _is_port(value):
            errors.append(f"“{setting.label}” ({name}) is “{value[:80]}”: give a number from 1 to 65535, or nothing")
        if len(value) > MAX_SETTING or any(ord(char) < 32 for char in value):
            errors.append(f"{name} is longer than {MAX_SETTING} characters, or holds a line break")
        kept[name] = value
    if new_base and kept.get(BASE_URL) and kept[BASE_URL] != (known[BASE_URL].default if BASE_URL in known else ""):
        if scope.role is not Role.ADMIN:
            errors.append("base_url is set by an admin or on the command line alone")
        if not _is_base(kept[BASE_URL]):
            errors.append(f"base_url is “{kept[BASE_URL][:80]}”: give http(s)://HOST[:PORT][/PATH], nothing after it")
    if errors:
        raise Mistake("; ".join(errors) + ".")
    return {name: value for name, value in kept.items() if value or before.get(name)}


def secret_names(about: ChannelInfo) -> frozenset[str]:
    """Return the settings of a channel that are sealed, the former ones of those that rotate included."""
    return frozenset(setting.name for setting in about.settings if setting.secret) | set(rotating(about))


def rotating(about: ChannelInfo) -> list[str]:
    """Return where the former secrets of a channel's platform are kept, while they still hold."""
    return [setting.name + BEFORE for setting in about.settings if setting.rotates]


def former(about: ChannelInfo, before: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that go on to hold beside those that were just entered, so that no request falls between."""
    names = [setting.name for setting in about.settings if setting.rotates]
    return {name + BEFORE: before[name] for name in names if changed.get(name) and before.get(name)}


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 6 and 0 < int(value) < 65536


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme in ("http", "https") and not (parts.query or parts.fragment or parts.username)
