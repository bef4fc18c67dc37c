"""Messages said again with looser grammar, which teach beside the first: what somebody feels stays as it is."""

from router.triage.corpora import Row
from router.triage.text import read_words
from router.triage.train_loosely import loosely, with_loose

TEXTS = [f"You have charged me twice for the broken lamps, and nobody called back about order {n}." for n in range(400)]


def test_leaves_out_small_words_and_endings_and_says_you_otherwise() -> None:
    said = {word for text in TEXTS for word in read_words(loosely(text)).words}
    assert {"charge", "lamp", "call", "break", "una", "innit"} <= said
    articles = sum("the" in read_words(loosely(text)).words for text in TEXTS)
    assert 0.2 < articles / len(TEXTS) < 0.4


def test_keeps_what_says_how_somebody_feels() -> None:
    for text in ("Nobody ever answers, this is terrible!", "Thanks, lovely service.", "I am so angry."):
        kept = {"nobody", "ever", "terrible", "lovely", "angry"} & set(read_words(text).words)
        assert kept <= set(read_words(loosely(text)).words)


def test_says_the_same_text_always_the_same() -> None:
    assert [loosely(text) for text in TEXTS] == [loosely(text) for text in TEXTS]


def test_only_english_is_said_again_with_its_label_and_weight() -> None:
    rows = [Row("You have charged me twice for the lamps.", "1", "own", "train", "en", 3.0),
            Row("Mera paisa kat gaya hai bhai.", "1", "own", "train", "ur-Latn")]  # fmt: skip
    assert with_loose(rows)[:2] == rows
    [again] = with_loose(rows)[2:]
    assert (again.label, again.source, again.split, again.weight) == ("1", "own", "train", 3.0)
    assert again.text != rows[0].text
