"""What every use case is handed: the open database, the broker's two ends, and the vault of secrets."""

from collections.abc import Sequence
from dataclasses import dataclass

from router.background import Background
from router.config import Config
from router.notify import Notifier, open_redis
from router.store import inbound
from router.store.db import Database, open_database
from router.store.inbound import Arrived
from router.store.lanes import LaneBook
from router.store.together import Together
from router.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class Heed:
    """One process's view of the desk."""

    config: Config
    database: Database
    background: Background
    notifier: Notifier
    vault: Vault
    arrivals: Together[Arrived]  # deliveries that arrive together share a commit
    lanes: LaneBook


def open_heed(config: Config) -> Heed:
    """Open what a process needs; nothing is connected before it is used."""
    client = open_redis(config.redis_url)
    database, background = open_database(config.database_url), Background(client)

    def ring(arrived: Sequence[Arrived]) -> None:
        for connection_id in dict.fromkeys(one.connection_id for one in arrived):
            background.ring(connection_id)

    return Heed(
        config=config,
        database=database,
        background=background,
        notifier=Notifier(client),
        vault=open_vault(config.secret_keys),
        arrivals=Together(database, inbound.add, ring),
        lanes=LaneBook(),
    )
