"""One event that cannot be read, written or survived, and another hand at the same ticket: nothing else is delayed."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

import channels
from channels.api import adapter as api
from channels.types import InboundMessage
from router import desk as acts
from router import intake
from router.arriving import Arriving
from router.store import inbound
from tests import workers
from tests.builders import a_connection_row, an_agent, now, post, raw


def states(desk):
    return [state for (state,) in desk.rows("SELECT state FROM inbound_event ORDER BY id")]


@contextmanager
def a_full_disk(desk):
    """Let the database find no room for another page, as on a full disk."""
    if desk.heed.database.dialect == "postgresql":
        desk.do(
            "CREATE FUNCTION full_disk() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql"
        )
        desk.do("CREATE TRIGGER full_disk BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION full_disk()")
        yield
        desk.do("DROP TRIGGER full_disk ON message")
        return

    def fill(connection, *_):
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")

    def free(connection, *_):
        connection.execute("PRAGMA max_page_count = 1073741823")

    event.listen(desk.heed.database.engine, "checkout", fill)
    event.listen(desk.heed.database.engine, "checkin", free)
    yield
    event.remove(desk.heed.database.engine, "checkout", fill)


@pytest.fixture
def standin(desk, monkeypatch):
    """A connection of a channel whose parser the test chooses."""
    monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, "standin"))

    def connect(parse):
        workers.stand_in(parse)
        return a_connection_row(desk, "standin")

    return connect


class TestOneBadEvent:
    def test_that_cannot_be_parsed_is_set_aside_alone_and_says_why(self, desk):
        for number in range(30):
            post(desk, "Where is it?", f"v{number}")
        intake.accept(desk.heed, desk.api, raw(b"{broken"), now())
        for number in range(30, 60):
            post(desk, "Where is it?", f"v{number}")
        desk.drain()
        assert len(desk.messages()) == 60
        assert states(desk).count("not_understood") == 1
        with desk.heed.database.read() as db:
            [(_, _, error, _)] = inbound.set_aside(db)
        assert error == "The body is not JSON in UTF-8."

    def test_that_our_parser_fails_on_is_set_aside_alone_and_read_after_a_fix(self, desk, standin):
        def failing(delivery, connection):
            if b"bad" in delivery.body:
                raise ZeroDivisionError
            return api.parse(delivery, connection)

        row = standin(failing)
        for number in range(64):
            post(desk, "bad" if number == 40 else "good", f"v{number}", row=row, id=f"x{number}")
        desk.drain(row)
        assert len(desk.messages()) == 63
        with desk.heed.database.write() as db:
            [(event_id, _, error, _)] = inbound.set_aside(db)
            assert error == "Heed failed to read it (ZeroDivisionError)."
            inbound.replay(db, event_id)
        workers.stand_in(api.parse)
        assert desk.drain(row) == 1
        assert len(desk.messages()) == 64
        assert states(desk) == ["done"] * 64

    def test_that_cannot_be_written_is_set_aside_alone(self, desk, standin):
        def parse(delivery, connection):
            [said] = api.parse(delivery, connection)
            if said.text == "bad":  # half of a surrogate pair, which no adapter of ours lets through
                return [InboundMessage(external_id=said.external_id, sender=said.sender, text="\ud800")]
            return [said]

        row = standin(parse)
        for number in range(64):
            post(desk, "bad" if number == 13 else "good", f"v{number}", row=row)
        desk.drain(row)
        assert len(desk.messages()) == 63
        assert [n for n, state in enumerate(states(desk)) if state == "not_understood"] == [13]

    def test_that_kills_its_worker_twice_is_set_aside_and_takes_nobody_down_with_it(self, desk, standin):
        row = standin(workers.parse_or_die)
        for number in range(5):
            post(desk, "good", f"v{number}", row=row)
        intake.accept(desk.heed, row, raw(workers.FATAL), now())
        for number in range(5, 10):
            post(desk, "good", f"v{number}", row=row)
        deaths = 0
        for _ in range(4):
            if workers.Worker(desk, workers.dies, row.id).wait(60) == 0:
                break
            deaths += 1
            desk.do("DELETE FROM lease")  # its lease ends after half a minute
        assert deaths == inbound.CRASHES
        assert len(desk.messages()) == 10
        with desk.heed.database.read() as db:
            [(_, _, error, _)] = inbound.set_aside(db)
        assert error == "It ended its worker twice."

    def test_is_not_the_one_whose_worker_was_killed_in_a_batch_and_once_more(self, desk):
        post(desk, who="dan"), post(desk, who="eve")
        for _ in range(2):
            with desk.heed.database.write() as db:
                assert inbound.take(db, desk.api.id, 64)
        desk.drain()
        assert len(desk.messages()) == 2

    def test_is_not_the_one_that_meets_a_database_in_trouble(self, desk):
        post(desk, text="Please help. " * 20_000)
        with a_full_disk(desk):
            for _ in range(3):
                with pytest.raises(Exception, match=r"no space|disk is full"):
                    desk.drain()
        assert desk.rows("SELECT state, attempts FROM inbound_event") == [("stored", 0)]
        desk.drain()
        assert states(desk) == ["done"]


class TestAnotherHand:
    def test_a_ticket_that_an_agent_changed_meanwhile_is_decided_again(self, desk, monkeypatch):
        agent = an_agent(desk)
        ticket = desk.says(who="dan")
        acts.pull(desk.heed, agent, now())
        post(desk, "Anything new?", "dan")
        take, done = Arriving.take, []

        def take_while_she_resolves(arriving, part, at):
            take(arriving, part, at)
            if not done:
                done.append(acts.resolve(desk.heed, agent, ticket.id, now()))

        monkeypatch.setattr(Arriving, "take", take_while_she_resolves)
        desk.drain()
        kinds = desk.events(ticket.id)
        assert kinds.index("resolved") < kinds.index("reopened"), "decided on what the agent had made of it"
        assert desk.ticket(ticket.id).episode == 2
        assert len(desk.messages(ticket.id)) == 2
