"""One English: what says the same in many Englishes is read as the same, and names say nothing."""

import pytest

from router.triage import read
from router.triage.englishes import in_one_english
from router.triage.names import is_name
from router.triage.text import read_words


def plain(text: str) -> str:
    return " ".join(in_one_english(read_words(text).words)[0])


class TestInOneEnglish:
    @pytest.mark.parametrize(
        ("said", "same"),
        [
            ("Y'all ain't sent it", "you havent sent it"),
            ("I ain't got my parcel", "i havent got my parcel"),
            ("Kindly revert, sir", "please reply"),
            ("Abeg, I don tire", "please i am tired"),
            ("I cannae get it lah", "i cant get it"),
            ("It arrived today", "it arrived today"),
            ("", ""),
        ],
    )
    def test_forms_that_say_the_same_are_made_the_same(self, said: str, same: str) -> None:
        assert plain(said) == same

    @pytest.mark.parametrize(
        ("said", "same"),
        [
            ("He don't need the old card no more", "he dont need the old card any more"),
            ("Don't nobody know nothing", "nobody knows anything"),
            ("I do not want it. No, thanks", "i do not want it no thanks"),
            ("I have no time and nothing works", "i have no time and nothing works"),
        ],
    )
    def test_a_second_negation_agrees_with_the_first(self, said: str, same: str) -> None:
        assert plain(said) == same

    def test_each_word_keeps_the_place_it_came_from(self) -> None:
        assert in_one_english(["gonna", "cancel", "bro", "aint", "got", "it"]) == (
            ["going", "to", "cancel", "havent", "got", "it"],
            [0, 0, 1, 3, 4, 5],
        )

    def test_evidence_stands_in_the_words_that_were_written(self) -> None:
        text = "Y'all ain't never answer, I'm finna cancel my contract!"
        marked = {text[one.start : one.end] for one in read(text).evidence}
        assert marked
        assert all(words in text for words in marked)


class TestIsName:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("my name is Grace", "grace"),
            ("Rob promised to call", "rob"),
            ("Regards, Sue", "sue"),
            ("no refund yet, Rich Best", "best"),
            ("Mr Long was here", "long"),
        ],
    )
    def test_where_names_stand(self, text: str, name: str) -> None:
        words = read_words(text).words
        assert is_name(words, [True] * len(words), words.index(name))

    @pytest.mark.parametrize("text", ["I will sue you", "how long is it", "the best price", "a rich man"])
    def test_and_not_elsewhere(self, text: str) -> None:
        words = read_words(text).words
        assert not any(is_name(words, [True] * len(words), at) for at in range(len(words)))

    def test_beside_a_word_that_nobody_knows(self) -> None:
        assert is_name(["bui", "duc", "long"], [False, False, True], 2)


class TestNamesOfAnyOrigin:
    """Names that are in no table of ours, in the shortest messages: there one word weighs most."""

    NAMES = (
        "Wanjiku Kamau|Haruto Sato|Siti Nurhaliza|Eleni Papadopoulou|João da Silva|Dung Ho|Grace Lim|Moses|Rob Price"
    )

    @pytest.mark.parametrize(
        "text", ["still no refund. {}", "hi its {}, is the shop open today", "Where is my order? {}"]
    )
    def test_move_neither_the_language_nor_the_score(self, text: str) -> None:
        usual = read(text.format("Zhelyazkova"))
        for name in self.NAMES.split("|"):
            found = read(text.format(name))
            assert (found.language, found.frustration) == (usual.language, usual.frustration), name
