"""What the English frustration model knows of words: names and rare words say nothing to it."""

import pytest

from router.triage import read
from router.triage.lexicon import own_words
from router.triage.train_vocabulary import LEAST, vocabulary
from router.triage.vocabulary import dump, heard, is_known

TEXT = "I have been waiting for my refund for three weeks and nobody at your shop answers me. Regards, {}"


class TestHeard:
    def test_keeps_words_of_support_and_numbers(self) -> None:
        assert heard(["my", "refund", "is", "#", "days", "late"]) == [0, 1, 2, 3, 4, 5]

    def test_passes_over_names_like_any_other_word_it_does_not_know(self) -> None:
        assert heard(["regards", "agnieszka", "kowalska"]) == [0]
        assert heard(["thanks", "bui", "duc", "long"]) == [0]

    @pytest.mark.parametrize("name", ["Wrzesniewska", "Okonkwo", "Nguyenova", "Ztrqvbn", "Hoang Minh Anh", ""])
    def test_whichever_unknown_name_signs_the_score_is_the_same(self, name: str) -> None:
        assert read(TEXT.format(name)).frustration == read(TEXT.format("Zhelyazkova")).frustration

    def test_every_word_of_our_lexicon_is_heard(self) -> None:
        assert all(map(is_known, own_words()))


class TestVocabulary:
    def test_holds_common_words_and_no_names(self) -> None:
        texts = ["I asked Kowalska for help with my order"] * LEAST + ["a word seen once: zebra"]
        found = vocabulary(texts)
        assert {"asked", "help", "order"} <= found
        assert not {"kowalska", "zebra"} & found

    def test_holds_the_words_of_phrases_and_lexicons_however_rare(self) -> None:
        assert {"ombudsman", "unacceptable", "shoddy", "deplorable"} <= vocabulary([])

    def test_the_same_words_give_the_same_file(self) -> None:
        assert dump(["late", "refund"]) == dump(["refund", "late", "late"])
