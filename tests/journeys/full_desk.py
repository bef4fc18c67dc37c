"""A desk where everything there is to see has happened: the sample's mails and chats, and each state of a ticket."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select, update
from werkzeug.serving import make_server

from router import desk, drain, following, merging, sample, saved_answers, saved_views
from router.model import Presence, Role, Scope
from router.presence import set_presence
from router.samples import posts
from router.samples.equipment import connections_of
from router.store.audit import COMMAND
from router.store.ids import new_id
from router.store.schema import measured, promise, ticket, ticket_event
from router.store.schema import message as messages
from router.web import create_app
from tests.builders import Desk, a_brand, a_connection_row, a_desk, a_queue, an_agent, mail, now

LONG = "Wolfeschlegelsteinhausenbergerdorff" * 6  # of which 200 are shown
MIXED = (
    "Order 4711 کا پارسل نہیں ملا 😡😡 please check https://shop.example/" + "a" * 160 + " שלום "
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft\n\nمیرا نمبر +92 300 1234567 ہے"
)
WEEKS_MESSAGES = 1000
FIRST_TICKETS = "oven-third-visit", "fridge-insulin"


@dataclass(slots=True)
class Scene:
    """What a walk through all states knows: the desk, who is there, and which ticket shows what."""

    at: Desk
    site: str
    ana: Scope  # an admin of the full brand
    cleo: Scope  # a supervisor of a brand where nothing happened
    omar: Scope
    of: dict[str, str] = field(default_factory=dict)  # what it shows -> id of the ticket, contact, answer …


@contextmanager
def a_full_desk(url: str, folder: Path, valkey: str, port: int, name: str = "Ana Weber") -> Iterator[Scene]:
    """Yield the desk, with a web server running."""
    public = f"http://127.0.0.1:{port}"
    with a_desk(url, folder, REDIS_URL=valkey, PORT=str(port), PUBLIC_URL=public) as at:
        server = make_server("127.0.0.1", port, create_app(heed=at.heed), threaded=True)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield _fill(at, public, name)
        finally:
            at.heed.notifier.stop()
            server.shutdown()
            thread.join()
            server.server_close()


def _fill(at: Desk, site: str, name: str) -> Scene:
    slots: dict[str, int | None] = {"live": 12, "mail": 8}
    ana = an_agent(at, name, role=Role.ADMIN, slots=slots, skills={"en": 5})
    _sample(at, ana)
    other = a_brand(at, "quiet")
    cleo = an_agent(at, "Cleo Arden", role=Role.SUPERVISOR, slots={"live": 1, "mail": 1}, brands=(other,))
    omar = an_agent(at, "Omar Khan", role=Role.SUPERVISOR, slots=slots)
    scene = Scene(at, site, ana, cleo, omar)
    mail_row = connections_of(at.heed)["email"][0]
    for shows, key in zip(("oven", "fridge"), FIRST_TICKETS, strict=True):
        [(scene.of[shows],)] = at.rows(
            "SELECT home_ticket_id FROM message WHERE connection_id = :c AND external_id = :e",
            c=mail_row, e=posts.message_id(key),
        )  # fmt: skip
    for fill in (_held, _unlucky, _wide, _together, _past):
        fill(scene)
    return scene


def _sample(at: Desk, ana: Scope) -> None:
    """Load the sample; this thread reads what is posted."""

    def read(_seconds: float) -> None:
        for (connection_id,) in at.rows("SELECT id FROM connection"):
            drain.drain(at.heed, connection_id)

    sample.load(at.heed, ana.agent, pause=read)


def _to(scene: Scene, shows: str, ticket_id: str, whom: Scope | None = None) -> str:
    desk.assign(scene.at.heed, scene.omar, ticket_id, (whom or scene.ana).agent or "", now())
    scene.of[shows] = ticket_id
    return ticket_id


def _held(scene: Scene) -> None:
    """What an agent has: a mail to answer, a reply to come, a draft, a ticket of somebody else."""
    at, heed, ana = scene.at, scene.at.heed, scene.ana
    for shows in ("oven", "fridge"):
        if at.ticket(scene.of[shows]).agent_id != ana.agent:
            desk.assign(heed, scene.omar, scene.of[shows], ana.agent or "", now())
    held = _to(scene, "chat", at.says("Is anybody there? My parcel is late.", "iris", thread="chat").id)
    desk.note(heed, scene.omar, held, "@Ana Weber she called twice this morning. Please be quick.", now())
    row = a_connection_row(at, "email", name="Post")
    letter = mail(at, row, "Could you send it again next Monday?", "jon@home.example", Cc="eva@home.example")
    later = _to(scene, "scheduled", at.ticket_of(letter, row).id)
    desk.send_later(heed, ana, later, "Of course: it leaves on Monday.", now() + timedelta(days=2), now(), key="later")
    undo = mail(at, row, "Where is my order 4711?", "dan@home.example", Cc="eva@home.example, jo@home.example")
    _to(scene, "undo", at.ticket_of(undo, row).id)
    theirs = at.says("I cannot sign in since yesterday.", "kim", thread="theirs")
    _to(scene, "theirs", theirs.id, scene.omar)
    following.add(heed, ana, scene.of["oven"], now() + timedelta(hours=20), now(), note="Ask the engineer")
    for title, text in (
        ("Sorry for the delay", "Dear {first_name},\n\nwe are sorry about your order {order}. It leaves today."),
        ("Where to find the bill", "Dear {first_name},\n\nyour bill is in the mail of the day you ordered."),
        ("Thank you", "Thank you!\n\n{agent}"),
    ):
        saved_answers.put(heed, COMMAND, ana, at.brand_id, title, {"en": text}, now())
    for title, typed in (("Hot and late", "heat:2 late:yes"), ("Nobody's mail", "agent:none channel:email")):
        saved_views.save(heed, ana, COMMAND, title, typed, now(), share_with=at.brand_id)
    set_presence(heed, scene.omar.agent or "", Presence.AWAY, now(), reason="Lunch")


def _unlucky(scene: Scene) -> None:
    """What went wrong: not sent, perhaps sent, a file that never came."""
    at, ana = scene.at, scene.ana
    for shows, who, state, because in (
        ("failed", "gina", "failed", "The mailbox of this address is full."),
        ("unknown", "hank", "unknown", ""),
    ):
        held = _to(scene, shows, at.says("Please answer me before the weekend.", who, thread=who).id)
        sent = desk.reply(at.heed, ana, held, "We have looked into it: it is on its way.", now(), key=shows)
        at.do("UPDATE message SET state = :s, state_detail = :d WHERE id = :m", s=state, d=because, m=sent)
    files = [{"name": name, "url": f"https://files.example/{name}"} for name in ("label.pdf", "f" * 120 + ".jpeg")]
    lost = _to(scene, "missing", at.says("Here is the label.", "lou", thread="lou", attachments=files).id)
    at.do(
        "UPDATE attachment SET state = 'missing', error = 'The link to it has expired: ask for it again.'"
        " WHERE message_id IN (SELECT id FROM message WHERE home_ticket_id = :t) AND seq = 0",
        t=lost,
    )


def _wide(scene: Scene) -> None:
    """What is hard to lay out: a name of 200 characters, long words, many directions, a thousand messages."""
    at = scene.at
    long = at.says(MIXED, "long", thread="long", **{"from": {"id": "long", "name": LONG[:200]}})
    _to(scene, "long", long.id)
    desk.note(at.heed, scene.ana, long.id, "نوٹ: see order 4711 😀 " + "x" * 300, now())
    many = _to(scene, "thousand", at.says("Message 1", "mia", thread="mia").id)
    with at.heed.database.write() as db:
        first = dict(db.execute(select(messages).where(messages.c.home_ticket_id == many)).mappings().one())
        start = now() - timedelta(days=20)
        rows = []
        for number in range(2, WEEKS_MESSAGES + 1):
            when = start + timedelta(minutes=28 * number)
            inbound = number % 3 != 0
            rows.append(first | {"id": new_id(), "at": when, "external_id": f"mia-{number}",
                                 "direction": "inbound" if inbound else "outbound",
                                 "state": "received" if inbound else "delivered",
                                 "agent_id": None if inbound else scene.ana.agent,
                                 "text": f"Message {number}: " + "and so on. " * (number % 7 + 1)})  # fmt: skip
        db.execute(insert(messages), rows)


def _together(scene: Scene) -> None:
    """Merged, set aside, blocked."""
    at, heed, ana = scene.at, scene.at.heed, scene.ana
    into = _to(scene, "merged", at.says("My bill is wrong.", "ned", thread="ned-1").id)
    same = at.says("I wrote before about my bill.", "ned.b", thread="ned-2")
    merging.merge(heed, ana, same.id, into, now(), different=True)
    spam = _to(scene, "spam", at.says("Top rank for your site, guaranteed!!!", "rank", thread="rank").id)
    desk.spam(heed, ana, spam, now())
    scene.of["contact"] = at.ticket(scene.of["oven"]).contact_id or ""
    scene.of["queue"] = a_queue(at, "Claims")


def _past(scene: Scene) -> None:
    """Two weeks of tickets answered and resolved, and a day of waiting, for wallboard and reports."""
    at, heed, ana = scene.at, scene.at.heed, scene.ana
    for number in range(24):
        done = at.says(f"Where is parcel {number}?", f"customer {number}", thread=f"past{number}").id
        desk.assign(heed, scene.omar, done, ana.agent or "", now())
        desk.reply(heed, ana, done, "On its way.", now(), key=f"past{number}")
        desk.resolve(heed, ana, done, now())
        _move(at, done, timedelta(days=number % 13, hours=number % 5, minutes=7 * number))
        _promised_before(at, done, number)
    with at.heed.database.write() as db:
        queues = [queue_id for (queue_id,) in at.rows("SELECT id FROM queue WHERE brand_id = :b", b=at.brand_id)]
        start = now().replace(second=0, microsecond=0)
        rows = [
            {"queue_id": queue_id, "at": start - timedelta(minutes=10 * step), "waiting": _tide(step + 9 * place),
             "hot": _tide(step + 9 * place) // 4, "late": 0, "oldest_s": 60 * (step % 9), "free_agents": 3}
            for place, queue_id in enumerate(queues[:3])
            for step in range(1, 144)
        ]  # fmt: skip
        db.execute(insert(measured.queue_minute), rows)


def _promised_before(at: Desk, ticket_id: str, number: int) -> None:
    """Let its first answer have been promised and given on each of two weeks' days, sooner or later."""
    with at.heed.database.write() as db:
        row = dict(db.execute(select(promise).where(promise.c.ticket_id == ticket_id)).mappings().first() or {})
        rows = []
        for day in range(13):
            start = now() - timedelta(days=day, minutes=30 * number)
            met = start + timedelta(minutes=2 + (number * 7 + day * 3) % (14 + day))
            times = {"starts_at": start, "met_at": met, "due_at": start + timedelta(minutes=20), "ended_at": None}
            rows.append(row | times | {"id": new_id(), "episode": 100 + day})
        db.execute(insert(promise), rows)


def _tide(step: int) -> int:
    """Return how many wait: a night, a morning, two rushes."""
    hour = step % 144 / 6
    return int(2 + 9 * max(0.0, 1 - abs(hour - 9) / 4) + 6 * max(0.0, 1 - abs(hour - 16) / 3) + step % 3)


def _move(at: Desk, ticket_id: str, back: timedelta) -> None:
    """Let a ticket have happened earlier."""
    columns = {
        ticket: ("id", ["created_at", "resolved_at", "last_customer_at", "last_answer_at", "updated_at"]),
        promise: ("ticket_id", ["starts_at", "due_at", "met_at"]),
        ticket_event: ("ticket_id", ["at"]),
        messages: ("home_ticket_id", ["at"]),
    }
    with at.heed.database.write() as db:
        for table, (of, names) in columns.items():
            keys = list(table.primary_key.columns)
            for row in db.execute(select(table).where(table.c[of] == ticket_id)).mappings().all():
                moved = {name: row[name] - back for name in names if row[name] is not None}
                db.execute(update(table).where(*(key == row[key.name] for key in keys)).values(moved))
