"""What rule tests are made of: a desk, and rule files with only what matters in them."""

from rules.load import load
from rules.model import Desk, RuleSet

DESK = Desk(
    queues=frozenset({"General", "Billing", "Technical", "Orders"}),
    skills=frozenset({"billing", "technical", "orders", "de-escalation", "en", "ur"}),
    templates=frozenset({"We have it"}),
    agents=frozenset({"Sara"}),
    brands=frozenset({"acme"}),
    languages=frozenset({"en", "ur"}),
    destinations=frozenset({"CRM"}),
    values={"channel": frozenset({"email", "webchat", "telegram", "api"})},
)


def a_rule(when: str = "always", then: str = "[{tag: hit}]", name: str = "One") -> str:
    return f"  - name: {name}\n    when: {when}\n    then: {then}\n"


def a_file(*rules: str, more: str = "") -> str:
    return "rules:\n" + "".join(rules or (a_rule(),)) + more


def rules(*texts: str, more: str = "") -> RuleSet:
    return load(a_file(*texts, more=more), DESK)
