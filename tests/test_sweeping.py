"""What is found again by whoever looks: stored messages, effects, files, notices; one clock acts, without a broker."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from router import delivery, desk, effects, fetching, sweeping
from router.clock import Clock
from router.notify import open_redis
from router.store import connections, leases, outgoing, taught
from router.store.inbound import Arrived
from tests.builders import (
    Desk,
    a_connection_row,
    a_delivery,
    a_desk,
    a_heed,
    an_agent,
    in_minutes,
    mail,
    now,
    post,
    rules,
)
from tests.servers.plain import PlainServer, Told
from tests.soon import soon

GREETING = """
rules:
  - name: Greet
    when: always
    then: [{acknowledge: hello}]
"""


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(database_url, tmp_path) as made:
        yield made


class TestTheSweep:
    def test_does_the_workers_work_while_the_broker_is_away(self, here):
        with PlainServer() as server:
            row = a_connection_row(here, "api", settings={"base_url": server.url})
            with here.heed.database.write() as db:
                connections.add_secret(db, here.heed.vault, row.id, "s" * 32, now())
            ana = an_agent(here)
            post(here, row=row)
            sweep = sweeping.Sweep(here.heed)
            sweep.now(now())
            assert soon(lambda: len(here.tickets) == 1)
            ticket_id = desk.pull(here.heed, ana, now()).ticket_id
            desk.reply(here.heed, ana, ticket_id, "Hi.", now())
            sweep.now(now())
            assert soon(lambda: delivery.due(here.heed, now()) == [])
            sweep.stop()

    def test_with_a_broker_leaves_it_to_the_workers(self, database_url, tmp_path, valkey):
        with a_desk(database_url, tmp_path, REDIS_URL=valkey) as of:
            of.heed.arrivals.add(_arrived(of))
            of.heed.background.answered(of.api.id)
            sweep = sweeping.Sweep(of.heed)
            sweep.now(now())
            sweep.stop()
            assert of.heed.background.waiting()["intake"] >= 1
            assert of.tickets == []

    def test_asks_less_and_less_often_for_a_version_that_nobody_makes(self, sqlite_url, tmp_path, valkey):
        with a_desk(sqlite_url, tmp_path, REDIS_URL=valkey) as of:
            at, slow = now(), Queue("slow", connection=open_redis(valkey), serializer=JSONSerializer)
            with of.heed.database.write() as db:
                taught.ask(db, of.brand_id, "intents", "heed", at - timedelta(seconds=40))
            sweep, asked = sweeping.Sweep(of.heed), []
            for seconds in (0, 5, 29, 31, 85, 95, 205, 215):
                sweep.now(at + timedelta(seconds=seconds))
                asked.append(sum(job.func_name == "router.jobs.teach" for job in slow.jobs))
            sweep.stop()
            assert asked == [1, 1, 1, 2, 2, 3, 3, 4]

    def test_looks_again_when_the_next_thing_is_due_but_within_five_seconds(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        assert sweeping.pause_s(here.heed, now()) == 5.0
        at = now()
        desk.snooze(here.heed, ana, found.id, at + timedelta(seconds=3), at)
        assert 2.5 < sweeping.pause_s(here.heed, at) <= 3.0

    def test_closes_lanes_in_which_nothing_waits(self, here):
        ana = an_agent(here)
        here.says()
        sweeping.housework(here.heed, now())
        assert here.rows("SELECT count(*) FROM lane WHERE open") == [(1,)]
        desk.pull(here.heed, ana, now())
        sweeping.housework(here.heed, now())
        assert here.rows("SELECT count(*) FROM lane WHERE open") == [(0,)]

    def test_one_duty_that_fails_does_not_keep_the_others(self, here, monkeypatch):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, in_minutes(0.001), now())
        monkeypatch.setattr(delivery, "due", lambda *_: 1 / 0)
        sweep = sweeping.Sweep(here.heed)
        sweep.now(in_minutes(1))
        sweep.stop()
        assert here.ticket(found.id).state == "open"


def _arrived(of: Desk):
    return Arrived(of.api.id, of.brand_id, a_delivery("Hello"), now())


class TestClocks:
    def test_one_acts_and_another_takes_over(self, here):
        first, second = Clock(here.heed, "first"), Clock(a_heed(here.url, here.folder), "second")
        threads = [threading.Thread(target=clock.run) for clock in (first, second)]
        threads[0].start()
        assert soon(lambda: first.acts)
        threads[1].start()
        try:
            with here.heed.database.read() as db:
                assert leases.holder(db, sweeping.LEASE_NAME, now()) == "first"
            assert not second.acts
            first.stop()
            threads[0].join(15)
            assert not threads[0].is_alive()
            assert soon(lambda: second.acts)
        finally:
            first.stop()
            second.stop()
            for thread in threads:
                thread.join(15)
            second._heed.database.close()
        assert here.rows("SELECT count(*) FROM lease WHERE name = 'clock'") == [(0,)]

    def test_a_clock_wakes_what_is_due_without_a_worker_or_a_broker(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, now() + timedelta(seconds=1), now())
        post(here, "Something new", "eve")
        clock = Clock(here.heed, "only")
        thread = threading.Thread(target=clock.run)
        thread.start()
        try:
            assert soon(lambda: here.ticket(found.id).state == "open")
            assert soon(lambda: len(here.tickets) == 2)
        finally:
            clock.stop()
            thread.join(15)


class TestAnAcknowledgement:
    def test_greets_once_and_repeats_nothing_a_stranger_wrote(self, here):
        self.template(here, "Hello {name}, {brand} has your message {number}. {subject}")
        rules(here, GREETING)
        letters = a_connection_row(here, "email")
        mail(here, letters, "Evil words", "dan@home.example", Subject="Evil subject")
        assert effects.settle_due(here.heed, now()) == 1
        assert effects.settle_due(here.heed, now()) == 0
        [_, sent] = here.messages()
        assert (sent.text, sent.automatic, sent.visibility) == (
            "Hello , My desk has your message 1. {subject}", True, "public",
        )  # fmt: skip
        assert sent.subject == "My desk #1"
        assert here.rows("SELECT role, address, name FROM message_party WHERE message_id = :m", m=sent.id) == [
            ("to", "dan@home.example", "")
        ]
        with here.heed.database.read() as db:
            assert [one.message_id for one in outgoing.due(db, now())] == [sent.id]

    def test_reaches_an_address_once_a_day(self, here):
        self.template(here)
        rules(here, GREETING)
        letters = a_connection_row(here, "email")
        mail(here, letters, "One", "dan@home.example")
        mail(here, letters, "Two", "dan@home.example")
        effects.settle_due(here.heed, now())
        results = [result for (result,) in here.rows("SELECT result FROM rule_effect ORDER BY result")]
        assert results == ["not sent: this address was acknowledged within a day", "queued"]

    @pytest.mark.parametrize(
        ("who", "headers"),
        [("noreply@shop.example", {}), ("dan@home.example", {"Auto_Submitted": "auto-replied"})],
        ids=["a noreply address", "an automatic mail"],
    )
    def test_never_answers_a_machine(self, here, who, headers):
        self.template(here)
        rules(here, GREETING)
        mail(here, a_connection_row(here, "email"), "Out of office", who, **headers)
        effects.settle_due(here.heed, now())
        assert [row.direction for row in here.messages()] == ["inbound"]

    def test_without_a_template_says_so(self, here):
        rules(here, GREETING)
        mail(here, a_connection_row(here, "email"))
        effects.settle_due(here.heed, now())
        [(result,)] = here.rows("SELECT result FROM rule_effect")
        assert result.startswith("not sent: there is no acknowledgement “hello”")

    @staticmethod
    def template(here, body="Hello, we have your message."):
        here.do(
            "INSERT INTO template (id, brand_id, name, kind, language, body, created_at)"
            " VALUES ('t1', :b, 'hello', 'acknowledge', 'en', :body, :at)",
            b=here.brand_id, body=body, at=now().isoformat(" "),
        )  # fmt: skip


class TestANotice:
    def test_reaches_a_role_or_a_person_by_name(self, here):
        ana = an_agent(here, "Ana")
        told = {"One": "{notify: supervisor, note: Look at this}", "Two": "{notify: Ana}", "Three": "{notify: Nobody}"}
        each = (f"  - {{name: {name}, when: always, then: [{what}]}}\n" for name, what in told.items())
        rules(here, "rules:\n" + "".join(each))
        here.says()
        effects.settle_due(here.heed, now())
        found = set(here.rows("SELECT agent_id, role, because FROM notice"))
        assert found == {(None, "supervisor", "Look at this"), (ana.agent, None, "Rule “Two”")}
        results = {result for (result,) in here.rows("SELECT result FROM rule_effect")}
        assert "There is nobody called “Nobody”: change the rule." in results


class TestAFile:
    def test_is_fetched_and_kept(self, here):
        with PlainServer(lambda call: Told(200, b"the bytes")) as server:
            file_id = self.named(here, server)
            assert fetching.due(here.heed, now()) == [file_id]
            fetching.fetch(here.heed, file_id, now())
        assert here.rows("SELECT state, size, error FROM attachment") == [("stored", 9, None)]
        assert fetching.due(here.heed, in_minutes(60)) == []

    def test_that_cannot_be_had_now_is_tried_five_times(self, here):
        at = in_minutes(1)
        with PlainServer(lambda call: Told(500)) as server:
            file_id = self.named(here, server)
            for attempt in range(1, 6):
                fetching.fetch(here.heed, file_id, at)
                fetching.fetch(here.heed, file_id, at)
                assert len(server.calls) == attempt
                at += timedelta(hours=2)
        [(state, error, attempts)] = here.rows("SELECT state, error, attempts FROM attachment")
        assert (state, attempts) == ("missing", 5)
        assert "HTTP 500" in error

    def test_that_is_gone_is_missing_at_once(self, here):
        with PlainServer(lambda call: Told(404)) as server:
            fetching.fetch(here.heed, self.named(here, server), now())
        assert here.rows("SELECT state FROM attachment") == [("missing",)]

    def test_whose_fetching_was_cut_off_is_due_again(self, here):
        with PlainServer() as server:
            file_id = self.named(here, server)
        with here.heed.database.write() as db:
            fetching.fetches.take(db, file_id, now(), now() + fetching.LASTS)
        assert fetching.due(here.heed, now()) == []
        assert fetching.due(here.heed, in_minutes(6)) == [file_id]

    @staticmethod
    def named(here, server):
        row = a_connection_row(here, "api", settings={"base_url": server.url})
        post(here, row=row, attachments=[{"name": "a.txt", "url": f"{server.url}/a.txt", "media_type": "text/plain"}])
        here.drain(row)
        [(file_id,)] = here.rows("SELECT id FROM attachment")
        return file_id
