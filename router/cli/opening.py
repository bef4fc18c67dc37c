"""What a command starts from: the environment read, the database at this release's schema, the desk there."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from router import config as configuration
from router import equipping, logs, preparing
from router.app import Heed, open_heed
from router.config import Config


def now() -> datetime:
    """Return now; the clock of the command line."""
    return datetime.now(UTC)


@contextmanager
def opened(*, desk: bool = True) -> Iterator[Heed]:
    """Yield the desk, ready to work with; without `desk` the tables alone, as a backup fills them.

    A SQLite file belongs to this host, so it is made and brought up to date; a PostgreSQL is shared, so whoever runs it
    decides when: `migrate`. Raises SchemaError then.
    """
    configuration.prepare(os.environ)
    config = configuration.load(os.environ)
    logs.configure("error", as_json=False)  # a broker that is away matters to no command
    with closing(open_heed(config)) as heed:
        if config.uses_sqlite:
            preparing.bring_up_to_date(heed)
        else:
            preparing.check(heed)
        if desk:
            equipping.ensure_desk(heed, now())
        yield heed


@contextmanager
def closing(heed: Heed) -> Iterator[Heed]:
    """Close the database at the end."""
    try:
        yield heed
    finally:
        heed.database.close()


def checked() -> Config:
    """Return the configuration of a long-running process. Raises SchemaError unless the schema is this release's."""
    config = configuration.load(os.environ)
    with closing(open_heed(config)) as heed:
        preparing.check(heed)
    return config


def tell(found: object, text: str, *, as_json: bool) -> None:
    """Print an answer: one JSON value for programs, words for people."""
    print(json.dumps(found, ensure_ascii=False) if as_json else text)
