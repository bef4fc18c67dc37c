"""Backup, restore, purge and erasing a person: done, on both databases and from one to the other."""

import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from router import desk, keeping
from router.app import Heed
from router.desk import Upload
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import blobs, erasing, search
from router.store import keeping as rows
from router.store.schema import metadata, ticket
from tests.builders import Desk, a_brand, a_connection_row, a_desk, a_heed, an_agent, mail, now, post, rules

MOST_WORK = """
rules:
  - name: Greet
    when: always
    then: [{tag: seen}, {acknowledge: hello}, {notify: supervisor}]
"""
BIG = "x" * (300 * 1024)  # a body larger than a row holds


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def there(request: pytest.FixtureRequest, here: Desk, tmp_path: Path) -> Iterator[Heed]:
    """An empty database of the other kind."""
    other = "postgres_url" if here.heed.config.uses_sqlite else "sqlite_url"
    if other == "sqlite_url":
        folder = tmp_path / "other"
        folder.mkdir()
    url = request.getfixturevalue(other)
    heed = a_heed(url, tmp_path)
    yield heed
    heed.database.close()


def a_busy_desk(of: Desk) -> Scope:
    """Fill a desk with a bit of everything, and return the agent who answered."""
    rules(of, MOST_WORK)
    ana = an_agent(of)
    of.says("I am furious, where is my order?", "dan", attachments=[{"name": "a.txt", "data": "aGVsbG8="}])
    of.says("Where is my order?", "eve")
    letters = a_connection_row(of, "email")
    mail(of, letters, BIG, "finn@home.example")
    for _ in range(2):
        pulled = desk.pull(of.heed, ana, now())
        if pulled is not None:
            files = [Upload("b.bin", "application/octet-stream", bytes(range(256)) * 2000)]
            desk.reply(of.heed, ana, pulled.ticket_id, "Today.", now(), key=f"k{pulled.ticket_id}", attachments=files)
            desk.note(of.heed, ana, pulled.ticket_id, "Ring the depot.", now())
    return ana


def contents(heed: Heed) -> dict[str, list[list[object]]]:
    """Return every row, but for how far the search index is: it is made anew after a restore."""
    with rows.one_moment(heed.database) as db:
        found = {table.name: list(rows.read_rows(db, table)) for table in rows.tables()}
    found["desk_setting"] = [row for row in found["desk_setting"] if row[0] != search.SETTING]
    return found


def counts(heed: Heed) -> dict[str, int]:
    with heed.database.read() as db:
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


class TestABackup:
    def test_comes_back_whole_in_the_other_kind_of_database(self, here, there, tmp_path):
        a_busy_desk(here)
        keeping.backup(here.heed, tmp_path / "desk.backup")
        keeping.restore(there, tmp_path / "desk.backup")
        assert contents(there) == contents(here.heed)
        with there.database.read() as db:
            blob_id = db.exec_driver_sql("SELECT blob_id FROM attachment WHERE name = 'b.bin' LIMIT 1").scalar_one()
            assert blobs.read(db, blob_id) == bytes(range(256)) * 2000

    def test_restored_goes_on_counting_where_it_stopped(self, here, there, tmp_path):
        a_busy_desk(here)
        keeping.backup(here.heed, tmp_path / "desk.backup")
        keeping.restore(there, tmp_path / "desk.backup")
        again = Desk.__new__(Desk)
        again.heed, again.brand_id, again.folder, again.api = there, here.brand_id, tmp_path, here.api
        found = again.says("And another question about pets", "gus")
        assert found.number == 4
        assert len(again.messages(found.id)) == 1

    def test_keeps_which_ticket_follows_which_in_whatever_order_they_lie(self, here, there, tmp_path):
        first, second, third = (here.says("Hello", who) for who in ("dan", "eve", "finn"))
        pairs = sorted([(first.id, second.id), (second.id, third.id)])
        for one, other in pairs:
            here.do("UPDATE ticket SET follows_ticket_id = :o WHERE id = :i", o=other, i=one)
        keeping.backup(here.heed, tmp_path / "desk.backup")
        keeping.restore(there, tmp_path / "desk.backup")
        with there.database.read() as db:
            query = "SELECT id, follows_ticket_id FROM ticket WHERE follows_ticket_id IS NOT NULL ORDER BY id"
            assert [tuple(row) for row in db.exec_driver_sql(query)] == pairs

    def test_replaces_what_is_there_only_when_told_to(self, here, tmp_path):
        a_busy_desk(here)
        keeping.backup(here.heed, tmp_path / "desk.backup")
        before = contents(here.heed)
        here.says("One more", "hal")
        with pytest.raises(Mistake, match="not empty"):
            keeping.restore(here.heed, tmp_path / "desk.backup")
        assert len(here.tickets) == 4
        keeping.restore(here.heed, tmp_path / "desk.backup", force=True)
        assert contents(here.heed) == before

    def test_says_that_the_key_is_not_in_it_and_holds_none(self, here, tmp_path):
        kept = keeping.backup(here.heed, tmp_path / "desk.backup")
        assert "SECRET_KEY is not in this backup" in str(kept)
        with zipfile.ZipFile(tmp_path / "desk.backup") as archive:
            manifest = json.loads(archive.read("manifest.json"))
            everything = b"".join(archive.read(name) for name in archive.namelist())
        assert "SECRET_KEY is not in this backup" in manifest["note"]
        assert here.heed.config.secret_keys[0].encode() not in everything

    def test_is_for_nobody_else_to_read(self, here, tmp_path):
        keeping.backup(here.heed, tmp_path / "desk.backup")
        assert stat.S_IMODE((tmp_path / "desk.backup").stat().st_mode) == 0o600

    def test_holds_no_sessions(self, here, tmp_path):
        keeping.backup(here.heed, tmp_path / "desk.backup")
        with zipfile.ZipFile(tmp_path / "desk.backup") as archive:
            assert {"session.jsonl", "sign_in_link.jsonl", "lease.jsonl"}.isdisjoint(archive.namelist())

    def test_is_one_moment_while_the_desk_works_on(self, here, tmp_path):
        a_busy_desk(here)
        stop = threading.Event()

        def go_on() -> None:
            while not stop.is_set():
                here.says("More and more", "ida")

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            keeping.backup(here.heed, tmp_path / "desk.backup")
        finally:
            stop.set()
            thread.join()
        keeping.restore(here.heed, tmp_path / "desk.backup", force=True)  # foreign keys hold
        assert here.rows("SELECT count(*) FROM message WHERE home_ticket_id NOT IN (SELECT id FROM ticket)") == [(0,)]

    def test_overwrites_no_other(self, here, tmp_path):
        (tmp_path / "desk.backup").write_text("precious")
        with pytest.raises(Mistake, match="exists"):
            keeping.backup(here.heed, tmp_path / "desk.backup")
        assert (tmp_path / "desk.backup").read_text() == "precious"

    def test_that_cannot_be_written_says_so_and_leaves_nothing(self, here, tmp_path):
        with pytest.raises(Mistake, match="could not be written"):
            keeping.backup(here.heed, tmp_path / "nowhere" / "desk.backup")

    @pytest.mark.parametrize("damage", ["nonsense", "cut", "a table less"])
    def test_that_is_damaged_changes_nothing(self, here, tmp_path, damage):
        a_busy_desk(here)
        before = contents(here.heed)
        path = tmp_path / "desk.backup"
        keeping.backup(here.heed, path)
        if damage == "nonsense":
            path.write_bytes(b"nonsense")
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        else:
            with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "less.backup", "w") as less:
                for name in archive.namelist():
                    if name != "message.jsonl":
                        less.writestr(name, archive.read(name))
            path = tmp_path / "less.backup"
        with pytest.raises(Mistake, match="not a whole backup"):
            keeping.restore(here.heed, path, force=True)
        assert contents(here.heed) == before

    @pytest.mark.parametrize(("schema", "says"), [("9999", "newer release"), ("0000", "then migrate")])
    def test_of_another_schema_is_refused(self, here, tmp_path, schema, says):
        keeping.backup(here.heed, tmp_path / "desk.backup")
        with (
            zipfile.ZipFile(tmp_path / "desk.backup") as archive,
            zipfile.ZipFile(tmp_path / "other.backup", "w") as other,
        ):
            for name in archive.namelist():
                text = archive.read(name)
                if name == "manifest.json":
                    text = json.dumps(json.loads(text) | {"schema": schema}).encode()
                other.writestr(name, text)
        with pytest.raises(Mistake, match=says):
            keeping.restore(here.heed, tmp_path / "other.backup", force=True)


class TestAPurge:
    def test_leaves_nothing_of_a_ticket_past_its_keep(self, here):
        empty = counts(here.heed)
        ana = a_busy_desk(here)
        people = {"agent", "agent_brand", "agent_skill", "presence", "connection", "connection_setting", "audit_event"}
        people |= {"connection_hour"}  # how much came, not what
        desk_made = {"rule_set", "rule_set_version", "lane", "lane_need", "delivery_key"}
        here.do("UPDATE ticket SET state = 'resolved', purge_after = :at", at=now().isoformat(" "))
        done = keeping.purge(here.heed, now() + timedelta(days=31))
        assert (done.tickets, done.contacts) == (3, 3)
        left = counts(here.heed)
        more = {name for name in left if left[name] > empty[name]}
        assert more <= people | desk_made
        assert here.rows("SELECT count(*) FROM blob_chunk") == [(0,)]
        assert ana.agent is not None

    def test_keeps_what_is_not_due(self, here):
        a_busy_desk(here)
        before = contents(here.heed)
        keeping.purge(here.heed, now())
        assert contents(here.heed)["message"] == before["message"]

    def test_goes_by_the_days_a_brand_keeps(self, here):
        found = here.says("Hello", "dan")
        other = here.says("Hello", "eve")
        here.do("UPDATE brand SET keep_days = 30")
        with here.heed.database.write() as db:
            at = now() - timedelta(days=31)
            db.execute(ticket.update().where(ticket.c.id == found.id).values(state="resolved", resolved_at=at))
            at = now() - timedelta(days=29)
            db.execute(ticket.update().where(ticket.c.id == other.id).values(state="resolved", resolved_at=at))
        assert keeping.purge(here.heed, now()).tickets == 1
        assert [one.id for one in here.tickets] == [other.id]

    def test_shares_bytes_until_the_last_who_needs_them_is_gone(self, here):
        ana = an_agent(here)
        files = [Upload("a.txt", "text/plain", b"the same terms")]
        found = [here.says("Hello", who) for who in ("dan", "eve")]
        for _ in found:
            ticket_id = desk.pull(here.heed, ana, now()).ticket_id
            desk.reply(here.heed, ana, ticket_id, "Terms attached.", now(), attachments=files)
        assert here.rows("SELECT refs FROM blob") == [(2,)]
        with here.heed.database.write() as db:
            erasing.erase_tickets(db, [found[0].id])
        assert here.rows("SELECT refs FROM blob") == [(1,)]
        with here.heed.database.write() as db:
            erasing.erase_tickets(db, [found[1].id])
        assert here.rows("SELECT count(*) FROM blob") == [(0,)]

    def test_erases_raw_bodies_after_thirty_days_and_keeps_their_keys(self, here):
        post(here, "Once", id="one")
        here.drain()
        with here.heed.database.read() as db:
            before = db.exec_driver_sql("SELECT count(*) FROM inbound_event").scalar_one()
        keeping.purge(here.heed, now() + timedelta(days=29))
        assert (before, here.rows("SELECT count(*) FROM inbound_event")) == (1, [(1,)])
        keeping.purge(here.heed, now() + timedelta(days=31))
        assert here.rows("SELECT count(*) FROM inbound_event") == [(0,)]
        assert here.rows("SELECT count(*) FROM delivery_key") == [(1,)]

    def test_forgets_what_has_expired(self, here):
        ana = an_agent(here)
        found = here.says()
        later = now() + timedelta(days=31)
        known = {"a": ana.agent, "t": found.id, "at": now().isoformat(" ")}
        here.do("INSERT INTO ledger_entry (id, agent_id, ticket_id, amount, source, at)"
                " VALUES ('l1', :a, :t, 1.0, 'mood', :at)", **known)  # fmt: skip
        here.do("INSERT INTO session (hash, agent_id, created_at, seen_at, ends_at, browser)"
                " VALUES ('s1', :a, :at, :at, :at, 'b')", **known)  # fmt: skip
        keeping.purge(here.heed, later)
        assert here.rows("SELECT count(*) FROM ledger_entry") == [(0,)]
        assert here.rows("SELECT count(*) FROM session") == [(0,)]


class TestErasingAPerson:
    def test_reaches_everything_that_holds_their_words(self, here):
        a_busy_desk(here)
        [(contact_id,)] = here.rows("SELECT id FROM contact WHERE name = 'Dan' AND id IN (SELECT contact_id FROM ticket"
                                    " WHERE channel = 'api')")  # fmt: skip
        assert keeping.erase_contact(here.heed, Scope(Role.ADMIN, frozenset({here.brand_id})), contact_id, now())
        assert [one.contact_id is not None for one in here.tickets] == [True, True]
        with rows.one_moment(here.heed.database) as db:
            everything = json.dumps({t.name: list(rows.read_rows(db, t)) for t in rows.tables()})
        assert "furious" not in everything
        assert '"dan"' not in everything
        assert here.rows("SELECT act FROM audit_event WHERE object = :c", c=contact_id) == [("contact erased",)]

    def test_takes_their_words_out_of_other_peoples_tickets(self, here):
        letters = a_connection_row(here, "email")
        asked = mail(here, letters, "My order", "dan@home.example", Cc="eve@home.example")
        mail(here, letters, "I know more", "eve@home.example", In_Reply_To=asked, Subject="Re: My order")
        [(contact_id,)] = here.rows(
            "SELECT l.contact_id FROM identity_link l JOIN identity i ON i.id = l.identity_id"
            " WHERE i.address = 'eve@home.example'"
        )
        assert keeping.erase_contact(here.heed, Scope(Role.ADMIN, frozenset({here.brand_id})), contact_id, now())
        [found] = here.tickets
        assert [row.text.strip() for row in here.messages(found.id)] == ["My order"]
        assert here.rows("SELECT count(*) FROM message_party WHERE address = 'eve@home.example'") == [(0,)]

    def test_of_another_brand_finds_nobody(self, here):
        found = here.says()
        stranger = Scope(Role.ADMIN, frozenset({a_brand(here, "other")}))
        assert not keeping.erase_contact(here.heed, stranger, found.contact_id, now())
        assert len(here.tickets) == 1


class TestStrays:
    def test_bytes_that_nothing_refers_to_are_erased_after_a_day(self, here):
        with here.heed.database.write() as db:
            blobs.put(db, here.brand_id, b"left over", now())
        keeping.purge(here.heed, now())
        assert here.rows("SELECT count(*) FROM blob") == [(1,)]
        keeping.purge(here.heed, now() + timedelta(days=2))
        assert here.rows("SELECT count(*) FROM blob_chunk") == [(0,)]
