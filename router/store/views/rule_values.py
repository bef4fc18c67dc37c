"""What rules of a brand have done lately, and which values their facts have had: for those who edit them."""

from datetime import datetime

from sqlalchemy import func, select

from router.store.db import Connection
from router.store.schema import (
    connection,
    contact,
    contact_fact,
    evaluation,
    evaluation_rule,
    rule_set_version,
    ticket,
    ticket_tag,
)

MOST_VALUES = 30  # of one fact; one with more is no choice but a name or a number
MOST_EVALUATIONS = 20_000  # that a rate is counted over, the newest


def seen(db: Connection, brand_id: str) -> dict[str, tuple[str, ...]]:
    """Return facts that may be anything, each with the values found in a brand's records."""
    found: dict[str, set[str]] = {}
    known = select(contact_fact.c.name, contact_fact.c.value).join(contact, contact.c.id == contact_fact.c.contact_id)
    for name, value in db.execute(known.where(contact.c.brand_id == brand_id).distinct().limit(20 * MOST_VALUES)):
        found.setdefault(name, set()).add(value)
    tags = select(ticket_tag.c.tag).join(ticket, ticket.c.id == ticket_tag.c.ticket_id)
    found["tags"] = set(db.execute(tags.where(ticket.c.brand_id == brand_id).distinct().limit(MOST_VALUES)).scalars())
    named = select(connection.c.name).where(connection.c.brand_id == brand_id)
    found["connection"] = set(db.execute(named).scalars())
    return {name: tuple(sorted(values)) for name, values in found.items() if len(values) <= MOST_VALUES}


def hits(db: Connection, brand_id: str, since: datetime) -> tuple[int, dict[str, int]]:
    """Return how many messages were evaluated since then (the newest 20,000), and in how many each rule acted."""
    ours = select(rule_set_version.c.id).where(rule_set_version.c.brand_id == brand_id)
    chosen = (evaluation.c.at >= since) & (evaluation.c.occasion == "message")
    lately = (
        select(evaluation.c.id)
        .where(evaluation.c.rules_version_id.in_(ours), chosen)
        .order_by(evaluation.c.id.desc())
        .limit(MOST_EVALUATIONS)
        .subquery()
    )
    of = db.execute(select(func.count()).select_from(lately)).scalar_one()
    each = select(evaluation_rule.c.rule, func.count()).join(lately, lately.c.id == evaluation_rule.c.evaluation_id)
    return of, {row.rule: row[1] for row in db.execute(each.group_by(evaluation_rule.c.rule))}
