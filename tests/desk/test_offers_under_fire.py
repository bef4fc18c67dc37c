"""Offering under fire: many agents at once who come, go, answer and do not, and processes that are killed.

The laws are looked at again and again while it goes on, each time on one moment of the desk, and once more at the end.
"""

import random
import time
from collections.abc import Callable
from functools import partial

import pytest

from router import lapsing
from router.routing.record import replay
from router.store import decisions, offers
from tests.builders import Desk, a_skill, an_agent, now, rules
from tests.workers import Worker, agents_at_work, customers_write, the_clock_ticks

MONEY = "rules: [{name: R, when: {fact: text, is: mentions, value: refund}, then: [{need_skill: billing}]}]"
PARTS = 2  # processes the agents are in
FEW, MANY = 10, 50  # agents: as a rule, and when it is to last
ENOUGH = 8  # tickets resolved, and then it may end
KILL_EVERY_S = 3.0
AS_IT_IS = """
    SELECT t.id, t.state, t.agent_id, t.place, o.agent_id AS asked, p.status, (SELECT count(*) FROM ticket_need n
        WHERE n.ticket_id = t.id AND n.skill_key = 'billing') AS money
    FROM ticket t LEFT JOIN offer o ON o.ticket_id = t.id AND o.state = 'open'
        LEFT JOIN presence p ON p.agent_id = o.agent_id AND p.valid_to IS NULL
    WHERE t.state IN ('waiting', 'offered', 'open')
"""

Job = tuple[Callable[..., None], *tuple[str, ...]]


class Fire:
    """A desk with a push queue whose offers last a second, and the processes that work on it."""

    def __init__(self, desk: Desk, crew: int) -> None:
        self.desk, self.stop = desk, desk.folder / "stop"
        a_skill(desk, "billing")
        rules(desk, MONEY)
        desk.do("UPDATE queue SET mode = 'push', offer_s = 1")
        self.slots: dict[str | None, int] = {}
        self.bills: set[str | None] = set()
        for n in range(crew):
            skills = {"en": 3, "billing": n % 3}
            who = an_agent(desk, f"A{n}", slots={"live": 1 + n % 2}, skills=skills).agent
            self.slots[who] = 1 + n % 2
            self.bills |= {who} if n % 3 else set()
        self.places: dict[str, object] = {}
        self.trouble = desk.folder / "trouble.log"
        self.started = 0
        names = [str(who) for who in self.slots]
        self.jobs = [
            lambda: (customers_write, str(self.stop), desk.api.id, f"{self.started * 100_000}"),
            lambda: (the_clock_ticks, str(self.stop)),
            *[partial(self._at_work, ",".join(names[part::PARTS])) for part in range(PARTS)],
        ]
        self.workers = [self.start(job) for job in self.jobs]

    def _at_work(self, names: str) -> Job:
        return agents_at_work, str(self.stop), self.desk.brand_id, names, f"{self.started}", str(self.trouble)

    def start(self, job: Callable[[], Job]) -> Worker:
        self.started += 1
        return Worker(self.desk, *job())

    def kill_one(self, chance: random.Random) -> None:
        """End a process by force, in the midst of whatever it does, and start another."""
        one = chance.randrange(len(self.workers))
        self.workers[one].kill()
        self.workers[one] = self.start(self.jobs[one])

    def resolved(self) -> int:
        """Return how many tickets are done."""
        return int(self.desk.rows("SELECT count(*) FROM ticket WHERE state = 'resolved'")[0][0])

    def look(self) -> None:
        """Check what holds at any moment, on one moment of the desk."""
        held: dict[str, int] = {}
        for ticket, state, agent, place, asked, status, money in self.desk.rows(AS_IT_IS):
            assert (state == "offered") == (asked is not None), "offered is what has an open offer"
            if state in ("open", "offered"):
                held[agent] = held.get(agent, 0) + 1
                assert not money or agent in self.bills, "never to one who may not"
            if state == "offered":
                assert agent == asked and status == "online", "asked is who has it, and is here"
            if state in ("waiting", "offered"):
                assert self.places.setdefault(ticket, place) == place, "an offer costs no place"
        for agent, count in held.items():
            assert count <= self.slots[agent], "never above capacity"

    def look_back(self) -> None:
        """Check what was done: one agent each, each choice for a reason that holds."""
        rows = self.desk.rows
        assert not self.trouble.exists(), self.trouble.read_text()[:3000]
        twice = """
            SELECT a.ticket_id FROM assignment a JOIN assignment b ON b.ticket_id = a.ticket_id AND b.id > a.id
            WHERE (a.valid_to IS NULL OR a.valid_to > b.valid_from)
                AND (b.valid_to IS NULL OR b.valid_to > a.valid_from)
        """
        assert rows(twice) == [], "never two agents"
        with self.desk.heed.database.read() as db:
            for ticket, agent in rows("SELECT DISTINCT ticket_id, agent_id FROM offer"):
                decision, _, _ = decisions.newest(db, ticket)
                assert replay(decision) is not None
                assert agent in self.bills or not rows("SELECT 1 FROM ticket_need WHERE ticket_id = :t AND skill_key = "
                                                       "'billing'", t=ticket), "never to one who may not"  # fmt: skip

    def nobody_is_left(self) -> None:
        """Check that after one beat of the clock nothing waits that somebody who is free may take."""
        lapsing.lapse(self.desk.heed, now())
        lapsing.ask_again(self.desk.heed, now())
        self.look()
        tickets = self.desk.rows(AS_IT_IS)
        passed = set(self.desk.rows("SELECT ticket_id, agent_id FROM pass_over"))
        here = self.desk.rows("SELECT agent_id FROM presence WHERE valid_to IS NULL AND status = 'online'")
        for (agent,) in here:
            held = sum(row[2] == agent and row[1] in ("open", "offered") for row in tickets)
            with self.desk.heed.database.read() as db:
                free = held < self.slots[agent] and not offers.is_cut_off(db, agent)
            left = [t for t, state, *_, money in tickets if state == "waiting" and (not money or agent in self.bills)]
            assert not free or all((t, agent) in passed for t in left), "nobody is left while somebody is free"


@pytest.mark.timeout(400)
def test_the_laws_hold_while_agents_flap_offers_lapse_and_workers_are_killed(desk: Desk, fire_s: float) -> None:
    chance, began = random.Random(7), time.monotonic()
    fire = Fire(desk, MANY if fire_s else FEW)
    killed = 0
    try:
        while time.monotonic() < began + fire_s or fire.resolved() < ENOUGH or not killed:
            fire.look()
            if fire.resolved() >= ENOUGH / 2 and killed <= (time.monotonic() - began) / KILL_EVERY_S:
                fire.kill_one(chance)
                killed += 1
    finally:
        fire.stop.touch()
        ends = [worker.ended(100) for worker in fire.workers]
    assert killed and ends == [""] * len(ends)
    fire.nobody_is_left()
    fire.look_back()
