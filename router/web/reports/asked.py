"""What an address of the reports asks for: a period, how to split it, and of what."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import request
from werkzeug.datastructures import MultiDict

from router.reporting.periods import USUAL, Period, between, last_days
from router.reports import SPLITS, Wish
from router.web.words import look_up as _
from router.web.words import zone_of

DEFAULT = 28  # days


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, as the form shows it again. `wrong`: why it could not be, in the reader's words."""

    wish: Wish
    days: int  # 0: from one day to another
    wrong: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Return what tells this choice from others, whatever the time of day."""
        wish, period = self.wish, self.wish.period
        return (
            str(period.zone), period.first, period.last, wish.split, wish.brand, wish.queue, wish.channel
        )  # fmt: skip

    def query(self, **other: object) -> dict[str, object]:
        """Return the address's part that asks for the same, with something changed."""
        wish = self.wish
        said: dict[str, object] = {"split": wish.split, "brand": wish.brand, "queue": wish.queue}
        said |= {"channel": wish.channel}
        said |= {"days": self.days} if self.days else {"from": wish.period.first, "to": wish.period.last}
        return {name: value for name, value in (said | other).items() if value}


def chosen(zone_name: str, now: datetime) -> Chosen:
    """Return what the request asks for; what it asks wrongly is said, and the usual period shown instead."""
    zone, given = zone_of(zone_name), request.args
    days, wrong = _days(given), ""
    period = last_days(days or DEFAULT, now, zone)
    if not days:
        try:
            period = between(_day(given.get("from")), _day(given.get("to")), now, zone)
        except ValueError as error:
            wrong, days = str(error), DEFAULT
    return Chosen(_wish(given, period), days, wrong)


def _days(given: MultiDict[str, str]) -> int:
    """Return how many days were asked for; 0 when it was from one day to another."""
    named = given.get("days", "")
    if named in {str(usual) for usual in USUAL}:
        return int(named)
    return 0 if named == "0" or (not named and given.get("from")) else DEFAULT


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise ValueError(_("Give both days of the period, such as 2026-11-03.")) from None


def _wish(given: MultiDict[str, str], period: Period) -> Wish:
    split = next((one for one in SPLITS if one == given.get("split")), SPLITS[0])
    return Wish(period, split, given.get("brand") or None, given.get("queue") or None, given.get("channel") or None)
