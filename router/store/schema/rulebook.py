"""Rules as they were published, what they made of each ticket, and the trail of who did what."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from router.store.schema.base import ident, link, metadata, moment

rule_set_version = Table(  # never changed once written, but for examples that are erased
    "rule_set_version",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("number", Integer, nullable=False),
    Column("format", Integer, nullable=False),
    Column("source", Text, nullable=False),  # YAML
    Column("author", Text, nullable=False),  # agent id, or heed
    Column("comment", Text, nullable=False),
    moment("published_at"),
    Column("erased", Integer, nullable=False, server_default="0"),  # examples taken out with the message they were of
    UniqueConstraint("brand_id", "number"),
)

rule_set = Table(
    "rule_set",
    metadata,
    link("brand_id", "brand.id", primary_key=True, index=False),
    link("live_id", "rule_set_version.id"),
    Column("draft", Text, nullable=True),  # this and the next two are not used any more: migrations only add
    Column("draft_by", Text, nullable=True),
    moment("draft_at", nullable=True),
    Column("settled_id", Text, nullable=True),  # the version that all waiting tickets were asked about again
)

rule_draft = Table(  # what a brand's draft was after each change; the newest revision is what it is now
    "rule_draft",
    metadata,
    link("brand_id", "brand.id", primary_key=True, index=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),  # YAML, which may still be wrong
    Column("author", Text, nullable=False),  # agent id, or heed
    Column("did", Text, nullable=False),  # changed, added, removed, moved, imported, undone, example, live
    Column("rule", Text, nullable=False),  # the name of the rule concerned, if it was one
    Column("undone", Boolean, nullable=False),
    moment("at"),
)

golden_ticket = Table(  # of which message an example was made, so that it goes when that is erased; not exported
    "golden_ticket",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("message_id", Text, nullable=False),  # no foreign key: it is found by the message that is gone
    Column("name", Text, nullable=False),  # of the example
    Column("digest", Text, nullable=False),  # of its words
)

backtest = Table(  # what a draft would have changed; kept, so that a published one can be held against what happened
    "backtest",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("author", Text, nullable=False),  # agent id, or empty for the command line
    Column("source", Text, nullable=False),  # YAML
    Column("digest", Text, nullable=False),  # of the rules alone, whatever their examples and layout
    Column("days", Integer, nullable=False),  # that were asked for
    Column("seed", Integer, nullable=False),
    moment("asked_at"),
    moment("begun_at", nullable=True),  # by the worker that is at it, or was lost with it
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("done_at", nullable=True),
    Column("error", Text, nullable=True),  # why it could not be done
    Column("found", Text, nullable=True),  # JSON of figures; no words of anyone, nothing of one agent
)

evaluation = Table(
    "evaluation",
    metadata,
    ident(),
    link("ticket_id", "ticket.id"),
    link("message_id", "message.id", nullable=True),
    link("rules_version_id", "rule_set_version.id"),
    Column("occasion", Text, nullable=False),  # message, correction, change, time, publish
    Column("facts", Text, nullable=False),  # JSON of the facts the rules saw, without text
    Column("trace", Text, nullable=False),  # JSON: why each rule did or did not match
    moment("at"),
)

evaluation_rule = Table(
    "evaluation_rule",
    metadata,
    link("evaluation_id", "evaluation.id", primary_key=True, index=False),
    Column("rule", Text, primary_key=True),
    Column("since", Text, nullable=True),  # the evaluation with which it began to hold; null: before that was kept
)

rule_effect = Table(  # something outside to be done once per ticket, rule and occasion, after the commit
    "rule_effect",
    metadata,
    ident(),
    link("ticket_id", "ticket.id", index=False),
    Column("rule", Text, nullable=False),
    Column("kind", Text, nullable=False),  # an action with an effect, such as notify
    Column("occasion", Text, nullable=False),
    Column("argument", Text, nullable=False),
    moment("at"),
    moment("due_at", nullable=True),
    moment("done_at", nullable=True),
    Column("result", Text, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    UniqueConstraint("ticket_id", "rule", "kind", "argument", "occasion"),
)

destination = Table(  # where rules may send word of a ticket
    "destination",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("internal", Boolean, nullable=False),  # its host may have a private address
    Column("sealed", LargeBinary, nullable=False),  # what requests are signed with
    Column("key_id", Text, nullable=False),
    moment("created_at"),
    moment("removed_at", nullable=True),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    moment("at"),
    Column("actor_kind", Text, nullable=False),  # agent, token, command, heed
    Column("actor_id", Text, nullable=False),
    Column("through", Text, nullable=False),  # session or token id
    link("brand_id", "brand.id", nullable=True),
    Column("act", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("change", Text, nullable=False),  # JSON: before and after as ids and field names
)

notice = Table(  # what a person should know: an alert of a rule, a mention
    "notice",
    metadata,
    ident(),
    link("agent_id", "agent.id", nullable=True),  # null: everyone of the role
    Column("role", Text, nullable=True),
    link("brand_id", "brand.id"),
    link("ticket_id", "ticket.id", nullable=True),
    Column("kind", Text, nullable=False),
    Column("because", Text, nullable=False),
    moment("at"),
    moment("seen_at", nullable=True),
    Column("closed", Boolean, nullable=False),
    link("message_id", "message.id", nullable=True),  # the note that mentions
    link("by_agent_id", "agent.id", nullable=True),  # who caused it; null: Heed
)

Index("ix_backtest_brand", backtest.c.brand_id, backtest.c.id)
_due = text("due_at IS NOT NULL")
Index("ix_rule_effect_due", rule_effect.c.due_at, sqlite_where=_due, postgresql_where=_due)
_there = text("removed_at IS NULL")
Index(
    "ix_destination_name",
    destination.c.brand_id,
    destination.c.name,
    unique=True,
    sqlite_where=_there,
    postgresql_where=_there,
)
