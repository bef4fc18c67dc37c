"""What a sheet of people would change: each line compared with the desk as it is, all that is wrong at once. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import sha256
from typing import Literal
from zoneinfo import available_timezones

from router.mistakes import Mistake
from router.model import Role
from router.people_csv.reading import NONE, Line, Problem
from router.rota import read_site

YES, NO = ("yes", "y", "true", "1", "on"), ("no", "n", "false", "0", "off")
MAX_SLOTS = 50
MAX_EMAIL = 254  # characters; source: RFC 5321, 4.5.3.1.3


@dataclass(frozen=True, slots=True)
class Person:
    """Someone as the desk knows them, or as a sheet wants them."""

    email: str
    name: str
    role: str
    brands: frozenset[str]  # keys
    skills: Mapping[str, int]
    slots: Mapping[str, int]
    zone: str
    site: str  # where they work; empty: none
    locale: str
    active: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What a sheet is read against; of the people, those whom the reader may change."""

    people: Mapping[str, Person]  # by address
    taken: Collection[str]  # addresses of people whom the reader may not see
    brands: Sequence[str]  # keys the reader may grant, the usual one first
    brand_zone: str
    skills: Mapping[str, str]  # key or name in lower case -> key
    languages: Collection[str]  # keys of skills
    usual_language: tuple[str, int]  # for a new person without any
    classes: Collection[str]  # that have slots
    sites: Mapping[str, str]  # case-folded name -> name
    locales: Collection[str]
    reader: str  # address of who imports
    other_admins: int  # active admins whom the sheet's reader may not see


@dataclass(frozen=True, slots=True)
class Step:
    """What one line would do."""

    line: int
    kind: Literal["new", "changed", "same"]
    was: Person | None
    becomes: Person
    fields: tuple[tuple[str, str, str], ...]  # column, before, after; as cells


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sheet would do: nothing, as long as anything in it is wrong."""

    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    new_sites: tuple[
        tuple[str, str], ...
    ] = ()  # name, and the one that is close to it, known or named more often, or nothing

    @property
    def mark(self) -> str:
        """Return a fingerprint of what would be done; another one, and somebody changed the desk meanwhile."""
        return sha256(repr([(s.line, s.kind, s.becomes.email, s.fields) for s in self.steps]).encode()).hexdigest()[:32]


class Wrong(Exception):
    """A cell cannot be read as it stands; `meant` is the known word that is close to what it says, or nothing."""

    def __init__(self, says: str, meant: str = "") -> None:
        super().__init__(says)
        self.says, self.meant = says, meant


def plan(lines: Sequence[Line], known: Known, problems: Iterable[Problem] = ()) -> Plan:
    """Return what lines would do, or all that is wrong with them."""
    wrong, steps = list(problems), []
    for line in lines:
        was = known.people.get(line.cells.get("email", ""))
        before = was or _fresh(line, known)
        wanted: dict[str, object] = {}
        for column, read in READERS.items():
            try:
                if column == "email" or column in line.cells:
                    wanted[column] = read(line.cells.get(column, ""), before, known)
            except Wrong as error:
                wrong.append(Problem(line.number, column, error.says, error.meant))
        becomes = Person(**{**as_dict(before), **wanted})  # type: ignore[arg-type]
        if not becomes.brands:
            wrong.append(Problem(line.number, "brands", "This person would work for no brand: name at least one."))
        fields = tuple(_differences(was, becomes))
        steps.append(Step(line.number, "new" if was is None else "changed" if fields else "same", was, becomes, fields))
    wrong += _without_admin(steps, known)
    if wrong:
        return Plan(problems=tuple(sorted(wrong, key=lambda problem: (problem.line, problem.column))))
    kinds = [step.kind for step in steps]
    counts = {kind: kinds.count(kind) for kind in ("new", "changed", "same")}
    return Plan(tuple(steps), (), counts, _new_sites([step.becomes.site for step in steps], known))


def as_dict(person: Person) -> dict[str, object]:
    """Return a person's columns."""
    return {name: getattr(person, name) for name in Person.__slots__}


def as_cells(person: Person) -> dict[str, str]:
    """Return a person as the cells of a sheet."""
    return {
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "brands": " ".join(sorted(person.brands)),
        "skills": " ".join(f"{key}={level}" for key, level in sorted(person.skills.items())) or NONE,
        "slots": " ".join(f"{key}={number}" for key, number in sorted(person.slots.items())) or NONE,
        "zone": person.zone,
        "site": person.site or NONE,
        "locale": person.locale,
        "active": "yes" if person.active else "no",
    }


def _fresh(line: Line, known: Known) -> Person:
    email = line.cells.get("email", "")
    language, level = known.usual_language
    brands = frozenset(known.brands[:1])
    skills = {language: level} if language in known.languages else {}
    return Person(email, email.partition("@")[0], "agent", brands, skills, {}, known.brand_zone, "", "en", True)


def _differences(was: Person | None, becomes: Person) -> Iterator[tuple[str, str, str]]:
    before, after = as_cells(was) if was else {}, as_cells(becomes)
    for column, value in after.items():
        if column != "email" and before.get(column, "") != value:
            yield column, before.get(column, ""), value


def _without_admin(steps: Sequence[Step], known: Known) -> Iterator[Problem]:
    left = dict(known.people) | {step.becomes.email: step.becomes for step in steps}
    if known.other_admins or any(one.active and one.role == Role.ADMIN for one in left.values()):
        return
    for step in steps:
        if step.was is not None and step.was.active and step.was.role == Role.ADMIN:
            yield Problem(step.line, "role", f"{step.was.name} is the only admin: make someone else an admin as well.")


def _email(value: str, before: Person, known: Known) -> str:
    local, at, host = value.rpartition("@")
    if not (local and at and host) or len(value) > MAX_EMAIL or not value.isprintable() or " " in value:
        raise Wrong(f"“{value[:60]}” is no e-mail address: give one such as ana@example.com.")
    if value in known.taken:
        raise Wrong(f"{value[:60]} cannot be used here: ask an admin of the whole desk.")
    return value


def _name(value: str, before: Person, known: Known) -> str:
    name = " ".join(value.split())
    if len(name) > 200 or not name.isprintable():
        raise Wrong("A name has 1 to 200 characters that can be printed.")
    return name


def _role(value: str, before: Person, known: Known) -> str:
    if value.casefold() not in list(Role):
        raise Wrong(f"There is no role “{value[:30]}”. Roles: {' '.join(Role)}.", _close(value, list(Role)))
    if before.email == known.reader and value.casefold() != before.role:
        raise Wrong("This is you: another admin changes your role.")
    return value.casefold()


def _brands(value: str, before: Person, known: Known) -> frozenset[str]:
    named = _words(value)
    for key in named:
        if key not in known.brands:
            said = f"There is no brand “{key[:30]}”. Brands: {', '.join(known.brands)}."
            raise Wrong(said, _close(key, known.brands))
    return frozenset(named) | (before.brands - frozenset(known.brands))  # those out of the reader's sight stay


def _skills(value: str, before: Person, known: Known) -> Mapping[str, int]:
    found = {}
    for name, given in _pairs(value, "billing=4 en=5"):
        key = known.skills.get(name.casefold())
        if key is None:
            raise Wrong(f"There is no skill “{name[:30]}”: add it first, or correct it.", _close(name, known.skills))
        if not (given.isascii() and given.isdigit() and 1 <= int(given[:4]) <= 5):
            raise Wrong(f"The level of {key} is “{given[:20]}”: give 1 (beginner) to 5 (expert).")
        found[key] = int(given)
    return found


def _slots(value: str, before: Person, known: Known) -> Mapping[str, int]:
    found = {}
    for name, given in _pairs(value, "live=3 mail=1"):
        if name.casefold() not in known.classes:
            raise Wrong(f"There are no slots “{name[:30]}”. Slots: {' '.join(known.classes)}.")
        if not (given.isascii() and given.isdigit() and int(given[:4]) <= MAX_SLOTS):
            raise Wrong(f"The slots for {name[:30]} are “{given[:20]}”: give a number from 0 to {MAX_SLOTS}.")
        found[name.casefold()] = int(given)
    return found


def _zone(value: str, before: Person, known: Known) -> str:
    if value not in available_timezones():
        close = _close(value, available_timezones())
        raise Wrong(f"There is no time zone “{value[:40]}”: give an IANA name, such as Asia/Karachi.", close)
    return value


def _site(value: str, before: Person, known: Known) -> str:
    if value.casefold() == NONE:
        return ""
    try:
        name = read_site(value)
    except Mistake as mistake:
        raise Wrong(mistake.reason) from mistake
    return known.sites.get(name.casefold(), name)


def _locale(value: str, before: Person, known: Known) -> str:
    if value not in known.locales:
        raise Wrong(f"There is no interface in “{value[:20]}”. Languages: {', '.join(known.locales)}.")
    return value


def _active(value: str, before: Person, known: Known) -> bool:
    if value.casefold() not in YES + NO:
        raise Wrong(f"“{value[:20]}” is neither yes nor no.")
    if before.email == known.reader and value.casefold() in NO:
        raise Wrong("This is you: another admin switches you off.")
    return value.casefold() in YES


def _pairs(value: str, such_as: str) -> Iterator[tuple[str, str]]:
    for word in _words(value):
        name, sign, given = word.partition("=")
        if not (sign and name and given):
            raise Wrong(f"“{word[:30]}” is not read: write them such as {such_as}, or {NONE}.")
        yield name, given


def _words(value: str) -> list[str]:
    return [] if value.casefold() == NONE else value.replace(",", " ").replace(";", " ").split()


def _new_sites(named: Sequence[str], known: Known) -> tuple[tuple[str, str], ...]:
    """Return the sites that nobody works at yet, each with the one that is close to it: known, or named more often."""
    first = {name.casefold(): name for name in reversed(named) if name}
    often = Counter(name.casefold() for name in named if name)
    seen, asked = dict(known.sites), []
    for key, _ in often.most_common():
        if key not in known.sites:
            asked.append((first[key], seen.get(_close(key, seen), "")))
            seen[key] = first[key]
    return tuple(sorted(asked))


def _close(value: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(value.casefold(), list(known), 1, 0.7)), "")


READERS = {
    "email": _email,
    "name": _name,
    "role": _role,
    "brands": _brands,
    "skills": _skills,
    "slots": _slots,
    "zone": _zone,
    "site": _site,
    "locale": _locale,
    "active": _active,
}
