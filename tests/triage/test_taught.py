"""A brand teaches its own intents by example."""

import json
from collections.abc import Iterator

import pytest

from router.triage import encoder, read
from router.triage.taught import Example, learn, leave_one_out, load, nearest

DESCALING = (
    "How do I descale the coffee machine?",
    "the descale light is blinking",
    "which descaler do you recommend",
    "machine says descale now",
    "the descaling program stops halfway",
    "do I need to descale every month?",
    "limescale in the boiler, what should I do",
    "How long does descaling take",
    "can I use vinegar to descale",
    "the decalcify lamp does not go off",
)
BEANS = (
    "Which beans do you recommend?",
    "are your coffee beans organic",
    "do you sell decaf beans",
    "the beans taste sour",
    "I'd like a stronger roast",
    "how fresh are the beans when they ship",
    "is there a sampler of your roasts",
    "where are the beans grown",
    "can I get ground coffee instead of whole beans",
    "what is your darkest roast",
)
NAMES = {"descaling": "Descaling"}
EXAMPLES = [Example(text, "descaling") for text in DESCALING] + [Example(text, "beans") for text in BEANS]


@pytest.fixture(scope="module", params=["encoder", "n-grams alone"])
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test with the encoder, and as where it is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "encoder":
            patch.setattr(encoder, "PACKAGE", "no_such_package")
        yield request.param


@pytest.mark.usefixtures("way")
class TestLearn:
    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("my machine wants to be descaled, how?", "descaling"),
            ("what descaler should I use?", "descaling"),
            ("which of your beans are organic?", "beans"),
            ("I forgot my password and cannot log in.", "login_access"),
            ("Please send me the invoice for May.", "invoice_document"),
            ("hi", "small_talk"),
        ],
    )
    def test_a_new_intent_takes_what_is_its_own_and_nothing_else(self, text: str, intent: str) -> None:
        assert read(text, taught=learn(EXAMPLES)).intent == intent

    def test_one_intent_alone_can_be_taught(self) -> None:
        taught = learn(EXAMPLES[:10])
        assert read("the descale light is on", taught=taught).intent == "descaling"
        assert read("where is my order?", taught=taught).intent == "order_status"

    def test_the_same_examples_give_the_same_bytes(self) -> None:
        assert learn(EXAMPLES).dump() == learn(EXAMPLES).dump()
        assert nearest(learn(EXAMPLES[::-1]), "organic beans", 1)[0][0] == "beans"

    def test_a_packaged_intent_can_be_taught_more(self) -> None:
        text = "my little grey friend has not knocked on the door yet"
        more = [Example(f"{text}, it is day {day}", "order_status") for day in range(10)]
        assert read(text, taught=learn(more)).intent == "order_status"

    def test_what_an_intent_is_called_teaches_like_an_example(self) -> None:
        named = [Example(text, "descaling") for text in DESCALING if "descal" not in text]
        others = [Example(text, "beans") for text in BEANS]
        text = "a question on descaling"
        without, with_it = (dict(nearest(learn([*named, *others], names), text)) for names in ({}, NAMES))
        assert with_it["descaling"] > without.get("descaling", 0.0)

    def test_a_name_alone_teaches_nothing(self) -> None:
        taught = learn(EXAMPLES, {"grinding": "Grinding", "beans": "???"})
        assert taught.intents == ("beans", "descaling")
        assert taught.dump() == learn(EXAMPLES).dump()

    def test_shouting_changes_no_intent(self) -> None:
        taught = learn(EXAMPLES)
        calm, loud = (read(text, taught=taught) for text in ("the descale light", "THE DAMN DESCALE LIGHT!!!"))
        assert (loud.intent, loud.intent_confidence) == (calm.intent, calm.intent_confidence)


@pytest.mark.usefixtures("way")
class TestDump:
    def test_what_is_loaded_is_what_was_dumped(self) -> None:
        taught = learn(EXAMPLES)
        again = load(taught.dump())
        assert again.dump() == taught.dump()
        assert read("the descale light", taught=again) == read("the descale light", taught=taught)


def test_a_teaching_of_the_first_format_is_still_read() -> None:
    taught = learn(EXAMPLES)
    stored = {**json.loads(taught.dump()), "format": 1}
    del stored["layered"]
    again = load(json.dumps(stored))
    assert again.layered is None
    assert read("the descale light is blinking again", taught=again).intent == "descaling"


def test_what_is_no_dump_is_refused() -> None:
    with pytest.raises(ValueError, match="no dump of a teaching"):
        load("{}")
    with pytest.raises(ValueError, match="of format 99"):
        load(json.dumps({"format": 99}))


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="give at least one text"):
        learn([])


def test_what_was_learned_with_the_encoder_works_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taught = learn(EXAMPLES)
    monkeypatch.setattr(encoder, "PACKAGE", "no_such_package")
    assert read("the descale light is blinking again", taught=taught).intent == "descaling"


@pytest.mark.usefixtures("way")
class TestNearest:
    def test_names_the_intents_a_text_would_be_taken_from(self) -> None:
        found = nearest(None, "I forgot my password")
        assert found[0][0] == "login_access"
        assert 0.5 < found[0][1] <= 1

    def test_counts_what_is_taught(self) -> None:
        assert nearest(learn(EXAMPLES), "how to descale the machine")[0][0] == "descaling"


@pytest.mark.usefixtures("way")
class TestLeaveOneOut:
    def test_says_who_stole_what(self) -> None:
        odd = Example("which roast and which beans are freshest?", "descaling")
        figures = leave_one_out([*EXAMPLES, odd])
        assert figures["descaling"].of == 11
        assert figures["descaling"].right >= 6
        assert figures["descaling"].stolen["beans"] >= 1
        assert figures["descaling"].right + sum(figures["descaling"].stolen.values()) == 11

    def test_names_teach_and_are_never_counted(self) -> None:
        assert {key: found.of for key, found in leave_one_out(EXAMPLES, NAMES).items()} == {
            "descaling": 10,
            "beans": 10,
        }

    def test_the_packaged_intents_steal_too(self) -> None:
        figures = leave_one_out([Example("I forgot my password", "keys")])
        assert figures["keys"].stolen == {"login_access": 1}
