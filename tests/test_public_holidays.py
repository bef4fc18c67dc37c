"""Public holidays close a calendar: by country, or by a part of one."""

from datetime import date, datetime

import pytest

from router.calendars import Calendar, Period
from router.mistakes import Mistake
from router.opening import read_country
from router.public_holidays import public_holidays
from router.store import desk as desk_rows
from tests.builders import Desk


@pytest.mark.parametrize(
    ("code", "day", "closed"),
    [
        ("PK", date(2026, 8, 14), True),
        ("DE", date(2026, 1, 6), False),
        ("DE-BY", date(2026, 1, 6), True),
        ("us", date(2026, 11, 26), True),
        ("US", date(2026, 11, 25), False),
    ],
)
def test_a_country_and_its_parts_have_their_own_days(code: str, day: date, closed: bool) -> None:
    assert (day in public_holidays(code)) is closed


def test_every_day_has_a_name_and_they_come_in_order() -> None:
    found = public_holidays("JP")
    assert all(found.values())
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("code", "words"), [("QQ", "no country “QQ”"), ("PK-QQ", "no part"), ("DE-QQ", "one of BB, BE")]
)
def test_a_code_nobody_knows_is_refused_with_those_that_are_known(code: str, words: str) -> None:
    with pytest.raises(Mistake, match=words):
        read_country(code)


def test_promises_are_counted_past_them(sqlite_desk: Desk) -> None:
    office = Calendar("Europe/Berlin", tuple(Period(day, 9 * 3600, 17 * 3600) for day in range(7)))
    with sqlite_desk.heed.database.write() as db:
        calendar_id = desk_rows.add_calendar(db, sqlite_desk.brand_id, "Office", office)
    sqlite_desk.do("UPDATE calendar SET holidays = 'DE'")
    with sqlite_desk.heed.database.read() as db:
        held = desk_rows.calendars(db)[calendar_id]
    at = datetime.fromisoformat
    christmas = at("2026-12-25T12:00:00+01:00")
    assert office.is_open(christmas)
    assert not held.is_open(christmas)
