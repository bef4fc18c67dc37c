"""The reader's language: whose it is, and how numbers, durations, moments and the core's sentences are said in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g

from router import connecting, staffing
from router.app import Heed
from router.model import SYSTEM, Presence
from router.routing.eligibility import explain_not_you, explain_wait
from router.routing.lanes import AgentView, LaneSpec
from router.store import desk
from router.store.audit import COMMAND
from router.web import words
from router.web.words import sentences
from router.web.words.reader import read_in
from rules import conditions, explain
from rules.actions import ACTIONS
from rules.check import check
from rules.facts import FACTS
from rules.load import load
from rules.model import Action, Condition
from rules.operators import OPERATORS
from tests.a_desk import a_browser, a_person
from tests.rules.builders import a_file
from tests.rules.test_lint import FOUND, SHOP

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"


@pytest.fixture
def urdu() -> Iterator[None]:
    """A page that is read in Urdu."""
    with Flask("words").test_request_context():
        g.agent = None
        read_in("ur")
        yield


class TestWhose:
    def test_the_person_signed_in_says_it(self, app: Flask, heed: Heed) -> None:
        ana = a_person(heed)
        browser = a_browser(app, heed, ana)
        staffing.change_profile(heed, ana.id, NOW, name="Ana", zone="UTC", locale="ur")
        page = browser.get("/settings/you", headers={"Accept-Language": "en"}).text
        assert '<html lang="ur" dir="rtl"' in page and "ترتیبات" in page
        assert '<script type="application/json" id="words">' in page

    @pytest.mark.parametrize(
        ("asked", "lang"), [("ur-PK,ur;q=0.9,en;q=0.5", "ur"), ("fr,ur;q=0.4", "ur"), ("de", "en"), ("", "en")]
    )
    def test_before_signing_in_the_browser_says_it(self, app: Flask, asked: str, lang: str) -> None:
        assert f'<html lang="{lang}"' in app.test_client().get("/login", headers={"Accept-Language": asked}).text

    @pytest.mark.parametrize(("asked", "lang"), [("ur", "ur"), ("en-GB", "en"), ("de", "ur"), ("", "ur")])
    def test_a_visitor_is_asked_before_the_brand(self, app: Flask, heed: Heed, asked: str, lang: str) -> None:
        with heed.database.write() as db:
            db.exec_driver_sql("UPDATE brand SET language = 'ur'")
        key = a_chat(heed)
        page = app.test_client().get(f"/chat/{key}", headers={"Accept-Language": asked}).text
        assert f'<html lang="{lang}"' in page
        assert json.dumps("ہم سے بات کریں").encode() in app.test_client().get(f"/chat/{key}/widget.js").data

    def test_programs_are_answered_in_english(self, app: Flask) -> None:
        answer = app.test_client().get("/api/v1/tickets", headers={"Accept-Language": "ur"})
        assert answer.status_code == 401 and answer.text.isascii() is False and "Send" in answer.text

    def test_people_are_refused_in_theirs(self, app: Flask, heed: Heed) -> None:
        ana = a_person(heed)
        staffing.change_profile(heed, ana.id, NOW, name="Ana", zone="UTC", locale="ur")
        page = a_browser(app, heed, ana).get("/tickets/nothing").text
        assert "یہاں کچھ نہیں، یا یہ آپ کے دیکھنے کا نہیں۔" in page

    def test_what_is_missing_stays_english(self, urdu: None) -> None:
        assert words.look_up("No such text {n}", n=3) == "No such text 3"
        assert words.plural(2, "{n} oddity", "{n} oddities") == "2 oddities"


class TestNumbers:
    @pytest.mark.parametrize(("n", "said"), [(0, "0 دن"), (1, "1 دن"), (2, "2 دن"), (1234, "1,234 دن")])
    def test_are_grouped_as_the_locale_does(self, urdu: None, n: int, said: str) -> None:
        assert words.plural(n, "{n} day", "{n} days") == said

    @pytest.mark.parametrize(("n", "said"), [(1, "1 فائل"), (0, "0 فائلیں"), (2, "2 فائلیں"), (21, "21 فائلیں")])
    def test_choose_the_plural(self, urdu: None, n: int, said: str) -> None:
        assert words.plural(n, "{n} file", "{n} files") == said

    def test_are_the_same_in_english_as_ever(self) -> None:
        assert words.plural(1234, "{n} day", "{n} days") == "1\u202f234 days"
        assert words.number(2.125, 1) == "2.1"
        assert words.listed(["a", "b", "c"]) == "a, b and c"

    def test_stand_in_lists_of_the_language(self, urdu: None) -> None:
        assert words.listed(["میل", "کال", "کام"]) == "میل، کال، اور کام"
        assert words.listed(["میل", "کال"]) == "میل اور کال"

    @pytest.mark.parametrize(("size", "said"), [(812, "812 بائٹ"), (35_000, "34 KB"), (2_200_000, "2.1 MB")])
    def test_of_bytes(self, urdu: None, size: int, said: str) -> None:
        assert words.size(size) == said


class TestMoments:
    @pytest.mark.parametrize(
        ("seconds", "said"),
        [(45, "45 سیکنڈ"), (240, "4 منٹ"), (3600, "1 گھنٹہ"), (12_000, "3 گھنٹے 20 منٹ"), (172_800, "2 دن")],
    )
    def test_durations(self, urdu: None, seconds: int, said: str) -> None:
        assert words.span(timedelta(seconds=seconds)) == said

    def test_promises(self, urdu: None) -> None:
        assert words.due(NOW - timedelta(minutes=2), NOW) == "2 منٹ کی تاخیر"
        assert words.due(NOW + timedelta(minutes=4), NOW) == "4 منٹ میں"

    @pytest.mark.parametrize(
        ("days", "said"),
        [(0, "17:00"), (-1, "گزشتہ کل 17:00"), (1, "آئندہ کل 17:00"), (-2, "پیر 17:00"),
         (-20, "12 فروری 17:00"),
         (-90, "4 دسمبر، 2025 17:00")],
    )  # fmt: skip
    def test_yesterday_and_tomorrow_are_not_the_same_word(self, urdu: None, days: int, said: str) -> None:
        assert words.when(NOW + timedelta(days=days), NOW, "Asia/Karachi") == said

    def test_days(self, urdu: None) -> None:
        assert words.day(NOW, NOW, "UTC") == "آج"
        assert words.day(NOW - timedelta(days=9), NOW, "UTC") == "پیر، 23 فروری"

    def test_a_time_elsewhere_says_its_day_when_it_is_another(self) -> None:
        late = NOW.replace(hour=23)
        assert words.local_time(late, "Asia/Karachi", "UTC") == "Thu 04:00 Karachi"
        assert words.local_time(NOW, "Asia/Karachi", "UTC") == "17:00 Karachi"

    def test_languages_are_named(self, urdu: None) -> None:
        assert words.language_name("de", "German") == "جرمن"
        assert words.language_name("ur-Latn", "Roman Urdu") == "رومن اردو"


class TestBothDirections:
    def test_a_name_of_the_other_script_moves_nothing(self, urdu: None) -> None:
        assert words.look_up("{who} wrote", who="Ana (x)") == f"{RLM}{FSI}Ana (x){PDI} نے لکھا"
        assert words.look_up("{who} wrote", who="نعمان") == "نعمان نے لکھا"

    def test_also_in_english(self) -> None:
        assert words.look_up("{who} wrote", who="نعمان") == f"\u200e{FSI}نعمان{PDI} wrote"
        assert words.look_up("{who} wrote", who="Ana") == "Ana wrote"


LANE = LaneSpec(brand="main", queue="q", channel="email", work_class="mail", needs={"billing": 3, "de": 1})
ANA = AgentView(
    id="ana", name="Ana", brands=frozenset({"main"}), channels=None, skills={"billing": 5, "de": 5},
    presence=Presence.ONLINE, capacity={"mail": 1, "live": 3}, load={},
)  # fmt: skip


class TestTheCore:
    """Whatever the core says of these is recognised: nothing of it stays English."""

    AGENTS = (
        ANA,
        replace(ANA, presence=Presence.AWAY),
        replace(ANA, presence=Presence.WRAPPING_UP, skills={"billing": 1}),
        replace(ANA, skills={}),
        replace(ANA, load={"mail": 1}),
        replace(ANA, capacity={"live": 3}),
        replace(ANA, capacity={"mail": 2}, load={"mail": 2}),
        replace(ANA, brands=frozenset()),
        replace(ANA, channels=frozenset({"webchat"})),
    )

    @pytest.mark.parametrize("number", range(len(AGENTS)))
    def test_says_why_not_you(self, urdu: None, number: int) -> None:
        for declined in (False, True):
            self.is_said(explain_not_you(LANE, self.AGENTS[number], declined=declined))

    @pytest.mark.parametrize("number", range(len(AGENTS)))
    def test_says_why_it_waits(self, urdu: None, number: int) -> None:
        self.is_said(explain_wait(LANE, [self.AGENTS[number]]))
        self.is_said(explain_wait(LANE, [self.AGENTS[number], replace(ANA, id="bo", presence=Presence.OFFLINE)]))
        self.is_said(explain_wait(LANE, []))

    def test_says_for_whom_it_is_kept(self, urdu: None) -> None:
        lane, full = replace(LANE, work_class="live", topic="billing", needs={}, kept=True), {"live": 2}
        agents = [replace(ANA, id=name, skills={}, load=full) for name in ("ana", "bo")]
        self.is_said(explain_not_you(lane, agents[0]))
        self.is_said(explain_wait(lane, agents[:1]))
        self.is_said(explain_wait(lane, agents))

    @pytest.mark.parametrize(
        "because",
        [
            "Billing 4 of 5; first of the only open lane; heat 2 put it forward; due in 4 min.",
            "German is the topic, without the skill; second of 11 open lanes, and suits best; 3 h late.",
            "best suited of 3 free agents; 1 of 3 live slots taken; spoke with this customer before; due now.",
            "the only free agent; 0 of 1 mail slots taken; rules “VIP first”, “Everything else” and 1 more.",
            "stood first and was passed over 3 times, so it is next; rule “VIP first”.",
        ],
    )
    def test_says_why_it_came(self, urdu: None, because: str) -> None:
        self.is_said(because, names=("VIP first", "Everything else", "Billing"))

    def is_said(self, text: str, names: tuple[str, ...] = ()) -> None:
        said = words.sentence(text)
        for name in names:
            said = said.replace(name, "")
        assert not any("a" <= char.lower() <= "z" for char in said), (text, said)

    def test_stays_english_and_says_so_where_it_is_not_known(self, urdu: None) -> None:
        assert words.shown("Mars <is> red.") == '<bdi lang="en">Mars &lt;is&gt; red.</bdi>'
        assert words.shown("پہلے سے اردو") == "پہلے سے اردو"
        assert words.shown("") == ""

    @pytest.mark.parametrize(
        "refused",
        [
            "WhatsApp takes answers only within 24 hours after the customer's last message, and that time has passed.",
            "Instagram has trouble of its own (HTTP 502).",
            "Viber refused the request (error 131).",
            "1 of 3 parts were sent, then: Telegram asks us to slow down.",
            "The customer cannot be reached on this number: messages to it are blocked.",
            "The recipient was refused (550 5.1.1): there is no such address.",
            "It could not be delivered: the mailbox is full (5.2.2).",
            "It could not be delivered: the mailbox is full. It could not be delivered: there is no such address.",
            "It may not have arrived. Ask the customer, or send it again.",
        ],
    )
    def test_says_why_an_answer_did_not_arrive(self, urdu: None, refused: str) -> None:
        self.is_said(refused, names=("HTTP",))

    def test_is_taken_for_its_own_language_where_it_begins_with_a_latin_name(self, urdu: None) -> None:
        assert words.sentence("Twilio asks us to slow down.").startswith("\u200fTwilio ")
        assert words.look_up("API") == "API"

    def test_keeps_the_names_in_it(self, urdu: None) -> None:
        said = words.sentence("There is a queue “Billing” already: take another name.")
        assert said == f"قطار ”{FSI}Billing{PDI}“ پہلے سے ہے: دوسرا نام چنیں۔"

    def test_has_no_template_that_fits_everything(self, urdu: None) -> None:
        for template in sentences.templates("ur"):
            assert not template.pattern.fullmatch("A sentence that nobody of the core ever said: 7."), template.english


class TestRules:
    """Whatever rules say is put together anew: only what people and programs named is Latin, and it is isolated."""

    def test_say_each_condition(self, urdu: None) -> None:
        foreign = []
        for fact in FACTS.values():
            for operator in OPERATORS.values():
                value = (fact.choices or ("gold", "silver"))[:2]
                for said in (
                    conditions.in_words(Condition(fact, operator, value)),
                    conditions.denied_in_words(Condition(fact, operator, value)),
                    conditions.unknown_in_words(Condition(fact, operator, value)),
                ):
                    foreign += latin_in(words.sentence(said))
        assert not foreign

    def test_say_each_action(self, urdu: None) -> None:
        for kind in ACTIONS.values():
            for value in (*kind.choices, "VIP", timedelta(hours=1, minutes=30)):
                assert not latin_in(words.sentence(explain.action_in_words(Action(kind, value))))

    def test_say_each_finding(self, urdu: None) -> None:
        foreign = set()
        for _sort, _name, rules in FOUND.values():
            for finding in check(a_file(*rules), SHOP):
                foreign |= set(latin_in(words.sentence(str(finding))))
        assert foreign <= {"any", "when", "always", "stop", "step_down", "is_known", "prefer"}  # words of the file

    def test_put_their_parts_in_the_order_of_the_language(self, urdu: None) -> None:
        rule = load(
            "rules:\n- name: VIP\n  when: {fact: contact.tier, is: one_of, value: [gold, silver]}\n"
            "  then: [{queue: Billing}, {answer_within: 10m}, {need_skill: billing, level: 3}]\n"
        ).rules[0]
        assert words.sentence(explain.rule_in_words(rule)) == (
            f"\u200fجب کسٹمر کا درجہ {FSI}gold{PDI} یا {FSI}silver{PDI} میں سے ایک ہے: "
            f"قطار {FSI}Billing{PDI}، 10 منٹ کے اندر جواب، مہارت {FSI}billing{PDI} درکار، سطح 3 یا اس سے اوپر۔"
        )


def latin_in(said: str) -> list[str]:
    """Return the Latin words of a text but those that are isolated."""
    return re.findall("[A-Za-z_]+", re.sub(f"{FSI}[^{PDI}]*{PDI}", "", said))


def a_chat(heed: Heed) -> str:
    """Return the key of a web chat."""
    with heed.database.read() as db:
        brand = desk.brands(db)[0]
    made = connecting.add_connection(
        heed, COMMAND, SYSTEM, brand_id=brand.id, channel="webchat", name="Chat", settings={}, now=NOW
    )
    return made.key
