"""The straightforward way, to compare with: one insert and one RQ job for each message, forked workers loaded before.

It makes the same parse, triage and rules calls as Heed, and stores a contact, a ticket and a message for each.
"""

import os
import sys
from datetime import UTC, datetime
from functools import cache

from flask import Flask, Response, request
from rq import Queue, Worker
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    select,
)

from channels.api import adapter
from channels.types import Answer, Connection, Delivery, InboundMessage, Request
from router import triage
from router.config import Config, load
from router.notify import open_redis
from router.publishing import fitting_starter
from router.serve import Site, serve_web
from rules import evaluate as rules
from rules import load as rule_files
from rules.model import Desk, RuleSet

metadata = MetaData()
event = Table("sf_event", metadata, Column("id", Integer, primary_key=True), Column("body", LargeBinary))
contact = Table("sf_contact", metadata, Column("id", Integer, primary_key=True), Column("address", Text, index=True))
ticket = Table(
    "sf_ticket",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contact_id", Integer, index=True),
    Column("state", Text, index=True),
    Column("frustration", Integer),
    Column("intent", Text),
    Column("place", DateTime(timezone=True)),
)
message = Table(
    "sf_message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, index=True),
    Column("external_id", Text, unique=True),
    Column("text", Text),
)


@cache
def parts() -> tuple[Config, Engine, Connection, RuleSet]:
    """Return what web and worker share, opened once per process."""
    config = load(os.environ)
    shop = Connection("sf", "api", "Shop", {}, (os.environ["SF_SECRET"],))
    source = fitting_starter(Desk(queues=frozenset({"General"}), skills=frozenset({"en"})))
    return config, create_engine(config.database_url), shop, rule_files.load(source)


def site() -> Site:
    """Return the web side: verify, insert, enqueue."""
    config, engine, shop, _ = parts()
    app = Flask("straightforward")
    queue = Queue("sf", connection=open_redis(config.redis_url))

    @app.route("/hooks/sf", methods=["POST"])
    def accept() -> Response:
        asked = Request("POST", request.url, {k.lower(): v for k, v in request.headers}, request.get_data())
        found = adapter.receive(asked, shop, datetime.now(UTC))
        if isinstance(found, Answer):
            return Response(found.body, found.status)
        with engine.begin() as db:
            event_id = db.execute(insert(event).values(body=found.body)).inserted_primary_key[0]
        queue.enqueue("bench.straightforward.work", event_id)
        return Response("", 200)

    return Site(app, lambda: None)


def work(event_id: int) -> None:
    """Make one stored message a ticket: the job."""
    _, engine, shop, rule_set = parts()
    with engine.begin() as db:
        body = db.execute(select(event.c.body).where(event.c.id == event_id)).scalar_one()
    for said in adapter.parse(Delivery("", "", {}, body), shop):
        if not isinstance(said, InboundMessage):
            continue
        reading = triage.read(said.text, channel="api", pace="social")
        facts = {"channel": "api", "text": said.text, "intent": reading.intent, "urgency": reading.urgency}
        rules.evaluate(rule_set, {**facts, "cues": frozenset(reading.cues), "frustration": reading.calm_frustration})
        with engine.begin() as db:
            known = db.execute(select(contact.c.id).where(contact.c.address == said.sender.address)).scalar()
            if known is None:
                known = db.execute(insert(contact).values(address=said.sender.address)).inserted_primary_key[0]
            made = db.execute(
                insert(ticket).values(
                    contact_id=known, state="waiting", frustration=reading.frustration, intent=reading.intent,
                    place=datetime.now(UTC),
                )
            ).inserted_primary_key[0]  # fmt: skip
            db.execute(insert(message).values(ticket_id=made, external_id=said.external_id, text=said.text))


def warm() -> None:
    """Load and use everything once, so that each forked job finds it ready."""
    _, engine, shop, rule_set = parts()
    triage.preload()
    for _ in range(3):
        reading = triage.read("This is the third time I write. Please refund me today.", channel="api")
        rules.evaluate(rule_set, {"channel": "api", "text": "Hello", "cues": frozenset(reading.cues)})
        adapter.parse(Delivery("", "", {}, b'{"id": "1", "from": {"id": "a"}, "text": "Hello"}'), shop)
    with engine.begin() as db:
        db.execute(select(event.c.body).where(event.c.id == 0)).scalar()
    engine.dispose(close=False)  # a connection is not shared across a fork


if __name__ == "__main__":
    if sys.argv[1] == "web":
        serve_web(load(os.environ), site)
    elif sys.argv[1] == "make":
        metadata.create_all(parts()[1])
    else:
        warm()
        client = open_redis(parts()[0].redis_url)
        Worker([Queue("sf", connection=client)], connection=client).work(logging_level="ERROR")
