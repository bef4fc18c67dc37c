"""Facts carry trust: what a visitor claims never reaches a rule as if somebody vouched for it."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.evaluate import evaluate
from rules.facts import FACTS, Fact, Trust, trusted
from rules.operators import OPERATORS
from rules.values import Type
from tests.rules.builders import a_rule, rules

GOLD = rules(a_rule("{fact: contact.tier, is: is, value: gold}"))


class TestTrusted:
    @pytest.mark.parametrize("trust", [Trust.VISITOR, Trust.INFERRED, Trust.AGENT])
    def test_a_tier_that_nobody_signed_arrives_as_not_known(self, trust):
        facts = trusted({"contact.tier": ("gold", trust)})
        assert facts == {}
        assert evaluate(GOLD, facts).trace[0].because == "customer tier is not known"

    @pytest.mark.parametrize("trust", [Trust.SIGNED, Trust.RECORDED])
    def test_a_signed_tier_counts(self, trust):
        assert evaluate(GOLD, trusted({"contact.tier": ("gold", trust)})).matched == ("One",)

    def test_what_they_say_and_call_themselves_is_a_visitors(self):
        assert set(trusted({"text": ("hi", Trust.VISITOR), "contact.name": ("Ana", Trust.VISITOR)})) == {
            "text",
            "contact.name",
        }

    def test_undeclared_facts_are_left_out_and_declared_ones_keep_their_trust(self):
        seats = Fact("contact.seats", "seats", Type.NUMBER, Trust.SIGNED, "")
        values = {"contact.seats": (12, Trust.VISITOR), "contact.hat": ("red", Trust.RECORDED)}
        assert trusted(values, {"contact.seats": seats}) == {}
        assert trusted({"contact.seats": (12, Trust.SIGNED)}, {"contact.seats": seats}) == {"contact.seats": 12}

    @pytest.mark.parametrize(
        ("kind", "text", "value"),
        [
            (Type.NUMBER, "120", 120),
            (Type.NUMBER, "many", None),
            (Type.NUMBER, "nan", None),
            (Type.PERCENT, "60%", 60),
            (Type.BOOLEAN, "True", True),
            (Type.DURATION, "30d", timedelta(days=30)),
            (Type.MOMENT, "2026-12-01T09:00+00:00", datetime(2026, 12, 1, 9, tzinfo=UTC)),
            (Type.SET, "vip, press", frozenset({"vip", "press"})),
            (Type.TEXT, "120", "120"),
            (Type.ONE_OF, "gold", "gold"),
        ],
    )
    def test_what_is_kept_as_text_is_read_as_its_facts_type(self, kind, text, value):
        own = Fact("contact.own", "own", kind, Trust.SIGNED, "")
        assert trusted({"contact.own": (text, Trust.SIGNED)}, {"contact.own": own}).get("contact.own") == value


class TestTables:
    def test_are_as_large_as_promised(self):
        assert len(FACTS) >= 30
        assert len(OPERATORS) >= 14

    def test_every_fact_has_label_description_and_an_operator_that_fits(self):
        for fact in FACTS.values():
            assert fact.label and fact.description
            assert any(fact.type in operator.types for operator in OPERATORS.values())

    def test_only_words_and_readings_of_them_are_what_they_say(self):
        assert {fact.name for fact in FACTS.values() if fact.said} == {"text", "subject"}
