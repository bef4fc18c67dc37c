"""Rules and facts by chance, out of few values, so that conditions and facts meet often; one seed, one result."""

from datetime import UTC, datetime, time, timedelta
from random import Random

from rules.actions import ACTIONS
from rules.facts import FACTS, Fact
from rules.model import ALWAYS, Action, Condition, Group, Rule, RuleSet, When
from rules.operators import OPERATORS, Operator, Takes
from rules.values import FactValue, Type, Value, Window

WORDS = ("refund", "Refund", "refunds", "fund", "re", "no", "money back", "my money", "ö", "o\u0308", "ßtraße",
         "İstanbul", "واپس", "退款", "要退", "#1", "e-mail", "mail", "1 2")  # fmt: skip
TEXTS = ("", " \n ", "Two REFUNDS, please", "prerefund", "e-mail: (refund)my money  back", "我要退款", "پیسے واپس کریں",
         "i̇stanbul", "\ud800 \x00 #1", "_refund re-fund", "1 2", "o\u0308 Ö", "ßtrasse ẞTRASSE straße")  # fmt: skip
NUMBERS = (-1, 0, 1, 1.0, 2, 2.5, 50, 100, 10**15)
CLOCKS = (time(0), time(8, 59), time(9), time(22), time(23, 59, 59, 999_999))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POOLS: dict[Type, tuple[Value, ...]] = {
    Type.TEXT: WORDS, Type.ONE_OF: WORDS, Type.SET: WORDS, Type.NUMBER: NUMBERS, Type.PERCENT: (0, 1, 50, 99.5, 100),
    Type.BOOLEAN: (True, False), Type.DURATION: tuple(timedelta(minutes=m) for m in (-5, 0, 1, 60)),
    Type.TIME_OF_DAY: CLOCKS, Type.MOMENT: tuple(NOON + timedelta(hours=h) for h in (-12, 0, 5)),
}  # fmt: skip
WRONG = (None, 1, "x", True, (), float("nan"), float("inf"), object(), time(1), datetime(2026, 1, 1), [1, "re"], b"re")  # noqa: DTZ001
ASKED = tuple(FACTS[name] for name in (
    "channel", "text", "subject", "heat", "intent_confidence", "kind", "cues", "tags", "automatic", "waited",
    "time_of_day", "now", "opened_at",
))  # fmt: skip


def a_condition(luck: Random) -> Condition:
    fact = luck.choice(ASKED)
    operator = luck.choice([each for each in OPERATORS.values() if fact.type in each.types])
    return Condition(fact, operator, _value(luck, fact, operator))


def _value(luck: Random, fact: Fact, operator: Operator) -> Value:
    pool = fact.choices or POOLS[fact.type]
    match operator.takes:
        case Takes.NOTHING:
            return None
        case Takes.MANY:
            return tuple(luck.choices(pool, k=luck.randint(1, 3)))
        case Takes.PAIR:
            return tuple(sorted(luck.choices(pool, k=2)))  # type: ignore[type-var]  # of one ordered type
        case Takes.WINDOW:
            zone = "Asia/Karachi" if fact.type is Type.MOMENT else ""
            return Window(luck.choice(CLOCKS), luck.choice(CLOCKS), zone)
        case Takes.PATTERN:
            return luck.choice((r"refund(s|ed)?\b", "^e", "é", "[0-9]", "."))
        case _:
            return luck.choice(pool)


def a_when(luck: Random, depth: int = 0) -> When:
    """Return conditions up to four groups deep, now and then of more rows than an index takes."""
    if depth > 3 or luck.random() < (0.05, 0.4, 0.6, 0.8)[depth]:
        return a_condition(luck)
    most = 9 if luck.random() < 0.05 else 3
    return Group(
        luck.choice(("all", "any", "none")), tuple(a_when(luck, depth + 1) for _ in range(luck.randint(1, most)))
    )


def a_set(luck: Random, rules: int) -> RuleSet:
    """Return rules that set tags and, rarely, stop."""
    return RuleSet(tuple(
        Rule(f"R{number}", ALWAYS if luck.random() < 0.02 else a_when(luck),
             (Action(ACTIONS["stop"], True) if luck.random() < 0.02 else Action(ACTIONS["tag"], f"t{number % 7}"),))
        for number in range(rules)
    ))  # fmt: skip


def some_facts(luck: Random) -> dict[str, FactValue]:
    """Return facts of their type, of a wrong one, or missing."""
    found: dict[str, object] = {}
    for fact in ASKED:
        if luck.random() < 0.25:
            continue
        if luck.random() < 0.1:
            found[fact.name] = luck.choice(WRONG)
        elif fact.type is Type.TEXT:
            found[fact.name] = luck.choice(TEXTS + WORDS)
        elif fact.type is Type.SET:
            found[fact.name] = luck.choice((list, tuple, set, frozenset))(luck.choices(WORDS, k=luck.randint(0, 3)))
        else:
            found[fact.name] = luck.choice(fact.choices or POOLS[fact.type])
    return found  # type: ignore[return-value]  # wrong ones are meant
