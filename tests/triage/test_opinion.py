"""What the encoder makes of texts without a label, and what the words learn of it."""

import numpy as np

from router.triage.corpora import Row
from router.triage.opinion import likely, opinions, vectors
from router.triage.train_frustration import fit_rows, matrix, read_by_vectors

ANGRY = ("You lost my parcel again", "I am furious with you", "What an awful service", "Nobody ever answers me")
CALM = ("Where is your shop?", "Can I pay by card?", "Thank you, that works", "How do I change my address?")


def a_row(text: str, label: str, source: str = "own-seeds") -> Row:
    return Row(text, label, source, "train")


class TestOpinions:
    def test_rank_what_is_like_the_labelled_texts(self) -> None:
        labels = np.array([1.0] * len(ANGRY) + [0.0] * len(CALM))
        odds = opinions(vectors([*ANGRY, *CALM]), labels, vectors(["You are a terrible company", "Do you take cards?"]))
        assert odds[0] > 0 > odds[1]
        assert 0 < likely(odds)[1] < likely(odds)[0] < 1

    def test_are_the_same_each_time(self) -> None:
        labels = np.array([1.0] * len(ANGRY) + [0.0] * len(CALM))
        found = [opinions(vectors([*ANGRY, *CALM]), labels, vectors(["hello"])) for _ in range(2)]
        assert found[0] == found[1]

    def test_texts_without_a_label_teach_words_that_no_labelled_text_holds(self) -> None:
        labelled = [a_row(text, "1") for text in ANGRY] + [a_row(text, "0") for text in CALM]
        unlabelled = [a_row(text, "") for text in ("a terrible ordeal", "one more ordeal, awful", "what an ordeal")]
        texts = matrix(labelled, "en")
        unread = read_by_vectors(labelled, unlabelled, "en")
        asked = matrix([a_row("ordeal", "")], "en")
        alone = fit_rows(texts, labelled, "en").scores(asked)
        both = fit_rows(texts, labelled, "en", unread).scores(asked)
        assert both[0] > alone[0]
