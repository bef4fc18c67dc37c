"""Event streams: who hears of what, when, and that they end."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from router.app import Heed
from router.model import Role, Scope
from router.notify import Change
from router.web import create_app
from router.web.streams import AT_ONCE, QUEUE, SPREAD_S, Client, Hub, Viewer, concerns, is_theirs, stream, told
from tests.a_desk import a_browser, a_heed, a_person

ANA = Scope(Role.AGENT, frozenset({"b1"}), "ana")


def a_viewer(**facts: object) -> Viewer:
    return Viewer(**{"scope": ANA, "holds": lambda: True, **facts})  # type: ignore[arg-type]


def a_change(**facts: str) -> Change:
    return Change(**{"kind": "ticket", "brand": "b1", "ticket": "t1", **facts})


@pytest.fixture
def hub(heed: Heed) -> Hub:
    """The open streams of a process."""
    return Hub(heed)


class TestWhoHears:
    def test_an_agent_hears_of_their_brand_and_of_no_other(self) -> None:
        assert concerns(a_change(), a_viewer())
        assert not concerns(a_change(brand="b2"), a_viewer())

    def test_a_colleagues_presence_and_session_are_not_theirs_to_hear(self) -> None:
        assert not concerns(Change("presence", agent="omar"), a_viewer())
        assert not concerns(Change("session", agent="omar"), a_viewer())
        assert concerns(Change("presence", agent="ana"), a_viewer())

    def test_a_visitor_hears_of_their_own_conversation_alone(self) -> None:
        visitor = a_viewer(thread="c1:v1")
        assert concerns(a_change(thread="c1:v1"), visitor)
        assert not concerns(a_change(thread="c1:v2"), visitor)
        assert not concerns(a_change(), visitor)
        assert told(a_change(thread="c1:v1", agent="ana"), visitor) == {"kind": "message"}

    def test_their_own_work_is_told_at_once_and_others_gathered(self) -> None:
        assert is_theirs(a_change(agent="ana"), a_viewer())
        assert is_theirs(a_change(before="ana"), a_viewer())
        assert not is_theirs(a_change(agent="omar"), a_viewer())
        assert is_theirs(a_change(agent="omar"), a_viewer(everything=True))

    def test_nothing_told_names_a_colleague(self) -> None:
        said = told(a_change(agent="omar", before="eva"), a_viewer())
        assert said == {"kind": "ticket", "ticket": "t1", "mine": False, "was_mine": False}


class TestStream:
    def test_says_hello_then_what_changes(self, heed: Heed, hub: Hub) -> None:
        client = Client(a_viewer())
        said = stream(heed, client.viewer, hub, client)
        assert next(said).startswith("retry: ") and "hello" not in told(a_change(), a_viewer())
        client.hints.put(a_change(agent="ana"))
        assert next(said) == 'event: change\ndata: {"kind":"ticket","ticket":"t1","mine":true,"was_mine":false}\n\n'

    def test_what_may_have_been_missed_is_looked_at_anew(self, heed: Heed, hub: Hub) -> None:
        client = Client(a_viewer())
        said = stream(heed, client.viewer, hub, client)
        next(said)
        client.hints.put(None)
        assert next(said).startswith("event: resync")

    def test_a_page_that_is_too_slow_looks_at_everything(self, heed: Heed, hub: Hub) -> None:
        client = Client(a_viewer())
        hub._clients.add(client)
        for _ in range(QUEUE + 5):
            hub._heard(a_change(agent="ana"))
        said = stream(heed, client.viewer, hub, client)
        next(said)
        assert next(said).startswith("event: resync")
        assert client.hints.empty()

    def test_others_work_is_gathered_and_told_to_all(self, heed: Heed, hub: Hub) -> None:
        many = 2 * AT_ONCE + 1
        clients = [hub.join(a_viewer()) for _ in range(many)]
        said = [stream(heed, client.viewer, hub, client) for client in clients if client]
        assert len([next(one) for one in said]) == many
        for number in range(4):
            hub._heard(a_change(ticket=f"t{number}", agent="omar"))
        for one in said:
            told_of = ""
            while "t3" not in told_of:
                told_of += next(one)
            assert [f"t{number}" in told_of for number in range(4)] == [True] * 4
            assert told_of.count("event: line") <= 2

    def test_pages_spread_their_looks_the_longer_the_more_are_open(self, hub: Hub) -> None:
        hub._clients |= {Client(a_viewer()) for _ in range(75)}
        assert hub.spread_s == 0.3
        hub._clients |= {Client(a_viewer()) for _ in range(600)}
        assert hub.spread_s == SPREAD_S

    def test_ends_when_the_session_does(self, heed: Heed, hub: Hub) -> None:
        client = Client(a_viewer(holds=lambda: False))
        said = stream(heed, client.viewer, hub, client)
        next(said)
        client.hints.put(Change("session", agent="ana"))
        assert next(said).startswith("event: ended")
        assert list(said) == []

    def test_ends_when_the_process_does(self, heed: Heed, hub: Hub) -> None:
        client = hub.join(a_viewer())
        assert client is not None
        said = stream(heed, client.viewer, hub, client)
        next(said)
        rest: list[str] = []
        reader = threading.Thread(target=lambda: rest.extend(said))
        reader.start()
        heed.notifier.stop()
        reader.join(6)
        assert not reader.is_alive()


class TestCap:
    @pytest.fixture
    def small(self, sqlite_url: str, tmp_path: Path) -> Iterator[Heed]:
        """A desk whose process holds one stream."""
        heed = a_heed(sqlite_url, tmp_path, WEB_THREADS="33")
        yield heed
        heed.notifier.stop()
        heed.database.close()

    def test_one_more_than_fits_is_told_to_poll(self, small: Heed) -> None:
        app = create_app(heed=small)
        ana = a_person(small)
        first = a_browser(app, small, ana).get("/events")
        assert first.status_code == 200 and first.headers["X-Accel-Buffering"] == "no"
        second = a_browser(app, small, ana).get("/events")
        assert second.status_code == 503 and second.headers["Retry-After"]
        first.close()
        third = a_browser(app, small, ana).get("/events")
        assert third.status_code == 200
        third.close()


class TestPresence:
    def test_an_open_stream_is_presence(self, app: Flask, heed: Heed) -> None:
        ana = a_person(heed)
        answer = a_browser(app, heed, ana).get("/events")
        with heed.database.read() as db:
            assert db.exec_driver_sql("SELECT count(*) FROM stream").scalar() == 1
            assert db.exec_driver_sql("SELECT status FROM presence WHERE valid_to IS NULL").scalar() == "online"
        assert app.extensions["heed.hub"].open == 1
        answer.close()
        assert app.extensions["heed.hub"].open == 0
