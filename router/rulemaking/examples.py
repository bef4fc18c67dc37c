"""The examples of a draft: what each says, whether it holds now, and a draft with one more, another or without.

What is filled in is read as the file would be, so that nothing is kept that could not be published for its form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from router import publishing
from router.app import Heed
from router.mistakes import Mistake
from router.rulemaking.book import custom_facts
from router.rulemaking.drafting import Edit
from router.rulemaking.merging import examples_by_name
from router.rulemaking.sheet import Plain, Sheet, parse, text_of
from router.rulemaking.trying import stated
from rules import examples as proof
from rules.errors import RuleErrors, Wrong
from rules.examples import EXPECTED, Compared
from rules.export import expectation, write
from rules.facts import FACTS, Fact
from rules.load import MAX_EXAMPLES, load
from rules.model import Desk
from rules.sentences import AND, say
from rules.source import Keys, read
from rules.values import spoken, written

MAX_NAME = 200  # letters
NOTHING: Mapping[str, Plain] = {"head_start": "0s", "heat_at_least": 0}  # else null, false, or an empty list


@dataclass(frozen=True, slots=True)
class Shown:
    """One example as it stands, and what comes of it."""

    id: str  # its name, or a print of it
    name: str
    text: str
    given: tuple[tuple[str, str], ...]  # what else is known: label, value
    met: tuple[Compared, ...]  # empty where it could not be run
    wrong: str = ""  # why it could not be

    @property
    def holds(self) -> bool:
        """Say whether all that is expected came out."""
        return not self.wrong and all(one.holds for one in self.met)


@dataclass(frozen=True, slots=True)
class Proof:
    """The examples of a draft; `wrong` says why none of them could be run."""

    shown: tuple[Shown, ...]
    wrong: str = ""

    @property
    def flipped(self) -> int:
        """Return how many do not hold."""
        return sum(1 for one in self.shown if not one.holds)


@dataclass(frozen=True, slots=True)
class Filled:
    """An example as it is filled in."""

    name: str = ""
    text: str = ""
    lines: str = ""  # what else is known, one a line as NAME = VALUE
    expect: tuple[tuple[str, Plain], ...] = ()


def prove(heed: Heed, brand_id: str, source: str) -> Proof:
    """Run all examples of a draft on its rules, and return what came of each."""
    sheet = parse(source)
    named = examples_by_name(sheet.examples)
    with heed.database.read() as db:
        known, reader = publishing.names(db, brand_id), publishing.reader(db, brand_id)
    broken: dict[int, str] = {}
    try:
        rule_set = load(_file(sheet, list(named.values())), known)
    except RuleErrors as errors:
        for error in errors.errors:
            place = error.where.removeprefix("example ")
            if place == error.where or not place.isdigit():
                return Proof(tuple(_shown(one, example, sheet) for one, example in named.items()), str(error))
            broken.setdefault(int(place) - 1, f"{error.message} {error.remedy}")
        whole = [example for place, example in enumerate(named.values()) if place not in broken]
        rule_set = load(_file(sheet, whole), known)
    met = iter([tuple(proof.compared(rule_set, example, reader)) for example in rule_set.examples])
    return Proof(
        tuple(
            _shown(one, example, sheet, wrong=broken[place])
            if place in broken
            else _shown(one, example, sheet, next(met))
            for place, (one, example) in enumerate(named.items())
        )
    )


def opened(example: Plain) -> Filled:
    """Return an example as its form shows it."""
    given, expect = _part(example, "given"), _part(example, "expect")
    lines = [f"{name} = {_written(value)}" for name, value in _flat(given).items() if name != "text"]
    return Filled(_name(example), str(given.get("text") or ""), "\n".join(lines), tuple(expect.items()))


def filled(
    heed: Heed, brand_id: str, sheet: Sheet, was: str, given: Filled
) -> tuple[Plain, Mapping[str, str]]:  # fmt: skip
    """Return an example out of what was filled in, and what is wrong with it by field.

    `was` is what it is known by so far, empty for a new one. Fields are name, given, expect (none at all), and each key
    that is expected.
    """
    with heed.database.read() as db:
        known = publishing.names(db, brand_id)
    wrong: dict[str, str] = {}
    facts = {**FACTS, **custom_facts(sheet)}
    name = given.name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        wrong["name"] = Mistake(f"Give it a name of at most {MAX_NAME} letters that says what it is about.").reason
    elif name != was and name in examples_by_name(sheet.examples):
        wrong["name"] = Mistake("There is an example of this name already. Choose another.").reason
    elif not was and len(sheet.examples) >= MAX_EXAMPLES:
        wrong["name"] = Mistake(f"There are {MAX_EXAMPLES} examples: remove some first.").reason
    said: dict[str, Plain] = {"text": given.text.strip()} if given.text.strip() else {}
    try:
        said |= {one: cast(Plain, written(value)) for one, value in stated(given.lines, custom_facts(sheet)).items()}
        _read({"given": said, "expect": {"rules": []}}, facts, known, None)
    except (Mistake, Wrong) as mistake:
        wrong["given"] = mistake.reason if isinstance(mistake, Mistake) else str(mistake).removeprefix("given: ")
    for key, value in given.expect:
        try:
            if [one for one, _ in given.expect].count(key) > 1:
                raise Mistake("This is expected twice: say it once.")
            _read({"given": {}, "expect": {key: value}}, facts, known, set(sheet.rules))
        except (Mistake, Wrong) as mistake:
            says = mistake.reason if isinstance(mistake, Mistake) else str(mistake)
            wrong[key] = says.removeprefix(f"expect: {key}: ")
    if not given.expect:
        wrong["expect"] = Mistake("Say at least one thing that must come out.").reason
    return {"name": name, "given": said, "expect": dict(given.expect)}, wrong


def coming(heed: Heed, brand_id: str, source: str, given: Filled) -> tuple[tuple[str, Plain], ...]:
    """Return what comes out now of what is filled in: of all that is expected, else what an example should say.

    Raises Mistake if the draft or what is known cannot be read.
    """
    with heed.database.read() as db:
        reader = publishing.reader(db, brand_id)
    try:
        rule_set = load(_file(parse(source), []))
    except RuleErrors as errors:
        raise Mistake(f"Mend the errors of the draft first: {errors.errors[0]}") from errors
    facts = stated(given.lines, rule_set.custom_facts)
    if given.text.strip():
        facts["text"] = given.text.strip()
    keys = [key for key, _ in given.expect if key in EXPECTED]
    came = proof.came_out(rule_set, facts, reader, keys or list(EXPECTED))
    return tuple((key, cast(Plain, expectation(key, value))) for key, value in came.items() if keys or value)


def keeping(was: str, example: Plain) -> Edit:
    """Return the change that puts an example in the place of `was`, or at the end. Raises Mistake if it is gone."""

    def edit(sheet: Sheet) -> Sheet:
        named = examples_by_name(sheet.examples)
        _there(named, was)
        kept = [example if one == was else held for one, held in named.items()]
        return Sheet(sheet.rules, tuple(kept if was else [*kept, example]), sheet.facts)

    return edit


def removing(was: str) -> Edit:
    """Return the change that takes an example out. Raises Mistake if it is gone."""

    def edit(sheet: Sheet) -> Sheet:
        named = examples_by_name(sheet.examples)
        _there(named, was or "?")
        return Sheet(sheet.rules, tuple(held for one, held in named.items() if one != was), sheet.facts)

    return edit


def nothing(key: str) -> Plain:
    """Return how a file says that a thing must not come out."""
    match EXPECTED[key]:
        case "needs":
            return {}
        case "some" | "exact":
            return []
        case "yes":
            return False
    return NOTHING.get(key)


def is_nothing(value: object) -> bool:
    """Say whether a value, as a file or as the rules have it, means that a thing does not come out."""
    return value in (None, False, (), [], {}, timedelta(0), "0s", "0m")


def _file(sheet: Sheet, examples: list[Plain]) -> str:
    return text_of(Sheet(sheet.rules, tuple(examples), sheet.facts))


def _shown(known_as: str, example: Plain, sheet: Sheet, met: Sequence[Compared] = (), *, wrong: str = "") -> Shown:
    given = _flat(_part(example, "given"))
    facts = {**FACTS, **custom_facts(sheet)}
    said = tuple(
        (facts[name].label if name in facts else name, _said(one)) for name, one in given.items() if name != "text"
    )
    return Shown(known_as, _name(example), str(given.get("text") or ""), said, tuple(met), wrong)


def _read(example: Mapping[str, Plain], facts: Mapping[str, Fact], known: Desk, rules: set[str] | None) -> None:
    """Raise Wrong if an example could not be read in a file."""
    tree = read(write(example))
    assert isinstance(tree, Keys)
    proof.read_example(tree, facts, known, rules)


def _name(example: Plain) -> str:
    return str(example.get("name") or "") if isinstance(example, dict) else ""


def _part(example: Plain, key: str) -> dict[str, Plain]:
    part = example.get(key) if isinstance(example, dict) else None
    return part if isinstance(part, dict) else {}


def _flat(given: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return what is known by its full name, also where a file writes it as contact: {tier: gold}."""
    found: dict[str, Plain] = {}
    for name, value in given.items():
        found |= {f"{name}.{one}": held for one, held in value.items()} if isinstance(value, dict) else {name: value}
    return found


def _written(value: Plain) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return ("false", "true")[value] if isinstance(value, bool) else str(value)


def _said(value: Plain) -> str:
    if isinstance(value, list):
        return spoken(tuple(map(str, value)), AND) or say("none")
    return spoken(value) if isinstance(value, bool) else str(value)


def _there(named: Mapping[str, Plain], was: str) -> None:
    if was and was not in named:
        raise Mistake("There is no such example any more: somebody renamed or removed it.")
