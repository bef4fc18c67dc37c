"""Mail that machines write in answer to ours: nobody feels anything in it."""

import pytest

from router import feeling
from router.store.connections import ConnectionRow
from router.teaching.correcting import correct
from tests.builders import Desk, a_connection_row, an_agent, mail, now, pulled

ANGRY = "This is the third time I write! Still no refund. I will sue you and cancel my account if it is not fixed."
AWAY = {"Auto_Submitted": "auto-replied (vacation)", "Subject": "Automatic reply: Order"}


@pytest.fixture
def row(desk: Desk) -> ConnectionRow:
    return a_connection_row(desk, "email")


class TestWhatAMachineReplied:
    def test_is_not_read_for_feelings_and_takes_no_place_before_people(self, desk, row):
        away = desk.ticket_of(mail(desk, row, ANGRY, **AWAY), row)
        assert (away.mood_read, away.frustration, away.heat, away.urgency) == (False, 0, 0, 0)
        assert away.language == "en" and away.intent != ""
        assert desk.rows("SELECT count(*) FROM reading_evidence") == [(0,)]
        form = desk.ticket_of(mail(desk, row, ANGRY, "noreply@form.example", Auto_Submitted="auto-generated"), row)
        assert form.heat >= 2, "a customer who filled in a form is still heard"
        assert form.place < away.place

    def test_alarms_nobody_about_an_open_ticket(self, desk, row):
        asked = mail(desk, row)
        ticket_id = pulled(desk, an_agent(desk))
        mail(desk, row, ANGRY, In_Reply_To=asked, **AWAY)
        assert desk.ticket(ticket_id).heat == 0
        assert desk.rows("SELECT kind FROM notice") == []

    def test_stays_unread_when_a_brand_switches_mood_on_again(self, desk, row):
        desk.do("UPDATE brand SET mood_on = false")
        away = desk.ticket_of(mail(desk, row, ANGRY, **AWAY), row)
        desk.do("UPDATE brand SET mood_on = true")
        feeling.settle(desk.heed, desk.brand_id, now())
        assert (desk.ticket(away.id).mood_read, desk.ticket(away.id).heat) == (False, 0)

    def test_stays_unread_when_somebody_says_in_what_language_it_is(self, desk, row):
        away = desk.ticket_of(mail(desk, row, ANGRY, **AWAY), row)
        desk.do("UPDATE reading SET language = 'nl'")  # as if it had been taken for that
        [message] = desk.messages(away.id)
        correct(desk.heed, an_agent(desk), away.id, message.id, "language", "en", now())
        assert (desk.ticket(away.id).mood_read, desk.ticket(away.id).language) == (False, "en")
