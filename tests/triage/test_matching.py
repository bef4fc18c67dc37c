"""Phrases over words."""

import pytest

from router.triage.matching import compile_phrases, find


def found(phrase: str, text: str) -> list[tuple[int, int]]:
    return [(hit.start, hit.end) for hit in find(compile_phrases([("cue", phrase)]), text.split())]


class TestFind:
    @pytest.mark.parametrize(
        ("phrase", "text", "spans"),
        [
            ("fed up", "i am fed up", [(2, 4)]),
            ("fed up", "fed", []),
            ("second|third time", "the third time", [(1, 3)]),
            ("was _ told", "was told", [(0, 2)]),
            ("was _ told", "was once again clearly told", [(0, 5)]),
            ("was _ told", "was one two three four told", []),
            ("# times", "three times and # times", [(0, 2), (3, 5)]),
        ],
    )
    def test_gives_words_from_first_to_last(self, phrase: str, text: str, spans: list[tuple[int, int]]) -> None:
        assert found(phrase, text) == spans

    @pytest.mark.parametrize("phrase", ["_ told", "was _", ""])
    def test_a_phrase_with_an_open_end_is_refused(self, phrase: str) -> None:
        with pytest.raises(ValueError, match="begin and end it with a word"):
            compile_phrases([("cue", phrase)])
