"""What a brand gives triage to learn from: its own intents, and examples of any intent."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from router.app import Heed
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import audit, teaching
from router.store.audit import Actor
from router.store.db import Connection
from router.store.teaching import ExampleRow, LabelRow
from router.triage.intents import INTENTS, OTHER

LEAST, MOST = 5, 300  # examples of one intent
MOST_IN_ALL = 5_000  # of one brand
MOST_OWN = 100  # intents of one brand
MOST_AT_ONCE = 200  # lines that are pasted together
MAX_EXAMPLE = 1_000  # characters
MAX_LABEL, MAX_ABOUT = 60, 300  # characters
GROUPS = tuple(dict.fromkeys(intent.group for intent in INTENTS.values()))
HELD_BACK = 3  # one corrected message in so many is kept to test with, and never offered as an example


@dataclass(frozen=True, slots=True)
class Added:
    """What became of examples that were given."""

    ids: tuple[str, ...]
    repeated: int  # lines that were there already, or stood twice


def may(scope: Scope, brand_id: str) -> None:
    """Raise Mistake unless this scope may teach a brand."""
    if scope.role.rank < Role.OPS.rank or not scope.sees(brand_id):
        raise Mistake("Teaching takes the role ops.")


def add_intent(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, label: str, group: str, description: str, now: datetime
) -> str:
    """Add an intent of a brand and return its key, by which rules name it. Raises Mistake."""
    may(scope, brand_id)
    label, description = " ".join(label.split()), " ".join(description.split())
    if not 2 <= len(label) <= MAX_LABEL:
        raise Mistake(f"Give the intent a name of 2 to {MAX_LABEL} characters.")
    if len(description) > MAX_ABOUT:
        raise Mistake(f"Say in at most {MAX_ABOUT} characters what it is about.")
    if group not in GROUPS:
        raise Mistake(f"Choose a group: {', '.join(GROUPS)}.")
    key = key_of(label)
    with heed.database.write() as db:
        own = teaching.intents(db, brand_id)
        if key in INTENTS or key in own:
            raise Mistake(f"There is an intent “{label}” already: add examples to it, or take another name.")
        if len(own) >= MOST_OWN:
            raise Mistake(f"A brand has at most {MOST_OWN} intents of its own: remove one first.")
        teaching.put_intent(db, brand_id, key, label, group, description, actor.id, now)
        audit.append(db, actor, "intent added", key, now, brand_id=brand_id)
    return key


def key_of(label: str) -> str:
    """Return the key of an intent with this name: what is left in ASCII, else a mark made of the name."""
    key = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")[:40]
    return key if any(char.isalpha() for char in key) else f"own_{sha256(label.encode()).hexdigest()[:8]}"


def remove_intent(heed: Heed, actor: Actor, scope: Scope, brand_id: str, key: str, now: datetime) -> None:
    """Remove an intent of a brand with its examples; tickets that have it keep it. Raises Mistake."""
    may(scope, brand_id)
    with heed.database.write() as db:
        if not teaching.remove_intent(db, brand_id, key, now):
            raise Mistake("There is no such intent of your own. Those that came with Heed stay.")
        audit.append(db, actor, "intent removed", key, now, brand_id=brand_id)


def lines_of(text: str) -> list[str]:
    """Return the examples in a text: one a line, without list marks and blanks around them."""
    found = (line.strip().lstrip("-*•·").strip() for line in text.splitlines())
    return [line for line in found if line]


def check_lines(texts: Sequence[str]) -> None:
    """Raise Mistake unless all of these lines can be examples."""
    if not texts:
        raise Mistake("Write one example a line, as customers would write it.")
    if len(texts) > MOST_AT_ONCE:
        raise Mistake(f"These are {len(texts)} lines: give at most {MOST_AT_ONCE} at once.")
    for number, text in enumerate(texts, start=1):
        if len(text) > MAX_EXAMPLE or "\x00" in text:
            raise Mistake(f"Line {number} has more than {MAX_EXAMPLE} characters: give the sentence that counts.")
        if sum(char.isalpha() for char in text) < 2:
            raise Mistake(f"Line {number} has no words: write it as a customer would.")


def add_examples(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, intent: str, texts: Sequence[str], now: datetime
) -> Added:
    """Add typed examples of an intent; those that are there already are left out. Raises Mistake for what is none."""
    may(scope, brand_id)
    check_lines(texts)
    with heed.database.write() as db:
        known = _room(db, brand_id, intent, len(texts))
        fresh: list[str] = []
        for number, text in enumerate(texts, start=1):
            there = known.get(_same(text))
            if there not in (None, intent):
                raise Mistake(f"Line {number} is an example of “{there}” already: it cannot be both.")
            if there is None:
                known[_same(text)] = intent
                fresh.append(text)
        ids = teaching.add_examples(db, brand_id, intent, fresh, actor.id, now)
        audit.append(db, actor, "examples added", intent, now, brand_id=brand_id, change={"examples": ids})
    return Added(tuple(ids), len(texts) - len(fresh))


def take_offered(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, message_ids: Collection[str], now: datetime
) -> int:
    """Let corrected messages be examples of what somebody said they are; return how many. Raises Mistake."""
    may(scope, brand_id)
    with heed.database.write() as db:
        chosen: dict[str, list[str]] = {}
        for label in offered_in(teaching.labelled(db, brand_id)):
            if label.message_id in message_ids:
                chosen.setdefault(label.intent, []).append(label.message_id)
        for intent, ids in chosen.items():
            _room(db, brand_id, intent, len(ids))
            made = teaching.add_messages(db, brand_id, intent, ids, actor.id, now)
            audit.append(db, actor, "examples added", intent, now, brand_id=brand_id, change={"examples": made})
    return sum(map(len, chosen.values()))


def remove_examples(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, example_ids: Collection[str], now: datetime
) -> int:
    """Remove examples and return how many there were. Raises Mistake."""
    may(scope, brand_id)
    removed = 0
    with heed.database.write() as db:
        for example_id in sorted(example_ids):
            intent = teaching.remove_example(db, brand_id, example_id, now)
            if intent is not None:
                removed += 1
                audit.append(
                    db, actor, "example removed", example_id, now, brand_id=brand_id, change={"intent": intent}
                )
    return removed


def is_held_back(message_id: str) -> bool:
    """Say whether a corrected message is kept to test versions with: one in three, by its id alone."""
    return sha256(message_id.encode()).digest()[0] % HELD_BACK == 0


def offered_in(labels: Sequence[LabelRow]) -> list[LabelRow]:
    """Return the corrected messages that may become examples: those that were misread and are not held back."""
    return [one for one in labels if one.intent not in (one.was, OTHER) and not is_held_back(one.message_id)]


def too_few(examples: Sequence[ExampleRow], own: Collection[str]) -> dict[str, int]:
    """Return the brand's own intents that have fewer examples than learning takes, with how many they have."""
    counts = {key: sum(one.intent == key for one in examples) for key in own}
    return {key: count for key, count in counts.items() if count < LEAST}


def _room(db: Connection, brand_id: str, intent: str, more: int) -> dict[str, str]:
    """Return the examples there are, text -> intent. Raises Mistake if the intent is none, or has too many."""
    if intent == OTHER or (intent not in INTENTS and intent not in teaching.intents(db, brand_id)):
        raise Mistake("There is no such intent to teach. Choose one of the list, or add it first.")
    there = teaching.examples(db, brand_id)
    if sum(one.intent == intent for one in there) + more > MOST:
        raise Mistake(f"An intent has at most {MOST} examples: remove some that say the same.")
    if len(there) + more > MOST_IN_ALL:
        raise Mistake(f"A brand has at most {MOST_IN_ALL} examples: remove some that say the same.")
    return {_same(one.text): one.intent for one in there}


def _same(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
