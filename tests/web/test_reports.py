"""Reports: what a supervisor sees of the desk, what agents see of themselves, and nothing else of anybody."""

import csv
import io
import re

import pytest
from flask import Flask

from router.app import Heed
from router.model import Role
from tests.a_desk import a_browser, a_person


@pytest.fixture
def sue(app: Flask, heed: Heed):
    """A supervisor's browser."""
    return a_browser(app, heed, a_person(heed, "Sue", Role.SUPERVISOR))


class TestThePage:
    def test_an_empty_desk_says_too_few_and_draws_no_fault(self, sue):
        page = sue.get("/reports")
        assert page.status_code == 200
        assert "too few to say" in page.text and "Save as CSV" in page.text
        assert " style=" not in page.text

    @pytest.mark.parametrize("split", ["day", "queue", "channel", "language", "nonsense"])
    def test_is_split_as_asked(self, sue, split):
        assert sue.get(f"/reports?days=7&split={split}").status_code == 200

    def test_a_wrong_period_is_said_and_the_usual_one_shown(self, sue):
        page = sue.get("/reports?days=0&from=2026-01-09&to=2026-01-02")
        assert page.status_code == 422
        assert "swap them" in page.text
        assert sue.get("/reports?days=0&from=x&to=").status_code == 422

    @pytest.mark.parametrize("what", ["brand=nobody", "queue=nobody"])
    def test_what_is_not_theirs_is_not_there(self, sue, what):
        assert sue.get(f"/reports?{what}").status_code == 404

    def test_the_file_holds_what_the_page_shows(self, sue):
        answer = sue.get("/reports/file.csv?days=7")
        assert answer.mimetype == "text/csv"
        assert re.search(r'filename="heed-report-\S+-to-\S+-by-day\.csv"', answer.headers["Content-Disposition"])
        table = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
        assert [row["day"] for row in table][-2:] == ["all", "all, period before"]
        assert len(table) == 9 and table[0]["opened"] == "0" and table[0]["first_p50_s"] == ""

    def test_the_file_of_a_wrong_period_is_refused(self, sue):
        assert sue.get("/reports/file.csv?days=0&from=2026-01-09&to=2026-01-02").status_code == 422


class TestAgents:
    def test_are_led_to_their_own(self, app: Flask, heed: Heed):
        ana = a_browser(app, heed, a_person(heed, "Ana"))
        assert ana.get("/reports").headers["Location"] == "/reports/mine"
        assert ana.get("/reports/file.csv").status_code == 403
        page = ana.get("/reports/mine?days=7")
        assert page.status_code == 200 and "Only you see this page" in page.text
