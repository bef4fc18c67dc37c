"""A softmax model with hidden units."""

import numpy as np

from router.triage import layered

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32) * 2 - 1
SAME = np.array([0, 1, 1, 0])  # whether the two signs differ: no linear model can tell


def test_it_tells_apart_what_no_line_parts() -> None:
    rows = np.repeat(CORNERS, 25, axis=0)
    model = layered.fit(rows, np.repeat(SAME, 25), 2)
    assert [int(model.shares(row).argmax()) for row in CORNERS] == SAME.tolist()


def test_the_same_rows_give_the_same_weights() -> None:
    one, other = (layered.fit(CORNERS, SAME, 2) for _ in range(2))
    assert one.inner.tobytes() == other.inner.tobytes()
    assert one.outer.tobytes() == other.outer.tobytes()


def test_one_row_is_enough_to_learn_from() -> None:
    model = layered.fit(CORNERS[:1], SAME[:1], 1)
    assert model.shares(CORNERS[3]).tolist() == [1.0]
