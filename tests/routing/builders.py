"""Builders for routing's values: every argument has a default but what a test is about."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from router.model import Presence
from router.routing.choose import Head
from router.routing.lanes import AgentView, LaneSpec

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def minutes(number):
    return timedelta(minutes=number)


def a_lane(**facts):
    return LaneSpec(**{"brand": "acme", "queue": "support", "channel": "email", "work_class": "mail", **facts})


def a_chat_lane(**facts):
    return a_lane(**{"channel": "webchat", "work_class": "live", **facts})


def an_agent(name="Ana", **facts):
    return AgentView(**{"id": name.lower(), "name": name, "brands": frozenset({"acme"}), **facts})


def a_head(ticket="T1", place=NOON, **facts):
    return Head(**{"ticket_id": ticket, "lane": a_lane(), "place": place, **facts})


SKILLS = ["billing", "returns", "de", "ur-Latn"]
levels = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=3)

lanes = st.builds(
    LaneSpec,
    brand=st.sampled_from(["acme", "bolt"]),
    queue=st.just("support"),
    channel=st.sampled_from(["email", "webchat", "telegram"]),
    work_class=st.sampled_from(["live", "messaging", "mail"]),
    needs=levels,
    topic=st.sampled_from([None, "billing", "returns"]),
    kept=st.booleans(),
)

heads = st.lists(
    st.builds(
        Head,
        ticket_id=st.integers(0, 10_000).map(lambda n: f"t{n:024d}"),
        lane=lanes,
        place=st.integers(0, 30).map(lambda n: NOON + minutes(n)),
        heat=st.integers(0, 3),
        topic_confidence=st.floats(0, 1),
        same_agent=st.booleans(),
        passed=st.booleans(),
        passed_over_count=st.integers(0, 22),
        declined=st.sampled_from([False, False, False, True]),
    ),
    max_size=30,
    unique_by=lambda head: head.ticket_id,
)

counts = st.fixed_dictionaries({"live": st.integers(0, 4), "mail": st.integers(0, 2)})


def agents_named(names):
    return st.builds(
        AgentView,
        id=names,
        name=st.text(max_size=200),
        brands=st.sampled_from([frozenset({"acme"}), frozenset({"acme", "bolt"})]),
        skills=levels,
        channels=st.sampled_from([None, None, frozenset({"email"}), frozenset({"webchat", "telegram"})]),
        presence=st.sampled_from([Presence.ONLINE, Presence.ONLINE, Presence.ONLINE, Presence.AWAY]),
        capacity=counts,
        load=st.fixed_dictionaries(
            {"live": st.integers(0, 2), "messaging": st.integers(0, 2), "mail": st.integers(0, 2)}
        ),
        last_assigned_at=st.one_of(st.none(), st.integers(0, 5).map(lambda n: NOON + minutes(n))),
        run=st.integers(0, 4),
        ledger=st.floats(0, 20),
    )


an_agent_strategy = agents_named(st.just("a" * 26))
desks = st.lists(
    agents_named(st.integers(0, 10_000).map(lambda n: f"a{n:025d}")), max_size=25, unique_by=lambda agent: agent.id
)
