"""Fitting: what is learnt, what is held, what is too rare to learn from."""

from collections.abc import Collection

import numpy as np

from router.triage.descent import Matrix, Model, Plan, fit, minimise

BAD, GOOD, NAME, PIECE = 1, 2, 3, 4  # hashes


def texts(*hashes: int, pieces: Collection[int] = ()) -> Matrix:
    """Return texts of one feature each; some features are pieces of words."""
    count = len(hashes)
    are_pieces = np.array([one in pieces for one in hashes])
    return Matrix(np.arange(count), np.array(hashes), np.ones(count), np.zeros((count, 1)), are_pieces)


def a_start(table: list[float]) -> Model:
    return Model(np.array(table, dtype=np.float64), np.zeros(1), 0.0)


class TestFit:
    def test_learns_what_tells_the_labels_apart(self) -> None:
        labels = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        found = fit(
            texts(BAD, BAD, BAD, GOOD, GOOD, GOOD), labels, np.ones(6), a_start([0, 0, 0, 0]), Plan(0.1, 0.1, 1.0)
        )
        assert found.table[BAD] > 0.5
        assert found.table[GOOD] < -0.5

    def test_is_drawn_to_where_it_started(self) -> None:
        labels = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
        both = texts(BAD, BAD, BAD, GOOD, GOOD, GOOD)
        loose, tight = (
            fit(both, labels, np.ones(6), a_start([0, 2, 0, 0]), Plan(pull, pull, 1.0)).table[BAD]
            for pull in (0.1, 1000.0)
        )
        assert loose < 1 < 1.9 < tight < 2.1

    def test_holds_pieces_of_words_more_than_words(self) -> None:
        labels = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        both = texts(BAD, BAD, BAD, PIECE, PIECE, PIECE, GOOD, GOOD, GOOD, pieces=[PIECE])
        found = fit(both, labels, np.ones(9), a_start([0.0] * 5), Plan(0.1, 10.0, 1.0))
        assert found.table[BAD] > 4 * found.table[PIECE] > 0

    def test_leaves_what_few_texts_hold(self) -> None:
        labels = np.array([1.0, 1.0, 1.0, 1.0, 0.0])
        found = fit(texts(BAD, BAD, BAD, NAME, GOOD), labels, np.ones(5), a_start([0, 0, 0, 0.5]), Plan(0.1, 0.1, 1.0))
        assert found.table[NAME] == 0.5
        assert found.table[BAD] > 0

    def test_a_place_in_the_table_is_the_hash_modulo_its_length(self) -> None:
        assert texts(4 + BAD).scores(np.array([0.0, 3.0, 0.0, 0.0]), np.zeros(1)).tolist() == [3.0]

    def test_texts_can_be_chosen(self) -> None:
        chosen = texts(BAD, GOOD, BAD).chosen(np.array([False, True, True]))
        assert chosen.scores(np.array([0.0, 1.0, 2.0]), np.zeros(1)).tolist() == [2.0, 1.0]


def test_minimise_finds_the_bottom_of_a_narrow_valley() -> None:
    scale = np.array([1.0, 50.0, 2500.0])
    found = minimise(lambda at: (float(scale @ (at - 1) ** 2), 2 * scale * (at - 1)), np.zeros(3), 100)
    assert np.allclose(found, 1, atol=1e-2)
