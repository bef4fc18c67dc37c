"""What a report counts, on both databases: by group, within walls, and each agent's own for them alone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from router import desk as acts
from router import reports, survey_settings, surveying
from router.desk import NotFound
from router.model import Role, Scope
from router.reporting.periods import between, last_days
from router.reports import Wish
from router.store.audit import COMMAND
from router.store.ids import new_id
from router.store.views.reports import id_at
from router.survey_settings import Switch
from tests.builders import Desk, a_brand, a_queue, a_supervisor, an_agent, now

UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def busy(desk: Desk):
    """A desk where six tickets were answered and resolved, one waits, one is spam, one is another brand's."""
    survey_settings.put(desk.heed, COMMAND, desk.brand_id, Switch(on=True), now())
    sue = a_supervisor(desk)
    for number in range(6):
        ticket = desk.says("This is the third time I ask. Where is my parcel?", f"w{number}", thread=f"t{number}")
        acts.reply(desk.heed, sue, ticket.id, "On its way.", now())
        desk.says("Thank you so much, that was great", f"w{number}", thread=f"t{number}")
        acts.reply(desk.heed, sue, ticket.id, "Welcome.", now())
        acts.resolve(desk.heed, sue, ticket.id, now())
    surveying.ask_due(desk.heed, now())
    for number, (survey_id,) in enumerate(desk.rows("SELECT id FROM survey ORDER BY id")):
        token = surveying.token_of(desk.heed.config.secret_keys[0], survey_id)
        assert surveying.answer(desk.heed, token, 1 if number == 0 else 5, "", now())
    desk.says("One more", "late")
    spam = desk.says("Buy", "spammer")
    acts.spam(desk.heed, sue, spam.id, now())
    desk.do(
        "UPDATE promise SET due_at = :at WHERE met_at IS NULL AND ended_at IS NULL",
        at=stored(desk, now() - timedelta(minutes=1)),
    )
    return sue


def stored(desk: Desk, at: datetime) -> object:
    """Return a moment as the database holds it."""
    return at if desk.heed.database.dialect == "postgresql" else f"{at:%Y-%m-%d %H:%M:%S.%f}"


def made(desk: Desk, scope: Scope, **facts):
    return reports.report(desk.heed, scope, Wish(last_days(7, now(), UTC_ZONE), **facts))


def test_a_report_counts_the_same_however_it_is_split_and_ends_at_the_walls(desk: Desk, busy):
    alone = made(desk, busy)  # the only brand: no ticket is looked at
    other = a_brand(desk, "other")
    for split in reports.SPLITS:
        found = made(desk, busy, split=split)
        told = {key: figure.value for key, figure in found.total.items()}
        assert (told["opened"], told["received"], told["sent"], told["resolved"]) == (7, 13, 12, 6)
        assert (told["reopened"], told["transferred"], told["asked"], told["answered"]) == (0, 0, 6, 6)
        assert found.total["kept"].cases == 13 and told["kept"] == pytest.approx(12 / 13)
        assert found.total["first_p50"].cases == found.total["next_p50"].cases == 6
        assert 0 <= told["first_p50"] < 60
        assert found.total["satisfied"].cases == 6 and told["satisfied"] == pytest.approx(5 / 6)
        assert found.total["mood_in"].cases == 6 and told["mood_in"] > told["mood_out"]
        assert sum(group.figures["opened"].value or 0 for group in found.groups) == 7
        assert found.before["opened"].value == 0
        assert found.total == alone.total

    assert made(desk, busy, queue=a_queue(desk, "Empty")).total["opened"].value == 0
    assert made(desk, busy, channel="api").total["opened"].value == 7
    assert made(desk, busy, channel="email").total["received"].value == 0

    stranger = Scope(Role.ADMIN, frozenset({other}), busy.agent)
    assert all(not figure.cases for figure in made(desk, stranger).total.values())
    for facts in ({"brand": desk.brand_id}, {"queue": desk.tickets[0].queue_id}):
        with pytest.raises(NotFound):
            made(desk, stranger, **facts)

    week = last_days(7, now(), UTC_ZONE)
    own = reports.mine(desk.heed, busy, week).figures
    assert (own["sent"].value, own["first_p50"].cases, own["kept"].value, own["satisfied"].cases) == (12, 6, 1.0, 6)
    assert not any(figure.cases for figure in reports.mine(desk.heed, an_agent(desk), week).figures.values())

    desk.do("UPDATE brand SET mood_on = false")
    assert "mood_in" not in made(desk, busy).total and "mood" not in made(desk, busy).sections


def test_a_report_puts_each_thing_on_the_readers_day_and_counts_what_came_back(desk: Desk, busy):
    ticket = next(t for t in desk.tickets if t.state == "resolved")
    acts.reopen(desk.heed, busy, ticket.id, now())
    acts.transfer(desk.heed, busy, ticket.id, now(), queue=a_queue(desk, "Second"))
    told = made(desk, busy, split="queue").total
    assert (told["reopened"].value, told["transferred"].value, told["resolved"].value) == (1, 1, 5)

    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, for the first time that night
    change = "UPDATE ticket SET created_at = :at"
    desk.do(change, at=stored(desk, at))
    desk.do(f"{change} WHERE number = 1", at=stored(desk, at + timedelta(hours=22, minutes=29)))
    desk.do(f"{change} WHERE number = 2", at=stored(desk, at + timedelta(hours=22, minutes=30)))
    days = between(date(2026, 10, 24), date(2026, 10, 26), at + timedelta(days=9), ZoneInfo("Europe/Berlin"))
    found = reports.report(desk.heed, busy, Wish(days))
    assert [group.figures["opened"].value for group in found.groups] == [0, 6, 1]


def test_an_id_is_found_by_its_moment():
    made_now = new_id()
    assert id_at(now() - timedelta(seconds=5)) < made_now < id_at(now() + timedelta(seconds=5))
