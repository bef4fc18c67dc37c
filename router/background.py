"""The only place that knows RQ: rings the bell for new events and puts jobs where workers find them.

Jobs are hints: the database knows what is to do, and the clock's sweep finds what was forgotten. A job holds ids only,
has a fresh id each time, and a broker that is away costs a delay of one sweep, never a message.
"""

import logging
from typing import Literal

import redis
from redis.exceptions import RedisError
from rq import Queue, Retry, SimpleWorker
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

JobQueue = Literal["intake", "delivery", "slow"]
JOB_QUEUES: tuple[JobQueue, ...] = ("intake", "delivery", "slow")
BELL_S = 5  # a bell that no drain answered rings again after this; the sweep's own rhythm
WORKER_TTL_S = 20  # source: rq's worker blocks for this long less 15 s before it does its maintenance
JOB_TIMEOUT_S = 120
RETRIES = 2


class Background:
    """Puts jobs into their queues. Nothing here raises when the broker is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._queues = {name: Queue(name, connection=client, serializer=JSONSerializer) for name in JOB_QUEUES}

    def ring(self, connection_id: str) -> None:
        """Have one drain look at a connection's new events; a bell already rung is enough."""
        try:
            if self._client.set(_bell(connection_id), b"1", nx=True, ex=BELL_S):
                self._put("intake", "router.jobs.drain", connection_id)
        except RedisError as error:
            _away(error)

    def answered(self, connection_id: str) -> None:
        """Take the bell down: what comes from now on rings again. Called before the drain's first read."""
        try:
            self._client.delete(_bell(connection_id))
        except RedisError as error:
            _away(error)

    def deliver(self, message_ids: list[str]) -> None:
        """Have replies sent."""
        self.enqueue("delivery", "router.jobs.deliver", *message_ids, one_each=True)

    def enqueue(self, queue: JobQueue, function: str, *ids: str, one_each: bool = False) -> None:
        """Put one job with these ids, or one job for each of them."""
        try:
            for arguments in [(i,) for i in ids] if one_each else [ids]:
                self._put(queue, function, *arguments)
        except RedisError as error:
            _away(error)

    def _put(self, queue: JobQueue, function: str, *ids: str) -> None:
        self._queues[queue].enqueue_call(
            function, args=ids, timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=3600, retry=Retry(max=RETRIES)
        )

    def waiting(self) -> dict[str, int] | None:
        """Return how many jobs wait in each queue, None if the broker is away."""
        try:
            return {name: queue.count for name, queue in self._queues.items()}
        except RedisError:
            return None


class Worker(SimpleWorker):
    """Runs our own short jobs in its own process: a fork for each would cost more than the job."""

    def __init__(self, client: redis.Redis, queue: JobQueue) -> None:
        super().__init__(
            [Queue(queue, connection=client, serializer=JSONSerializer)],
            connection=client,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            job_monitoring_interval=5,
            maintenance_interval=15,
        )


def _bell(connection_id: str) -> str:
    return f"heed:bell:{connection_id}"


def _away(error: Exception) -> None:
    log.warning("broker away, the next sweep will catch up: %s", type(error).__name__)
