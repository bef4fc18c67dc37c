"""TextBlob's polarity, from its own code without what it brings along."""

import pytest
from textblob import TextBlob

from router.triage.polarity import polarity
from router.triage.text import read_words


@pytest.mark.parametrize(
    "text",
    [
        "this is a very good service",
        "not a very good day and a terribly bad answer",
        "hardly helpful never again",
        "the best worst and most beautiful thing",
        "where is my parcel",
        "",
    ],
)
def test_is_what_textblob_itself_says(text):
    assert polarity(read_words(text).words) == TextBlob(text).sentiment.polarity
