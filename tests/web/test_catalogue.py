"""The catalogues: every text has its words, with the same placeholders, and no words are left over."""

import ast
import re
from pathlib import Path

import pytest

from router.web.words.catalogue import LANGUAGES, catalogue
from router.web.words.script import counts_of, texts_of
from tests import catalogue as upkeep
from tests import texts_said

OTHERS = [tag for tag in LANGUAGES if tag != "en"]
WEB = Path(__file__).parents[2] / "router" / "web"
LATIN = re.compile(r"[A-Za-z]{4,}")


@pytest.fixture(scope="module")
def said() -> dict[texts_said.Key, str]:
    return texts_said.said()


@pytest.mark.parametrize("tag", OTHERS)
class TestCatalogue:
    def test_has_every_text_and_no_other(self, tag: str, said: dict[texts_said.Key, str]) -> None:
        stored = {upkeep.key_of(message) for message in upkeep.stored(tag) if message.id}
        stored |= {(context, text[0]) for context, text in stored if isinstance(text, tuple)} & said.keys()
        lacking = [f"{place}: {key}" for key, place in said.items() if key not in stored]
        unused = [str(key) for key in stored - said.keys()]
        assert not lacking, "run `make words`, then translate:\n" + "\n".join(lacking)
        assert not unused, "run `make words`, nobody says:\n" + "\n".join(unused)

    def test_has_words_for_each_with_the_same_placeholders(self, tag: str) -> None:
        wrong = []
        for message in upkeep.stored(tag):
            texts = [message.id] if isinstance(message.id, str) else list(message.id)
            words = [message.string] if isinstance(message.string, str) else list(message.string or ())
            for text, in_other in zip(texts, words, strict=True):
                if not in_other:
                    wrong.append(f"no words for: {text}")
                elif upkeep.placeholders(text) != upkeep.placeholders(in_other):
                    wrong.append(f"other placeholders: {text} | {in_other}")
        assert not wrong, "\n".join(wrong)

    def test_names_its_plural_forms_as_the_cldr_does(self, tag: str) -> None:
        known = catalogue(tag)
        assert {len(forms) for forms in known.plurals.values()} == {len(known.categories)}

    def test_words_keep_how_a_text_ends(self, tag: str) -> None:
        """A full stop, a colon and an ellipsis stay: lists and sentences are built on them."""
        ends = {".": "۔.", ":": ":", "…": "…", "?": "؟?"}
        for message in upkeep.stored(tag):
            if isinstance(message.id, str) and message.string and message.id[-1:] in ends:
                assert str(message.string)[-1] in ends[message.id[-1]], message.id


class TestTexts:
    def test_of_python_are_literals_or_stand_in_a_table(self) -> None:
        """A text built at run time cannot be found, so it has no words."""
        built = []
        for path in sorted(WEB.rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"):
                    continue
                if call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
                    built.append(f"{path.relative_to(WEB)}:{call.lineno}")
        assert not built

    def test_of_scripts_are_literals(self) -> None:
        built = [
            f"{path.name}: {found}"
            for path in sorted((WEB / "static").glob("*.js"))
            if path.name != "words.js"
            for found in re.findall(r"(?<![\w.$])t\(\s*[^\"\s)][^)]*\)", path.read_text(encoding="utf-8"))
        ]
        assert not built

    def test_of_scripts_are_found(self) -> None:
        source = (
            'say(t("Sent")); note(t("New: {list}", { list })); count(all.length, "{n} file", "{n} files"); at("x");'
        )
        assert texts_of(source) == {"Sent", "New: {list}"}
        assert counts_of(source) == {("{n} file", "{n} files")}

    def test_of_the_core_become_templates(self) -> None:
        raised = texts_said.raised("""raise Mistake(f"There is no queue “{name[:40]}”. Queues: {', '.join(known)}.")""")
        assert raised == ["There is no queue “{name}”. Queues: {known_list}."]
