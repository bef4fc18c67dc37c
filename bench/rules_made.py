"""Rule sets and tickets made from a seed, as a desk that grew over years has them.

A rule has two to four conditions in any order: one that is narrow (an intent or few, a mailbox, a tag, words of the
message), the others over what desks ask most: channel, tier, language, frustration and other limits, tags, cues, the
hours. Words of the message stand in a third of the rules; one in eight has an alternative, one in sixteen an exception.
Of 10,000 such rules about 20 match a ticket. Every fact is known and every text is in
small letters, so that engines without an answer for what is missing can be asked too.
"""

import random
from collections.abc import Callable
from datetime import timedelta

from rules.actions import ACTIONS
from rules.facts import FACTS
from rules.model import Action, Condition, Group, Rule, RuleSet, When
from rules.operators import OPERATORS
from rules.values import FactValue, Value

CHANNELS = ("email", "webchat", "telegram", "whatsapp", "instagram", "api", "line", "sms")
PLACES = ("acme", "bolt", "cargo", "delta", "ember", "fable", "gusto", "haven", "iris", "jolt", "kite", "lumen")
MAILBOXES = tuple(
    f"{name}@{place}.example" for name in ("help", "billing", "shop", "press", "jobs") for place in PLACES
)
INTENTS = tuple(f"{verb}_{noun}" for verb in ("ask", "cancel", "change", "report")
                for noun in ("refund", "order", "invoice", "login", "delivery", "plan", "bug", "address"))  # fmt: skip
TIERS = ("free", "silver", "gold", "platinum", "partner")
LANGUAGES = ("en", "ur", "ur-latn", "de", "fr", "es", "ar", "pt", "hi", "zh")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TAGS = tuple(f"tag-{number}" for number in range(80))
CUES = ("churn", "legal", "third_contact", "deadline", "social_threat", "money", "safety", "apology_wanted")
PHRASES = tuple(f"{first} {second}" for first in ("refund", "invoice", "parcel", "password", "contract", "voucher")
                for second in ("is wrong", "never came", "twice", "today", "again", "please", "by mistake", "at once",
                               "is missing", "expired"))  # fmt: skip
FILLER = (
    "we have been waiting", "for an answer", "since last week", "the page still shows", "the same thing as before",
    "so could somebody", "have a look", "and tell us", "what happens next", "because our customers", "keep asking",
)  # fmt: skip
QUEUES = ("General", "Billing", "Technical", "Orders", "Complaints", "Sales")

Make = Callable[[random.Random], Condition]


def rule_set(count: int, seed: int = 1) -> RuleSet:
    """Return so many rules."""
    luck = random.Random(seed)
    return RuleSet(tuple(Rule(f"Rule {number}", _when(luck), _then(luck)) for number in range(count)))


def tickets(count: int, seed: int = 2) -> list[dict[str, FactValue]]:
    """Return the facts of so many tickets."""
    luck = random.Random(seed)
    return [_facts(luck) for _ in range(count)]


def _facts(luck: random.Random) -> dict[str, FactValue]:
    words = luck.choices(FILLER, k=10)
    if luck.random() < 0.5:
        words.insert(luck.randrange(10), luck.choice(PHRASES))
    return {
        "channel": luck.choice(CHANNELS),
        "connection": luck.choice(MAILBOXES),
        "intent": luck.choice(INTENTS),
        "intent_confidence": luck.randrange(101),
        "language": luck.choice(LANGUAGES),
        "contact.tier": luck.choice(TIERS),
        "frustration": luck.randrange(101),
        "urgency": luck.randrange(101),
        "heat": luck.randrange(4),
        "promises_missed": luck.choice((0, 0, 0, 1, 2)),
        "transfers": luck.choice((0, 0, 1, 2, 3)),
        "messages_count": luck.randrange(1, 12),
        "working_hours": luck.random() < 0.7,
        "weekday": luck.choice(DAYS),
        "waited": timedelta(minutes=luck.randrange(600)),
        "tags": frozenset(luck.sample(TAGS, luck.randrange(3))),
        "cues": frozenset(luck.sample(CUES, luck.randrange(3))),
        "text": " ".join(words),
    }


def _when(luck: random.Random) -> When:
    found: dict[str, Condition] = {}
    wanted = luck.choice((2, 3, 3, 3, 4, 4))
    while len(found) < wanted:
        (make,) = luck.choices(_MAKERS if found else _NARROW, _OFTEN if found else None)
        condition = make(luck)
        found.setdefault(condition.fact.name, condition)
    parts: list[When] = list(found.values())
    luck.shuffle(parts)
    if luck.random() < 1 / 8:
        parts[-1] = Group("any", (parts[-1], luck.choice(_NARROW)(luck)))
    if luck.random() < 1 / 16:
        parts.append(Group("none", (luck.choice(_MAKERS)(luck),)))
    return Group("all", tuple(parts))


def _then(luck: random.Random) -> tuple[Action, ...]:
    made = [Action(ACTIONS["queue"], luck.choice(QUEUES)), Action(ACTIONS["tag"], luck.choice(TAGS)),
            Action(ACTIONS["answer_within"], timedelta(minutes=luck.choice((10, 30, 60, 240)))),
            Action(ACTIONS["need_skill"], luck.choice(("billing", "technical", "en", "ur")))]  # fmt: skip
    return tuple(luck.sample(made, luck.choice((1, 1, 2))))


def _one(fact: str, operator: str, values: tuple[Value, ...]) -> Make:
    return lambda luck: Condition(FACTS[fact], OPERATORS[operator], luck.choice(values))


def _few(fact: str, operator: str, values: tuple[str, ...], most: int) -> Make:
    return lambda luck: Condition(
        FACTS[fact], OPERATORS[operator], tuple(luck.sample(values, luck.randrange(2, most + 1)))
    )


_FIVES = tuple(range(5, 100, 5))
_NARROW: tuple[Make, ...] = (
    _one("intent", "is", INTENTS),
    _few("intent", "one_of", INTENTS, 3),
    _one("connection", "is", MAILBOXES),
    _one("connection", "is", MAILBOXES),
    _one("tags", "includes", TAGS),
    _one("text", "mentions", PHRASES),
)
_TABLE: tuple[tuple[int, Make], ...] = (  # how often among the rules, and the condition
    *((5, make) for make in _NARROW),
    (5, _few("connection", "one_of", MAILBOXES, 5)),
    (6, _one("channel", "is", CHANNELS)),
    (4, _few("channel", "one_of", CHANNELS, 3)),
    (2, _one("channel", "is_not", CHANNELS)),
    (5, _one("contact.tier", "is", TIERS)),
    (5, _few("contact.tier", "one_of", TIERS, 3)),
    (8, _one("language", "is", LANGUAGES)),
    (4, _few("language", "not_one_of", LANGUAGES, 3)),
    (8, _one("frustration", "at_least", _FIVES)),
    (2, _one("frustration", "less_than", _FIVES)),
    (4, _one("urgency", "at_least", _FIVES)),
    (3, _one("intent_confidence", "at_least", _FIVES)),
    (2, _one("heat", "at_least", (1, 2, 3))),
    (3, _one("promises_missed", "at_least", (1, 2))),
    (2, _one("transfers", "at_least", (1, 2, 3))),
    (2, _one("messages_count", "more_than", (2, 3, 5, 8))),
    (3, _one("working_hours", "is", (True, False))),
    (2, _few("weekday", "one_of", DAYS, 4)),
    (3, _one("waited", "more_than", tuple(timedelta(minutes=m) for m in (15, 30, 60, 120, 240, 480)))),
    (4, _few("cues", "includes_any", CUES, 3)),
    (5, _few("text", "mentions_any", PHRASES, 5)),
)
_MAKERS = tuple(make for _, make in _TABLE)
_OFTEN = tuple(often for often, _ in _TABLE)
