"""Mood and heat over a ticket's messages, and how early they call a conversation hot."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model import NOT_READ, Mood, Reading
from router.triage import mood
from router.triage.alarms import Alarms, Conversation, conversation, generated, measure
from router.triage.moods import ANCHORS, BACK_AFTER_S, CUTS, HELD_WITHIN, HYSTERESIS, UNHAPPY, WEIGHS
from tests.triage.cases import FOLDER


def a_reading(calm: int, *cues: str, shown: int | None = None) -> Reading:
    return Reading("en", 1.0, 0.0, calm if shown is None else shown, calm, 0, "other", 0.0, cues=cues)


def heat_after(*calm: int, pace: str = "email") -> int:
    return mood([a_reading(points) for points in calm], pace=pace).heat


class TestMood:
    @pytest.mark.parametrize(("calm", "heat"), [(0, 0), (24, 0), (25, 1), (49, 1), (50, 2), (74, 2), (75, 3), (100, 3)])
    def test_heat_follows_the_cuts(self, calm: int, heat: int) -> None:
        assert heat_after(calm) == heat

    def test_shouting_shows_but_gives_no_heat(self) -> None:
        loud = mood([a_reading(20, shown=30)], pace="email")
        assert (loud.level, loud.heat) == (30, 0)

    def test_rises_at_once_and_cools_one_step_a_message(self) -> None:
        assert [heat_after(80), heat_after(80, 5), heat_after(80, 5, 5), heat_after(80, 5, 5, 5)] == [3, 2, 1, 0]
        assert mood([a_reading(80), a_reading(5)], pace="email").trend == "falling"

    def test_holds_its_heat_close_under_the_cut(self) -> None:
        assert heat_after(52, 50 - HYSTERESIS) == 2
        assert heat_after(52, 49 - HYSTERESIS) == 1

    def test_what_was_not_read_counts_as_nothing(self) -> None:
        assert mood([a_reading(80), NOT_READ], pace="email") == mood([a_reading(80)], pace="email")
        assert mood([NOT_READ], pace="email") == Mood(0, 0)

    def test_keeps_one_figure_for_each_message_and_the_level_before(self) -> None:
        found = mood([a_reading(30), a_reading(60)], pace="email")
        assert found.history == (30, 60)
        assert (found.before, found.level, found.trend) == (30, 60, "rising")

    def test_cuts_stay_near_the_anchors(self) -> None:
        for cuts in CUTS.values():
            assert all(abs(cut - anchor) <= HELD_WITHIN for cut, anchor in zip(cuts, ANCHORS, strict=True))
            assert list(cuts) == sorted(cuts)


class TestRising:
    def test_who_grows_angrier_each_time_is_hot_sooner(self) -> None:
        assert heat_after(40) == 1
        assert heat_after(10, 25, 40) == 2

    @pytest.mark.parametrize("calm", [(10, 40), (10, 40, 40), (10, 8, 40), (22, 30, 38), (2, 12, 24)])
    def test_but_not_for_one_jump_or_a_little(self, calm: tuple[int, ...]) -> None:
        assert heat_after(*calm) <= 1


class TestInsisting:
    @pytest.mark.parametrize("cue", sorted(WEIGHS))
    def test_who_was_let_down_and_says_a_further_thing_is_hot(self, cue: str) -> None:
        assert mood([a_reading(30), a_reading(35, cue)], pace="email").heat == 2

    def test_who_was_content_before_is_not(self) -> None:
        assert mood([a_reading(5), a_reading(35, "waiting")], pace="email").heat == 1

    def test_a_calm_reminder_is_not(self) -> None:
        assert mood([a_reading(30), a_reading(10, "repeat_contact")], pace="email").heat <= 1

    @given(st.integers(0, 100), st.lists(st.sampled_from(sorted(WEIGHS)), max_size=3), st.integers(2, 30))
    def test_more_of_the_same_buys_nothing(self, calm: int, cues: list[str], times: int) -> None:
        once = a_reading(calm, *cues)
        assert mood([once] * times, pace="chat").heat == mood([once], pace="chat").heat

    @given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10)), max_size=12))
    def test_shouting_never_moves_heat(self, messages: list[tuple[int, int]]) -> None:
        quiet = [a_reading(calm) for calm, _ in messages]
        loud = [
            replace(one, frustration=one.calm_frustration + more, cues=("shouting",))
            for one, (_, more) in zip(quiet, messages, strict=True)
        ]
        assert mood(loud, pace="chat").heat == mood(quiet, pace="chat").heat


class TestComingBack:
    """After an answer and a silence."""

    @staticmethod
    def back(one: Reading, pace: str = "email", less_s: int = 0) -> Reading:
        return replace(one, silence_s=BACK_AFTER_S[pace] - less_s)

    @pytest.mark.parametrize("pace", sorted(BACK_AFTER_S))
    def test_unhappy_is_hot_for_who_was_let_down(self, pace: str) -> None:
        first, again = a_reading(30), a_reading(UNHAPPY)
        assert mood([first, self.back(again, pace)], pace=pace).heat == 2
        assert mood([first, self.back(again, pace, less_s=1)], pace=pace).heat < 2

    def test_unhappy_without_strong_words_is_hot_the_second_time(self) -> None:
        heats = [mood([a_reading(10), *[self.back(a_reading(UNHAPPY))] * times], pace="email").heat for times in (1, 2)]
        assert heats == [0, 2]

    def test_with_the_same_need_said_again_is_hot(self) -> None:
        assert mood([a_reading(30, "waiting"), self.back(a_reading(10, "waiting"))], pace="email").heat == 2

    def test_content_is_not(self) -> None:
        assert mood([a_reading(80), *[self.back(a_reading(8, "thanks"))] * 3], pace="email").heat == 0


def talks() -> list[Conversation]:
    lines = (FOLDER / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
    return [conversation(line, number) for number, line in enumerate(lines, 1)]


@pytest.fixture(scope="module")
def found() -> dict[str, Alarms]:
    return measure(talks())


class TestAlarms:
    """`learn` chose what counts as rising, insisting and coming back; `held` is what they are worth elsewhere."""

    def test_there_are_enough_conversations(self) -> None:
        assert len(talks()) >= 60

    @pytest.mark.parametrize("part", ["learn", "held"])
    def test_are_right_and_in_time(self, found: dict[str, Alarms], part: str) -> None:
        alarms = found[part]
        assert (alarms.precision or 0) >= 0.85
        assert (alarms.recall or 0) >= 0.8
        assert (alarms.lead or 0) >= 0.8

    @pytest.mark.parametrize("part", ["silence, learn", "silence, held"])
    def test_find_more_where_silences_are_known(self, found: dict[str, Alarms], part: str) -> None:
        without = measure(replace(one, silences_h=()) for one in talks() if one.part == part)[part]
        assert (found[part].recall or 0) > (without.recall or 0)
        assert (found[part].precision or 0) >= (without.precision or 0) - 0.02

    def test_generated_conversations_are_the_same_each_time(self) -> None:
        assert generated(30, seed=4) == generated(30, seed=4) != generated(30, seed=5)

    def test_count_what_happened(self) -> None:
        said = {"fine": a_reading(0), "angry": a_reading(60)}
        counted = measure(
            [
                Conversation(("fine", "angry", "fine", "fine"), 2, 4, "email", "a"),
                Conversation(("fine", "fine"), 2, 2, "email", "a"),
                Conversation(("angry",), None, None, "email", "a"),
            ],
            said.__getitem__,
        )["a"]
        assert (counted.conversations, counted.hot, counted.alarms) == (3, 2, 2)
        assert (counted.precision, counted.recall, counted.on_time, counted.early) == (0.5, 0.5, 0.5, 0)
        assert (counted.lead, counted.changes) == (1.0, 4 / 3)

    @pytest.mark.parametrize(
        ("line", "wrong"),
        [
            ("{", "Line 3: not JSON"),
            ("[]", "messages is not a list"),
            ('{"messages": []}', "messages is not a list"),
            ('{"messages": ["a"], "hot_at": 2}', "hot_at is 2. Give a message's number, 1 … 1, or null"),
            ('{"messages": ["a"], "pace": "fax"}', "pace is 'fax'"),
            ('{"messages": ["a"], "silences_h": ["1"]}', "Give for each message the hours since our answer, or null"),
            ('{"messages": ["a"], "silences_h": [null, 2]}', "Give for each message the hours since our answer"),
        ],
    )
    def test_a_line_that_is_no_conversation_says_why(self, line: str, wrong: str) -> None:
        with pytest.raises(ValueError, match="Line 3") as error:
            conversation(line, 3)
        assert wrong in str(error.value)

    def test_a_conversation_without_an_alarm_divides_nothing(self) -> None:
        silent = measure([Conversation(("a",), None, None, "chat", "x")], lambda text: NOT_READ)["x"]
        assert (silent.precision, silent.recall, silent.lead) == (None, None, None)
        assert silent.changes == 0
