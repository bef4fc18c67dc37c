"""Saved answers: what a brand says again and again, in the languages it says it in, filled for one ticket.

An answer is one name with a text for each language. Whoever supervises writes them; every agent of the brand reads
them. How often an answer was taken is counted for the brand, not for a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from router import placeholders
from router.app import Heed
from router.desk.errors import NotFound
from router.languages import language_key
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.store import audit, desk, people, templates
from router.store.audit import Actor
from router.store.db import Connection as Db
from router.store.templates import SavedRow
from router.store.views import customers, lines

KIND = "saved"
MAX_NAME = 120  # characters
MAX_BODY = 20_000  # characters
SHOWN = 30  # answers the picker shows at once
ORDER_FACTS = ("order", "order_number", "order_id", "contact.order")


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One answer with its text in each language."""

    brand_id: str
    name: str
    texts: tuple[SavedRow, ...]
    used: int

    @property
    def id(self) -> str:
        """Return the id by which its page is found: that of its first text."""
        return self.texts[0].id

    @property
    def last_change(self) -> SavedRow:
        """Return the text that was changed last."""
        return max(self.texts, key=lambda row: row.changed_at or row.created_at)


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer as it would read on one ticket."""

    id: str
    name: str
    language: str
    text: str
    to_fill: tuple[str, ...]  # placeholders without a value
    used: int


def every(heed: Heed, scope: Scope, asked: str = "") -> list[SavedAnswer]:
    """Return the answers of the scope's brands by brand and name, or those that hold all words asked for."""
    with heed.database.read() as db:
        answers = _gathered(templates.saved(db, scope), templates.uses(db))
    return [answer for answer in answers if _holds(asked, [answer.name, *(row.body for row in answer.texts)])]


def one(heed: Heed, scope: Scope, answer_id: str) -> SavedAnswer:
    """Return one answer by the id of any of its texts. Raises NotFound, also for another brand's."""
    with heed.database.read() as db:
        found = templates.one_saved(db, scope, answer_id)
        if found is None:
            raise NotFound("There is no such answer.")
        same = [row for row in templates.saved(db, scope, found.brand_id) if row.name == found.name]
        return _gathered(same, templates.uses(db))[0]


def put(
    heed: Heed,
    actor: Actor,
    scope: Scope,
    brand_id: str,
    name: str,
    texts: Mapping[str, str],
    now: datetime,
    *,
    was: str = "",
) -> str:
    """Store an answer with exactly these texts (language -> text; an empty one goes) and return its id.

    `was` is the name it had. Raises Mistake for what cannot be stored, NotFound for another brand.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Mistake(f"The answer needs a name of 1 to {MAX_NAME} characters; found {len(name)}.")
    kept = {language: _checked(language, text) for language, text in texts.items() if text.strip()}
    if not kept:
        raise Mistake("Write the answer in at least one language.")
    with heed.database.write() as db:
        if brand_id not in {brand.id for brand in desk.brands_seen_by(db, scope)}:
            raise NotFound("There is no such brand.")
        there = {row.name for row in templates.saved(db, scope, brand_id)}
        if name != was and name in there:
            raise Mistake(f"There is an answer “{name}” already: take another name.")
        if was and was not in there:
            raise Mistake("This answer was removed meanwhile: add it as a new one.")
        if was and was != name:
            templates.rename(db, brand_id, KIND, was, name)
        held = {row.language for row in templates.saved(db, scope, brand_id) if row.name == name}
        changed = [
            language
            for language, text in kept.items()
            if templates.put(db, brand_id, KIND, name, language, text, now, scope.agent)
        ]
        gone = sorted(held - set(kept))
        if gone:
            templates.remove(db, brand_id, KIND, name, gone)
        rows = [row for row in templates.saved(db, scope, brand_id) if row.name == name]
        change = {"name": name, "was": was, "written": changed, "removed": gone}
        act = "answer changed" if was else "answer added"
        audit.append(db, actor, act, rows[0].id, now, brand_id=brand_id, change={k: v for k, v in change.items() if v})
    heed.notifier.publish([Change("desk", brand=brand_id)])
    return rows[0].id


def remove(heed: Heed, actor: Actor, scope: Scope, answer_id: str, now: datetime) -> None:
    """Remove an answer in all its languages. Raises NotFound."""
    with heed.database.write() as db:
        found = templates.one_saved(db, scope, answer_id)
        if found is None:
            raise NotFound("There is no such answer.")
        templates.remove(db, found.brand_id, KIND, found.name)
        audit.append(db, actor, "answer removed", answer_id, now, brand_id=found.brand_id, change={"name": found.name})
    heed.notifier.publish([Change("desk", brand=found.brand_id)])


def choices(heed: Heed, scope: Scope, ticket_id: str, now: datetime, asked: str = "") -> list[Choice]:
    """Return the answers that may go on a ticket: in its language first, then its brand's, then the most used.

    Raises NotFound for a ticket outside the scope.
    """
    with heed.database.read() as db:
        line, values, languages = _about(db, scope, ticket_id, now)
        return _offered(db, scope, line.brand_id, values, languages, asked)


def for_brand(heed: Heed, scope: Scope, brand_id: str, *, customer: str = "", asked: str = "") -> list[Choice]:
    """Return the answers with which a brand may write to somebody first. Raises NotFound for another brand."""
    with heed.database.read() as db:
        brand = next((brand for brand in desk.brands_seen_by(db, scope) if brand.id == brand_id), None)
        if brand is None:
            raise NotFound("There is no such brand.")
        values = _of_people(db, scope, customer) | {"brand": brand.name}
        return _offered(db, scope, brand_id, values, [brand.language], asked)


def choice(heed: Heed, scope: Scope, ticket_id: str, answer_id: str, now: datetime, *, count: bool = False) -> Choice:
    """Return one text as it reads on a ticket, counted as taken if asked. Raises NotFound, also across brands."""
    with heed.database.read() as db:
        line, values, _ = _about(db, scope, ticket_id, now)
        row = templates.one_saved(db, scope, answer_id)
    if row is None or row.brand_id != line.brand_id:
        raise NotFound("There is no such answer.")
    if count:
        with heed.database.write() as db:
            templates.note_use(db, answer_id)
    return _choice(row, values, 0)


def _about(db: Db, scope: Scope, ticket_id: str, now: datetime) -> tuple[lines.TicketLine, dict[str, str], list[str]]:
    """Return a ticket, what its placeholders stand for, and the languages to look for in order."""
    line = lines.one(db, scope, ticket_id)
    if line is None:
        raise NotFound("There is no such ticket.")
    brand = next(brand for brand in desk.brands(db) if brand.id == line.brand_id)
    facts = customers.facts(db, line.contact_id, now) if line.contact_id else []
    values = _of_people(db, scope, line.contact) | {
        "brand": brand.name,
        "ticket": str(line.number),
        "subject": line.subject,
        "order": next((fact.value for fact in facts if fact.name in ORDER_FACTS), ""),
    }
    return line, values, list(dict.fromkeys((line.language, line.language.partition("-")[0], brand.language)))


def _of_people(db: Db, scope: Scope, customer: str) -> dict[str, str]:
    """Return what placeholders of names stand for."""
    agent = people.by_id(db, scope.agent) if scope.agent else None
    first = placeholders.first_name(customer)
    return {"customer": customer if first else "", "first_name": first, "agent": agent.name if agent else ""}


def _offered(
    db: Db, scope: Scope, brand_id: str, values: Mapping[str, str], languages: list[str], asked: str
) -> list[Choice]:
    """Return a brand's answers in the languages' order, the most used first."""
    found = [
        (answer, _best(answer.texts, languages))
        for answer in _gathered(templates.saved(db, scope, brand_id), templates.uses(db))
        if _holds(asked, [answer.name, *(row.body for row in answer.texts)])
    ]
    found.sort(key=lambda one: (_rank(one[1].language, languages), -one[0].used, one[0].name.casefold()))
    return [_choice(row, values, answer.used) for answer, row in found[:SHOWN]]


def _choice(row: SavedRow, values: Mapping[str, str], used: int) -> Choice:
    text = placeholders.fill(row.body, values)
    return Choice(row.id, row.name, row.language, text, tuple(placeholders.unfilled(text)), used)


def _gathered(rows: Iterable[SavedRow], uses: Mapping[str, int]) -> list[SavedAnswer]:
    """Return texts as answers, by brand and name."""
    ordered = sorted(rows, key=lambda row: (row.brand_id, row.name.casefold(), row.name, row.language))
    found = []
    for (brand_id, name), same in groupby(ordered, key=lambda row: (row.brand_id, row.name)):
        texts = tuple(same)
        found.append(SavedAnswer(brand_id, name, texts, sum(uses.get(row.id, 0) for row in texts)))
    return found


def _best(texts: Iterable[SavedRow], languages: list[str]) -> SavedRow:
    return min(texts, key=lambda row: _rank(row.language, languages))


def _rank(language: str, languages: list[str]) -> int:
    return languages.index(language) if language in languages else len(languages)


def _holds(asked: str, texts: Iterable[str]) -> bool:
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in asked.casefold().split())


def _checked(language: str, text: str) -> str:
    if language_key(language) != language:
        raise Mistake(f"“{language[:20]}” is no language: give its tag, such as en or ur.")
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > MAX_BODY:
        raise Mistake(f"The answer has {len(text):,} characters in {language}; {MAX_BODY:,} are the most.")
    wrong = placeholders.unknown(text)
    if wrong:
        known = ", ".join("{" + name + "}" for name in placeholders.NAMES)
        raise Mistake("There is no placeholder {" + wrong[0] + "}. Those there are: " + known + ".")
    return text
