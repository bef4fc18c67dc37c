"""Settings of the desk as a whole: the index, brands, calendars, people by CSV, the grid of levels, the audit trail."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from router import branding, equipping, feeling, opening, staffing, survey_settings
from router.app import Heed
from router.calendars import Period
from router.mistakes import Mistake
from router.model import SYSTEM, Role
from router.opening import hours_in_words, read_closed, read_week
from router.store import desk
from tests.a_desk import NOON, a_browser, a_person, send


def sent(*arguments: object, **fields: object) -> TestResponse:
    answer = send(*arguments, **fields)  # type: ignore[arg-type]
    assert isinstance(answer, TestResponse)
    return answer


@pytest.fixture
def admin(app: Flask, heed: Heed) -> FlaskClient:
    return a_browser(app, heed, a_person(heed, "Ada", Role.ADMIN))


def brand_of(heed: Heed, key: str) -> str:
    return equipping.brand_named(heed, key)


def trail(heed: Heed, act: str) -> list[tuple[str, str]]:
    with heed.database.read() as db:
        rows = db.exec_driver_sql(f"SELECT object, change FROM audit_event WHERE act = '{act}' ORDER BY seq").all()
    return [(row[0], row[1]) for row in rows]


def test_the_index_shows_what_a_role_may_see(app: Flask, heed: Heed, admin: FlaskClient) -> None:
    shown = {}
    for role in Role:
        page = a_browser(app, heed, a_person(heed, role=role, name=f"A{role}")).get("/settings").text
        shown[role] = [
            path for path in ("you", "people", "brands", "audit", "calendars") if f"/settings/{path}" in page
        ]
    assert shown[Role.AGENT] == ["you"] and "brands" not in shown[Role.OPS]
    assert shown[Role.ADMIN] == ["you", "people", "brands", "audit", "calendars"]
    for path in ("people/import", "people/export.csv", "brands"):
        assert (
            a_browser(app, heed, a_person(heed, f"O{len(path)}", Role.OPS)).get(f"/settings/{path}").status_code == 403
        )


class TestBrands:
    def test_a_second_brand_is_made_granted_and_works(self, app: Flask, heed: Heed, admin: FlaskClient) -> None:
        made = sent(admin, "/settings/brands", name="Lahore Shoes", language="ur", zone="Asia/Karachi")
        assert made.status_code == 303
        brand_id = brand_of(heed, "lahore-shoes")
        assert "Lahore Shoes" in admin.get("/settings/brands").text
        with heed.database.read() as db:
            assert desk.default_queue(db, brand_id) is not None
        assert "Lahore Shoes" in admin.get("/rules").text, "it has rules of its own, and who made it sees them"
        bo = a_person(heed, "Bo", brands=[brand_of(heed, "main")])
        sheet = f"email,brands\n{bo.email},main lahore-shoes\n"
        looked = sent(admin, "/settings/people/import", sheet=sheet)
        mark = looked.text.split('name="mark" value="')[1].split('"')[0]
        assert sent(admin, "/settings/people/import/confirm", sheet=sheet, mark=mark).status_code == 303
        assert next(p for p in staffing.everyone(heed, SYSTEM) if p.agent.name == "Bo").brands >= {brand_id}
        assert sent(admin, "/settings/brands", name="Lahore Shoes", language="ur", zone="UTC").status_code == 422

    def test_what_holds_for_a_brand_is_changed_and_on_the_trail(self, heed: Heed, admin: FlaskClient) -> None:
        brand_id = brand_of(heed, "main")
        fields = {"name": "Main", "language": "en", "zone": "Europe/Berlin", "keep_days": "30"}
        assert sent(admin, f"/settings/brands/{brand_id}", **fields).status_code == 303
        [line] = branding.lines(heed, SYSTEM)
        assert (line.brand.name, line.brand.zone, line.brand.mood_on, line.brand.keep_days) == (
            "Main", "Europe/Berlin", False, 30
        )  # fmt: skip
        assert feeling.unsettled(heed) == [brand_id], "its tickets are to stand without mood from now on"
        [(subject, change)] = trail(heed, "brand changed")
        assert subject == brand_id and '"mood_on": [true, false]' in change
        page = admin.get(f"/settings/brands/{brand_id}").text
        assert "brand changed" in page and "keep days: – → 30" in page
        for wrong in ({"language": "klingon"}, {"zone": "Mars"}, {"keep_days": "0"}, {"name": " "}):
            assert sent(admin, f"/settings/brands/{brand_id}", **{**fields, **wrong}).status_code == 422

    def test_when_and_in_which_words_a_brand_asks_is_chosen_by_language(self, heed: Heed, admin: FlaskClient) -> None:
        brand_id = brand_of(heed, "main")
        path = f"/settings/brands/{brand_id}/question"
        assert path in admin.get(f"/settings/brands/{brand_id}").text
        fields = {"language": "ur", "on": "1", "after": "90", "words-mail": "کیسا رہا؟ {links}", "words-message": ""}
        assert sent(admin, path, **fields).status_code == 303
        holds = survey_settings.asking(heed, brand_id, "ur")
        assert holds.switch == survey_settings.Switch(True, timedelta(minutes=90))
        assert (holds.words, holds.languages) == ({"mail": "کیسا رہا؟ {links}"}, ("ur",))
        shown = admin.get(f"{path}?language=ur").text
        assert "کیسا رہا؟" in shown and 'value="90"' in shown and "Words of its own: Urdu" in shown
        assert "کیسا رہا؟" not in admin.get(f"{path}?language=en").text
        for wrong in ({"words-mail": "no way to answer"}, {"after": "10081"}, {"language": "klingon"}):
            refused = sent(admin, path, **{**fields, **wrong})
            assert refused.status_code == 422 and 'value="1" checked' in refused.text

    def test_another_brand_is_not_there(self, app: Flask, heed: Heed, admin: FlaskClient) -> None:
        with heed.database.write() as db:
            other = desk.add_brand(db, key="other", name="Secret", language="de", zone="UTC", now=NOON)
        assert "Secret" not in admin.get("/settings/brands").text
        assert admin.get(f"/settings/brands/{other}").status_code == 404
        assert sent(admin, f"/settings/brands/{other}/question", language="en").status_code == 404
        assert sent(admin, "/settings/calendars", brand=other, name="x", zone="UTC").status_code == 404


class TestCalendars:
    def test_hours_closed_days_and_the_queue_that_counts_by_them(self, heed: Heed, admin: FlaskClient) -> None:
        made = sent(admin, "/settings/calendars", name="Office", zone="Asia/Karachi")
        path = made.headers["Location"].removeprefix("http://localhost")
        fields = {
            "name": "Office",
            "zone": "Asia/Karachi",
            "day-0": "14:00-18:00, 09:00 – 13:00",
            "day-4": "22:00-06:00",
            "closed": "2026-12-25 Christmas\n\n2027-01-01",
            "holidays": "pk",
        }
        assert sent(admin, path, **fields).status_code == 303
        [row] = opening.calendars(heed, SYSTEM)
        assert not row.always_open and row.closed == ((date(2026, 12, 25), "Christmas"), (date(2027, 1, 1), ""))
        assert row.holidays == "PK"
        assert "Next:" in admin.get(path).text
        assert hours_in_words(row.periods, 0) == "09:00-13:00, 14:00-18:00"
        page = admin.get(path).text
        assert "09:00-13:00, 14:00-18:00" in page and "22:00-06:00" in page and "2026-12-25 Christmas" in page
        [queue] = equipping.queues(heed, SYSTEM)
        asked = {"name": "General", "mode": "pull", "calendar": row.id}
        assert sent(admin, f"/settings/queues/{queue.id}", **asked).status_code == 303
        assert equipping.queues(heed, SYSTEM)[0].calendar_id == row.id
        assert sent(admin, f"/settings/queues/{queue.id}", **{**asked, "calendar": "none"}).status_code == 422
        assert "General" in admin.get("/settings/calendars").text
        kept = sent(admin, path, **{**fields, "day-0": "9 to 5"})
        assert kept.status_code == 422 and "9 to 5" in kept.text and "Monday" in kept.text
        assert opening.calendars(heed, SYSTEM) == [opening.calendars(heed, SYSTEM)[0]]
        assert [subject for subject, _ in trail(heed, "calendar changed")] == [row.id]

    @pytest.mark.parametrize(
        "text", ["9-17", "25:00-26:00", "09:60-10:00", "09:00-09:00", "09:00-24:30", "09:00-12:00, 11:00-13:00",
                 "22:00-06:00, 23:00-23:30"],
    )  # fmt: skip
    def test_hours_that_cannot_be_are_refused_with_their_day(self, text: str) -> None:
        with pytest.raises(Mistake, match="Tuesday"):
            read_week(["", text, "", "", "", "", ""])

    def test_closed_days_say_which_line_is_wrong(self) -> None:
        with pytest.raises(Mistake, match="line 3"):
            read_closed("2026-12-25\n\n25.12.2026 Christmas")
        assert read_week(["00:00-24:00", *[""] * 6]) == (Period(0, 0, 86_400),)


class TestPeopleByCsv:
    def test_links_of_new_people_are_shown_once(self, heed: Heed, admin: FlaskClient) -> None:
        sheet = "email,name\nnew@example.com,=New One\n"
        looked = sent(admin, "/settings/people/import", sheet=sheet)
        assert looked.status_code == 200 and "=New One" in looked.text
        assert all(line.agent.email != "new@example.com" for line in staffing.everyone(heed, SYSTEM))
        mark = looked.text.split('name="mark" value="')[1].split('"')[0]
        done = sent(admin, "/settings/people/import/confirm", sheet=sheet, mark=mark)
        assert done.status_code == 200 and "/login/link/" in done.text and "&#39;=New One" in done.text
        assert sent(admin, "/settings/people/import/confirm", sheet=sheet, mark=mark).status_code == 409
        assert "/login/link/" not in admin.get("/settings/people/export.csv").text
        assert admin.get("/settings/people/template.csv").headers["Content-Disposition"].startswith("attachment")

    def test_a_site_named_for_the_first_time_is_told(self, admin: FlaskClient) -> None:
        looked = sent(admin, "/settings/people/import", sheet="email,site\nnew@example.com,Lahore\n")
        assert "A site that nobody works at yet:" in looked.text

    def test_what_is_wrong_is_shown_by_line(self, admin: FlaskClient) -> None:
        looked = sent(admin, "/settings/people/import", sheet="email,role\nx@example.com,king\n")
        assert looked.status_code == 422 and "king" in looked.text and 'name="mark"' not in looked.text

    def test_what_is_wrong_is_said_in_the_readers_language(self, app: Flask, heed: Heed) -> None:
        zoya = a_person(heed, "Zoya", Role.ADMIN)
        browser = a_browser(app, heed, zoya)
        staffing.change_profile(heed, zoya.id, NOON, name="Zoya", zone="UTC", locale="ur")
        looked = sent(browser, "/settings/people/import", sheet="email,salary\nx@example.com,9\n").text
        assert "کوئی کالم ”\u2068salary\u2069“ نہیں۔" in looked and "email name role" in looked
        looked = sent(browser, "/settings/people/import", sheet="email,role\nx@example.com,agnt\n").text
        assert "کوئی کردار ”\u2068agnt\u2069“ نہیں۔" in looked and "کیا مراد ”\u2068agent\u2069“ تھا؟" in looked
        assert "There is no" not in looked


def test_the_grid_shows_what_changes_before_it_is_saved(app: Flask, heed: Heed) -> None:
    ops = a_person(heed, "Olga", Role.OPS)
    browser = a_browser(app, heed, ops)
    looked = sent(browser, "/settings/levels", look="1", **{f"{ops.id}/en": "5"})
    assert looked.status_code == 200 and "3 → 5" in looked.text
    assert staffing.everyone(heed, SYSTEM)[0].skills == {"en": 3}
    assert sent(browser, "/settings/levels", look="1", **{f"{ops.id}/en": "9"}).status_code == 422


class TestTrail:
    def test_is_filtered_and_checked(self, heed: Heed, admin: FlaskClient) -> None:
        sent(admin, "/settings/brands", name="Second", language="en", zone="UTC")
        assert "brand added" in admin.get("/settings/audit").text
        filtered = admin.get("/settings/audit?act=person+added").text
        assert "<td>person added" in filtered and "<td>brand added" not in filtered
        assert "Nothing found" in admin.get("/settings/audit?day=2001-01-01").text
        assert admin.get("/settings/audit?day=nonsense&before=x&actor=%00").status_code == 200
        assert "the chain holds" in admin.get("/settings/audit?check=1").text
        with heed.database.write() as db:
            db.exec_driver_sql("UPDATE audit_event SET act = 'nothing' WHERE seq = 1")
        assert "Line 1 was changed" in admin.get("/settings/audit?check=1").text

    def test_ops_see_their_brand_and_nothing_of_people(self, app: Flask, heed: Heed, admin: FlaskClient) -> None:
        ops = a_browser(app, heed, a_person(heed, "Olga", Role.OPS, brands=[brand_of(heed, "main")]))
        sent(admin, "/settings/brands", name="Second", language="en", zone="UTC")
        sent(ops, "/settings/queues", name="Money", mode="pull")
        page = ops.get("/settings/audit").text
        assert "queue added" in page and "Second" not in page and "person added" not in page
        assert "signed in" not in page and "the chain holds" not in ops.get("/settings/audit?check=1").text
        sue = a_browser(app, heed, a_person(heed, "Sue", Role.SUPERVISOR))
        assert sue.get("/settings/audit").status_code == 403

    def test_an_admin_of_one_brand_sees_no_one_of_another(self, app: Flask, heed: Heed) -> None:
        with heed.database.write() as db:
            other = desk.add_brand(db, key="other", name="Other", language="de", zone="UTC", now=NOON)
        a_person(heed, "Theo", brands=[other])
        admin = a_browser(app, heed, a_person(heed, "Ada", Role.ADMIN, brands=[brand_of(heed, "main")]))
        assert "Theo" not in admin.get("/settings/audit").text
