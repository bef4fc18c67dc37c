"""What words say before any training."""

import numpy as np
import pytest

from router.triage.features import pair_hashes, pairs_over_negation, word_features
from router.triage.lexicon import own, starting_weights
from router.triage.text import read_words

pytest.importorskip("vaderSentiment", reason="training starts from its valences; the desk does without")

ROWS = 1 << 20
NOTHING = np.zeros(0, dtype=np.int64)


def word(text: str) -> int:
    return word_features(text)[0][0]


class TestLexicon:
    def test_grades_go_from_content_to_furious(self) -> None:
        grades = own()
        assert {min(grades.values()), max(grades.values())} == {-3, 3}
        assert len(grades) > 9_000

    def test_reads_a_group_as_every_pair_of_it(self) -> None:
        grades = own()
        assert grades["nobody replied"] == grades["noone replied"] > 0
        assert not any("|" in entry for entry in grades)

    def test_holds_words_as_they_are_heard(self) -> None:
        for entry in own():
            words = entry.removeprefix("^ ").split()
            assert list(read_words(" ".join(words)).words) == [word for word in words if word != "#"], entry

    def test_starts_from_blame_and_praise(self) -> None:
        table = starting_weights(ROWS, NOTHING)
        assert table[word("worst") % ROWS] > 2
        assert table[word("lovely") % ROWS] < -2

    def test_turns_praise_round_behind_a_negation(self) -> None:
        table = starting_weights(ROWS, NOTHING)
        together = [word("not"), word("happy"), pair_hashes(["not", "happy"])[1]]
        assert sum(table[hashed % ROWS] for hashed in together) > 1
        assert table[word("happy") % ROWS] < -1

    def test_turns_praise_round_over_what_only_stands_between(self) -> None:
        far = pairs_over_negation(["not", "a", "very", "happy", "day"])
        assert far[3] == pair_hashes(["not", "happy"])[1]
        assert far[4] == pair_hashes(["happy", "day"])[1]
        assert pairs_over_negation(["a", "very", "happy"]) == pair_hashes(["a", "very", "happy"])

    def test_makes_blame_milder_behind_a_hedge(self) -> None:
        table = starting_weights(ROWS, NOTHING)
        both = table[word("annoyed") % ROWS] + table[pair_hashes(["bit", "annoyed"])[1] % ROWS]
        assert 0 < both < table[word("annoyed") % ROWS]
        assert table[pair_hashes(["bit", "happy"])[1] % ROWS] == 0

    def test_gives_way_to_a_commoner_feature_in_its_place(self) -> None:
        stranger = word("worst") + ROWS
        assert starting_weights(ROWS, np.array([stranger]))[word("worst") % ROWS] == 0
        seen_more = np.array([stranger, word("worst"), word("worst")])
        assert starting_weights(ROWS, seen_more)[word("worst") % ROWS] > 2
