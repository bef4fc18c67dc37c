"""What the environment says, read once, typed and checked; the only module that knows the names of the variables.

`load` reports every error at once, each with its remedy. Nothing here opens the database or the broker.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from router.embedded import socket_url

MAX_STREAMS = 500  # open event streams of one web process; more are answered 503 and fall back to polling
SPARE_THREADS = 32  # what is left for requests when every stream is open
MIN_SECRET = 32  # characters of a SECRET_KEY
LOG_LEVELS = ("debug", "info", "warning", "error")
DATABASES = ("sqlite", "postgresql+psycopg")

Network = IPv4Network | IPv6Network


class ConfigErrors(Exception):
    """Everything that is wrong with the environment, one remedy each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Config:
    """How this process runs."""

    data_dir: Path  # absolute
    database_url: str  # as SQLAlchemy reads it: sqlite:///… or postgresql+psycopg://…
    redis_url: str
    embeds_redis: bool  # REDIS_URL is unset: `up` starts a Valkey under DATA_DIR
    secret_keys: tuple[str, ...]  # the first encrypts, all decrypt
    host: str
    port: int
    public_url: str  # without a slash at the end
    trusted_proxies: tuple[Network, ...]
    web_workers: int  # processes
    web_threads: int  # of each process, event streams included
    log_level: str

    @property
    def uses_sqlite(self) -> bool:
        """Say whether the store is one file on this host."""
        return self.database_url.startswith("sqlite")

    @property
    def max_streams(self) -> int:
        """Return how many event streams one web process may hold open."""
        return max(1, self.web_threads - SPARE_THREADS)

    @property
    def uses_tls(self) -> bool:
        """Say whether people reach Heed by https, so that cookies may be bound to it."""
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str]) -> Config:
    """Return the configuration. Raises ConfigErrors with all errors, and if there is no secret key anywhere."""
    errors: list[str] = []
    data_dir = data_dir_of(environ)
    database_url = _database_url(environ.get("DATABASE_URL", ""), data_dir, errors)
    port = _number(environ, "PORT", 8000, 1, 65535, errors)
    host = environ.get("HOST") or "127.0.0.1"
    redis_url = environ.get("REDIS_URL", "")
    if redis_url and urlsplit(redis_url).scheme not in ("redis", "rediss", "unix"):
        errors.append(_wrong("REDIS_URL", redis_url, "redis://HOST:6379/0, rediss://… or unix:///PATH", shown=False))
    config = Config(
        data_dir=data_dir,
        database_url=database_url,
        redis_url=redis_url or socket_url(data_dir),
        embeds_redis=not redis_url,
        secret_keys=_secret_keys(environ, data_dir, errors),
        host=host,
        port=port,
        public_url=_public_url(environ.get("PUBLIC_URL", ""), port, errors),
        trusted_proxies=_proxies(environ.get("TRUSTED_PROXIES", ""), errors),
        web_workers=_number(environ, "WEB_WORKERS", 1 if database_url.startswith("sqlite") else 2, 1, 64, errors),
        web_threads=_number(environ, "WEB_THREADS", MAX_STREAMS + SPARE_THREADS, SPARE_THREADS + 1, 4096, errors),
        log_level=_choice(environ, "LOG_LEVEL", "info", LOG_LEVELS, errors),
    )
    if errors:
        raise ConfigErrors(errors)
    return config


def data_dir_of(environ: Mapping[str, str]) -> Path:
    """Return where Heed keeps its files: DATA_DIR, else ./data."""
    return Path(environ.get("DATA_DIR") or "data").expanduser().absolute()


def secret_key_file(data_dir: Path) -> Path:
    """Return where the key lies that was made here."""
    return data_dir / "secret_key"


def prepare(environ: Mapping[str, str]) -> None:
    """Make DATA_DIR, and a secret key in it unless there is one; what `up` and `migrate` do before `load`.

    Two processes that do this at once end with the same key: only a whole file is ever linked into place.
    """
    data_dir = data_dir_of(environ)
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = secret_key_file(data_dir)
        if environ.get("SECRET_KEY") or path.exists():
            return
        draft = path.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
        finally:
            draft.unlink()
    except OSError as error:
        reason = f"DATA_DIR is “{data_dir}”: {error.strerror}. Give a folder this user may write to."
        raise ConfigErrors([reason]) from error


def _database_url(given: str, data_dir: Path, errors: list[str]) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'heed.db'}"
    scheme, _, rest = given.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    if not rest or scheme not in DATABASES:
        form = "postgresql://USER:PASSWORD@HOST/NAME or sqlite:////PATH/heed.db"
        errors.append(_wrong("DATABASE_URL", scheme, form, shown=bool(rest)))
    if scheme == "sqlite" and rest in ("", "/", "/:memory:"):
        errors.append("DATABASE_URL names no file: Heed's processes share one, such as sqlite:////PATH/heed.db.")
    return f"{scheme}://{rest}"


def _secret_keys(environ: Mapping[str, str], data_dir: Path, errors: list[str]) -> tuple[str, ...]:
    path = secret_key_file(data_dir)
    given, origin = environ.get("SECRET_KEY", ""), "SECRET_KEY"
    if not given:
        origin = str(path)
        try:
            given = path.read_text().strip()
        except FileNotFoundError:
            errors.append(
                f"SECRET_KEY is not set, and there is no {path}: run “python -m router migrate”, which makes one,"
                " or set SECRET_KEY to the key that this database was filled with."
            )
            return ()
        except OSError as error:
            errors.append(f"{path} cannot be read ({error.strerror}): give this user the right to, or set SECRET_KEY.")
            return ()
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    if not keys or any(len(key) < MIN_SECRET for key in keys):
        make = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        errors.append(f"{origin} holds a key shorter than {MIN_SECRET} characters: make one with {make}.")
    return keys


def _public_url(given: str, port: int, errors: list[str]) -> str:
    if not given:
        return f"http://127.0.0.1:{port}"
    try:
        parts = urlsplit(given)
        named = bool(parts.hostname) and parts.port != 0  # reading `port` is what refuses :80a
        whole = named and parts.scheme in ("http", "https") and not parts.query and not parts.fragment
    except ValueError:
        whole = False
    if not whole:
        errors.append(_wrong("PUBLIC_URL", given, "the address people type, such as https://desk.example.com"))
    return given.rstrip("/")


def _proxies(given: str, errors: list[str]) -> tuple[Network, ...]:
    found: list[Network] = []
    for entry in filter(None, (part.strip() for part in given.split(","))):
        try:
            found.append(ip_network(entry))
        except ValueError:
            errors.append(_wrong("TRUSTED_PROXIES", entry, "addresses or networks by comma, such as 10.0.0.0/8"))
    return tuple(found)


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int, errors: list[str]) -> int:
    given = environ.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        errors.append(_wrong(name, given, f"a whole number, such as {default}"))
        return default
    if not low <= int(given) <= high:
        errors.append(_wrong(name, given, f"a number from {low} to {high}, such as {default}"))
        return default
    return int(given)


def _choice(environ: Mapping[str, str], name: str, default: str, among: tuple[str, ...], errors: list[str]) -> str:
    given = (environ.get(name) or default).lower()
    if given not in among:
        errors.append(_wrong(name, given, f"one of {', '.join(among)}"))
    return given


def _wrong(name: str, found: str, remedy: str, *, shown: bool = True) -> str:
    """Say what is wrong; `shown` is False where the value may hold a password."""
    said = f'is "{found[:100]}"' if shown else "is not in a form Heed knows"
    return f"{name} {said}: give {remedy}."
