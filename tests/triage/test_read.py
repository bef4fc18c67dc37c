"""What one message is read as."""

import json
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.triage import read
from router.triage.cues import CUES
from router.triage.intents import INTENTS

CALM = {
    "a question": "Could you tell me which sizes the blue jacket comes in?",
    "a calm fault": "The report page shows an error when I open it. Screenshot attached.",
    "thanks": "Thank you, that worked perfectly.",
    "a greeting": "hi",
    "thanks after trouble": "It was broken at first but your colleague fixed it quickly, thank you!",
    "Roman Urdu question": "kya aap ka office kal khula hai?",
}
FRUSTRATED = {
    "anger": "I am furious, your company has ignored me for weeks.",
    "polite anger": "With respect, the way this was handled is unacceptable and I expect an explanation.",
    "negation": "I am not happy with this at all.",
    "repeat contact": "This is the fourth time I am asking for the same thing and nobody answers.",
    "broken promise": "You promised to call me back yesterday and nobody called.",
    "leaving": "I have had enough, cancel my contract, I am going to another provider.",
    "Roman Urdu": "teen hafte se intezar kar raha hun, koi jawab nahi, bohat ghatiya service hai",
}

UNREAD = {
    "German": "Ich warte seit drei Wochen und niemand antwortet mir.",
    "Urdu": "میں تین ہفتوں سے انتظار کر رہا ہوں اور کوئی جواب نہیں دیتا۔",
    "Russian": "Вы не отвечаете уже третью неделю.",
    "empty": "",
    "emoji alone": "😡😡😡",
    "Greek, which no desk has": "Πού είναι η παραγγελία μου;",
}

SAID = {
    "urgent": "I need this urgently.",
    "deadline": "We need the tickets by tomorrow.",
    "vulnerability": "My mother is in hospital and waits for the oxygen machine.",
    "danger": "I can smell gas in the kitchen.",
    "churn": "I will take my business elsewhere.",
    "legal": "You will hear from my solicitor.",
    "public": "I will post a bad review everywhere.",
    "repeat_contact": "I have already told your colleague.",
    "broken_promise": "You promised a call.",
    "waiting": "I have been waiting for three weeks.",
    "no_answer": "Nobody replied.",
    "abuse": "You are liars and thieves.",
    "escalation": "Let me speak to your supervisor.",
    "thanks": "Thank you.",
    "worried": "I am worried about my savings.",
    "confused": "I am confused by the two totals.",
}

WANTED = {
    "refund_status": "Where is my refund? You approved it two weeks ago.",
    "login_access": "I forgot my password and cannot log in.",
    "invoice_document": "Please send me the invoice for May.",
    "data_privacy": "Please delete all personal data you hold about me.",
    "wrong_or_damaged_item": "The mirror arrived broken.",
    "account_close": "I want to close my account.",
    "contact_human": "I want to talk to a real person.",
    "small_talk": "hello",
}

ODD = {
    "NUL": "my order\x00is late\x00",
    "lone surrogate": "my order \ud800 is late",
    "one word of a megabyte": "a" * 1_000_000,
    "a megabyte of words": "where is my order " * 55_000,
    "a megabyte of marks": "!?" * 500_000,
    "a megabyte of emoji": "😡" * 250_000,
    "right to left marks": "\u202emy order\u202c",
    "only spaces": " \n\t ",
    "joined emoji": "👩‍👩‍👧 thanks",
    "combining marks": "e\u0301" * 5_000,
}


class TestFrustration:
    @pytest.mark.parametrize("text", CALM.values(), ids=CALM)
    def test_is_below_25_for_calm_people(self, text: str) -> None:
        reading = read(text)
        assert reading.read
        assert reading.frustration < 25

    @pytest.mark.parametrize("text", FRUSTRATED.values(), ids=FRUSTRATED)
    def test_is_at_least_25_for_frustrated_people(self, text: str) -> None:
        assert read(text).calm_frustration >= 25

    def test_rises_from_disappointed_to_leaving(self) -> None:
        steps = [
            "Where is my order?",
            "I am a bit disappointed, I expected better.",
            "I am furious. Nobody answers, the service is terrible and I am leaving for another provider.",
        ]
        scores = [read(text).calm_frustration for text in steps]
        assert scores[0] < 25 <= scores[1] < scores[2]
        assert scores[2] > 75

    def test_of_anger_at_others_is_lower(self) -> None:
        at_us = read("Your support is useless and rude.").calm_frustration
        at_others = read("My old provider was useless and rude, can I switch to you?").calm_frustration
        assert at_others < at_us

    def test_does_not_rise_with_the_number_of_messages(self) -> None:
        text = "Where is my order?"
        assert read(text, history=["hello?", "any news?"] * 20).frustration == read(text).frustration

    def test_sees_one_angry_passage_in_a_long_mail(self) -> None:
        small_talk = (
            "We met at the fair in spring and talked about the new catalogue. "
            "The weather was mild, and in the evening we all sat by the lake. "
        ) * 8
        angry = "I am furious, this is the third time you ignored me and I am cancelling."
        assert read(small_talk + angry + small_talk).calm_frustration >= 25
        assert read(small_talk * 2).calm_frustration < 25

    @pytest.mark.parametrize("subject", ["Delivery", "Refund", "My order", "Cracked screen", "Invoice 4412", "Delay"])
    def test_a_topic_as_subject_leaves_a_calm_message_calm(self, subject: str) -> None:
        assert read("Hello, could you tell me how long it takes?", subject=subject).calm_frustration < 25

    def test_counts_the_subject_of_a_first_message_only(self) -> None:
        subject = "Terrible service, I want my money back"
        assert read("See below.", subject=subject).calm_frustration >= 25
        assert read("See below.", subject=subject, history=["x"]).calm_frustration < 25


class TestNotRead:
    @pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
    def test_is_said_openly(self, text: str) -> None:
        reading = read(text)
        assert not reading.read
        assert reading.frustration == 0

    @pytest.mark.parametrize("name", ["Urdu", "empty", "emoji alone", "Greek, which no desk has"])
    def test_has_no_intent_where_the_encoder_does_not_know_the_language(self, name: str) -> None:
        reading = read(UNREAD[name])
        assert reading.intent == "other"
        assert reading.intent_confidence == 0

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("Ich möchte mein Geld zurückhaben, der Pullover passt nicht.", "refund_request"),
            ("He olvidado mi contraseña y no puedo entrar.", "login_access"),
            ("Où en est ma commande, elle devait arriver lundi ?", "order_status"),
        ],
    )
    def test_has_an_intent_where_the_encoder_knows_the_language(self, text: str, intent: str) -> None:
        reading = read(text)
        assert not reading.read
        assert reading.intent == intent

    def test_holds_the_language_all_the_same(self) -> None:
        assert read(UNREAD["German"]).language == "de"


class TestCues:
    @pytest.mark.parametrize(("cue", "text"), SAID.items(), ids=SAID)
    def test_fires_and_is_shown_in_the_words(self, cue: str, text: str) -> None:
        reading = read(text)
        assert cue in reading.cues
        assert any(one.cue == cue and text[one.start : one.end].strip() for one in reading.evidence)

    def test_make_urgency_however_politely(self) -> None:
        assert read("Could you please help, it is urgent. Thank you.").urgency >= 60
        assert read("My son needs his medication today, please.").urgency >= 75
        assert read("Which colours do you have?").urgency < 20
        assert read("No hurry, it is not urgent.").urgency < 20

    def test_of_praise_do_not_count_behind_a_negation(self) -> None:
        assert "praise" in read("I am happy with the repair.").cues
        assert "praise" not in read("I am not happy with the repair.").cues

    def test_all_have_a_label_for_people(self) -> None:
        assert all(cue.label and cue.key == key for key, cue in CUES.items())


class TestEvidence:
    def test_points_into_the_text_that_people_see(self) -> None:
        text = "Hello,\nI’m FURIOUS!!!\n\n> old mail\nNobody   replied."
        reading = read(text, stripped="Hello,\nI’m FURIOUS!!!\nNobody   replied.")
        assert {text[one.start : one.end] for one in reading.evidence} >= {"FURIOUS", "Nobody   replied"}

    def test_keeps_its_place_beside_letters_that_grow_when_folded(self) -> None:
        text = "ßßß ﬁ İ: I am furious."
        assert "furious" in {text[one.start : one.end] for one in read(text).evidence}

    @given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 300))
    @settings(deadline=None)
    def test_never_leaves_the_text(self, text: str, start: int, end: int) -> None:
        for one in read(text, stripped=text[start:end]).evidence:
            assert 0 <= one.start < one.end <= len(text)


class TestIntent:
    @pytest.mark.parametrize(("intent", "text"), WANTED.items(), ids=WANTED)
    def test_is_found(self, intent: str, text: str) -> None:
        assert read(text).intent == intent

    def test_is_other_when_unsure(self) -> None:
        assert read("purple elephants sing at noon").intent == "other"

    def test_has_32_in_8_groups(self) -> None:
        assert len(INTENTS) == 32
        assert len({intent.group for intent in INTENTS.values()}) == 8


class TestAnyInput:
    @pytest.mark.parametrize("text", ODD.values(), ids=ODD)
    def test_gives_a_reading(self, text: str) -> None:
        reading = read(text, subject=text[:200], history=[text[:200]], stripped=text)
        assert 0 <= reading.calm_frustration <= reading.frustration <= 100
        assert -1 <= reading.sentiment <= 1

    @given(st.text(), st.text(max_size=50))
    @settings(deadline=None)
    def test_is_the_same_every_time(self, text: str, subject: str) -> None:
        assert read(text, subject=subject) == read(text, subject=subject)


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise AssertionError("triage opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    yield


@pytest.mark.usefixtures("_no_network")
def test_reading_needs_no_network() -> None:
    assert json.dumps(read("Wo ist meine Bestellung? Ich warte.").language) == '"de"'
