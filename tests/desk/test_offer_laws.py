"""The laws of offering, over random desks and orders of events: one agent each, within slots, to who may, in order.

After every event: whatever could be handed out has been, each decision replays, and what it says would have changed it
would have. Many processes at once: test_offers_under_fire.
"""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from router import desk as acts
from router import equipping, lapsing
from router.desk.offers import accept, decline, offered
from router.model import Decision, Presence
from router.presence import set_presence
from router.routing.otherwise import what_would_change
from router.routing.record import chosen_from, recorded_rows, replay
from router.routing.score import before, spared
from router.store import decisions
from router.store.audit import COMMAND
from tests.builders import Desk, a_desk, a_skill, an_agent, now, rules

MONEY = "rules: [{name: R, when: {fact: text, is: mentions, value: refund}, then: [{need_skill: billing}]}]"
FURIOUS = "This is the THIRD time I write! I am furious. You are useless, give me my refund NOW!!!"
FOLDER = count()
EXAMPLES, EVENTS = 10, 14

people = st.lists(st.tuples(st.integers(1, 2), st.booleans()), min_size=1, max_size=3)  # slots, does billing
KINDS = (
    "writes",
    "writes",
    "refund",
    "accept",
    "decline",
    "decline",
    "time",
    "resolve",
    "away",
    "back",
    "skill",
    "hard",
)
events = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2)), min_size=6, max_size=EVENTS)


class Random:
    """A desk that things happen to; each ticket's place and each decision are watched."""

    def __init__(self, desk: Desk, crew: list[tuple[int, bool]]) -> None:
        self.desk, self.heed, self.later = desk, desk.heed, timedelta(0)
        a_skill(desk, "billing")
        rules(desk, MONEY)
        desk.do("UPDATE queue SET mode = 'push'")
        self.crew = [
            an_agent(desk, f"A{n}", slots={"live": slots}, skills={"en": 3, "billing": 3 if bills else 0})
            for n, (slots, bills) in enumerate(crew)
        ]
        self.slots = {scope.agent: slots for scope, (slots, _) in zip(self.crew, crew, strict=True)}
        self.places: dict[str, datetime] = {}
        self.offers: set[str] = set()
        self.waited: set[str] = set()  # before the last event, and after it
        self.passed: set[tuple] = set()
        self.spared: set[str] = set()  # passed over out of care
        self.customers = count()

    def happens(self, event: str, n: int) -> None:
        """Let one thing happen, as far as it can."""
        who = self.crew[n % len(self.crew)]
        if event in ("writes", "refund"):
            self.desk.says(FURIOUS if event == "refund" else "Where is it?", f"v{next(self.customers)}")
        elif event in ("accept", "decline"):
            for offer in offered(self.heed, who)[:1]:
                (accept if event == "accept" else decline)(self.heed, who, offer.id, self.at)
        elif event == "resolve":
            for (ticket,) in self.desk.rows(
                "SELECT id FROM ticket WHERE state = 'open' AND agent_id = :a LIMIT 1", a=who.agent
            ):
                acts.resolve(self.heed, who, ticket, self.at)
        elif event == "time":
            self.later += timedelta(seconds=(20, 125, 301)[n])
            lapsing.lapse(self.heed, self.at)
            lapsing.ask_again(self.heed, self.at)
        elif event == "hard":
            self.desk.do("UPDATE agent SET run = 2 WHERE id = :a", a=who.agent)
        elif event == "skill":
            level = next(iter(self.desk.rows(
                "SELECT level FROM agent_skill WHERE agent_id = :a AND skill_key = 'billing' AND valid_to IS NULL",
                a=who.agent)), (0,))[0]  # fmt: skip
            equipping.put_levels(self.heed, COMMAND, {who.agent: {"billing": 0 if level else 3}}, self.at)
        else:
            set_presence(self.heed, who.agent, Presence.AWAY if event == "away" else Presence.ONLINE, self.at)

    @property
    def at(self) -> datetime:
        """The moment it is on this desk."""
        return now() + self.later

    def check(self) -> None:
        """Check every law on the desk as it stands."""
        rows = self.desk.rows(
            "SELECT t.id, t.state, t.agent_id, t.lane_id, t.place, o.agent_id, o.lane_id, o.id, EXISTS (SELECT 1 FROM "
            "ticket_need n WHERE n.ticket_id = t.id AND n.skill_key = 'billing') FROM ticket t LEFT JOIN offer o "
            "ON o.ticket_id = t.id AND o.state = 'open'"
        )
        held = [row for row in rows if row[1] in ("open", "offered")]
        for _, state, agent, _, _, asked, *_ in rows:
            assert (state == "offered") == (asked is not None), "offered is what has an open offer"
            assert state != "offered" or agent == asked
        for agent, slots in self.slots.items():
            assert sum(row[2] == agent for row in held) <= slots, "never above capacity"
        self._keep_places(rows)
        self._nothing_left(rows)
        self._new_offers(rows)

    def _keep_places(self, rows: list[tuple]) -> None:
        for ticket, state, _, _, place, *_ in rows:
            if state in ("waiting", "offered"):
                assert self.places.setdefault(ticket, place) == place, "an offer costs no place"

    def _nothing_left(self, rows: list[tuple]) -> None:
        """A waiting ticket has nobody who is free, may take it and has not just let it go."""
        passed = set(self.desk.rows("SELECT agent_id, ticket_id FROM pass_over"))
        for agent in self._free(rows):
            for ticket, state, *_, money in rows:
                able = not money or self._bills(agent)
                assert not (state == "waiting" and able and (agent, ticket) not in passed), "given within one dispatch"

    def _new_offers(self, rows: list[tuple]) -> None:
        passed = set(self.desk.rows("SELECT agent_id, ticket_id FROM pass_over"))
        for ticket, _, _, _, place, agent, lane, offer, money in rows:
            if offer is None or offer in self.offers:
                continue
            self.offers.add(offer)
            assert not money or self._bills(agent), "never to one who may not"
            first = [
                row[0]
                for row in rows
                if row[0] in self.waited and row[1] == "waiting" and row[3] == lane and row[4] < place
            ]
            assert all((agent, other) in passed | self.passed for other in first), "within a lane by place"
            with self.heed.database.read() as db:
                decision, chosen, _ = decisions.newest(db, ticket)
            assert chosen == agent
            taken = agent if decision.inputs["asked"] == "agent" else ticket
            assert replay(decision) == taken
            other = what_would_change(decision)
            assert other is None or chosen_from(decision, other.rows) == other.id != taken
            self._spared_once(decision)
        self.passed, self.waited = passed, {row[0] for row in rows if row[1] == "waiting"}

    def _spared_once(self, decision: Decision) -> None:
        """Whoever is on a run of hard work passes over a ticket; the next one on a run does not."""
        if decision.inputs["asked"] == "ticket":
            rows, run = recorded_rows(decision), decision.inputs["run"]
            left = spared(rows, run)
            passed = {row.id for row in rows if row.id in left and before(row, rows[0])}
            assert not passed & self.spared, "passed over out of care at most once"
            self.spared |= passed

    def _free(self, rows: list[tuple]) -> list[str]:
        here = [a for (a,) in self.desk.rows(
            "SELECT agent_id FROM presence WHERE valid_to IS NULL AND status = 'online'")]  # fmt: skip
        return [a for a in here if sum(r[2] == a and r[1] in ("open", "offered") for r in rows) < self.slots[a]]

    def _bills(self, agent: str) -> bool:
        return bool(self.desk.rows("SELECT 1 FROM agent_skill WHERE agent_id = :a AND skill_key = 'billing' "
                                   "AND valid_to IS NULL", a=agent))  # fmt: skip


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(crew=people, order=events)
def test_hold_whatever_happens_in_whatever_order(
    sqlite_url: str, tmp_path: Path, crew: list[tuple[int, bool]], order: list[tuple[str, int]]
) -> None:
    folder = tmp_path / f"{next(FOLDER)}"
    folder.mkdir()
    (folder / "heed.db").write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
    with a_desk(f"sqlite:///{folder}/heed.db", folder) as desk:
        random = Random(desk, crew)
        for event, n in order:
            random.happens(event, n)
            random.check()
