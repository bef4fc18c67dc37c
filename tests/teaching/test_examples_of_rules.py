"""The examples that rules keep are read as a brand's messages are: with what it taught."""

from router import publishing as rules
from router.model import Scope
from tests.builders import Desk
from tests.teaching.builders import NEW, gifts, published

RULES = f"""
format: 1
rules:
  - name: Gift cards
    when: {{fact: intent, is: is, value: gift_cards}}
    then: [{{tag: gift}}]
examples:
  - given: {{text: "{NEW}"}}
    expect: {{rules: [Gift cards]}}
"""


class TestExamplesOfRules:
    def test_hold_once_the_brand_has_taught_what_they_rest_on(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        assert not rules.checked(desk.heed, desk.brand_id, RULES).holds
        published(desk, olga)
        assert rules.checked(desk.heed, desk.brand_id, RULES).holds

    def test_know_the_group_of_an_intent_of_the_brands_own(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        published(desk, olga)
        with desk.heed.database.read() as db:
            read = rules.reader(db, desk.brand_id)
        assert read({"text": NEW})["intent_group"] == "billing"
        assert read({"channel": "email"}) == {}
