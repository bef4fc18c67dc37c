"""A desk after a year: any number of tickets with their messages, promises, readings, customers and index, by SQL.

One in a hundred waits, five are open, the rest were resolved over the year; of those, as many today as on
any other day. Words are drawn so that few are common and many are rare, as in real text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random

from sqlalchemy import text

from router.app import Heed
from router.model import Scope
from router.routing.lanes import LaneSpec, lane_key
from router.store import lanes
from router.store.db import Connection

DAYS = 365
WAITS_OF = 100  # one ticket in so many
OPEN = 5  # tickets, all of one agent
WORDS = 3000  # of the vocabulary
SENTENCES = 7919  # a message is two of them and a word of its own
LENGTH = 7  # words of a sentence
STEP = 250_000  # tickets made in one statement

VOCABULARY = ["order", "refund", "invoice", "parcel", "cancel", "address", "account", "password", "charge", "delivery"]

_DIALECT: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "numbers": "WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)",
        "id": "printf('{0}%025d', n)",
        "moment": "strftime('%Y-%m-%d %H:%M:%f000', {0}, 'unixepoch')",
        "true": "1",
        "false": "0",
        "words": "{0}",
        "floor": "CAST({0} AS INTEGER)",
    },
    "postgresql": {
        "numbers": "WITH numbers AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n)",
        "id": "'{0}' || lpad(n::text, 25, '0')",
        "moment": "to_timestamp({0})",
        "true": "true",
        "false": "false",
        "words": "to_tsvector('simple', {0})",
        "floor": "floor({0})::bigint",
    },
}


class Year:
    """Fills a desk that `bench.desks.a_shop` made."""

    def __init__(self, heed: Heed, scope: Scope, agent_id: str, count: int) -> None:
        self._heed, self._count = heed, count
        self._words = _DIALECT[heed.database.dialect]
        self._brand = next(iter(scope.brands))
        self._agent = agent_id
        self._end = int(datetime.now(UTC).timestamp())

    def fill(self) -> None:
        """Make everything, and let PostgreSQL learn how it lies."""
        with self._heed.database.write() as db:
            self._queue = db.execute(text("SELECT id FROM queue")).scalar_one()
            self._connection = db.execute(text("SELECT id FROM connection")).scalar_one()
            self._lane = self._a_lane(db)
            self._sentences(db)
        for first in range(0, self._count, STEP):
            span = {"first": first, "last": min(first + STEP, self._count) - 1}
            with self._heed.database.write() as db:
                for statement in self._statements():
                    db.execute(text(statement), self._values(statement, span))
        with self._heed.database.write() as db:
            db.execute(text("UPDATE brand SET next_ticket = :n"), {"n": self._count + 1})
            db.execute(text("DROP TABLE sentence"))
        if self._heed.database.dialect == "postgresql":  # it would learn by itself; a desk on SQLite never does
            with self._heed.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                db.execute(text("ANALYZE"))

    def _a_lane(self, db: Connection) -> int:
        spec = LaneSpec(self._brand, self._queue, "api", "messaging", {"en": 1}, None)
        about = {
            "brand_id": self._brand, "queue_id": self._queue, "channel": "api", "work_class": "messaging",
            "slot_key": "live", "topic": None,
        }  # fmt: skip
        made = lanes.ensure(db, {lane_key(spec): about}, {lane_key(spec): {"en": 1}}, datetime.now(UTC))
        return next(iter(made.values()))

    def _sentences(self, db: Connection) -> None:
        """Make the sentences that messages are made of; the first words are the likeliest."""
        random = Random(7)
        words = [*VOCABULARY, *(f"{VOCABULARY[n % 10][:3]}{n:x}" for n in range(WORDS - len(VOCABULARY)))]
        rows = [
            {"i": i, "s": " ".join(words[int(WORDS * random.random() ** 3)] for _ in range(LENGTH))}
            for i in range(SENTENCES)
        ]
        db.execute(text("CREATE TABLE sentence (i BIGINT PRIMARY KEY, s TEXT)"))
        db.execute(text("INSERT INTO sentence VALUES (:i, :s)"), rows)

    def _values(self, statement: str, span: Mapping[str, int]) -> dict[str, object]:
        known = {
            **span, "brand": self._brand, "queue": self._queue, "lane": self._lane, "agent": self._agent,
            "connection": self._connection,
        }  # fmt: skip
        return {name: value for name, value in known.items() if f":{name}" in statement}

    def _statements(self) -> list[str]:
        say, made = self._words, f"({self._end} - {DAYS * 86_400} + n * {DAYS * 86_400 / self._count:.6f})"
        at = say["moment"].format(made)
        later = say["moment"].format(f"{made} + 600 + n % 7200")
        waits, is_open = f"n % {WAITS_OF} = 7", f"n % {max(1, self._count // OPEN)} = 9"
        since = say["moment"].format(f"{self._end} - n % 3600")
        done = f"NOT ({waits} OR {is_open})"
        fill = {
            **say, "at": at, "later": later, "since": since, "waits": waits, "is_open": is_open, "done": done,
            **{letter: say["id"].format(letter) for letter in "tmrcilp"},
            "text": "a.s || ' ' || b.s || ' rare' || n",
            "drawn": f"JOIN sentence a ON a.i = n % {SENTENCES} JOIN sentence b ON b.i = n * 31 % {SENTENCES}",
            "indexed": say["words"].format("m.text"),
        }  # fmt: skip
        fill["who"] = say["id"].format("c").replace(", n)", ", n / 3 * 3)").replace("n::text", "(n / 3 * 3)::text")
        fill["ident"] = say["id"].format("i").replace(", n)", ", n / 3 * 3)").replace("n::text", "(n / 3 * 3)::text")
        return [statement.format(**fill) for statement in _STATEMENTS]


_STATEMENTS = (
    """INSERT INTO contact (id, brand_id, name, blocked, created_at)
    {numbers} SELECT {c}, :brand, 'Customer ' || n, {false}, {at} FROM numbers WHERE n % 3 = 0""",
    """INSERT INTO identity (id, brand_id, channel, address, name, created_at)
    {numbers} SELECT {i}, :brand, 'api', 'customer' || n || '@example.com', 'Customer ' || n, {at}
    FROM numbers WHERE n % 3 = 0""",
    """INSERT INTO identity_link (id, identity_id, contact_id, evidence, trust, "by", valid_from)
    {numbers} SELECT {l}, {i}, {c}, 'wrote', 'visitor', 'heed', {at} FROM numbers WHERE n % 3 = 0""",
    """INSERT INTO ticket (id, brand_id, number, kind, state, channel, work_class, slot_key, pace, connection_id,
      queue_id, contact_id, agent_id, last_agent_id, subject, language, intent, intent_confidence, sentiment,
      frustration, heat, urgency, mood_read, lane_id, place, waiting_since, answer_by,
      head_start_extra_s, passed_over, spared, automatic, spam, episode, event_seq, created_at, updated_at, resolved_at)
    {numbers}
    SELECT {t}, :brand, n + 1, 'conversation',
      CASE WHEN {waits} THEN 'waiting' WHEN {is_open} THEN 'open' ELSE 'resolved' END, 'api', 'messaging', 'live',
      'social', :connection, :queue, {who}, CASE WHEN {is_open} THEN :agent END, :agent, 'About order ' || n,
      'en', 'refund_request', 0.8, -0.2, n % 90, n % 4, n % 50, {true},
      CASE WHEN {waits} THEN :lane END, CASE WHEN {waits} THEN {since} END, CASE WHEN {waits} THEN {since} END,
      CASE WHEN {waits} THEN {since} END, 0, 0, {false}, {false}, {false}, 1, 2,
      CASE WHEN {done} THEN {at} ELSE {since} END, CASE WHEN {done} THEN {later} ELSE {since} END,
      CASE WHEN {done} THEN {later} END
    FROM numbers""",
    """INSERT INTO message (id, brand_id, home_ticket_id, connection_id, identity_id, external_id, direction,
      visibility, subject, text, state, state_detail, automatic, proven, at)
    {numbers} SELECT {m}, :brand, {t}, :connection, {ident}, 'in' || n, 'inbound', 'public', '', {text}, 'received', '',
      {false}, {false}, {at} FROM numbers {drawn}""",
    """INSERT INTO message (id, brand_id, home_ticket_id, connection_id, agent_id, external_id, direction,
      visibility, subject, text, state, state_detail, automatic, proven, at)
    {numbers} SELECT {r}, :brand, {t}, :connection, :agent, 'out' || n, 'outbound', 'public', '',
      'Thank you for writing, we look into order ' || n, 'sent', '', {false}, {false}, {later} FROM numbers
    WHERE {done}""",
    """INSERT INTO reading (message_id, language, language_confidence, sentiment, frustration, calm_frustration,
      urgency, intent, intent_confidence, second_intent, kind, "read", version)
    {numbers} SELECT {m}, 'en', 0.9, -0.2, n % 90, n % 90, n % 50, 'refund_request', 0.8, 'other', 'angry', {true}, '1'
    FROM numbers""",
    """INSERT INTO promise (id, ticket_id, episode, kind, target_s, starts_at, due_at, met_at, because)
    {numbers} SELECT {p}, {t}, 1, 'first_answer', 3600, CASE WHEN {done} THEN {at} ELSE {since} END,
      CASE WHEN {done} THEN {later} ELSE {since} END, CASE WHEN {done} THEN {later} END, 'the queue' FROM numbers""",
    """INSERT INTO ticket_event (ticket_id, seq, episode, kind, "by", at, data)
    {numbers} SELECT {t}, 1, 1, 'opened', 'heed', {at}, '{{}}' FROM numbers""",
    """INSERT INTO ticket_event (ticket_id, seq, episode, kind, "by", at, data)
    {numbers} SELECT {t}, 2, 1, 'resolved', :agent, {later}, '{{}}' FROM numbers WHERE {done}""",
    """INSERT INTO search_doc (brand_id, ticket_id, message_id, at, words)
    {numbers} SELECT :brand, m.home_ticket_id, m.id, m.at, {indexed} FROM numbers JOIN message m ON m.id = {m}""",
)
