"""What is wrong with a set-up, and how to mend it: looks at everything a desk stands on, changes nothing.

Connections to channels have their own check: `python -m router connections test`.
"""

import os
import resource
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from router import config as configuration
from router.config import Config, ConfigErrors
from router.listening import is_ready, port_trouble
from router.notify import open_redis
from router.store import migrate
from router.store.db import open_database

LEAST_DISK = 1024**3  # bytes; a full disk loses nothing, but answers 503
LEAST_PYTHON = (3, 11)
MOST_SKEW_S = 5.0  # between this host and the broker's; signed webhooks allow 300
SPARE_FILES = 256  # beside one for each thread: database, broker, modules


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    what: str  # what was found
    remedy: str = ""  # how to mend it, if it is not well


def examine(environ: Mapping[str, str]) -> list[Finding]:
    """Return what `diagnose` finds, or every error of the environment if it cannot be read."""
    try:
        config = configuration.load(environ)
    except ConfigErrors as errors:
        return [Finding(False, *_halves(error)) for error in errors.errors]
    return diagnose(config)


def diagnose(config: Config) -> list[Finding]:
    """Return a finding for everything a desk stands on; none of them raises."""
    checks: tuple[tuple[str, Callable[[Config], Iterator[Finding]]], ...] = (
        ("Python", _python),
        ("Files", _files),
        ("Disk", _disk),
        ("Secret key", _secret_key),
        ("Database", _database),
        ("Broker", _broker),
        ("Address", _address),
    )
    return [finding for name, check in checks for finding in _carefully(name, check, config)]


def _carefully(name: str, check: Callable[[Config], Iterator[Finding]], config: Config) -> list[Finding]:
    """Run one check; whatever it stumbles over is a finding too."""
    try:
        return list(check(config))
    except Exception as error:
        kind = type(error).__name__
        reason = str(error).splitlines()[0] if isinstance(error, OSError) else ""
        return [Finding(False, f"{name}: {kind} {reason}".rstrip(), f"{REMEDIES.get(name, 'See docs/operations.md')}.")]


REMEDIES = {
    "Database": "Check that DATABASE_URL is right and that its server runs and lets this user in",
    "Broker": "Check that REDIS_URL is right and that its server runs; if it is unset, “make run” starts one. "
    "Until then messages are accepted, and jobs wait",
}


def _python(_config: Config) -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    remedy = "Install Python 3.11 or later, and run “make PYTHON=python3.11 run”."
    yield Finding(sys.version_info >= LEAST_PYTHON, f"Python {found}", remedy)


def _files(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    if not folder.is_dir():
        yield Finding(False, f"DATA_DIR {folder} is not there", "Run “python -m router migrate”, which makes it.")
        return
    writable = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    said = f"DATA_DIR {folder} {'can' if writable else 'cannot'} be written"
    yield Finding(writable, said, f"Give it to the user Heed runs as: chown -R USER {folder}")
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = config.web_threads + SPARE_FILES
    enough = soft == resource.RLIM_INFINITY or soft >= needed
    yield Finding(enough, f"{soft} open files allowed", f"Allow {needed}: ulimit -n {needed}, or fewer WEB_THREADS.")


def _disk(config: Config) -> Iterator[Finding]:
    folder = next(path for path in (config.data_dir, *config.data_dir.parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GB free for {config.data_dir}"
    yield Finding(free >= LEAST_DISK, said, "Make room, or move DATA_DIR; “python -m router purge” erases what is due.")


def _secret_key(config: Config) -> Iterator[Finding]:
    path = configuration.secret_key_file(config.data_dir)
    if not path.exists():
        yield Finding(True, "SECRET_KEY comes from the environment")
        return
    private = not stat.S_IMODE(path.stat().st_mode) & 0o077
    said = "for this user alone" if private else "readable by others on this host"
    yield Finding(private, f"The secret key in {path} is {said}", f"chmod 600 {path}")


def _database(config: Config) -> Iterator[Finding]:
    parts = urlsplit(config.database_url)
    if config.uses_sqlite and not Path(parts.path[1:]).exists():
        yield Finding(False, "There is no database yet", "Run “python -m router migrate”, or “make run”.")
        return
    database = open_database(config.database_url)
    try:
        found, wanted = migrate.current(database), migrate.head()
        with database.write():
            pass  # a lock and a commit: a read-only disk or a stuck writer shows here
    finally:
        database.close()
    where = "SQLite" if config.uses_sqlite else f"PostgreSQL at {parts.hostname or 'a local socket'}"
    newer = found is not None and found > wanted
    remedy = "Start the newer release that made it." if newer else "Run “python -m router migrate”."
    yield Finding(found == wanted, f"{where} takes writes; its schema is {found or 'empty'}, ours {wanted}", remedy)


def _broker(config: Config) -> Iterator[Finding]:
    with open_redis(config.redis_url) as client:
        about = client.info()
        skew = abs(datetime.now(UTC).timestamp() - client.time()[0])
    yield Finding(True, f"Broker answers: {about.get('server_name', 'redis')} {about['redis_version']}")
    kept = bool(about.get("aof_enabled"))
    said = f"Broker {'keeps' if kept else 'forgets'} jobs over a restart"
    yield Finding(kept, said, "Set “appendonly yes”. Until then a restart delays jobs until the next sweep finds them.")
    evicts = about.get("maxmemory_policy", "noeviction") != "noeviction"
    said = "Broker throws jobs away when memory is short" if evicts else "Broker throws no job away"
    yield Finding(not evicts, said, "Set “maxmemory-policy noeviction”.")
    yield Finding(skew <= MOST_SKEW_S, f"Clock is {skew:.0f} s off the broker's", "Let both hosts follow NTP.")


def _address(config: Config) -> Iterator[Finding]:
    trouble = port_trouble(config)
    if trouble is None:
        yield Finding(True, f"Port {config.port} is free")
    elif is_ready(config):
        yield Finding(True, f"Port {config.port} is answered by a desk that is ready")
    else:
        yield Finding(False, *_halves(trouble))
    here = urlsplit(config.public_url).hostname in ("127.0.0.1", "localhost", "::1")
    said = f"PUBLIC_URL is {config.public_url}"
    remedy = "Put a proxy with TLS before Heed and give its https:// address: sign-ins travel readably otherwise."
    yield Finding(here or config.uses_tls, said, remedy)


def _halves(error: str) -> tuple[str, str]:
    """Split “what is wrong: the remedy”."""
    what, _, remedy = error.partition(": ")
    return what, remedy[:1].upper() + remedy[1:]
