"""The sample desk, loaded into an empty one: people, queues, rules, and messages that come in through the webhooks.

Each step may run twice without harm: what is there already stays, and a message is known by its id. So a loading that
was cut off goes on where it was.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from channels import http
from channels.errors import DeliveryFailed
from channels.types import Connection
from channels.webchat.visitor import issue_visitor, visitor_of
from router import samplework
from router.app import Heed
from router.holding import new_holder
from router.mistakes import Mistake
from router.model import Role
from router.notify import Change
from router.samples import posts
from router.samples.chats import CHATS, LATER_CHATS
from router.samples.equipment import connections_of, equip
from router.samples.mails import LATER_MAILS, MAILS
from router.samples.words import Said
from router.store import audit, leases, messages, people, samples
from router.store.audit import Actor

log = logging.getLogger(__name__)

FIRST = tuple(sorted((*MAILS, *CHATS), key=lambda said: posts.order(said.key)))  # mixed, each time alike
LATER = (*LATER_CHATS, *LATER_MAILS)
LEASE = timedelta(minutes=3)  # longer than a job may take
READ_WITHIN_S = 60.0  # by when the workers have read what was posted
LOOK_S = 0.2
TOLD_EVERY = 4  # messages
STALLED = timedelta(seconds=30)  # without progress: whoever waits may ask again

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the loading is."""

    state: str = ""  # nothing, asked, loading, failed, done
    done: int = 0  # messages
    stage: int = 0  # what is behind it: 1 the first messages were worked on, 2 the later ones came
    reason: str = ""  # why it failed, for people
    visitors: dict[str, str] = field(default_factory=dict)  # customers of the web chat: the token of their browser
    at: datetime | None = None

    @property
    def all(self) -> int:
        """Return how many messages there are."""
        return len(FIRST) + len(LATER)

    def stalled(self, now: datetime) -> bool:
        """Say whether nothing has moved for a while, as without a worker."""
        return self.state in ("asked", "loading") and self.at is not None and now - self.at > STALLED


def _clock() -> datetime:
    return datetime.now(UTC)


def is_offered(heed: Heed) -> bool:
    """Say whether the desk is empty, so that the sample could be loaded."""
    with heed.database.read() as db:
        return samples.is_unused(db)


def progress(heed: Heed) -> Progress:
    """Return how far the loading is."""
    with heed.database.read() as db:
        kept = samples.kept(db)
    if not kept:
        return Progress()
    found = Progress(**{name: kept[name] for name in ("state", "done", "stage", "reason", "visitors") if name in kept})  # type: ignore[arg-type]
    return replace(found, at=datetime.fromisoformat(str(kept["at"])))


def ask(heed: Heed, actor: Actor, agent_id: str, now: datetime) -> None:
    """Have a worker load the sample. Raises Mistake unless the desk is empty, or a loading was cut off."""
    with heed.database.write() as db:
        held = samples.kept(db)
        if held.get("state") == "done" or (not held and samples.has_tickets(db)):
            raise Mistake("This desk has tickets: the sample is for an empty one. Give it a DATA_DIR of its own.")
        samples.keep(db, {**held, "state": "asked", "reason": ""}, now)
        audit.append(db, actor, "sample desk asked for", "desk", now)
    heed.background.enqueue("slow", "router.jobs.load_sample", agent_id)


def load(
    heed: Heed,
    agent_id: str | None = None,
    *,
    now: Callable[[], datetime] = _clock,
    pause: Callable[[float], None] = time.sleep,
    say: Say = lambda _: None,
) -> Progress:
    """Load the sample and return how far it came; some tickets go to `agent_id`, else to the oldest admin.

    Raises Mistake if the desk has tickets of its own, no web process answers, or no worker reads what was posted.
    """
    holder = new_holder()
    with heed.database.write() as db:
        held = samples.kept(db)
        if held.get("state") == "done" or (not held and samples.has_tickets(db)):
            raise Mistake("This desk has tickets: the sample is for an empty one. Give it a DATA_DIR of its own.")
        if not leases.take(db, "sample", holder, now(), LEASE):
            raise Mistake("The sample is being loaded by another process: wait for it.")
    loading = Loading(heed, now, pause, say)
    try:
        return loading.run(agent_id)
    except Mistake as mistake:
        loading.keep(state="failed", reason=mistake.reason)
        raise
    finally:
        with heed.database.write() as db:
            leases.release(db, "sample", holder)


class Loading:
    """One loading of the sample, and what it knows on the way."""

    def __init__(self, heed: Heed, now: Callable[[], datetime], pause: Callable[[float], None], say: Say) -> None:
        self._heed = heed
        self._now = now
        self._pause = pause
        self._say = say
        self._so_far = progress(heed)
        self._connections: dict[str, tuple[str, Connection]] = {}  # channel -> id and settings

    def run(self, agent_id: str | None) -> Progress:
        """Do all of it."""
        site = self._site()
        self.keep(state="loading", reason="")
        loader = agent_id or self._oldest_admin()
        self._say("People, queues, skills, connections and rules …")
        crew = equip(self._heed, loader, site, self._now())
        self._connections = connections_of(self._heed)
        self._introduce_visitors()
        self._say(f"{len(FIRST)} messages through the webhooks of {site} …")
        self._bring(FIRST, site, 0)
        if self._so_far.stage < 1:
            self._say("Agents take tickets …")
            samplework.crew_works(self._heed, crew, self._stories(FIRST), self._now)
            self.keep(stage=1)
        self._say("Customers write again …")
        self._bring(LATER, site, len(FIRST))
        if self._so_far.stage < 2 and loader is not None:
            samplework.loader_works(self._heed, loader, self._stories(FIRST), self._now)
        self.keep(state="done", stage=2, visitors={})
        self._heed.notifier.publish([Change("desk")])
        return self._so_far

    def keep(self, **changed: object) -> None:
        """Keep how far it is, for whoever waits and for a second attempt."""
        self._so_far = replace(self._so_far, **changed)  # type: ignore[arg-type]
        now = self._now()
        kept = {name: value for name, value in asdict(self._so_far).items() if name != "at"}
        with self._heed.database.write() as db:
            samples.keep(db, kept, now)

    def _site(self) -> str:
        """Return where the web process answers. Raises Mistake."""
        config = self._heed.config
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104  compared, not bound
        here = f"http://[{host}]:{config.port}" if ":" in host else f"http://{host}:{config.port}"
        for site in dict.fromkeys((here, config.public_url)):
            try:
                if http.request("GET", f"{site}/healthz", connection=_door(site), timeout_s=5).ok:
                    return site
            except DeliveryFailed as failed:
                log.debug("the sample found no web process: %s", failed.reason)
        raise Mistake(f"No web process answers at {here}: start the desk (make run), then load the sample.")

    def _oldest_admin(self) -> str | None:
        with self._heed.database.read() as db:
            admins = [who for who in people.everyone(db) if who.active and who.role is Role.ADMIN]
        return min(admins, key=lambda who: (who.created_at, who.id)).id if admins else None

    def _introduce_visitors(self) -> None:
        """Give each visitor of the web chat the token their browser keeps."""
        _, chat = self._connections["webchat"]
        held = self._so_far.visitors
        new = {said.who.key for said in (*FIRST, *LATER) if said.channel == "webchat"} - set(held)
        self.keep(visitors={**held, **{who: issue_visitor(chat, self._now()) for who in sorted(new)}})

    def _bring(self, messages_: Sequence[Said], site: str, before: int) -> None:
        """Post messages and wait until the workers have read them all."""
        there = self._seen(messages_)
        for number, said in enumerate(messages_, 1):
            if said.key not in there:
                self._post(said, site)
            if number % TOLD_EVERY == 0 or number == len(messages_):
                self.keep(done=before + number)
        left = READ_WITHIN_S
        while len(self._seen(messages_)) < len(messages_):
            if left <= 0:
                raise Mistake(
                    "The messages arrived, but nobody reads them: start a worker (python -m router worker), then load"
                    " the sample again."
                )
            self._pause(LOOK_S)
            left -= LOOK_S

    def _post(self, said: Said, site: str) -> None:
        _, connection = self._connections[said.channel]
        post = posts.post_of(said, connection, self._now(), self._so_far.visitors.get(said.who.key, ""))
        answer = http.request(
            "POST",
            f"{site}/hooks/{connection.key}",
            connection=_door(site),
            headers=post.headers,
            credentials=post.credentials,
            data=post.body,
        )
        if not answer.ok:
            raise Mistake(
                f"The web process at {site} answered a message on {connection.name} with HTTP {answer.status}: is it"
                " another desk's?"
            )

    def _seen(self, said: Sequence[Said]) -> dict[str, str]:
        """Return which messages were read: key -> ticket."""
        found: dict[str, str] = {}
        with self._heed.database.read() as db:
            for channel, (connection_id, connection) in self._connections.items():
                ids = {self._external_id(one, connection): one.key for one in said if one.channel == channel}
                known = messages.seen(db, connection_id, ids)
                found |= {ids[external_id]: ticket_id for external_id, (_, ticket_id) in known.items()}
        return found

    def _external_id(self, said: Said, connection: Connection) -> str:
        token = self._so_far.visitors.get(said.who.key, "")
        return posts.external_id(said, visitor_of(token, connection, self._now()) or "" if token else "")

    def _stories(self, said: Sequence[Said]) -> dict[str, Said]:
        """Return which message began a ticket: ticket -> message."""
        by_key = {one.key: one for one in said}
        return {ticket_id: by_key[key] for key, ticket_id in self._seen(said).items()}


def _door(site: str) -> Connection:
    """Return what lets the one door out reach our own address."""
    return Connection("", "sample", "sample desk", {"base_url": site})
