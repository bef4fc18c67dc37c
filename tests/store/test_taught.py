"""Corrections, examples and versions, on each database."""

from datetime import timedelta

from router.model import Role
from router.store import corrections, felt, taught, teaching
from router.teaching.correcting import correct
from tests.builders import Desk, an_agent, now


def test_corrections_examples_and_feelings_are_found_again(desk: Desk) -> None:
    ana, ticket = an_agent(desk), desk.says("This is a disgrace, I am furious and want my money back!")
    message = desk.messages(ticket.id)[0].id
    with desk.heed.database.read() as db:
        before = corrections.as_read(db, message)
    correct(desk.heed, ana, ticket.id, message, "intent", "complaint", now())
    correct(desk.heed, ana, ticket.id, message, "frustration", "dismissed", now())
    with desk.heed.database.write() as db:
        assert corrections.as_read(db, message) == before
        assert [(one.field, one.by) for one in corrections.holding(db, [message])] == [
            ("intent", "Ana"),
            ("frustration", "Ana"),
        ]
        [label] = teaching.labelled(db, desk.brand_id)
        assert (label.intent, label.number) == ("complaint", ticket.number)
        assert teaching.recent(db, desk.brand_id) == {}
        [one] = felt.recent(db, desk.brand_id, now() - timedelta(days=1))
        [click] = felt.clicks(db, desk.brand_id)
        assert before is not None
        assert one.calm == click.calm == before.calm_frustration > 0
        assert (one.said, click.said) == ("", "dismissed")
        [id_] = teaching.add_messages(db, desk.brand_id, "complaint", [message], ana.agent or "", now())
        assert teaching.labelled(db, desk.brand_id) == []
        assert [one.text for one in teaching.examples(db, desk.brand_id, "complaint")] == [label.text]
        assert teaching.remove_example(db, desk.brand_id, id_, now()) == "complaint"
        assert teaching.remove_example(db, desk.brand_id, id_, now()) is None


def test_an_intent_that_was_removed_comes_back_under_its_key(desk: Desk) -> None:
    with desk.heed.database.write() as db:
        teaching.put_intent(db, desk.brand_id, "gifts", "Gifts", "sales", "", "heed", now())
        assert teaching.remove_intent(db, desk.brand_id, "gifts", now())
        assert not teaching.remove_intent(db, desk.brand_id, "gifts", now())
        assert teaching.intents(db, desk.brand_id) == {}
        assert teaching.labels(db, [desk.brand_id]) == {"gifts": "Gifts"}
        teaching.put_intent(db, desk.brand_id, "gifts", "Gift cards", "billing", "", "heed", now())
        assert teaching.intents(db, desk.brand_id)["gifts"].label == "Gift cards"


def test_one_version_of_a_kind_holds_at_a_time(desk: Desk) -> None:
    olga = an_agent(desk, "Olga", role=Role.OPS)
    with desk.heed.database.write() as db:
        [example] = teaching.add_examples(db, desk.brand_id, "complaint", ["so bad"], olga.agent or "", now())
        rows = [taught.ask(db, desk.brand_id, "intents", olga.agent or "", now()) for _ in range(2)]
        assert [row.number for row in rows] == [1, 2]
        for row in rows:
            assert taught.made(db, row.id, "ready", now(), loads="{}", figures={"a": 1}, example_ids=[example])
            taught.hold(db, desk.brand_id, "intents", row.id, olga.agent or "", "better", now())
        assert not taught.made(db, rows[0].id, "ready", now(), loads="{}", figures={})
        assert taught.live(db, desk.brand_id) == {"intents": (rows[1].id, 2)}
        assert taught.before(db, desk.brand_id, "intents") == (rows[1].id, rows[0].id)
        assert [(held.number, held.by) for held in taught.history(db, desk.brand_id, "intents")] == [
            (2, "Olga"),
            (1, "Olga"),
        ]
        assert taught.one(db, rows[1].id).figures == {"a": 1}  # type: ignore[union-attr]
        assert taught.sources(db, rows[1].id) == {example}
        assert taught.drop_erased(db) == []
