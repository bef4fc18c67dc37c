"""What every use case is handed: the open database, the broker's two ends, and the vault of secrets."""

from dataclasses import dataclass

from router.background import Background
from router.config import Config
from router.notify import Notifier, open_redis
from router.store.db import Database, open_database
from router.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class Heed:
    """One process's view of the desk."""

    config: Config
    database: Database
    background: Background
    notifier: Notifier
    vault: Vault


def open_heed(config: Config) -> Heed:
    """Open what a process needs; nothing is connected before it is used."""
    client = open_redis(config.redis_url)
    return Heed(
        config=config,
        database=open_database(config.database_url),
        background=Background(client),
        notifier=Notifier(client),
        vault=open_vault(config.secret_keys),
    )
