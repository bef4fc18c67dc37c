"""The lines of `router triage`."""

import json

import pytest

from router.triage.command import run


def answers(*lines: str, explain: bool = False) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(lines, pace_of=lambda _: "email", explain=explain)]


class TestRun:
    def test_answers_each_line_with_a_reading(self) -> None:
        first, second = answers('{"text": "I am furious."}', '{"text": "Hello there", "history": ["hi"]}')
        assert set(first) == {
            "frustration", "sentiment", "urgency", "intent", "intent_confidence", "language", "cues", "evidence",
        }  # fmt: skip
        assert first["evidence"] == [{"start": 5, "end": 12, "cue": "anger"}]
        assert second["language"] == "en"

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("{", "not JSON at character 2"),
            ("[]", "give an object with a text"),
            ('{"text": 3}', "give an object with a text"),
            ('{"text": "x", "history": "y"}', "history is not a list"),
            ('{"text": "x", "channel": 1}', "channel is not a word"),
            ("[" * 100_000, "nested too deep"),
        ],
    )
    def test_answers_a_bad_line_with_an_error_and_goes_on(self, line: str, says: str) -> None:
        bad, good = answers(line, '{"text": "Hello there"}')
        assert str(bad["error"]).startswith("Line 1: ")
        assert says in str(bad["error"])
        assert "error" not in good

    def test_says_that_a_text_is_not_read(self) -> None:
        [answer] = answers('{"text": " "}', explain=True)
        assert answer["read"] is False
        assert answer["why"] == ["Not read: no words. Promise and age decide its place."]

    def test_takes_a_lone_surrogate(self) -> None:
        [answer] = answers('{"text": "late \\ud800 order"}')
        assert "error" not in answer

    def test_reads_at_the_pace_of_the_channel(self) -> None:
        asked: list[str] = []

        def pace_of(channel: str) -> str:
            asked.append(channel)
            return "chat"

        list(run(['{"text": "Hello", "channel": "webchat"}'], pace_of=pace_of))
        assert asked == ["webchat"]


class TestExplain:
    def test_names_the_words_and_what_they_mean(self) -> None:
        [answer] = answers('{"text": "I am furious."}', explain=True)
        why = answer["why"]
        assert isinstance(why, list)
        assert "Says they are angry or fed up: “furious”" in why
        assert why[0].startswith(f"Frustration {answer['frustration']} of 100: ")
        assert why[-1].startswith("Language: en (")

    def test_says_what_need_is_heard_in_a_language_that_is_not_read(self) -> None:
        [answer] = answers('{"text": "Bitte dringend, ich brauche das heute noch!"}', explain=True)
        why = answer["why"]
        assert isinstance(why, list)
        assert why[0] == "Not read: no measured figure for its language (de); only words of need are heard."
        assert "Says it is urgent: “dringend”" in why
        assert why[-1] == f"Urgency {answer['urgency']} of 100."

    def test_says_what_is_shouting(self) -> None:
        [answer] = answers('{"text": "I AM FURIOUS WITH YOU!!!"}', explain=True)
        loud = int(str(answer["frustration"])) - int(str(answer["calm_frustration"]))
        assert f"{loud} of it for shouting, which moves nobody forward" in str(answer["why"])
